//! Folders whose names mislead.

use super::*;
use crate::streams::StreamNames;

/// Checks which folder grows, of folders that were last written so many seconds before now.
#[track_caller]
fn check(interval: &str, zone: &str, folders: &[(&str, i64)], expected: &str) {
    let now: DateTime<Utc> = "2025-05-04T22:30:00Z".parse().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let manifest = format!(
        r#"{{"format_version": 1, "interval": "{interval}", "timezone": "{zone}",
            "timestamp_format": "%H:%M:%S", "streams": []}}"#
    );
    fs::write(dir.path().join(".chronologix.json"), manifest).unwrap();
    for (folder, seconds) in folders {
        let path = dir.path().join(folder);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("app.log"), "[00:00:00] x\n").unwrap();
        let file = fs::File::options()
            .append(true)
            .open(path.join("app.log"))
            .unwrap();
        file.set_modified((now - TimeDelta::seconds(*seconds)).into())
            .unwrap();
    }
    let mut tree = Tree::new(dir.path().to_owned(), 100, StreamNames::default());
    tree.refresh(now).unwrap();
    assert_eq!(tree.newest().map(Folder::name).as_deref(), Some(expected));
}

#[test]
fn the_last_folder_grows_even_if_an_earlier_one_was_written_later() {
    let folders = [("2025-05-04__21-00", 1), ("2025-05-04__22-00", 60)];
    check("1h", "UTC", &folders, "2025-05-04__22-00");
}

#[test]
fn a_folder_of_the_future_does_not_hide_the_one_that_grows() {
    let now = ("2025-05-04__22-00", 1);
    check("1h", "UTC", &[now, ("2031-01-01__00-00", 9_000)], now.0);
    // The files have the time of the wrong clock, too.
    check(
        "1h",
        "UTC",
        &[now, ("2031-01-01__00-00", -200_000_000)],
        now.0,
    );
    // The clock of the writer is ahead.
    let next = ("2025-05-04__23-00", 0);
    check("1h", "UTC", &[now, next], next.0);
}

#[test]
fn a_longer_interval_that_was_set_during_the_day_grows() {
    let folders = [
        ("2025-05-04", 1),
        ("2025-05-04__20-00", 9_000),
        ("2025-05-04__21-00", 8_000),
    ];
    check("24h", "UTC", &folders, "2025-05-04");
    // The other way round, it is the last.
    let folders = [("2025-05-04", 9_000), ("2025-05-04__21-00", 1)];
    check("1h", "UTC", &folders, "2025-05-04__21-00");
}

#[test]
fn a_zone_that_was_moved_west_leaves_later_names_behind() {
    let folders = [
        ("2025-05-04__15-00", 1),
        ("2025-05-04__21-00", 4_000),
        ("2025-05-04__22-00", 600),
    ];
    check("1h", "America/Los_Angeles", &folders, "2025-05-04__15-00");
}
