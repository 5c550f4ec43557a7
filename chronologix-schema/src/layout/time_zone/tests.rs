//! Zones by name: special words, the fallback, and what an unknown name suggests.

use jiff::{
    Timestamp,
    tz::{TimeZone, TimeZoneDatabase},
};

use super::{edits, zone, zone_in};

#[test]
fn special_words_and_any_letter_case() {
    for name in ["UTC", "utc", "Utc"] {
        assert_eq!(zone(name).unwrap(), TimeZone::UTC);
    }
    zone("local").unwrap();
    zone("Local").unwrap();
    assert_eq!(
        zone("europe/PRAGUE").unwrap().iana_name(),
        Some("Europe/Prague")
    );
}

#[test]
fn zones_missing_on_the_system_come_from_the_bundled_copy() {
    let empty = tempfile::tempdir().unwrap();
    let system = TimeZoneDatabase::from_dir(empty.path()).unwrap_or(TimeZoneDatabase::none());
    assert!(system.get("Pacific/Chatham").is_err());
    let chatham = zone_in(&system, "Pacific/Chatham").unwrap();
    assert_eq!(
        chatham.to_offset(Timestamp::UNIX_EPOCH).seconds(),
        12 * 3600 + 45 * 60
    );
}

#[track_caller]
fn suggests(name: &str, expected: &[&str]) {
    let error = zone(name).unwrap_err();
    assert_eq!(error.nearest, expected, "{error}");
}

#[test]
fn unknown_names_suggest_the_nearest() {
    suggests("Europe/Pragu", &["Europe/Prague"]);
    suggests("Prague", &["Europe/Prague"]);
    suggests("New York", &["America/New_York"]);
    suggests("Amerika/New_York", &["America/New_York"]);
    suggests("kathmandu", &["Asia/Kathmandu"]);
    suggests("lokal", &[]);
    suggests("", &[]);
    suggests("../../etc/passwd", &[]);
    suggests(&"Europe/".repeat(10_000), &[]);
    assert_eq!(
        zone("no such zone").unwrap_err().to_string(),
        r#"unknown time zone "no such zone"; allowed: UTC, local, or an IANA name"#,
    );
}

#[test]
fn edits_are_counted() {
    for (from, to, expected) in [
        ("", "", 0),
        ("", "abc", 3),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
        ("ab", "ba", 2),
    ] {
        assert_eq!(edits(from, to), expected, "{from} {to}");
    }
}
