//! How a verification is printed.

use std::process::ExitCode;

use chronologix_reader::{LogTree, VerifyOptions};
use chronologix_schema::layout::{
    ContentHasher, Digest, Folder, SEALS_FILE, SUMS_FILE, SealAction, SealHead, SealLink,
    SectionFile, SumsSection, digest_of,
};

use super::verification;

/// A sealed tree with a folder and a file, in which a line was changed since.
fn changed_tree() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("2025-05-04__14-00");
    std::fs::create_dir(&folder).unwrap();
    let mut hasher = ContentHasher::new();
    hasher.update(b"[14:00:00] one\n");
    let section = SumsSection {
        folder: "2025-05-04__14-00".to_owned(),
        files: vec![SectionFile {
            name: "app.log".to_owned(),
            sum: hasher.finish(),
            from: 0,
        }],
        others: Vec::new(),
    };
    let text = section.to_text();
    std::fs::write(folder.join(SUMS_FILE), &text).unwrap();
    std::fs::write(folder.join("app.log"), "[14:00:00] two\n").unwrap();
    std::fs::create_dir(dir.path().join("2025-05-04__15-00")).unwrap();
    let link = SealLink {
        number: 1,
        action: SealAction::Seal,
        folder: Folder::parse("2025-05-04__14-00").unwrap(),
        time: "2025-05-04T15:01:00Z".parse().unwrap(),
        sums: digest_of(text.as_bytes()),
        previous: Digest::default(),
        signature: None,
    };
    std::fs::write(dir.path().join(SEALS_FILE), format!("{link}\n")).unwrap();
    let head = SealHead {
        number: 1,
        digest: link.digest(),
    };
    let manifest = format!(
        r#"{{"format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%T",
            "streams": [], "seals": {{"number": {}, "digest": "{}"}}}}"#,
        head.number, head.digest
    );
    std::fs::write(dir.path().join(".chronologix.json"), manifest).unwrap();
    dir
}

fn printed(is_json: bool) -> String {
    let dir = changed_tree();
    let tree = LogTree::open(dir.path()).unwrap();
    let found = tree.verify(&VerifyOptions::new()).unwrap();
    String::from_utf8(verification(&found, is_json)).unwrap()
}

#[test]
fn lines_name_what_was_changed_and_what_is_not_sealed() {
    let printed = printed(false);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(
        lines[0],
        "changed: 2025-05-04__14-00/app.log, line 1: these lines were changed, or one of them"
    );
    assert_eq!(
        lines[1],
        "not sealed: 2025-05-04__15-00: it is not sealed yet"
    );
    assert_eq!(lines[2], "1 seals, not signed");
    assert!(lines[3].starts_with("head 1:"));
    assert_eq!(lines[4], "1 folders, 1 files, 15 bytes: 1 finding");
}

#[test]
fn objects_have_the_same() {
    let printed = printed(true);
    let objects: Vec<serde_json::Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(objects[0]["kind"], "changed");
    assert_eq!(objects[0]["lines"], serde_json::json!([1, 1]));
    assert_eq!(objects[1]["type"], "unsealed");
    assert_eq!(objects[2]["intact"], false);
}

#[test]
fn the_exit_status_says_what_was_found() {
    let run = |path: &std::path::Path, option: &str| {
        crate::run([
            "chronologix-view",
            "--verify",
            option,
            &*path.to_string_lossy(),
        ])
    };
    let dir = changed_tree();
    assert_eq!(run(dir.path(), "--json"), ExitCode::from(1));
    let log = dir.path().join("2025-05-04__14-00/app.log");
    std::fs::write(log, "[14:00:00] one\n").unwrap();
    assert_eq!(run(dir.path(), "--output=text"), ExitCode::SUCCESS);
    assert_eq!(run(dir.path(), "--output=csv"), ExitCode::from(2));
    assert_eq!(
        run(dir.path(), "--public-key=/no/such/key"),
        ExitCode::from(2)
    );
    assert_eq!(run(dir.path(), "--chain-head=1:2"), ExitCode::from(2));
    let unsealed = tempfile::tempdir().unwrap();
    assert_eq!(run(unsealed.path(), "--json"), ExitCode::from(2));
    assert_eq!(
        run(&unsealed.path().join("missing"), "--json"),
        ExitCode::from(2)
    );
}
