//! Which folder a record lies in, and when folders are made.

use std::{collections::BTreeSet, env, time::Duration};

use chrono::{DateTime, Utc};

use super::{Bench, HALF_PAST_TWO, HOUR, config};
use chronologix_schema::layout::{self, Interval};

fn folders(bench: &Bench) -> Vec<String> {
    let names = bench.fs.list("/base").into_iter();
    names.filter(|name| name.starts_with("20")).collect()
}

#[test]
fn a_record_lies_in_the_folder_of_its_own_stamp() {
    let bench = Bench::new();
    bench.fs.hold();
    bench.log("errors", "holds the writer").detach();
    bench
        .clock
        .advance((HOUR / 2).checked_sub(Duration::from_nanos(1)).unwrap());
    bench.log("errors", "before").detach();
    bench.clock.advance(Duration::from_nanos(1));
    bench.log("errors", "after").detach();
    bench.fs.release();
    bench.flush();
    for file in ["errors.log", "app.log"] {
        let messages = bench.messages(&format!("2025-05-04__14-00/{file}"));
        assert_eq!(messages, ["holds the writer", "before"]);
        assert_eq!(
            bench.messages(&format!("2025-05-04__15-00/{file}")),
            ["after"]
        );
    }
}

#[test]
fn the_current_and_the_next_folder_are_there_also_when_nothing_is_logged() {
    let bench = Bench::new();
    assert_eq!(folders(&bench), ["2025-05-04__14-00", "2025-05-04__15-00"]);
    bench.clock.advance(HOUR);
    bench.flush();
    assert_eq!(
        folders(&bench),
        [
            "2025-05-04__14-00",
            "2025-05-04__15-00",
            "2025-05-04__16-00"
        ]
    );
    assert!(
        bench
            .fs
            .list("/base")
            .contains(&"current -> 2025-05-04__15-00".to_owned())
    );
    assert_eq!(bench.logger.stats().rollovers, 1);
}

#[test]
fn the_clock_may_be_set_forward_and_back() {
    let bench = Bench::new();
    bench.log("app", "one").detach();
    bench.flush();
    bench.clock.step_to(DateTime::from_timestamp_nanos(
        HALF_PAST_TWO + 3 * 24 * 3600 * 1_000_000_000,
    ));
    bench.log("app", "two").detach();
    bench.flush();
    bench.clock.step_to(DateTime::from_timestamp_nanos(
        HALF_PAST_TWO - 2 * 3600 * 1_000_000_000,
    ));
    bench.log("app", "three").detach();
    bench.flush();
    bench.clock.step_to(DateTime::from_timestamp_nanos(0));
    bench.log("app", "four").detach();
    bench.flush();
    bench
        .clock
        .step_to(DateTime::from_timestamp_nanos(HALF_PAST_TWO));
    bench.log("app", "five").detach();
    bench.flush();
    assert_eq!(bench.messages("2025-05-04__14-00/app.log"), ["one", "five"]);
    assert_eq!(bench.messages("2025-05-07__14-00/app.log"), ["two"]);
    assert_eq!(bench.messages("2025-05-04__12-00/app.log"), ["three"]);
    assert_eq!(bench.messages("1970-01-01__00-00/app.log"), ["four"]);
    bench.stop();
}

#[test]
fn a_restart_appends() {
    let bench = Bench::new();
    bench.log("app", "one").detach();
    bench.stop();
    let again = Bench::on(&bench.fs, config()).unwrap();
    again.log("app", "two").detach();
    again.stop();
    assert_eq!(bench.messages("2025-05-04__14-00/app.log"), ["one", "two"]);
}

#[test]
fn the_tree_is_described() {
    let bench = Bench::new();
    let text = bench.fs.text("/base/.chronologix.json").unwrap();
    let description = layout::Manifest::from_json(&text).unwrap();
    assert_eq!(description.interval, "1h");
    assert_eq!(description.timezone, "UTC");
    let names = description
        .streams
        .iter()
        .map(|stream| stream.name.as_str())
        .collect::<Vec<_>>();
    assert_eq!(names, ["app", "errors", "audit"]);
    assert_eq!(description.streams[1].mirror, ["app"]);
}

/// Logs through a year, a record in each interval, and looks for each where it should be. The
/// variable `A_YEAR_DAYS` asks for fewer days.
fn a_year(interval: Interval, zone_name: &str) {
    let zone = layout::zone(zone_name).unwrap();
    let config = crate::Config::new()
        .base_log_dir("/base")
        .interval(interval)
        .timezone(zone_name)
        .timestamp_format("rfc3339")
        .stream("app");
    let bench = Bench::with(config);
    let app = bench.logger.stream("app").unwrap();
    let begin = bench.clock.read().wall;
    let step = i64::from(interval.minutes()) * 60 * 1_000_000_000;
    let days = env::var("A_YEAR_DAYS").map_or(365, |days| days.parse::<i64>().unwrap());
    let steps = days * 24 * 60 / i64::from(interval.minutes());
    let mut expected = BTreeSet::new();
    for at in 0..steps {
        let now = DateTime::from_timestamp_nanos(begin + at * step);
        expected.insert(interval.span(now, &zone).folder.name());
        app.log(format_args!("{at}")).wait().into_result().unwrap();
        bench
            .clock
            .advance(Duration::from_nanos(step.unsigned_abs()));
        if at % 256 == 0 {
            bench.flush();
        }
    }
    bench.stop();
    let mut seen = 0;
    for name in &expected {
        let text = bench.fs.text(&format!("/base/{name}/app.log"));
        let text = text.unwrap_or_else(|| panic!("{zone_name} {interval}: no folder {name}"));
        assert!(!text.is_empty(), "{zone_name} {interval}: {name} is empty");
        for line in text.lines() {
            let (stamp, _) = line[1..].split_once("] ").unwrap();
            let instant = stamp.parse::<DateTime<Utc>>().unwrap();
            assert_eq!(
                &interval.span(instant, &zone).folder.name(),
                name,
                "{zone_name} {interval}: {line}"
            );
            seen += 1;
        }
    }
    assert_eq!(seen, steps, "{zone_name} {interval}");
}

#[test]
fn a_year_in_prague() {
    for interval in Interval::ALL {
        a_year(interval, "Europe/Prague");
    }
}

#[test]
fn a_year_on_lord_howe() {
    for interval in Interval::ALL {
        a_year(interval, "Australia/Lord_Howe");
    }
}

#[test]
fn a_year_in_utc() {
    for interval in Interval::ALL {
        a_year(interval, "UTC");
    }
}
