//! Spans one after the other: a walked year, the ends of time, and properties.

use std::{collections::BTreeSet, sync::LazyLock};

use chrono::{DateTime, NaiveDate, TimeDelta, Timelike as _, Utc};
use proptest::prelude::*;

use crate::layout::{Interval, TimeZone, zone};

#[test]
fn the_ends_of_time_do_not_panic() {
    for zone in &*ZONES {
        for interval in Interval::ALL {
            let first = interval.span(DateTime::<Utc>::MIN_UTC, zone);
            assert_eq!(first.start, DateTime::<Utc>::MIN_UTC);
            let last = interval.span(DateTime::<Utc>::MAX_UTC, zone);
            assert!(last.start < last.end);
        }
    }
}

/// Every folder name that some instant of 2025 really has, found step by step.
fn names_of_2025(interval: Interval, zone: &TimeZone, until: DateTime<Utc>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut instant = first_of_2025(zone);
    while instant < until {
        let civil = zone.civil(instant);
        let minute = civil.hour() * 60 + civil.minute();
        let start = minute - minute % interval.minutes();
        names.insert(match interval {
            Interval::Hour24 => civil.date().to_string(),
            _ => format!("{}__{:02}-{:02}", civil.date(), start / 60, start % 60),
        });
        instant += TimeDelta::minutes(interval.minutes().min(30).into());
    }
    names
}

fn first_of_2025(zone: &TimeZone) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(2025, 1, 1).unwrap();
    zone.instant(date.and_hms_opt(0, 0, 0).unwrap())
}

#[test]
fn a_walked_year_is_whole() {
    // (zone, the nights on which the clock goes back)
    let zones = [
        ("Europe/Prague", "2025-10-26"),
        ("Australia/Lord_Howe", "2025-04-06"),
        ("UTC", "never"),
    ];
    for (timezone, fold) in zones {
        let zone = zone(timezone).unwrap();
        let until = first_of_2025(&zone) + TimeDelta::days(365);
        for interval in Interval::ALL {
            let mut walked = BTreeSet::new();
            let mut span = interval.span(first_of_2025(&zone), &zone);
            assert_eq!(span.start, first_of_2025(&zone));
            while span.start < until {
                walked.insert(span.folder.name());
                let next = interval.span(span.end, &zone);
                assert_eq!(
                    next.start, span.end,
                    "{timezone} {interval}: no gap, no overlap"
                );
                let name = next.folder.name();
                assert!(
                    next.folder > span.folder || name.starts_with(fold),
                    "{timezone} {name}"
                );
                span = next;
            }
            assert_eq!(
                walked,
                names_of_2025(interval, &zone, until),
                "{timezone} {interval}"
            );
        }
    }
}

static ZONES: LazyLock<Vec<TimeZone>> = LazyLock::new(|| {
    [
        "Europe/Prague",
        "Australia/Lord_Howe",
        "America/St_Johns",
        "Asia/Kathmandu",
        "Pacific/Chatham",
        "UTC",
    ]
    .map(|name| zone(name).unwrap())
    .to_vec()
});

/// An instant between 1990 and 2100; every other one close to a clock change.
fn instants_in_zones() -> impl Strategy<Value = (DateTime<Utc>, TimeZone)> {
    let seconds = 631_152_000_i64..4_102_444_800;
    let nearby = prop_oneof![Just(None), (-7200_i64..7200).prop_map(Some)];
    (seconds, 0_i64..1_000_000_000, nearby, 0..ZONES.len()).prop_map(
        |(second, nanos, nearby, zone)| {
            let zone = ZONES[zone].clone();
            let random = DateTime::from_timestamp(second, 0).unwrap();
            let change = zone.next_change(random);
            let around = match (nearby, change) {
                (Some(distance), Some(change)) => change + TimeDelta::seconds(distance),
                _ => random,
            };
            (around + TimeDelta::nanoseconds(nanos), zone)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn a_span_is_the_longest_run_with_one_folder(
        (instant, zone) in instants_in_zones(),
        interval in prop::sample::select(&Interval::ALL),
        share in 0.0..1.0,
    ) {
        let span = interval.span(instant, &zone);
        prop_assert!(span.start <= instant && instant < span.end);
        prop_assert!(span.folder.belongs_to(interval));
        prop_assert_ne!(interval.span(span.end, &zone).folder, span.folder);
        prop_assert_ne!(interval.span(span.start - TimeDelta::nanoseconds(1), &zone).folder, span.folder);
        let within = span.start + TimeDelta::from_std((span.end - span.start).to_std().unwrap().mul_f64(share)).unwrap();
        for same in [span.start, within, span.end - TimeDelta::nanoseconds(1)] {
            prop_assert_eq!(interval.span(same, &zone), span);
        }
        prop_assert_eq!(interval.span(span.end, &zone).start, span.end);
    }
}
