//! Random changes of a sealed tree, one at a time: each is found, and named.

use std::{fs, path::PathBuf};

use chronologix_schema::layout::{SEALS_FILE, SUMS_FILE};

use super::sealed_tree::{FIRST, LAST, SECOND, SealedTree};
use crate::FindingKind;

/// How many changes are tried: 10,000, if the variable `VERIFY_CASES` says so.
fn cases() -> u64 {
    std::env::var("VERIFY_CASES").map_or(400, |cases| cases.parse().unwrap())
}

/// Numbers that look random.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let number = usize::try_from(self.0 >> 33).unwrap();
        number % most.max(1)
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }
}

/// A change, and how it is taken back.
enum Undo {
    Write(PathBuf, Vec<u8>),
    Remove(PathBuf),
    Rename(PathBuf, PathBuf),
    Swap(String, String),
}

/// The files of the sealed folders that have a byte.
const FILES: [(&str, &str); 4] = [
    (FIRST, "app.log"),
    (FIRST, "errors.log"),
    (SECOND, "app.log"),
    (LAST, "app.log"),
];

const FOLDERS: [&str; 3] = [FIRST, SECOND, LAST];

/// Changes something. Returns how to take it back, and what must be named: the folder, the file,
/// and the line.
fn change(
    tree: &SealedTree,
    numbers: &mut Numbers,
) -> (Undo, Option<&'static str>, Option<String>, Option<u64>) {
    let (folder, file) = numbers.one_of(&FILES);
    let path = tree.path(folder).join(file);
    let text = fs::read(&path).unwrap();
    let line_at = |at: usize| memchr::memchr_iter(b'\n', &text[..at]).count() as u64 + 1;
    let named = Some(file.to_owned());
    match numbers.below(9) {
        0 | 1 => {
            let at = numbers.below(text.len());
            let mut flipped = text.clone();
            flipped[at] ^= 1 << numbers.below(8);
            fs::write(&path, flipped).unwrap();
            let line = line_at(at);
            (Undo::Write(path, text), Some(folder), named, Some(line))
        }
        2 => {
            let length = numbers.below(text.len());
            fs::write(&path, &text[..length]).unwrap();
            let line = line_at(text.len() - 1).min(line_at(length) + 1);
            (Undo::Write(path, text), Some(folder), named, Some(line))
        }
        3 => {
            let added = tree.path(folder).join("added.log");
            fs::write(&added, "x\n").unwrap();
            (
                Undo::Remove(added),
                Some(folder),
                Some("added.log".to_owned()),
                None,
            )
        }
        4 => {
            fs::remove_file(&path).unwrap();
            (Undo::Write(path, text), Some(folder), named, None)
        }
        5 => {
            let to = path.with_file_name("renamed.log");
            fs::rename(&path, &to).unwrap();
            (Undo::Rename(to, path), Some(folder), named, None)
        }
        6 => {
            let (mut one, mut other) = (numbers.one_of(&FOLDERS), numbers.one_of(&FOLDERS));
            if one == other {
                (one, other) = (FIRST, LAST);
            }
            tree.swap(one, other);
            (
                Undo::Swap(one.to_owned(), other.to_owned()),
                Some(one),
                None,
                None,
            )
        }
        7 => {
            let from = tree.path(folder);
            let to = tree.path("taken-away");
            fs::rename(&from, &to).unwrap();
            (Undo::Rename(to, from), Some(folder), None, None)
        }
        _ => {
            let is_chain = numbers.below(2) == 0;
            let path = if is_chain {
                tree.path(SEALS_FILE)
            } else {
                tree.path(folder).join(SUMS_FILE)
            };
            let bytes = fs::read(&path).unwrap();
            let mut flipped = bytes.clone();
            let at = numbers.below(bytes.len());
            flipped[at] ^= 1 << numbers.below(8);
            fs::write(&path, flipped).unwrap();
            let named = (!is_chain).then(|| SUMS_FILE.to_owned());
            (
                Undo::Write(path, bytes),
                (!is_chain).then_some(folder),
                named,
                None,
            )
        }
    }
}

#[test]
fn whatever_is_changed_is_found_and_named() {
    let tree = SealedTree::small();
    assert!(tree.verify().is_intact());
    for case in 0..cases() {
        let mut numbers = Numbers(case);
        numbers.below(1);
        let (undo, folder, file, line) = change(&tree, &mut numbers);
        let verification = tree.verify();
        let is_named = verification.findings.iter().any(|finding| {
            let has_line = match (line, finding.lines) {
                (Some(line), Some((first, last))) => first <= line && line <= last,
                (Some(_), None) => finding.kind == FindingKind::Renamed,
                (None, _) => true,
            };
            finding.folder.as_deref() == folder
                && (file.is_none() || finding.file == file)
                && has_line
        });
        let found = &verification.findings;
        assert!(
            is_named,
            "case {case}: {folder:?}, {file:?}, line {line:?}: {found:?}"
        );
        match undo {
            Undo::Write(path, bytes) => fs::write(path, bytes).unwrap(),
            Undo::Remove(path) => fs::remove_file(path).unwrap(),
            Undo::Rename(from, to) => fs::rename(from, to).unwrap(),
            Undo::Swap(one, other) => tree.swap(&one, &other),
        }
    }
    assert!(tree.verify().is_intact());
}
