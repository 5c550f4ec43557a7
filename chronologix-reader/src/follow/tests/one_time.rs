//! Very many lines of one time, in several streams that are mirrored into one: their copies are
//! read before all originals are, so that little has to be kept.

use std::time::Duration;

use super::{FIRST, Tree};

/// More than the copies that are waited for.
const MANY: usize = 200;

/// Both `audit` and `errors` go to `app`, and `errors` has copies of `stacks`, too.
const STREAMS: &str = r#"
    {"name": "app", "file": "app.log", "format": "text", "mirror": []},
    {"name": "audit", "file": "audit.log", "format": "text", "mirror": ["app"]},
    {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
    {"name": "stacks", "file": "stacks.log", "format": "text", "mirror": ["errors", "app"]}"#;

/// Logs records of one second to these streams, in turn or as often as they stand here.
fn log(tree: &Tree, streams: &[&str]) -> Vec<String> {
    let mut logged = Vec::new();
    for (at, stream) in streams.iter().enumerate() {
        // Some are equal to the ones before them.
        let text = if *stream == "stacks" && at % 5 > 0 {
            "again".to_owned()
        } else {
            format!("{stream}{at}")
        };
        let line = format!("[14:00:02] {text}\n");
        let files: &[&str] = match *stream {
            "stacks" => &["stacks", "errors", "app"],
            "errors" => &["errors", "app"],
            "audit" => &["audit", "app"],
            _ => &["app"],
        };
        for file in files {
            tree.add(&format!("{FIRST}/{file}.log"), &line);
        }
        logged.push(format!("{stream}: {text}"));
    }
    logged.sort();
    logged
}

/// Reads all, by so many records, and goes on by the cursor after each batch if asked to.
fn read(tree: &mut Tree, most: usize, is_restarted: bool) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        if is_restarted {
            tree.restart();
        }
        tree.follower.pace.forget_look();
        let batch = tree.follower.next_batch(most, Duration::ZERO).unwrap();
        if batch.is_empty() {
            found.sort();
            return found;
        }
        let records = batch.iter();
        found.extend(records.map(|it| format!("{}: {}", it.stream(), it.message())));
    }
}

#[test]
fn no_copy_is_taken_for_a_record_of_its_mirror() {
    let in_turn = ["stacks", "audit", "errors", "app"].repeat(MANY);
    let one_behind = [&["audit"][..], &["stacks"; MANY], &["errors"; 9]].concat();
    let one_between = [&["stacks"; 5][..], &["errors"], &["stacks"; 15]].concat();
    for streams in [in_turn, one_behind, one_between] {
        for (most, is_restarted) in [(1_000, false), (7, false), (7, true), (1, true)] {
            let mut tree = Tree::of(STREAMS);
            let logged = log(&tree, &streams);
            let found = read(&mut tree, most, is_restarted);
            let wrong: Vec<_> = found.iter().filter(|it| !logged.contains(it)).collect();
            let count = (found.len(), logged.len());
            assert!(
                found == logged,
                "{most}, {is_restarted}: {count:?}, {wrong:?}"
            );
        }
    }
}
