//! The zone of the machine, and that its name is true.

use std::{fs, os::unix::fs::symlink};

use chrono::{DateTime, Utc};

use super::{Database, TimeZone, data_of, instant, only_in};
use crate::layout::time_zone::local::{of_file, of_link, of_variable};

fn summer() -> DateTime<Utc> {
    instant("2025-07-01T00:00:00Z")
}

/// What `/etc/localtime` gives that is a link to this zone's data.
#[track_caller]
fn linked(root: &std::path::Path, name: &str) -> Option<TimeZone> {
    let path = root.join("localtime");
    let _ = fs::remove_file(&path);
    symlink(root.join("zoneinfo").join(name), &path).unwrap();
    of_file(&path, &only_in(root))
}

#[test]
fn a_link_gives_the_name() {
    let root = data_of(&["Europe/Prague"]);
    let zone = linked(root.path(), "Europe/Prague").unwrap();
    assert_eq!(zone.name(), "Europe/Prague");
    // The data of another release, with the same rules for our time.
    let slim = fs::read(root.path().join("zoneinfo/Europe/Prague")).unwrap();
    assert_eq!(linked(root.path(), "Europe/Berlin"), None);
    fs::write(root.path().join("other"), slim).unwrap();
    let unnamed = of_file(&root.path().join("other"), &only_in(root.path())).unwrap();
    assert_eq!(unnamed.name(), "CET-1CEST,M3.5.0,M10.5.0/3");
    assert_eq!(unnamed.offset(summer()), zone.offset(summer()));
}

#[test]
fn a_name_of_other_rules_is_not_taken() {
    let root = data_of(&["Etc/UTC", "Europe/Prague", "Asia/Shanghai"]);
    let zoneinfo = root.path().join("zoneinfo");
    // Mounted over `/etc/localtime`, which means over what it links to.
    fs::copy(zoneinfo.join("Asia/Shanghai"), zoneinfo.join("Etc/UTC")).unwrap();
    let zone = linked(root.path(), "Etc/UTC").unwrap();
    assert_eq!(zone.name(), "CST-8");
    assert_eq!(zone.abbreviation(summer()), "CST");
    assert_eq!(
        TimeZone::described(zone.name()).unwrap().offset(summer()),
        zone.offset(summer())
    );
}

#[test]
fn a_link_without_data_is_known_by_the_bundled_copy() {
    let root = data_of(&[]);
    let path = root.path().join("localtime");
    symlink("/nowhere/zoneinfo/Europe/Prague", &path).unwrap();
    assert_eq!(of_file(&path, &only_in(root.path())), None);
    let bundled = Database::of_dir(root.path(), true);
    assert_eq!(of_file(&path, &bundled).unwrap().name(), "Europe/Prague");
}

#[test]
fn a_file_without_a_rule_is_described_by_its_last_offset() {
    // Version 1: one type, no footer.
    let mut data = b"TZif".to_vec();
    data.extend([0; 16]);
    for count in [0_u32, 0, 0, 0, 1, 4] {
        data.extend(count.to_be_bytes());
    }
    data.extend((-12_600_i32).to_be_bytes());
    data.extend(*b"\0\0NST\0");
    let root = data_of(&[]);
    let path = root.path().join("localtime");
    fs::write(&path, data).unwrap();
    let zone = of_file(&path, &only_in(root.path())).unwrap();
    assert_eq!(zone.abbreviation(summer()), "NST");
    assert_eq!(zone.name(), "<-0330>+03:30:00");
    assert_eq!(
        TimeZone::described(zone.name()).unwrap().offset(summer()),
        zone.offset(summer())
    );
}

#[test]
fn the_variable_is_a_name_a_path_or_a_rule() {
    let root = data_of(&["Europe/Prague"]);
    let database = only_in(root.path());
    let path = root.path().join("zoneinfo/Europe/Prague");
    let path = path.to_str().unwrap();
    for (variable, name) in [
        ("Europe/Prague", "Europe/Prague"),
        (":Europe/Prague", "Europe/Prague"),
        (path, "Europe/Prague"),
        (&*format!(":{path}"), "Europe/Prague"),
        ("UTC", "UTC"),
        ("<+03>-3", "<+03>-3"),
        ("EST5EDT,M3.2.0,M11.1.0", "EST5EDT,M3.2.0,M11.1.0"),
        (":<+0530>-5:30", "<+0530>-5:30"),
        // No zone has this name, and the days of summer time are the usual ones.
        ("AEST-10AEDT", "AEST-10AEDT,M3.2.0,M11.1.0"),
        ("", "UTC"),
        (":", "UTC"),
    ] {
        let zone = of_variable(variable, &database).unwrap();
        assert_eq!(zone.name(), name, "{variable}");
    }
    for variable in [
        "Europe/Nowhere",
        ":Europe/Nowhere",
        "/no/such/file",
        "../zoneinfo/Europe/Prague",
        "+3",
    ] {
        let unknown = of_variable(variable, &database).unwrap_err().to_string();
        let name = variable.trim_start_matches(':');
        let expected = format!("unknown time zone {name:?} in TZ, which local stands for; ");
        assert!(unknown.starts_with(&expected), "{unknown}");
    }
    let near = of_variable("Europe/Pragu", &database).unwrap_err();
    assert_eq!(near.nearest, ["Europe/Prague"]);
}

#[test]
fn a_machine_that_names_no_zone_has_utc_and_one_that_names_an_unknown_has_none() {
    let root = data_of(&["Europe/Prague"]);
    let (path, database) = (root.path().join("localtime"), only_in(root.path()));
    assert_eq!(of_link(&path, &database), Ok(TimeZone::UTC));
    // A small container: the link of its image, and no data.
    symlink("/nowhere/zoneinfo/Europe/Berlin", &path).unwrap();
    let unknown = of_link(&path, &database).unwrap_err().to_string();
    let expected = "unknown time zone \"Europe/Berlin\" in /etc/localtime";
    assert!(unknown.starts_with(expected), "{unknown}");
    fs::remove_file(&path).unwrap();
    symlink("/nowhere/zoneinfo/Etc/UTC", &path).unwrap();
    assert_eq!(of_link(&path, &database).unwrap().name(), "Etc/UTC");
    // Damaged.
    fs::remove_file(&path).unwrap();
    fs::write(&path, "no data").unwrap();
    of_link(&path, &database).unwrap_err();
}

#[test]
fn a_copy_is_described_by_its_own_rule_whatever_the_system_is_called() {
    let root = data_of(&["Europe/Prague", "America/New_York"]);
    let path = root.path().join("localtime");
    fs::copy(root.path().join("zoneinfo/America/New_York"), &path).unwrap();
    // Nothing reads such a file, which containers often leave as it was.
    fs::write(root.path().join("timezone"), "Europe/Prague\n").unwrap();
    let zone = of_link(&path, &only_in(root.path())).unwrap();
    assert_eq!(zone.name(), "EST5EDT,M3.2.0,M11.1.0");
    let described = TimeZone::described(zone.name()).unwrap();
    for at in [
        "2025-01-01T00:00:00Z",
        "2025-07-01T00:00:00Z",
        "2040-07-01T00:00:00Z",
    ] {
        assert_eq!(described.offset(instant(at)), zone.offset(instant(at)));
    }
}
