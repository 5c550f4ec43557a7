//! The files of folders, archives and trees, and their order.

use super::*;
use crate::{tests::folder_of, tree::Root};

const NOW: DateTime<Utc> = DateTime::<Utc>::MAX_UTC;

/// Returns the streams and file names of what is given, in order.
fn files(dir: &tempfile::TempDir, paths: &[&str]) -> Vec<String> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| dir.path().join(path)).collect();
    let opened = Root::open(&paths, true, DateTime::UNIX_EPOCH);
    let Some(Root::Given(given)) = opened.root else {
        panic!("{opened:?}")
    };
    let mut files = GivenFiles::default();
    files.refresh(&given, NOW).unwrap();
    // Keys are in the order of folder, stream and part.
    let all = files.folders.values().flatten();
    assert!(
        all.clone()
            .is_sorted_by_key(|file| (&file.stream, file.part))
    );
    let shown = all.map(|file| {
        let path = path_of(Path::new(""), &file.path);
        let path = path.strip_prefix(dir.path()).unwrap();
        let mark = if file.kind == PartKind::Rotated {
            " (rotated)"
        } else {
            ""
        };
        format!("{} = {}{mark}", file.stream, path.display())
    });
    shown.collect()
}

#[test]
fn a_folder_of_plain_logs_is_its_text_files() {
    let dir = folder_of(&[
        ("logs/app.log", "one\n"),
        ("logs/app.log.1", "zero\n"),
        ("logs/app.log.2.gz", "is not unpacked for this"),
        ("logs/syslog", "two\n"),
        ("logs/empty.log", ""),
        ("logs/wtmp", "\0\0binary"),
        ("logs/old.tar.gz", "an archive"),
        ("logs/.hidden.log", "three\n"),
        ("logs/deeper/b.log", "four\n"),
    ]);
    let expected = [
        "app = logs/app.log.2.gz (rotated)",
        "app = logs/app.log.1 (rotated)",
        "app = logs/app.log",
        "empty = logs/empty.log",
        "syslog = logs/syslog",
    ];
    assert_eq!(files(&dir, &["logs"]), expected);
}

#[test]
fn dated_files_are_rotated_if_another_is_written() {
    let dir = folder_of(&[
        ("a/app.2025-05-03.log", "1\n"),
        ("a/app.2025-05-04.log", "2\n"),
        ("b/app.log.2025-05-03", "1\n"),
        ("b/app.log", "2\n"),
    ]);
    let live = ["app = a/app.2025-05-03.log", "app = a/app.2025-05-04.log"];
    assert_eq!(files(&dir, &["a"]), live);
    let rotated = ["app = b/app.log.2025-05-03 (rotated)", "app = b/app.log"];
    assert_eq!(files(&dir, &["b"]), rotated);
}

#[test]
fn all_kinds_can_be_given_at_once() {
    let dir = folder_of(&[
        ("tree/2025-05-04__14-00/app.log", "1\n"),
        ("tree/2025-05-04__14-00/app.1.log", "2\n"),
        ("tree/2025-05-04__15-00/app.log", "3\n"),
        ("plain/app.log", "4\n"),
        ("lone.log", "5\n"),
        ("lone.log.1", "6\n"),
    ]);
    let given = ["tree", "plain", "lone.log", "lone.log.1", "later.log"];
    let expected = [
        "lone = lone.log.1 (rotated)",
        "lone = lone.log",
        "plain/app = plain/app.log",
        "tree/app = tree/2025-05-04__14-00/app.log",
        "tree/app = tree/2025-05-04__14-00/app.1.log",
        "tree/app = tree/2025-05-04__15-00/app.log",
    ];
    assert_eq!(files(&dir, &given), expected);
}

#[test]
fn a_file_that_is_being_compressed_is_read_once() {
    let dir = folder_of(&[("app.log.1", "1\n"), ("app.log.1.gz", "packed")]);
    let given = ["app.log.1", "app.log.1.gz"];
    assert_eq!(files(&dir, &given), ["app = app.log.1 (rotated)"]);
}

#[test]
fn numbers_stay_when_others_come() {
    let folder = Folder::parse("2025-05-04").unwrap();
    let part = |name: &str| part_of(Rotated::parse(name).age, folder.start());
    let names = [
        "app.log-20180101",
        "app.log-20250503",
        "app.log-20250504",
        "app.log-20260504",
        "app.log.999",
        "app.log.1",
        "app.log",
    ];
    let parts: Vec<u32> = names.iter().map(|name| part(name)).collect();
    assert!(parts.is_sorted_by(|one, other| one < other), "{parts:?}");
    // What a key can hold.
    assert!(parts.iter().all(|part| *part < 1 << 20));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_that_is_read_anyway_is_left_out() {
    let dir = folder_of(&[("logs/app-1.log", "one\n"), ("other/x.log", "two\n")]);
    let link = |target: &str, name: &str| {
        std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
    };
    link("app-1.log", "logs/latest.log");
    link("../other/x.log", "logs/x.log");
    link("../other/x.log", "logs/y.log");
    assert_eq!(
        files(&dir, &["logs"]),
        ["app-1 = logs/app-1.log", "x = logs/x.log"]
    );
    let twice = [
        "logs/app-1.log",
        "logs/../logs/app-1.log",
        "logs/latest.log",
    ];
    assert_eq!(files(&dir, &twice), ["app-1 = logs/app-1.log"]);
    assert_eq!(
        files(&dir, &["logs/latest.log"]),
        ["latest = logs/latest.log"]
    );
}

#[test]
fn a_text_behind_a_hole_is_a_text() {
    let hole = "\0".repeat(2_000);
    let text = format!("{hole}2025-05-04T14:00:00Z one\n");
    let dir = folder_of(&[
        ("logs/app.log", &*text),
        ("logs/short.log", "\0\0\0\0\0\0\0\0\0one\n"),
        ("logs/lastlog", &*hole),
        ("logs/data", &*format!("{hole}one\0two\0{hole}")),
    ]);
    let expected = ["app = logs/app.log", "short = logs/short.log"];
    assert_eq!(files(&dir, &["logs"]), expected);
}
