//! Trees whose power was cut: files are shorter than a cursor says, or end in zeros. What is lost
//! is reported, and nothing that is there is skipped.

use std::{
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
};

use super::{FIRST, FollowCursor, IncidentKind, Tree, follow};

const APP: &str = "[14:00:01.0] a1\n[14:00:02.0] e1\n[14:00:03.0] a2\n[14:00:04.0] e2\n";
const ERRORS: &str = "[14:00:02.0] e1\n[14:00:04.0] e2\n";

/// What became of the end of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The file is shorter.
    Gone,
    /// Its length is the same, and its bytes are zeros.
    Zeros,
}

/// Leaves a file as a power cut does, and has a logger go on in it.
fn cut(path: &Path, kept: usize, end: End, line: &str) {
    let mut file = OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap();
    let length = usize::try_from(file.metadata().unwrap().len()).unwrap();
    file.set_len(kept as u64).unwrap();
    if end == End::Zeros {
        file.set_len(length as u64).unwrap();
    }
    file.seek(SeekFrom::End(0)).unwrap();
    if fs::read(path)
        .unwrap()
        .last()
        .is_some_and(|last| *last != b'\n')
    {
        file.write_all(b"\n").unwrap();
    }
    file.write_all(line.as_bytes()).unwrap();
}

/// The messages that stand in a file whole.
fn messages(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let lines = text.lines().map(|line| line.trim_start_matches('\0'));
    let whole = lines.filter(|line| line.starts_with('[') && !line.contains('\0'));
    let messages = whole.filter_map(|line| Some(line.split_once("] ")?.1.to_owned()));
    messages.collect()
}

#[test]
fn what_a_power_cut_leaves_of_a_tree_is_read() {
    let (app, errors) = (format!("{FIRST}/app.log"), format!("{FIRST}/errors.log"));
    let lengths = (0..=APP.len()).flat_map(|app| {
        let errors = [0, 7, ERRORS.len()];
        errors.map(|errors| (app, errors))
    });
    for (app_length, errors_length) in lengths {
        for (end, was_read) in [
            (End::Gone, 9),
            (End::Gone, 2),
            (End::Zeros, 9),
            (End::Zeros, 3),
        ] {
            let case = format!("{app_length}, {errors_length}, {end:?}, {was_read} read");
            let mut tree = Tree::new();
            tree.add(&errors, ERRORS);
            tree.add(&app, APP);
            let batch = tree
                .follower
                .next_batch(was_read, std::time::Duration::ZERO);
            let read = batch
                .unwrap()
                .iter()
                .map(crate::LogRecord::message)
                .collect();
            let mut found: BTreeSet<String> = read;
            let kept = serde_json::to_string(&tree.follower.cursor()).unwrap();
            let kept: FollowCursor = serde_json::from_str(&kept).unwrap();
            cut(&tree.path(&app), app_length, end, "[14:00:09.0] n1\n");
            cut(&tree.path(&errors), errors_length, end, "[14:00:09.5] n2\n");

            tree.follower = follow(tree.dir.path(), kept).unwrap();
            let read = tree.read().into_iter();
            found.extend(read.map(|line| line.split_once(": ").unwrap().1.to_owned()));
            let mut expected = messages(&tree.path(&app));
            expected.extend(messages(&tree.path(&errors)));
            let missing: Vec<_> = expected.difference(&found).collect();
            assert!(missing.is_empty(), "{case}: {missing:?}");
            // All of it was read, so that what is cut off was. A newline is there again.
            let is_cut = app_length + 1 < APP.len() || errors_length + 1 < ERRORS.len();
            if was_read == 9 && is_cut {
                let incidents = tree.incidents();
                let is_its = |it: &(IncidentKind, _)| {
                    matches!(it.0, IncidentKind::Replaced | IncidentKind::Truncated)
                };
                assert!(incidents.iter().any(is_its), "{case}: {incidents:?}");
            }
        }
    }
}
