//! Times as typed.

use super::*;

#[track_caller]
fn check(text: &str, newest: Option<&str>, zone: &str, expected: &str) {
    let now = "2025-05-04T15:30:00Z".parse().unwrap();
    let newest = newest.map(|name| Folder::parse(name).unwrap());
    let zone = chronologix_schema::layout::zone(zone).unwrap();
    let time_spec: TimeSpec = text.parse().unwrap();
    let found = time_spec.resolve(now, newest, &zone).unwrap();
    assert_eq!(found, expected.parse::<DateTime<Utc>>().unwrap(), "{text}");
}

#[test]
fn a_range_has_both_hours_that_clocks_show() {
    let now = "2025-10-26T08:00:00Z".parse().unwrap();
    let zone = chronologix_schema::layout::zone("Europe/Prague").unwrap();
    for (text, first, last) in [
        ("2025-10-26 02:30", "00:30:00", "01:30:00"),
        ("today 02:30", "00:30:00", "01:30:00"),
        ("2025-10-26 03:30", "02:30:00", "02:30:00"),
        ("2025-10-26T02:30:00+02:00", "00:30:00", "00:30:00"),
        ("-7h", "01:00:00", "01:00:00"),
    ] {
        let time_spec: TimeSpec = text.parse().unwrap();
        let instant = |time| format!("2025-10-26T{time}Z").parse().unwrap();
        assert_eq!(
            time_spec.resolve(now, None, &zone),
            Some(instant(first)),
            "{text}"
        );
        assert_eq!(
            time_spec.resolve_end(now, None, &zone),
            Some(instant(last)),
            "{text}"
        );
    }
}

#[test]
fn what_is_meant() {
    let hour = Some("2025-05-04__15-00");
    check("14:02", hour, "UTC", "2025-05-04T14:02:00Z");
    check("9:02", hour, "UTC", "2025-05-04T09:02:00Z");
    check("14:02:03.25", hour, "UTC", "2025-05-04T14:02:03.25Z");
    check("14:02", hour, "Europe/Prague", "2025-05-04T12:02:00Z");
    check("14:02", Some("2025-04-30"), "UTC", "2025-04-30T14:02:00Z");
    check(
        "23:50",
        Some("2025-04-30__00-00"),
        "UTC",
        "2025-04-29T23:50:00Z",
    );
    check("16:00", Some("2025-05-04"), "UTC", "2025-05-03T16:00:00Z");
    check("16:00", None, "UTC", "2025-05-03T16:00:00Z");
    check("-10m", hour, "UTC", "2025-05-04T15:20:00Z");
    check("1h30m", hour, "UTC", "2025-05-04T14:00:00Z");
    check("-1d", hour, "UTC", "2025-05-03T15:30:00Z");
    check("+5m", hour, "UTC", "2025-05-04T15:35:00Z");
    check("now", hour, "UTC", "2025-05-04T15:30:00Z");
    check("1h ago", hour, "UTC", "2025-05-04T14:30:00Z");
    check("10 minutes ago", hour, "UTC", "2025-05-04T15:20:00Z");
    check("1d 2h ago", hour, "UTC", "2025-05-03T13:30:00Z");
    check("today", hour, "UTC", "2025-05-04T00:00:00Z");
    check("Today", hour, "Asia/Tokyo", "2025-05-04T15:00:00Z");
    check("yesterday", hour, "UTC", "2025-05-03T00:00:00Z");
    check("yesterday 14:02", hour, "UTC", "2025-05-03T14:02:00Z");
    check("13", hour, "UTC", "2025-05-04T13:00:00Z");
    check("9", hour, "Europe/Prague", "2025-05-04T07:00:00Z");
    check("2025-05-03 22", hour, "UTC", "2025-05-03T22:00:00Z");
    check("2025-05-03T22", hour, "UTC", "2025-05-03T22:00:00Z");
    check("Nov 28 22:57", hour, "UTC", "2024-11-28T22:57:00Z");
    check("may 4 15:29", hour, "UTC", "2025-05-04T15:29:00Z");
    check("3 May", hour, "Europe/Prague", "2025-05-02T22:00:00Z");
    check("Feb 29 01", hour, "UTC", "2024-02-29T01:00:00Z");
    check(
        "January 2",
        Some("2019-12-31"),
        "UTC",
        "2019-01-02T00:00:00Z",
    );
    check("1746367339", hour, "UTC", "2025-05-04T14:02:19Z");
    check("1746367339.25", hour, "UTC", "2025-05-04T14:02:19.25Z");
    check("@1746367339", hour, "UTC", "2025-05-04T14:02:19Z");
    check("1746367339123", hour, "UTC", "2025-05-04T14:02:19.123Z");
    check(
        "1746367339123456",
        hour,
        "UTC",
        "2025-05-04T14:02:19.123456Z",
    );
    check("2025-05-03", hour, "UTC", "2025-05-03T00:00:00Z");
    check("20250503", hour, "UTC", "2025-05-03T00:00:00Z");
    check(
        "2025-05-03 14:02",
        hour,
        "Europe/Prague",
        "2025-05-03T12:02:00Z",
    );
    check("2025-05-03T14:02:01", hour, "UTC", "2025-05-03T14:02:01Z");
    check(
        "2025-05-03T14:02:01+02:00",
        hour,
        "UTC",
        "2025-05-03T12:02:01Z",
    );
    check(
        "2025-05-03T14:02:01Z",
        hour,
        "Europe/Prague",
        "2025-05-03T14:02:01Z",
    );
}

#[test]
fn what_is_none_is_said() {
    for text in [
        "",
        "-",
        "24",
        "10x",
        "10 ago",
        "+",
        "ago",
        "Nov",
        "Nov 31",
        "Foo 3",
        "Nov 28 22:57 x",
        "17463673391",
        "yesterday soon",
        "25:00",
        "14:2:",
        "2025-13-01",
        "2025-5-3",
        "2025-05-03__14-00",
        "14:02+02:00",
        "soon",
        "m",
    ] {
        let error = text.parse::<TimeSpec>().unwrap_err().to_string();
        let expected =
            format!("cannot read {text:?} as a time. Examples: 14:02, -10m, 2025-05-04 14:02");
        assert_eq!(error, expected);
    }
}
