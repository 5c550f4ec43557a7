//! A tree of an earlier version: later ones continue it, view it and write it as that one did.
//!
//! `tests/fixtures/tree-0.1/tree` is what [`program::write`] wrote with version 0.1.0 in November
//! 2026. It is never written anew. The texts beside it are what the viewer of that version printed
//! of it; the viewer's own tests compare them.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use chronologix::{critical, info, log};
use chronologix_core::ManualClock;
use chronologix_schema::layout::STATEMENTS_FILE;

use self::program::Tree;

mod program;

/// 2025-10-26 06:12:00 in Prague: twelve seconds after the last record.
const LATER: i64 = 1_761_455_520_000_000_000;

/// One logger of a declaration runs at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/tree-0.1/tree")
}

/// Every file of a tree by its name, compressed ones as what they were before. The catalogue of
/// statements, which came later, is left out.
fn read(base: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![base.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(base).unwrap().display().to_string();
            if path.is_symlink() {
                let target = fs::read_link(path).unwrap().display().to_string();
                files.insert(name, target.into_bytes());
            } else if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with(STATEMENTS_FILE) {
                files.insert(name, fs::read(path).unwrap());
            }
        }
    }
    let unpacked = |(name, bytes): (String, Vec<u8>)| match name.strip_suffix(".zst") {
        Some(_) => (name, zstd::decode_all(&*bytes).unwrap()),
        None => (name, bytes),
    };
    files.into_iter().map(unpacked).collect()
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry?.file_name()));
        if from.is_symlink() {
            std::os::unix::fs::symlink(fs::read_link(from)?, to)?;
        } else if from.is_dir() {
            fs::create_dir(&to)?;
            copy(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// Text for messages of assertions: bytes would be unreadable.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn the_same_program_writes_the_same_bytes() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let base = tempfile::tempdir().unwrap();
    program::write(base.path());
    let (written, expected) = (read(base.path()), read(&fixture()));
    for (name, bytes) in &expected {
        let written = written.get(name).map(|bytes| text(bytes));
        assert_eq!(written.as_deref(), Some(&*text(bytes)), "{name}");
    }
    assert_eq!(written, expected);
}

#[test]
fn it_is_continued() {
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let base = tempfile::tempdir().unwrap();
    copy(&fixture(), base.path()).unwrap();
    let before = read(base.path());

    let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(LATER));
    let config = program::config(base.path(), &clock).stream("newest");
    let logger = config.start_blocking().unwrap();
    for step in 0..3 {
        info!(Tree::app, step; "continued, in another file when this one is full").wait();
    }
    critical!(Tree::errors, "for three files").wait();
    log!(Tree::notes, "three\nlines\n").wait();
    let newest = logger.stream("newest").unwrap();
    newest.log(format_args!("a stream of this run")).wait();
    logger.stop_blocking().unwrap();

    let after = read(base.path());
    let mut added = Vec::new();
    for (name, bytes) in &after {
        let old = before.get(name).map_or(&[][..], Vec::as_slice);
        if name != ".chronologix.json" {
            let new = bytes.strip_prefix(old);
            let new = text(new.unwrap_or_else(|| panic!("{name} was changed: {}", text(bytes))));
            if !new.is_empty() {
                added.push((name.strip_prefix("2025-10-26__06-00/").unwrap(), new));
            }
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    assert_eq!(gone.collect::<Vec<_>>(), [""; 0]);
    let stamp = "[2025-10-26 06:12:00.000000 +0100]";
    let continued = "[INFO] continued, in another file when this one is full step";
    let critical = format!("{stamp} [CRITICAL] for three files\n");
    let expected = [
        ("app.1.log", format!("{stamp} {continued}=0\n{stamp} {continued}=1\n")),
        ("app.2.log", format!("{stamp} {continued}=2\n{critical}")),
        (
            "audit.jsonl",
            r#"{"timestamp":"2025-10-26T06:12:00.000000+01:00","level":"CRITICAL","stream":"errors","message":"for three files"}"#
                .to_owned()
                + "\n",
        ),
        ("errors.log", critical),
        ("newest.log", format!("{stamp} a stream of this run\n")),
        ("notes.log", format!("{stamp} three\n\tlines\n\t\n")),
    ];
    assert_eq!(added, expected);

    // The streams of this run, then those that only earlier runs had.
    let description: serde_json::Value =
        serde_json::from_slice(&after[".chronologix.json"]).unwrap();
    let mut expected: serde_json::Value =
        serde_json::from_slice(&before[".chronologix.json"]).unwrap();
    let newest = serde_json::json!({
        "name": "newest", "file": "newest.log", "format": "text", "mirror": [],
    });
    let streams = expected["streams"].as_array_mut().unwrap();
    streams.insert(streams.len() - 1, newest);
    assert_eq!(description, expected);
}
