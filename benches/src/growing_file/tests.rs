//! Whole lines are counted once.

use std::{fs, io::Write as _};

use super::*;

#[test]
fn lines_are_counted_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut seen = GrowingFile::below(dir.path());
    assert_eq!(seen.new_lines().unwrap(), 0);
    fs::write(dir.path().join("empty.log"), "").unwrap();
    let mut file = File::create(dir.path().join("app.log")).unwrap();
    assert_eq!(seen.new_lines().unwrap(), 0);
    file.write_all(b"one\ntwo").unwrap();
    assert_eq!(seen.new_lines().unwrap(), 1);
    assert_eq!(seen.new_lines().unwrap(), 0);
    file.write_all(b"\nthree\n").unwrap();
    assert_eq!(seen.new_lines().unwrap(), 2);
}
