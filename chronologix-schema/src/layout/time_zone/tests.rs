//! Zones by name, the zone of the machine, what an unknown name suggests, and civil times.

use std::{fs, path::Path};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use proptest::prelude::*;

use super::{TimeZone, check_zone_name, database::Database, lookup::zone_in, zone};

mod golden;
#[cfg(unix)]
mod local;

/// Zone data of some zones in a folder, as a system has it.
fn data_of(names: &[&str]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for name in names {
        let path = root.path().join("zoneinfo").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, tzdb_data::find_raw(name.as_bytes()).unwrap()).unwrap();
    }
    root
}

/// Looks up names in such a folder and nowhere else.
fn only_in(root: &Path) -> Database {
    Database::of_dir(&root.join("zoneinfo"), false)
}

#[track_caller]
fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

#[test]
fn special_words_and_any_letter_case() {
    for name in ["UTC", "utc", "Utc"] {
        assert_eq!(zone(name).unwrap(), TimeZone::UTC);
    }
    zone("local").unwrap();
    zone("Local").unwrap();
    assert_eq!(zone("europe/PRAGUE").unwrap().name(), "Europe/Prague");
    let root = data_of(&["America/Argentina/Salta"]);
    let found = zone_in(&only_in(root.path()), "america/argentina/SALTA").unwrap();
    assert_eq!(found.name(), "America/Argentina/Salta");
    assert_eq!(zone("etc/utc").unwrap().name(), "Etc/UTC");
}

#[test]
fn zones_missing_on_the_system_come_from_the_bundled_copy() {
    let empty = tempfile::tempdir().unwrap();
    assert!(zone_in(&only_in(empty.path()), "Pacific/Chatham").is_err());
    let bundled = Database::of_dir(empty.path(), true);
    let chatham = zone_in(&bundled, "pacific/Chatham").unwrap();
    assert_eq!(chatham.name(), "Pacific/Chatham");
    assert_eq!(
        chatham.offset(DateTime::UNIX_EPOCH).local_minus_utc(),
        12 * 3600 + 45 * 60
    );
}

#[test]
fn a_system_without_data_says_what_to_do() {
    let empty = tempfile::tempdir().unwrap();
    let none = only_in(empty.path());
    assert_eq!(
        zone_in(&none, "Europe/Prague").unwrap_err().to_string(),
        "unknown time zone \"Europe/Prague\"; this system has no time zone data: install it, or \
         build with the feature bundled-zones; allowed: UTC, local, or an IANA name"
    );
    assert_eq!(zone_in(&none, "Etc/UTC").unwrap().name(), "Etc/UTC");
}

#[test]
fn no_name_leads_out_of_the_data() {
    let root = data_of(&["Europe/Prague", "Asia/Tokyo"]);
    let database = Database::of_dir(&root.path().join("zoneinfo/Europe"), false);
    zone_in(&database, "Prague").unwrap();
    let absolute = root.path().join("zoneinfo/Europe/Prague");
    for name in [
        "../Asia/Tokyo",
        "./Prague",
        "Prague/",
        "/Prague",
        "//Prague",
        "Prague\0",
        "..",
        "",
        absolute.to_str().unwrap(),
    ] {
        assert!(zone_in(&database, name).is_err(), "{name:?}");
    }
}

#[test]
fn damaged_data_is_no_zone() {
    let root = data_of(&["Europe/Prague"]);
    let path = root.path().join("zoneinfo/Europe/Prague");
    let whole = fs::read(&path).unwrap();
    let rule = "\nCET-1CEST,M3.5.0,M10.5.0/3\n".len();
    // With one of the two newlines the data is whole, of a zone without a rule.
    let is_whole = |length: &usize| *length == whole.len() - rule + 1;
    for length in (0..whole.len()).filter(|length| !is_whole(length)) {
        fs::write(&path, &whole[..length]).unwrap();
        let found = zone_in(&only_in(root.path()), "Europe/Prague");
        assert!(found.is_err(), "{length} bytes");
    }
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
fn names_are_suggested_from_the_data_of_the_system() {
    let root = data_of(&["Europe/Prague", "America/Argentina/Salta"]);
    fs::write(root.path().join("zoneinfo/Europe/Prag"), "no zone").unwrap();
    let nearest = |name| zone_in(&only_in(root.path()), name).unwrap_err().nearest;
    assert_eq!(nearest("Europe/Pragu"), ["Europe/Prague"]);
    assert_eq!(nearest("salta"), ["America/Argentina/Salta"]);
    assert_eq!(nearest("London"), [""; 0]);
}

#[test]
fn a_name_is_checked_for_another_machine() {
    for name in ["UTC", "local", "Europe/Prague", "America/Newtown"] {
        check_zone_name(name).unwrap();
    }
    for name in [
        "Europe/Pragu",
        "Middle-Earth/Hobbiton",
        "Nowhere",
        "",
        "Asia/../x",
        "America",
    ] {
        check_zone_name(name).unwrap_err();
    }
}

#[test]
fn a_described_zone_may_be_a_rule() {
    let summer = instant("2025-07-01T00:00:00Z");
    for (text, offset, abbreviation) in [
        ("Europe/Prague", "+02:00", "CEST"),
        ("EST5EDT,M3.2.0,M11.1.0", "-04:00", "EDT"),
        ("CST-8", "+08:00", "CST"),
        ("<+0300>-03:00:00", "+03:00", "+0300"),
        // Hours before midnight, as Nuuk has them.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "-01:00", "-01"),
        // Summer time that never ends.
        ("EST5EDT,0/0,J365/25", "-04:00", "EDT"),
        ("UTC", "+00:00", "UTC"),
    ] {
        let zone = TimeZone::described(text).unwrap();
        assert_eq!(zone.name(), text);
        assert_eq!(zone.offset(summer).to_string(), offset, "{text}");
        assert_eq!(zone.abbreviation(summer), abbreviation, "{text}");
    }
    for text in ["Europe/Pragu", "EST5EDT,M3.2.0", "CST-8\n", "\nCST-8", ""] {
        TimeZone::described(text).unwrap_err();
    }
    // Only where a tree says so: people mean the opposite.
    zone("UTC+3").unwrap_err();
}

#[test]
fn a_rule_holds_for_ever() {
    let prague = zone("Europe/Prague").unwrap();
    for (text, change) in [
        ("2025-03-30T00:59:59Z", "2025-03-30T01:00:00Z"),
        ("2037-10-25T00:59:59Z", "2037-10-25T01:00:00Z"),
        ("2038-03-28T00:59:59Z", "2038-03-28T01:00:00Z"),
        ("2100-01-01T00:00:00Z", "2100-03-28T01:00:00Z"),
        ("2425-01-01T00:00:00Z", "2425-03-30T01:00:00Z"),
        ("2499-12-31T00:00:00Z", "2500-03-28T01:00:00Z"),
        ("9999-03-01T00:00:00Z", "9999-03-28T01:00:00Z"),
    ] {
        let (before, change) = (instant(text).timestamp(), instant(change).timestamp());
        assert_eq!(prague.period(before).until, change);
        assert_eq!(prague.period(change).since, change);
        assert_eq!(prague.period(change - 1).until, change);
    }
}

#[test]
fn civil_times_that_come_twice_or_never() {
    let prague = zone("Europe/Prague").unwrap();
    let check = |civil: &str, first: &str, last: &str| {
        let found = prague.instants(civil.parse().unwrap());
        assert_eq!(found, (instant(first), instant(last)), "{civil}");
    };
    let once = "2025-05-04T13:07:09.25Z";
    check("2025-05-04T15:07:09.25", once, once);
    check(
        "2025-10-26T02:30:00",
        "2025-10-26T00:30:00Z",
        "2025-10-26T01:30:00Z",
    );
    check(
        "2025-10-26T03:00:00",
        "2025-10-26T02:00:00Z",
        "2025-10-26T02:00:00Z",
    );
    // By the offset before the gap.
    check(
        "2025-03-30T02:30:00",
        "2025-03-30T01:30:00Z",
        "2025-03-30T01:30:00Z",
    );
    check(
        "2025-03-30T03:00:00",
        "2025-03-30T01:00:00Z",
        "2025-03-30T01:00:00Z",
    );
    // A day that never was.
    let apia = zone("Pacific/Apia").unwrap();
    let skipped: NaiveDateTime = "2011-12-30T12:00:00".parse().unwrap();
    assert_eq!(apia.instant(skipped), instant("2011-12-30T22:00:00Z"));
}

#[test]
fn the_ends_of_time_have_a_civil_time() {
    for zone in ["Europe/Prague", "America/St_Johns", "UTC"].map(|name| zone(name).unwrap()) {
        for instant in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let civil = zone.civil(instant);
            let _ = (zone.instants(civil), zone.instants(NaiveDateTime::MIN));
            let _ = zone.instants(NaiveDateTime::MAX);
        }
    }
}

proptest! {
    #[test]
    fn a_civil_time_leads_back_to_its_instant(
        second in -6_000_000_000_i64..60_000_000_000,
        name in prop::sample::select(&["Europe/Prague", "Africa/Casablanca", "America/Nuuk", "Pacific/Apia"]),
    ) {
        let zone = zone(name).unwrap();
        let change = zone.period(second).until.min(60_000_000_000);
        for at in [second, change - 1, change, change + 1799] {
            let instant = DateTime::from_timestamp(at, 0).unwrap();
            let civil = zone.civil(instant);
            prop_assert_eq!(civil - instant.naive_utc(), TimeDelta::seconds(zone.period(at).offset()));
            let (first, last) = zone.instants(civil);
            prop_assert!(first == instant || last == instant);
            prop_assert_eq!(zone.civil(first), civil);
            prop_assert_eq!(zone.civil(last), civil);
            prop_assert!(first <= last);
        }
    }

    #[test]
    fn no_rule_panics(text in "\\PC{0,20}|[A-Z<>+0-9,./MJ:-]{0,40}") {
        let _ = TimeZone::described(&text);
    }
}
