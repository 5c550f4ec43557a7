//! What is planned, as tables of cases.

use std::{collections::HashSet, time::Duration};

use chrono::{DateTime, Utc};

use super::{CompressionJob, RetentionPolicy};
use chronologix_schema::layout::{self, Folder, Interval, ShippedMark};

use crate::{
    ByteSize, Compression, RetainAfter, Retention,
    fs::retention_fs::{DirEntry, EntryKind, FileVersion},
    retention::{file_names::LogFileNames, scan::TreeScan, trusted_time::TrustedTime},
};

fn rules(interval: Interval) -> RetentionPolicy {
    RetentionPolicy {
        interval,
        zone: layout::TimeZone::UTC,
        compress: None,
        retain: Vec::new(),
        retain_after: RetainAfter::Closed,
    }
}

fn file(name: &str, bytes: u64) -> DirEntry {
    let version = FileVersion {
        id: (0, 0),
        bytes,
        modified: 0,
    };
    DirEntry {
        name: name.to_owned(),
        kind: EntryKind::File(version),
    }
}

/// A tree of folders, each with these files of so many bytes; what has a dot in its name is an
/// archive.
fn tree(standing: &[(&str, &[(&str, u64)])]) -> TreeScan {
    let logs = LogFileNames::of(["app.log", "errors.log"]);
    let mut tree = TreeScan::default();
    for (name, files) in standing {
        if name.contains('.') {
            tree.add_base(vec![file(name, files[0].1)]);
            continue;
        }
        let folder = Folder::parse(name).unwrap();
        let files = files.iter().map(|(name, bytes)| file(name, *bytes));
        tree.add_folder(folder, files.collect(), 0, &logs);
    }
    tree
}

fn at(time: &str) -> DateTime<Utc> {
    time.parse().unwrap()
}

/// A clock that is trusted.
fn known(time: &str) -> TrustedTime {
    let wall = at(time);
    TrustedTime {
        wall,
        trusted: wall,
    }
}

fn names(folders: &[Folder]) -> Vec<String> {
    folders.iter().map(|folder| folder.name()).collect()
}

const APP: &[(&str, u64)] = &[("app.log", 100)];

#[test]
fn a_folder_is_touched_two_intervals_after_it_was_closed_and_not_before() {
    for (interval, folder, close, two_later) in [
        (
            Interval::Minute5,
            "2025-05-04__14-00",
            "2025-05-04T14:05:00Z",
            "2025-05-04T14:15:00Z",
        ),
        (
            Interval::Hour1,
            "2025-05-04__14-00",
            "2025-05-04T15:00:00Z",
            "2025-05-04T17:00:00Z",
        ),
        (
            Interval::Hour24,
            "2025-05-04",
            "2025-05-05T00:00:00Z",
            "2025-05-07T00:00:00Z",
        ),
    ] {
        let rules = rules(interval);
        let folder = Folder::parse(folder).unwrap();
        assert_eq!(rules.close(folder), at(close));
        let just_before = at(two_later) - Duration::from_nanos(1);
        assert!(!rules.may_touch(folder, just_before), "{interval}");
        assert!(rules.may_touch(folder, at(two_later)), "{interval}");
    }
}

#[test]
fn a_folder_that_comes_twice_is_closed_after_the_second_time() {
    let mut rules = rules(Interval::Hour1);
    rules.zone = layout::zone("Europe/Prague").unwrap();
    for (folder, close) in [
        // 02:00 comes twice, at 00:00 and at 01:00 UTC.
        ("2025-10-26__01-00", "2025-10-26T01:00:00Z"),
        ("2025-10-26__02-00", "2025-10-26T02:00:00Z"),
        ("2025-10-26__03-00", "2025-10-26T03:00:00Z"),
        // 02:00 to 03:00 never comes.
        ("2025-03-30__01-00", "2025-03-30T01:00:00Z"),
        ("2025-03-30__03-00", "2025-03-30T02:00:00Z"),
    ] {
        let folder = Folder::parse(folder).unwrap();
        assert_eq!(rules.close(folder), at(close), "{folder}");
    }
}

#[test]
fn no_instant_of_a_folder_comes_after_it_was_closed() {
    for zone in [
        "UTC",
        "Europe/Prague",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
        "Pacific/Apia",
    ] {
        let zone = layout::zone(zone).unwrap();
        for interval in Interval::ALL {
            let mut instant = at("2011-12-25T00:00:00Z");
            let end = at("2012-01-05T00:00:00Z");
            let (mut changes, last) = (at("2018-10-28T00:00:00Z"), at("2018-11-10T00:00:00Z"));
            while changes < last {
                let span = interval.span(changes, &zone);
                assert!(interval.close(span.folder, &zone) >= span.end);
                changes = span.end;
            }
            while instant < end {
                let span = interval.span(instant, &zone);
                assert!(interval.close(span.folder, &zone) >= span.end);
                instant = span.end;
            }
        }
    }
}

#[test]
fn a_folder_of_another_interval_is_taken_for_the_longest_it_may_be() {
    let rules = rules(Interval::Hour1);
    for (folder, close) in [
        ("2025-05-04", "2025-05-05T00:00:00Z"),
        ("2025-05-04__12-30", "2025-05-04T13:00:00Z"),
        ("2025-05-04__12-05", "2025-05-04T12:10:00Z"),
        ("2025-05-04__12-00", "2025-05-04T13:00:00Z"),
    ] {
        let folder = Folder::parse(folder).unwrap();
        assert_eq!(rules.close(folder), at(close), "{folder}");
    }
    let rules = RetentionPolicy {
        interval: Interval::Minute5,
        ..rules
    };
    let twelve = Folder::parse("2025-05-04__12-00").unwrap();
    assert_eq!(rules.close(twelve), at("2025-05-04T12:05:00Z"));
}

#[test]
fn retention_removes_what_is_too_old_too_many_or_too_much() {
    let standing = tree(&[
        ("2025-05-04__08-00", APP),
        ("2025-05-04__09-00.tar.zst", &[("", 30)]),
        ("2025-05-04__10-00", APP),
        ("2025-05-04__10-00.zip", &[("", 20)]),
        ("2025-05-04__11-00", APP),
        ("2025-05-04__12-00", APP),
        ("2025-05-04__13-00", APP),
        ("2025-05-04__14-00", APP),
        ("2025-05-04__15-00", &[("app.log", 0)]),
        ("2025-05-04__23-00", APP),
    ]);
    let age = |minutes: u64| Retention::Age(Duration::from_secs(minutes * 60));
    let size = |bytes| Retention::Size(ByteSize::new(bytes));
    let folders = Retention::Folders;
    // It is 14:30. All there is: 100 + 30 + 120 + 5 * 100 + 0.
    for (retain, removed) in [
        (vec![], &[][..]),
        (vec![age(24 * 60)], &[]),
        (vec![age(331)], &[]),
        (vec![age(330)], &["08"]),
        (vec![age(270)], &["08", "09"]),
        (vec![age(1)], &["08", "09", "10", "11"]),
        (vec![folders(7)], &[]),
        (vec![folders(6)], &["08"]),
        (vec![folders(5)], &["08", "09"]),
        (vec![folders(1)], &["08", "09", "10", "11"]),
        (vec![size(750)], &[]),
        (vec![size(749)], &["08"]),
        (vec![size(650)], &["08"]),
        (vec![size(649)], &["08", "09"]),
        (vec![size(1)], &["08", "09", "10", "11"]),
        (vec![age(270), folders(6), size(620)], &["08", "09"]),
        (vec![age(270), folders(6), size(619)], &["08", "09", "10"]),
        (vec![folders(100), folders(6)], &["08"]),
    ] {
        let rules = RetentionPolicy {
            retain: retain.clone(),
            ..rules(Interval::Hour1)
        };
        let expected = removed.iter().map(|hour| format!("2025-05-04__{hour}-00"));
        let planned = rules.to_remove(&standing, known("2025-05-04T14:30:00Z"));
        assert_eq!(names(&planned), expected.collect::<Vec<_>>(), "{retain:?}");
    }
}

/// The jobs, as `source, source > archive`.
fn jobs(jobs: &[CompressionJob]) -> Vec<String> {
    let job = |job: &CompressionJob| {
        let sources = job.sources.iter().map(|source| source.name.as_str());
        let sources = sources.collect::<Vec<_>>().join(", ");
        let resumed = if job.is_resumed { " resumed" } else { "" };
        format!("{}: {sources} > {}{resumed}", job.folder, job.archive)
    };
    jobs.iter().map(job).collect()
}

#[test]
fn each_file_is_compressed_once_or_each_folder_is() {
    let standing = tree(&[
        (
            "2025-05-04__08-00",
            &[("app.log", 9), ("app.1.log", 9), ("errors.log", 0)],
        ),
        (
            "2025-05-04__09-00",
            &[("app.log.zst", 3), ("errors.log.gz", 3)],
        ),
        (
            "2025-05-04__10-00",
            &[("app.log.gz", 3), ("app.log", 9), ("errors.log", 9)],
        ),
        ("2025-05-04__11-00", APP),
        ("2025-05-04__11-00.tar.gz", &[("", 20)]),
        ("2025-05-04__12-00", APP),
        ("2025-05-04__14-00", APP),
    ]);
    let now = known("2025-05-04T14:30:00Z");
    let planned = |compress| {
        let rules = RetentionPolicy {
            compress,
            ..rules(Interval::Hour1)
        };
        jobs(&rules.to_compress(&standing, now, &HashSet::new()))
    };
    assert_eq!(planned(None), [""; 0]);
    assert_eq!(
        planned(Some(Compression::Zst)),
        [
            "2025-05-04__08-00: app.1.log > app.1.log.zst",
            "2025-05-04__08-00: app.log > app.log.zst",
            "2025-05-04__10-00: app.log > app.log.gz resumed",
            "2025-05-04__10-00: errors.log > errors.log.zst",
            "2025-05-04__11-00: app.log > app.log.zst",
        ]
    );
    assert_eq!(
        planned(Some(Compression::TarZst)),
        [
            "2025-05-04__08-00: app.log, app.1.log, errors.log > 2025-05-04__08-00.tar.zst",
            "2025-05-04__09-00: app.log.zst, errors.log.gz > 2025-05-04__09-00.tar.zst",
            "2025-05-04__10-00: app.log.gz, app.log, errors.log > 2025-05-04__10-00.tar.zst",
            "2025-05-04__11-00: app.log > 2025-05-04__11-00.tar.gz resumed",
        ]
    );
}

#[test]
fn what_is_about_to_go_is_not_compressed_and_what_was_left_alone_is_not_tried_again() {
    let standing = tree(&[
        ("2025-05-04__08-00", APP),
        ("2025-05-04__09-00", APP),
        ("2025-05-04__10-00", APP),
    ]);
    let rules = RetentionPolicy {
        compress: Some(Compression::Gz),
        retain: vec![Retention::Folders(2)],
        ..rules(Interval::Hour1)
    };
    let mismatched = HashSet::from(["2025-05-04__10-00/app.log".to_owned()]);
    let planned = rules.to_compress(&standing, known("2025-05-04T14:30:00Z"), &mismatched);
    assert_eq!(jobs(&planned), ["2025-05-04__09-00: app.log > app.log.gz"]);
}

#[test]
fn a_clock_that_is_not_trusted_removes_by_size_alone() {
    let standing = tree(&[
        ("2025-05-04__08-00", APP),
        ("2025-05-04__09-00", APP),
        ("2025-05-04__10-00", APP),
    ]);
    let now = TrustedTime {
        trusted: at("2025-05-04T11:30:00Z"),
        ..known("2025-06-04T11:30:00Z")
    };
    let planned = |retain| {
        let rules = RetentionPolicy {
            retain: vec![retain],
            ..rules(Interval::Hour1)
        };
        names(&rules.to_remove(&standing, now))
    };
    let day = Duration::from_secs(24 * 3600);
    assert_eq!(planned(Retention::Age(day)), [""; 0]);
    assert_eq!(planned(Retention::Folders(3)), [""; 0]);
    let two = ["2025-05-04__08-00", "2025-05-04__09-00"];
    assert_eq!(planned(Retention::Size(ByteSize::new(100))), two);
}

#[test]
fn what_waits_for_a_mark_is_removed_only_as_it_was_shipped() {
    type Sizes<'a> = &'a [(&'a str, u64)];
    let now = known("2025-05-04T18:00:00Z");
    let is_removed = |files: Sizes, archive: Option<u64>, shipped: Sizes, stood: Sizes| {
        let mut standing = tree(&[("2025-05-04__08-00", files)]);
        if let Some(bytes) = archive {
            standing.add_base(vec![file("2025-05-04__08-00.tar.zst", bytes)]);
        }
        let of = |sizes: Sizes| sizes.iter().map(|it| (it.0.to_owned(), it.1)).collect();
        let mark = ShippedMark {
            files: of(shipped),
            stood: of(stood),
        };
        standing.units.values_mut().next().unwrap().mark = mark;
        let removed = ["1h", "1B"].map(|retain| {
            let rules = RetentionPolicy {
                retain: vec![retain.parse().unwrap()],
                retain_after: RetainAfter::Shipped,
                ..rules(Interval::Hour1)
            };
            !rules.to_remove(&standing, now).is_empty()
        });
        assert_eq!(removed[0], removed[1]);
        removed[0]
    };
    let plain: Sizes = &[("app.log", 30), ("errors.log", 0)];
    assert!(!is_removed(plain, None, &[], &[]));
    assert!(is_removed(plain, None, &[("app.log", 30)], &[]));
    assert!(!is_removed(
        plain,
        None,
        &[("app.log", 29)],
        &[("app.log", 29)]
    ));
    // Records may have come between shipping and compression: the shipper looks once more.
    let packed: Sizes = &[("app.log.zst", 9)];
    assert!(!is_removed(
        packed,
        None,
        &[("app.log", 30)],
        &[("app.log", 30)]
    ));
    assert!(is_removed(packed, None, &[("app.log", 30)], packed));
    assert!(!is_removed(
        &[],
        Some(7),
        &[("app.log", 30)],
        &[("app.log", 30)]
    ));
    let archive: Sizes = &[("2025-05-04__08-00.tar.zst", 7)];
    assert!(is_removed(&[], Some(7), &[("app.log", 30)], archive));
    // Late records beside what is compressed.
    let late: Sizes = &[("app.log", 5), ("app.log.zst", 9)];
    assert!(is_removed(late, None, &[("app.log", 35)], late));
    assert!(!is_removed(late, None, &[("app.log", 30)], packed));
    let more: Sizes = &[("app.log", 6), ("app.log.zst", 9)];
    assert!(!is_removed(more, None, &[("app.log", 35)], late));
    // As many bytes as were shipped before.
    let other: Sizes = &[("app.log", 30), ("app.log.zst", 9)];
    assert!(!is_removed(other, None, &[("app.log", 30)], packed));
    let beside: Sizes = &[("2025-05-04__08-00.tar.zst", 7), ("app.log", 5)];
    assert!(is_removed(
        &[("app.log", 5)],
        Some(7),
        &[("app.log", 35)],
        beside
    ));
    assert!(!is_removed(
        &[("app.log", 6)],
        Some(7),
        &[("app.log", 35)],
        beside
    ));
}
