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
        "10",
        "10x",
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
