//! Interval folder names: which are ours, and what they say.

use chrono::{NaiveDate, NaiveDateTime};
use proptest::prelude::*;

use super::Folder;
use crate::layout::Interval;

fn civil(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> NaiveDateTime {
    let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
    date.and_hms_opt(hour, minute, 0).unwrap()
}

#[track_caller]
fn check(name: &str, start: NaiveDateTime, longest: Interval) {
    let folder = Folder::parse(name).unwrap();
    assert_eq!(folder.name(), name);
    assert_eq!(folder.start(), start);
    let found = Interval::ALL
        .into_iter()
        .find(|interval| folder.belongs_to(*interval));
    assert_eq!(found, Some(longest), "{name}");
}

#[test]
fn names_of_ours() {
    check("2025-05-04", civil(2025, 5, 4, 0, 0), Interval::Hour24);
    check(
        "2025-05-04__00-00",
        civil(2025, 5, 4, 0, 0),
        Interval::Hour12,
    );
    check(
        "2025-05-04__18-00",
        civil(2025, 5, 4, 18, 0),
        Interval::Hour6,
    );
    check(
        "2025-05-04__21-00",
        civil(2025, 5, 4, 21, 0),
        Interval::Hour3,
    );
    check(
        "2025-05-04__23-00",
        civil(2025, 5, 4, 23, 0),
        Interval::Hour1,
    );
    check(
        "2025-05-04__23-30",
        civil(2025, 5, 4, 23, 30),
        Interval::Minute30,
    );
    check(
        "2025-05-04__23-45",
        civil(2025, 5, 4, 23, 45),
        Interval::Minute15,
    );
    check(
        "2024-02-29__23-55",
        civil(2024, 2, 29, 23, 55),
        Interval::Minute5,
    );
    check("0007-01-01", civil(7, 1, 1, 0, 0), Interval::Hour24);
    check(
        "-0007-12-31__00-05",
        civil(-7, 12, 31, 0, 5),
        Interval::Minute5,
    );
}

#[test]
fn a_day_folder_is_of_no_shorter_interval() {
    let day = Folder::parse("2025-05-04").unwrap();
    let midnight = Folder::parse("2025-05-04__00-00").unwrap();
    assert_ne!(day, midnight);
    for interval in Interval::ALL {
        assert_eq!(day.belongs_to(interval), interval == Interval::Hour24);
        assert_eq!(midnight.belongs_to(interval), interval != Interval::Hour24);
    }
}

#[test]
fn every_other_name_is_left_alone() {
    for name in [
        "",
        "-",
        "--",
        "__",
        "current",
        "2025",
        "2025-05",
        "2025-5-4",
        "25-05-04",
        "+2025-05-04",
        "02025-05-04",
        "12025-05-04",
        "2025-05-04 ",
        " 2025-05-04",
        "2025-05-04.bak",
        "2025-05-04.tar.gz",
        "2025-05-04_15-00",
        "2025-05-04__",
        "2025-05-04__15",
        "2025-05-04__15-0",
        "2025-05-04__15-03",
        "2025-05-04__15-00-00",
        "2025-05-04__15-00__x",
        "2025-05-04__24-00",
        "2025-05-04__-1-00",
        "2025-05-04__15-60",
        "2025-02-29",
        "2025-13-01",
        "2025-00-01",
        "2025-05-04/",
        "2025-05-04\n",
        "２０２５-05-04",
        "2025-05-0४",
    ] {
        assert_eq!(Folder::parse(name), None, "{name:?}");
    }
}

#[test]
fn folders_are_ordered_by_their_start() {
    let names = [
        "2024-12-31__23-55",
        "2025-01-01",
        "2025-01-01__00-05",
        "2025-01-02",
    ];
    let folders = names.map(|name| Folder::parse(name).unwrap());
    assert!(folders.is_sorted());
}

proptest! {
    #[test]
    fn a_name_is_ours_only_if_it_is_written_back(name in "\\PC{0,20}|[-0-9_]{0,20}") {
        if let Some(folder) = Folder::parse(&name) {
            prop_assert_eq!(folder.name(), name);
        }
    }

    #[test]
    fn every_folder_is_found_again(
        (year, month, day) in (-9999..=9999, 1_u32..=12, 1_u32..=28),
        minute in 0_u32..60,
        hour in 0_u32..24,
        interval in prop::sample::select(&Interval::ALL),
    ) {
        let date = NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let civil = date.and_hms_nano_opt(hour, minute, 59, 999_999_999).unwrap();
        let folder = Folder::around(civil, interval);
        prop_assert!(folder.start() <= civil);
        prop_assert!(folder.end(interval).is_none_or(|end| civil < end));
        prop_assert!(folder.belongs_to(interval));
        prop_assert_eq!(Folder::parse(&folder.name()), Some(folder));
    }
}
