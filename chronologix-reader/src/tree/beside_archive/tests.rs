//! Which files of a folder hold what is in its archive.

use super::*;
use crate::tests::{folder_of, packed};

const FOLDER: &str = "2025-05-04__14-00";

/// Packs these files, and checks which of the others are read beside them: those in the archive
/// with a slash, the late ones with a plus.
#[track_caller]
fn check(packed_files: &[(&str, &str)], beside: &[(&str, &str)], expected: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let (archive, folder) = (dir.path().join("x.tar.zst"), dir.path().join(FOLDER));
    fs::write(&archive, packed(FOLDER, packed_files)).unwrap();
    let others = folder_of(beside);
    fs::rename(others.path(), &folder).unwrap();
    let names: Vec<String> = beside.iter().map(|it| it.0.to_owned()).collect();
    let both = names_of_both(&archive, &folder, &names).unwrap();
    let start = archive.to_str().unwrap();
    let shown = both
        .files
        .iter()
        .map(|name| match name.strip_prefix(start) {
            Some(name) => name.replace('\\', "/"),
            None if both.late.contains(name) => format!("+{name}"),
            None => name.clone(),
        });
    assert_eq!(shown.collect::<Vec<_>>(), expected);
    let are_all_read = names.iter().all(|name| both.files.contains(name));
    assert_eq!(both.is_settled, are_all_read);
}

#[test]
fn what_holds_other_lines_is_late() {
    let packed = [("app.log", "one\ntwo\n"), ("errors.log", "")];
    check(&packed, &[], &["/app.log", "/errors.log"]);
    let late = [("app.log", "three\n"), ("new.log", "four\n")];
    check(
        &packed,
        &late,
        &["+app.log", "+new.log", "/app.log", "/errors.log"],
    );
    // Also behind the first block.
    let [one, two] = ["one\n", "two\n"].map(|end| "x".repeat(3 * BLOCK) + end);
    check(
        &[("app.log", &one)],
        &[("app.log", &two)],
        &["+app.log", "/app.log"],
    );
}

#[test]
fn what_holds_the_lines_of_the_archive_takes_their_place() {
    let packed = [("app.log", "one\ntwo\n"), ("errors.log", "one\n")];
    for text in ["one\ntwo\n", "one\ntwo\nthree\n"] {
        check(&packed, &[("app.log", text)], &["app.log", "/errors.log"]);
    }
    for text in ["", "one\nt"] {
        check(&packed, &[("app.log", text)], &["/app.log", "/errors.log"]);
    }
    check(&[("app.log", "")], &[("app.log", "one\n")], &["app.log"]);
}

#[test]
fn an_archive_that_cannot_be_read_is_an_error() {
    let dir = folder_of(&[("x.tar.zst", "")]);
    names_of_both(&dir.path().join("x.tar.zst"), dir.path(), &[]).unwrap_err();
}

#[test]
fn a_file_that_goes_on_otherwise_is_late_from_then_on() {
    let dir = tempfile::tempdir().unwrap();
    let archive = dir.path().join("x.tar.zst");
    fs::write(&archive, packed(FOLDER, &[("app.log", "one\ntwo\n")])).unwrap();
    let names = ["app.log".to_owned()];
    for (text, is_late) in [("", false), ("one\n", false), ("one\nthree\n", true)] {
        fs::write(dir.path().join("app.log"), text).unwrap();
        for _ in 0..2 {
            let both = names_of_both(&archive, dir.path(), &names).unwrap();
            assert_eq!(both.late.contains("app.log"), is_late, "{text:?}");
            assert_eq!(both.is_settled, is_late, "{text:?}");
        }
    }
}
