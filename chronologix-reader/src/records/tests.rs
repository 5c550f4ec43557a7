//! Records of whole trees, of ranges of time, and of some streams.

use chronologix_schema::Level;

use crate::{
    LogTree, Records, TreeError,
    tests::{compressed, folder_of, packed},
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

/// Checks what is read, from the first record and from the newest.
fn assert_read_both_ways<E>(tree: &LogTree, expected: &[E])
where
    String: PartialEq<E>,
    E: std::fmt::Debug,
{
    assert_eq!(shown(tree.records()), expected);
    let mut newest = shown(tree.records().newest_first());
    newest.reverse();
    assert_eq!(newest, expected);
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
    assert_read_both_ways(&tree, &all);
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
    assert_read_both_ways(&tree, &all);
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

#[test]
fn late_lines_beside_a_compressed_file_come_behind_those_in_it() {
    let (dir, tree) = tree();
    let folder = dir.path().join("2025-05-04__14-00");
    let before = shown(tree.records());
    for name in ["app.log", "errors.log"] {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        std::fs::write(folder.join(format!("{name}.zst")), compressed(&text)).unwrap();
        // Nothing was removed yet, then the original.
        assert_eq!(shown(tree.records()), before);
        std::fs::remove_file(folder.join(name)).unwrap();
        assert_eq!(shown(tree.records()), before);
    }
    let late = "[14:00:04] [WARN] late\n[14:00:05] [ERROR] e2\n";
    std::fs::write(folder.join("app.log"), late).unwrap();
    std::fs::write(folder.join("errors.log"), "[14:00:05] [ERROR] e2\n").unwrap();
    let mut all = before.clone();
    all.splice(3..3, ["app: late".to_owned(), "errors: e2".to_owned()]);
    assert_read_both_ways(&tree, &all);
    let mut records = tree.records();
    let is_plain = |name: &str| name == "app.log" || name == "errors.log";
    assert!(records.all(|record| is_plain(record.unwrap().file_name())));

    // An original whose compression was killed may go on. Its lines come once.
    let text = "[14:00:01] a1\n[14:00:02] [ERROR] e1\n\tcontinued\n[14:00:03] [INFO] a2\n";
    std::fs::write(folder.join("app.log"), format!("{text}{late}")).unwrap();
    assert_eq!(shown(tree.records()), all);

    // One that cannot be read is told, and what is beside it is read.
    std::fs::write(folder.join("app.log"), late).unwrap();
    std::fs::write(folder.join("app.log.zst"), &compressed(text)[..5]).unwrap();
    let (read, told): (Vec<_>, Vec<_>) = tree.records().partition(Result::is_ok);
    assert!(!told.is_empty());
    let read = read.into_iter().map(|record| record.unwrap().message());
    assert!(read.collect::<Vec<_>>().contains(&"late".to_owned()));
}

#[test]
fn late_lines_are_read_wherever_they_stand() {
    const NAME: &str = "2025-05-04__14-00";
    let line = |text: &str| format!("[14:00:0{}] {text}\n", &text[1..]);
    let read = |dir: &tempfile::TempDir| shown(LogTree::open(dir.path()).unwrap().records());
    let of = |texts: &[&str]| {
        texts
            .iter()
            .map(|it| format!("app: {it}"))
            .collect::<Vec<_>>()
    };
    let dir = folder_of(&[(".chronologix.json", MANIFEST)]);
    let folder = dir.path().join(NAME);
    std::fs::create_dir(&folder).unwrap();
    let plain = |name: &str, text: &str| std::fs::write(folder.join(name), line(text)).unwrap();
    let packed_to = |name: &str, text: &str| {
        std::fs::write(folder.join(name), compressed(&line(text))).unwrap();
    };
    // Files that were full, with the late ones of each.
    packed_to("app.log.zst", "a1");
    packed_to("app.1.log.zst", "a2");
    plain("app.log", "a3");
    assert_eq!(read(&dir), of(&["a1", "a2", "a3"]));
    plain("app.1.log", "a4");
    plain("app.2.log", "a5");
    assert_eq!(read(&dir), of(&["a1", "a2", "a3", "a4", "a5"]));
    std::fs::remove_file(folder.join("app.1.log.zst")).unwrap();
    assert_eq!(read(&dir), of(&["a1", "a3", "a4", "a5"]));

    // Beside the archive of their folder.
    let archive = dir.path().join(format!("{NAME}.tar.zst"));
    let oldest = line("a0");
    std::fs::write(&archive, packed(NAME, &[("app.log", &oldest)])).unwrap();
    assert_eq!(read(&dir), of(&["a0", "a1", "a3", "a4", "a5"]));

    // In an archive alone, as a folder with late lines is packed.
    std::fs::remove_dir_all(&folder).unwrap();
    let encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    let mut packing = tar::Builder::new(encoder);
    let files = [
        ("app.log", line("a2").into_bytes()),
        ("app.log.zst", compressed(&line("a1"))),
    ];
    for (name, bytes) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        let path = format!("{NAME}/{name}");
        packing.append_data(&mut header, path, &bytes[..]).unwrap();
    }
    std::fs::write(&archive, packing.into_inner().unwrap().finish().unwrap()).unwrap();
    assert_eq!(read(&dir), of(&["a1", "a2"]));
}
