//! The comparison of the statements in the sources with the file that was reviewed.

use std::{env, path::Path};

use crate::fs::{os::OsFs, traits::FileSystem as _};

/// The variable that has the file written anew.
const UPDATE: &str = "UPDATE_CATALOGUE";

/// The mode of a file that is checked in.
const MODE: u32 = 0o644;

/// Compares the table of the sources with that in a file. Called by `assert_catalogue!`.
///
/// # Panics
///
/// If they differ, or the file cannot be read or written.
#[track_caller]
pub fn assert_catalogue(path: &str, found: &str) {
    let fs = OsFs::default();
    let file = Path::new(path);
    if env::var_os(UPDATE).is_some_and(|value| value != "0") {
        let written = fs.replace(file, found, MODE);
        assert!(written.is_ok(), "cannot write {path}: {written:?}");
        return;
    }
    let reviewed = match fs.read(file) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) => panic!("cannot read {path}: {error}; {UPDATE}=1 writes it"),
    };
    if let Some(changes) = changes(&reviewed, found) {
        panic!("the log statements are not those of {path}; {UPDATE}=1 writes them:\n{changes}");
    }
}

/// Returns the lines that one text has and the other has not. `None` if there are none.
fn changes(reviewed: &str, found: &str) -> Option<String> {
    if reviewed == found {
        return None;
    }
    let lines = |text: &str, other: &str, sign: &str| {
        let mut left: Vec<_> = other.lines().map(str::to_owned).collect();
        let mut only = Vec::new();
        for line in text.lines() {
            match left.iter().position(|other| other == line) {
                Some(at) => drop(left.swap_remove(at)),
                None => only.push(format!("{sign} {line}")),
            }
        }
        only
    };
    let mut changes = lines(reviewed, found, "-");
    changes.extend(lines(found, reviewed, "+"));
    if changes.is_empty() {
        changes.push("the order of the lines".to_owned());
    }
    Some(changes.join("\n"))
}

#[cfg(test)]
mod tests;
