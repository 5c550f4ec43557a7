//! Records of whole trees, of ranges of time, and of some streams.

use chronologix_schema::Level;

use crate::{
    LogTree, Records, TreeError,
    tests::{folder_of, packed},
};

const MANIFEST: &str = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC",
    "timestamp_format": "%H:%M:%S", "streams": [
    {"name": "app", "file": "app.log", "format": "text", "mirror": []},
    {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]}]}"#;

fn tree() -> (tempfile::TempDir, LogTree) {
    let dir = folder_of(&[
        (".chronologix.json", MANIFEST),
        (
            "2025-05-04__14-00/app.log",
            "[14:00:01] a1\n[14:00:02] [ERROR] e1\n\tcontinued\n[14:00:03] [INFO] a2\n",
        ),
        (
            "2025-05-04__14-00/errors.log",
            "[14:00:02] [ERROR] e1\n\tcontinued\n",
        ),
        (
            "2025-05-04__15-00/app.log",
            "[15:00:01] [WARN] a3\n[15:00:02] unfinished",
        ),
    ]);
    let tree = LogTree::open(dir.path()).unwrap();
    (dir, tree)
}

fn shown(records: Records) -> Vec<String> {
    let shown = |record: Result<crate::LogRecord, TreeError>| {
        let record = record.unwrap();
        format!("{}: {}", record.stream(), record.message())
    };
    records.map(shown).collect()
}

#[test]
fn each_record_comes_once_in_the_order_of_time() {
    let (_dir, tree) = tree();
    let all = [
        "app: a1",
        "errors: e1\ncontinued",
        "app: a2",
        "app: a3",
        "app: unfinished",
    ];
    assert_eq!(shown(tree.records()), all);
    let mut newest = shown(tree.records().newest_first());
    newest.reverse();
    assert_eq!(newest, all);
    let record = tree.records().nth(1).unwrap().unwrap();
    assert_eq!(record.mirrors().collect::<Vec<_>>(), ["app"]);
    assert_eq!(record.bytes(), b"[14:00:02] [ERROR] e1\n\tcontinued");
}

#[test]
fn a_range_some_streams_or_levels_are_read_alone() {
    let (_dir, tree) = tree();
    let at = |time: &str| format!("2025-05-04T{time}Z").parse().unwrap();
    let range = tree.records().since(at("14:00:02")).until(at("15:00:01"));
    assert_eq!(shown(range), ["errors: e1\ncontinued", "app: a2"]);
    let range = tree.records().since(at("14:00:03")).newest_first();
    assert_eq!(shown(range), ["app: unfinished", "app: a3", "app: a2"]);
    let errors = tree.records().streams(["errors"]);
    assert_eq!(shown(errors), ["errors: e1\ncontinued"]);
    let warnings = tree.records().levels(Level::Warn);
    assert_eq!(shown(warnings), ["errors: e1\ncontinued", "app: a3"]);
}

#[test]
fn a_path_that_is_not_there_is_named() {
    let (dir, _) = tree();
    let error = LogTree::open(dir.path().join("none")).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("cannot read ") && text.ends_with("none"),
        "{text}"
    );
    assert!(format!("{error:?}").contains("none: "));
    assert!(matches!(error, TreeError::Unreadable { .. }));
}

#[test]
fn late_lines_beside_an_archive_come_behind_those_in_it() {
    let (dir, tree) = tree();
    let folder = "2025-05-04__14-00";
    let before = shown(tree.records());
    let read = |name: &str| std::fs::read_to_string(dir.path().join(folder).join(name)).unwrap();
    let (app, errors) = (read("app.log"), read("errors.log"));
    let packed = packed(folder, &[("app.log", &app), ("errors.log", &errors)]);
    let archive = dir.path().join(format!("{folder}.tar.zst"));
    std::fs::write(archive, packed).unwrap();
    // Nothing was removed yet, then one of the files, then all of them.
    assert_eq!(shown(tree.records()), before);
    std::fs::remove_file(dir.path().join(folder).join("app.log")).unwrap();
    assert_eq!(shown(tree.records()), before);
    std::fs::remove_dir_all(dir.path().join(folder)).unwrap();
    assert_eq!(shown(tree.records()), before);

    let late = "[14:00:04] [WARN] late\n[14:00:05] [ERROR] e2\n";
    std::fs::create_dir(dir.path().join(folder)).unwrap();
    std::fs::write(dir.path().join(folder).join("app.log"), late).unwrap();
    let late = "[14:00:05] [ERROR] e2\n";
    std::fs::write(dir.path().join(folder).join("errors.log"), late).unwrap();
    let mut all = before.clone();
    all.splice(3..3, ["app: late".to_owned(), "errors: e2".to_owned()]);
    assert_eq!(shown(tree.records()), all);
    let mut newest = shown(tree.records().newest_first());
    newest.reverse();
    assert_eq!(newest, all);
    let since = "2025-05-04T14:00:03Z".parse().unwrap();
    let until = "2025-05-04T14:00:05Z".parse().unwrap();
    let range = tree.records().since(since).until(until);
    assert_eq!(shown(range), ["app: a2", "app: late"]);
    let mut records = tree.records();
    assert!(records.all(|record| record.unwrap().file_name() == "app.log"));

    // An archive that cannot be read is told, and what is beside it is read.
    std::fs::write(dir.path().join(format!("{folder}.tar.zst")), "").unwrap();
    let mut records = tree.records();
    let problem = format!("{:?}", records.next().unwrap().unwrap_err());
    assert!(
        problem.contains("tar.zst cannot be read: it is empty"),
        "{problem}"
    );
    assert_eq!(shown(records)[..2], all[3..5]);
}
