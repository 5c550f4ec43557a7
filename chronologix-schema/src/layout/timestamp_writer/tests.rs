//! Stamps: golden vectors, the C locale, and that the kept second never shows.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde::Deserialize;

use super::TimestampWriter;
use crate::layout::{TimeZone, TimestampFormat, zone};

#[derive(Deserialize)]
struct Golden {
    unix_micros: i64,
    timezone: String,
    format: String,
    text: String,
}

fn stamper(format: &str, timezone: &str) -> TimestampWriter {
    TimestampWriter::new(
        TimestampFormat::parse(format).unwrap(),
        zone(timezone).unwrap(),
    )
}

fn write(stamper: &mut TimestampWriter, instant: DateTime<Utc>) -> String {
    let mut out = Vec::new();
    stamper.write(instant, &mut out);
    String::from_utf8(out).unwrap()
}

fn write_nanos(stamper: &mut TimestampWriter, nanos: i64) -> String {
    let mut out = Vec::new();
    stamper.write_nanos(nanos, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn stamps_are_those_of_the_original() {
    let rows: Vec<Golden> =
        serde_json::from_str(include_str!("../golden/timestamps.json")).unwrap();
    assert_eq!(rows.len(), 450);
    for row in rows {
        let instant = DateTime::from_timestamp_micros(row.unix_micros).unwrap();
        let text = write(&mut stamper(&row.format, &row.timezone), instant);
        let Golden {
            unix_micros,
            timezone,
            format,
            ..
        } = row;
        assert_eq!(text, row.text, "{unix_micros} {timezone} {format}");
        if let Some(nanos) = unix_micros.checked_mul(1000) {
            let text = write_nanos(&mut stamper(&format, &timezone), nanos);
            assert_eq!(text, row.text, "{unix_micros} {timezone} {format}");
        }
    }
}

#[track_caller]
fn check(format: &str, timezone: &str, instant: &str, expected: &str) {
    let text = write(&mut stamper(format, timezone), instant.parse().unwrap());
    assert_eq!(text, expected, "{format}");
}

#[test]
fn each_directive_as_in_python_on_linux() {
    let prague = |format, expected| {
        check(
            format,
            "Europe/Prague",
            "2025-05-04T11:07:09.000042Z",
            expected,
        );
    };
    prague("%a %A %b %B", "Sun Sunday May May");
    prague("%c", "Sun May  4 13:07:09 2025");
    prague("%x %X %p", "05/04/25 13:07:09 PM");
    prague("%D %F %R %T", "05/04/25 2025-05-04 13:07 13:07:09");
    prague("%d %e %-d %m %-m %y %Y", "04  4 4 05 5 25 2025");
    prague("%H %I %-I %M %S %f", "13 01 1 07 09 000042");
    prague("%j %U %W %V %G %u %w", "124 18 17 18 2025 7 0");
    prague("%z %:z %Z %s", "+0200 +02:00 CEST 1746356829");
    prague("%% 100%%d ü", "% 100%d ü");
    prague("%f%f", "000042000042");
    // In mixed case, as the zone data has it.
    check("%Z", "Pacific/Guam", "2025-01-01T00:00:00Z", "ChST");
    check("%Z %z", "UTC", "2025-01-01T00:00:00Z", "UTC +0000");
    check(
        "%c",
        "UTC",
        "2025-12-31T00:00:00Z",
        "Wed Dec 31 00:00:00 2025",
    );
}

#[test]
fn before_1970_the_fraction_still_runs_forward() {
    let format = "%Y-%m-%d %H:%M:%S.%f %s";
    check(
        format,
        "UTC",
        "1969-12-31T23:59:59.999999999Z",
        "1969-12-31 23:59:59.999999 -1",
    );
    check(
        format,
        "UTC",
        "1969-12-31T23:59:58.000001Z",
        "1969-12-31 23:59:58.000001 -2",
    );
    check(
        format,
        "UTC",
        "1969-12-31T23:59:58Z",
        "1969-12-31 23:59:58.000000 -2",
    );
    // One nanosecond before the clocks of Berlin go forward.
    check(
        "%H:%M:%S.%f%z",
        "Europe/Berlin",
        "1949-04-10T00:59:59.999999999Z",
        "01:59:59.999999+0100",
    );
}

#[test]
fn rfc3339_reads_back_as_the_instant() {
    for timezone in ["UTC", "Europe/Prague", "Asia/Kathmandu", "America/St_Johns"] {
        let mut stamper = TimestampWriter::new(TimestampFormat::rfc3339(), zone(timezone).unwrap());
        for text in [
            "2025-05-04T13:07:09.25Z",
            "1999-12-31T23:59:59.999999Z",
            "1970-01-01T00:00:00Z",
        ] {
            let instant: DateTime<Utc> = text.parse().unwrap();
            let mut out = Vec::new();
            stamper.write(instant, &mut out);
            let out = String::from_utf8(out).unwrap();
            assert_eq!(out.parse::<DateTime<Utc>>().unwrap(), instant, "{out}");
            assert_eq!(out.len(), "YYYY-MM-DDTHH:MM:SS.ffffff+HH:MM".len());
        }
    }
}

#[test]
fn all_nanoseconds_have_a_stamp() {
    let mut stamper = stamper("rfc3339", "UTC");
    assert_eq!(
        write_nanos(&mut stamper, i64::MIN),
        "1677-09-21T00:12:43.145224+00:00"
    );
    assert_eq!(
        write_nanos(&mut stamper, i64::MAX),
        "2262-04-11T23:47:16.854775+00:00"
    );
    assert_eq!(
        write_nanos(&mut stamper, -1),
        "1969-12-31T23:59:59.999999+00:00"
    );
}

#[test]
fn nothing_grows_after_the_first_stamp() {
    let mut stamper = stamper("rfc3339", "Europe/Prague");
    let mut out = Vec::with_capacity(64);
    let start: DateTime<Utc> = "2025-05-04T13:07:09.25Z".parse().unwrap();
    stamper.write(start, &mut out);
    let capacities = (
        out.capacity(),
        stamper.rendered.capacity(),
        stamper.holes.capacity(),
    );
    for second in 1..1000 {
        out.clear();
        stamper.write(start + TimeDelta::seconds(second), &mut out);
    }
    let after = (
        out.capacity(),
        stamper.rendered.capacity(),
        stamper.holes.capacity(),
    );
    assert_eq!(after, capacities);
}

/// Formats of everything that is allowed.
fn formats() -> impl Strategy<Value = TimestampFormat> {
    let directives: Vec<String> = "aAwdbBmyYHIpMSfzZjUWcxX%GuVFTRDes"
        .chars()
        .map(|letter| format!("%{letter}"))
        .chain(["%:z", "%-d", "%-j", ".", " ", "ü"].map(str::to_owned))
        .collect();
    prop::collection::vec(prop::sample::select(directives), 1..6)
        .prop_map(|parts| TimestampFormat::parse(&parts.concat()).unwrap())
}

/// Mostly instants that share seconds, also before 1970, and sometimes any at all.
fn instants() -> impl Strategy<Value = DateTime<Utc>> {
    // Years before 0 are written, but have no form in RFC 3339.
    let any = -62_135_596_800_000_000..=253_402_300_799_999_999_i64;
    prop_oneof![4 => -3_000_000_i64..3_000_000, 1 => any]
        .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
}

/// Mostly nanoseconds that share seconds, also before 1970, and sometimes any at all.
fn nanos() -> impl Strategy<Value = i64> {
    prop_oneof![4 => -3_000_000_000_i64..3_000_000_000, 1 => any::<i64>()]
}

proptest! {
    #[test]
    fn the_kept_second_never_shows(
        format in formats(),
        timezone in prop::sample::select(&["UTC", "Europe/Prague", "Pacific/Guam"]),
        instants in prop::collection::vec(instants(), 1..20),
    ) {
        let zone = zone(timezone).unwrap();
        let mut kept = TimestampWriter::new(format.clone(), zone.clone());
        for instant in instants {
            let mut fresh = TimestampWriter::new(format.clone(), zone.clone());
            prop_assert_eq!(write(&mut kept, instant), write(&mut fresh, instant));
        }
    }

    #[test]
    fn nanoseconds_give_the_stamp_of_the_instant(
        format in formats(),
        timezone in prop::sample::select(&["UTC", "Europe/Prague", "Pacific/Guam"]),
        nanos in prop::collection::vec(nanos(), 1..20),
    ) {
        let zone = zone(timezone).unwrap();
        let mut by_instant = TimestampWriter::new(format.clone(), zone.clone());
        let mut framed = TimestampWriter::framed(format.clone(), zone.clone(), "100% [", "] ");
        // One stamper for both ways, so that what one keeps is met by the other.
        let mut mixed = TimestampWriter::new(format, zone);
        for nanos in nanos {
            let instant = DateTime::from_timestamp_nanos(nanos);
            let expected = write(&mut by_instant, instant);
            prop_assert_eq!(&write_nanos(&mut mixed, nanos), &expected);
            let later = instant + TimeDelta::nanoseconds(1);
            prop_assert_eq!(&write(&mut mixed, later), &write(&mut by_instant, later));
            prop_assert_eq!(write_nanos(&mut framed, nanos), format!("100% [{expected}] "));
        }
    }

    #[test]
    fn digits_are_those_of_the_instant(instant in instants()) {
        let text = write(&mut TimestampWriter::new(TimestampFormat::rfc3339(), TimeZone::UTC), instant);
        prop_assert_eq!(text.parse::<DateTime<Utc>>().unwrap(), instant);
    }
}
