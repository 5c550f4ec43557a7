//! What paths stand for, and how their streams are called.

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn dir(paths: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for path in paths {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    dir
}

fn open(dir: &tempfile::TempDir, paths: &[&str]) -> Opened {
    let paths: Vec<PathBuf> = paths.iter().map(|path| dir.path().join(path)).collect();
    Root::open(&paths, false, NOW)
}

#[track_caller]
fn given(opened: Opened) -> Given {
    assert!(opened.troubles.is_empty(), "{:?}", opened.troubles);
    match opened.root {
        Some(Root::Given(given)) => given,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_names(paths: &[&str], names: &[&str]) {
    let dir = dir(paths);
    let given = given(open(&dir, paths));
    let labels = given.sources.iter().map(|source| &*source.label);
    assert_eq!(labels.collect::<Vec<_>>(), names);
}

#[test]
fn a_tree_is_one_by_its_base_or_a_folder_in_it() {
    let files = [
        "logs/2025-05-04/app.log",
        "packed/2025-05-04.tar.gz",
        "plain/app.log",
    ];
    let dir = dir(&files);
    let base = fs::canonicalize(dir.path()).unwrap();
    for (path, tree) in [
        ("logs", dir.path().join("logs")),
        ("logs/2025-05-04", base.join("logs")),
        ("packed", dir.path().join("packed")),
        ("packed/2025-05-04.tar.gz", base.join("packed")),
    ] {
        assert_eq!(open(&dir, &[path]).root, Some(Root::Base(tree)), "{path}");
    }
    let plain = given(open(&dir, &["plain"]));
    assert_eq!(plain.base, dir.path().join("plain"));
    let both = given(open(&dir, &["logs", "plain/app.log"]));
    let labels = both.sources.iter().map(|source| &*source.label);
    assert_eq!(labels.collect::<Vec<_>>(), ["logs", "app"]);
}

#[test]
fn files_of_one_name_are_told_apart() {
    check_names(&["a/x.txt", "b/x.txt"], &["a/x.txt", "b/x.txt"]);
    check_names(
        &["a/app.log", "b/app.log.gz", "c.log"],
        &["a/app", "b/app", "c"],
    );
    check_names(&["x/a/app.log", "y/a/app.log"], &["x/a/app", "y/a/app"]);
    check_names(&["X.LOG.GZ", ".hidden.log"], &["X", "hidden"]);
}

#[test]
fn rotated_siblings_and_files_of_one_tree_have_one_name() {
    check_names(
        &[
            "a/app.log",
            "a/app.log.1",
            "a/app.log-20250504.gz",
            "b/app.log",
        ],
        &["a/app", "a/app", "a/app", "b/app"],
    );
    let hours = [
        "t/2025-05-04__14-00/app.log",
        "t/2025-05-04__15-00/app.1.log",
    ];
    check_names(&hours, &["app", "app"]);
}

#[test]
fn files_have_a_folder_of_their_tree_or_one_day_together() {
    let paths = [
        "t/2025-05-04__14-00/app.log",
        "t/2025-05-04__15-00/app.log",
        "other.log",
    ];
    let dir = dir(&paths);
    let files = given(open(&dir, &paths[..2]));
    assert_eq!(files.day, None);
    let intervals: Vec<Option<Folder>> = files.sources.iter().map(|it| it.interval).collect();
    let folder = |name| Folder::parse(name);
    assert_eq!(
        intervals,
        [folder("2025-05-04__14-00"), folder("2025-05-04__15-00")]
    );
    assert_eq!(files.base, fs::canonicalize(dir.path().join("t")).unwrap());
    assert!(given(open(&dir, &paths)).day.is_some());
}

#[cfg(unix)]
#[test]
fn a_path_through_a_link_leads_to_its_tree() {
    let dir = dir(&["logs/2025-05-04__14-00/app.log"]);
    let target = "2025-05-04__14-00";
    std::os::unix::fs::symlink(target, dir.path().join("logs/current")).unwrap();
    let found = given(open(&dir, &["logs/current/app.log"]));
    assert_eq!(found.sources[0].interval, Folder::parse(target));
    // It is followed by the path that was given, which leads to the next folder later.
    assert_eq!(
        found.sources[0].path,
        dir.path().join("logs/current/app.log")
    );
    let base = fs::canonicalize(dir.path().join("logs")).unwrap();
    assert_eq!(found.base, base);
}

#[test]
fn what_is_missing_is_named_and_the_rest_is_read() {
    let dir = dir(&["good.log"]);
    let opened = open(&dir, &["good.log", "missing"]);
    let path = dir.path().join("missing");
    let expected = format!("{}: no such file or directory", path.display());
    assert_eq!(opened.troubles, [expected]);
    assert!(opened.root.is_some());
    assert_eq!(open(&dir, &["missing"]).root, None);
    // It is no error if it is waited for.
    let waiting = Root::open(&[path], true, NOW);
    assert!(waiting.root.is_some() && waiting.troubles.is_empty());
    #[cfg(unix)]
    {
        let device = Root::open(&["/dev/zero".into()], true, NOW);
        assert_eq!(device.troubles, ["/dev/zero: it is not a regular file"]);
        assert!(Root::open(&["/dev/null".into()], false, NOW).root.is_some());
    }
}
