//! Spans of intervals: golden vectors and clock changes.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::{Interval, Span};
use crate::layout::{Folder, TimeZone, zone};

mod walks;

#[derive(Deserialize)]
struct Golden {
    unix_micros: i64,
    timezone: String,
    interval: String,
    folder: String,
}

#[test]
fn folders_are_those_of_the_original() {
    let rows: Vec<Golden> = serde_json::from_str(include_str!("../golden/folders.json")).unwrap();
    assert_eq!(rows.len(), 568);
    for row in rows {
        let instant = DateTime::from_timestamp_micros(row.unix_micros).unwrap();
        let interval: Interval = row.interval.parse().unwrap();
        let span = interval.span(instant, &zone(&row.timezone).unwrap());
        let Golden {
            unix_micros,
            timezone,
            ..
        } = row;
        assert_eq!(
            span.folder.name(),
            row.folder,
            "{unix_micros} {timezone} {interval}"
        );
    }
}

#[test]
fn words() {
    for interval in Interval::ALL {
        assert_eq!(interval.as_str().parse(), Ok(interval));
        assert_eq!(interval.to_string().parse(), Ok(interval));
    }
    assert!(Interval::ALL.is_sorted_by(|longer, shorter| longer > shorter));
    assert_eq!(Interval::default(), Interval::Hour24);
    for text in ["", "7h", "24H", " 24h", "1d", "60m"] {
        assert!(text.parse::<Interval>().is_err(), "{text:?}");
    }
}

/// One row is one night: the zone, the interval, an instant, and what its span must be.
#[track_caller]
fn check(timezone: &str, interval: Interval, instant: &str, folder: &str, start: &str, end: &str) {
    let [instant, start, end] =
        [instant, start, end].map(|text| text.parse::<DateTime<Utc>>().unwrap());
    let span = interval.span(instant, &zone(timezone).unwrap());
    let expected = Span {
        folder: Folder::parse(folder).unwrap(),
        start,
        end,
    };
    assert_eq!(span, expected, "{timezone} {interval} {instant}");
}

#[test]
fn a_spring_gap_shortens_or_skips_a_folder() {
    let prague = |interval, instant, folder, start, end| {
        check("Europe/Prague", interval, instant, folder, start, end);
    };
    // 2025-03-30: 02:00 CET becomes 03:00 CEST at 01:00 UTC.
    let change = "2025-03-30T01:00:00Z";
    let before = "2025-03-30T00:59:59.999999999Z";
    prague(
        Interval::Hour1,
        before,
        "2025-03-30__01-00",
        "2025-03-30T00:00:00Z",
        change,
    );
    prague(
        Interval::Hour1,
        change,
        "2025-03-30__03-00",
        change,
        "2025-03-30T02:00:00Z",
    );
    let (start, end) = ("2025-03-29T23:00:00Z", "2025-03-30T22:00:00Z");
    prague(Interval::Hour24, before, "2025-03-30", start, end);
    prague(Interval::Hour24, change, "2025-03-30", start, end);
    prague(Interval::Hour3, before, "2025-03-30__00-00", start, change);
    prague(
        Interval::Hour6,
        change,
        "2025-03-30__00-00",
        start,
        "2025-03-30T04:00:00Z",
    );
}

#[test]
fn an_autumn_fold_is_one_longer_run_or_two_runs() {
    let prague = |interval, instant, folder, start, end| {
        check("Europe/Prague", interval, instant, folder, start, end);
    };
    // 2025-10-26: 03:00 CEST becomes 02:00 CET at 01:00 UTC; the hour from two to three is one run.
    let two = "2025-10-26__02-00";
    let (first, last) = ("2025-10-26T00:00:00Z", "2025-10-26T02:00:00Z");
    for instant in [first, "2025-10-26T00:59:59.9Z", "2025-10-26T01:00:00Z"] {
        prague(Interval::Hour1, instant, two, first, last);
    }
    prague(
        Interval::Hour1,
        last,
        "2025-10-26__03-00",
        last,
        "2025-10-26T03:00:00Z",
    );
    // Half hours are entered twice.
    let (change, half) = ("2025-10-26T01:00:00Z", "2025-10-26T00:30:00Z");
    prague(Interval::Minute30, first, two, first, half);
    prague(Interval::Minute30, half, "2025-10-26__02-30", half, change);
    prague(
        Interval::Minute30,
        change,
        two,
        change,
        "2025-10-26T01:30:00Z",
    );
    prague(
        Interval::Hour24,
        change,
        "2025-10-26",
        "2025-10-25T22:00:00Z",
        "2025-10-26T23:00:00Z",
    );
}

#[test]
fn a_change_of_half_an_hour() {
    let lord_howe = |interval, instant, folder, start, end| {
        check("Australia/Lord_Howe", interval, instant, folder, start, end);
    };
    // 2025-04-06: 02:00 (+11) becomes 01:30 (+10:30) at 15:00 UTC the day before.
    let (one, change) = ("2025-04-05T14:00:00Z", "2025-04-05T15:00:00Z");
    let two = "2025-04-05T15:30:00Z";
    lord_howe(Interval::Hour1, change, "2025-04-06__01-00", one, two);
    lord_howe(
        Interval::Minute30,
        change,
        "2025-04-06__01-30",
        "2025-04-05T14:30:00Z",
        two,
    );
    lord_howe(
        Interval::Minute15,
        change,
        "2025-04-06__01-30",
        change,
        "2025-04-05T15:15:00Z",
    );
    // 2025-10-05: 02:00 (+10:30) becomes 02:30 (+11) at 15:30 UTC the day before.
    let (change, three) = ("2025-10-04T15:30:00Z", "2025-10-04T16:00:00Z");
    lord_howe(Interval::Hour1, change, "2025-10-05__02-00", change, three);
    lord_howe(
        Interval::Minute30,
        change,
        "2025-10-05__02-30",
        change,
        three,
    );
}

#[test]
fn a_change_at_midnight() {
    // 2018-11-04 in Sao Paulo begins at 01:00; 2018-02-18 enters its last hour of the 17th twice.
    let sao = "America/Sao_Paulo";
    let change = "2018-11-04T03:00:00Z";
    check(
        sao,
        Interval::Hour24,
        change,
        "2018-11-04",
        change,
        "2018-11-05T02:00:00Z",
    );
    check(
        sao,
        Interval::Hour1,
        change,
        "2018-11-04__01-00",
        change,
        "2018-11-04T04:00:00Z",
    );
    check(
        sao,
        Interval::Hour12,
        change,
        "2018-11-04__00-00",
        change,
        "2018-11-04T14:00:00Z",
    );
    let (start, end) = ("2018-02-17T02:00:00Z", "2018-02-18T03:00:00Z");
    check(
        sao,
        Interval::Hour24,
        "2018-02-18T02:00:00Z",
        "2018-02-17",
        start,
        end,
    );
    let (start, fold) = ("2018-02-18T01:00:00Z", "2018-02-18T02:00:00Z");
    check(sao, Interval::Hour1, fold, "2018-02-17__23-00", start, end);
    check(
        sao,
        Interval::Minute30,
        fold,
        "2018-02-17__23-00",
        fold,
        "2018-02-18T02:30:00Z",
    );
    // 2025-03-30 in Beirut begins at 01:00.
    let change = "2025-03-29T22:00:00Z";
    check(
        "Asia/Beirut",
        Interval::Hour24,
        change,
        "2025-03-30",
        change,
        "2025-03-30T21:00:00Z",
    );
}

#[test]
fn a_day_that_never_was() {
    // Samoa went from the 29th of December 2011 straight to the 31st.
    let change = "2011-12-30T10:00:00Z";
    let (start, end) = ("2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z");
    check(
        "Pacific/Apia",
        Interval::Hour24,
        start,
        "2011-12-29",
        start,
        change,
    );
    check(
        "Pacific/Apia",
        Interval::Hour24,
        change,
        "2011-12-31",
        change,
        end,
    );
}

#[test]
fn a_fold_can_reach_back_over_midnight() {
    // Newfoundland changed its clocks at one minute past midnight until 2011.
    let zone = zone("America/St_Johns").unwrap();
    let change: DateTime<Utc> = "2010-11-07T02:31:00Z".parse().unwrap();
    let name = |instant| Interval::Hour24.span(instant, &zone).folder.name();
    assert_eq!(name(change - TimeDelta::seconds(1)), "2010-11-07");
    assert_eq!(name(change), "2010-11-06");
    let again = Interval::Hour24.span(change, &zone);
    assert_eq!(again.start, change);
    assert_eq!(again.end, change + TimeDelta::minutes(59));
    let short = Interval::Hour24.span(change - TimeDelta::seconds(1), &zone);
    assert_eq!(short.start, change - TimeDelta::minutes(1));
    assert_eq!(short.end, change);
}

#[test]
fn changes_that_keep_the_folder_do_not_end_it() {
    // Offsets of 1891 have seconds: Paris kept 00:09:21 for twenty years.
    let paris = zone("Europe/Paris").unwrap();
    let instant: DateTime<Utc> = "1900-06-01T12:00:00Z".parse().unwrap();
    let span = Interval::Hour24.span(instant, &paris);
    assert_eq!(
        span.start,
        "1900-05-31T23:50:39Z".parse::<DateTime<Utc>>().unwrap()
    );
    assert_eq!(
        span.end,
        "1900-06-01T23:50:39Z".parse::<DateTime<Utc>>().unwrap()
    );
}

#[test]
fn fractions_before_1970_are_cut_downwards() {
    let (epoch, nanosecond) = (DateTime::UNIX_EPOCH, TimeDelta::nanoseconds(1));
    let span = Interval::Minute5.span(epoch - nanosecond, &TimeZone::UTC);
    assert_eq!(span.folder.name(), "1969-12-31__23-55");
    assert_eq!(span.end, epoch);
    // The last instant before a clock change of the time before 1970.
    let berlin = zone("Europe/Berlin").unwrap();
    let change: DateTime<Utc> = "1949-04-10T01:00:00Z".parse().unwrap();
    let span = Interval::Hour1.span(change - nanosecond, &berlin);
    assert_eq!(span.folder.name(), "1949-04-10__01-00");
    assert_eq!(span.end, change);
}
