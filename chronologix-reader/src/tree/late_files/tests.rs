//! Which files of a folder hold what stands in an earlier one.

use super::*;
use crate::tests::{compressed, folder_of, packed};

const FOLDER: &str = "2025-05-04__14-00";

/// Shows the files that are read: those in the archive with a slash, the late ones with a plus for
/// each round.
fn shown(distinct: &DistinctFiles, archive: &Path) -> Vec<String> {
    let start = archive.to_str().unwrap();
    let files = distinct.files.iter().map(|name| {
        let round = distinct.rounds.get(name).copied().unwrap_or(0);
        let shown = match name.strip_prefix(start) {
            Some(name) => name.replace('\\', "/"),
            None => name.clone(),
        };
        format!("{}{shown}", "+".repeat(round.try_into().unwrap()))
    });
    let mut files: Vec<String> = files.collect();
    files.sort();
    files
}

/// Packs these files, and checks which of the others are read beside them. Compresses those with a
/// suffix for that.
#[track_caller]
fn check(packed_files: &[(&str, &str)], beside: &[(&str, &str)], expected: &[&str]) {
    let dir = tempfile::tempdir().unwrap();
    let (archive, folder) = (dir.path().join("x.tar.zst"), dir.path().join(FOLDER));
    fs::write(&archive, packed(FOLDER, packed_files)).unwrap();
    fs::create_dir(&folder).unwrap();
    for (name, text) in beside {
        let bytes = match uncompressed_name(name) {
            Some(_) => compressed(text),
            None => text.as_bytes().to_vec(),
        };
        fs::write(folder.join(name), bytes).unwrap();
    }
    let mut names: Vec<String> = beside.iter().map(|it| it.0.to_owned()).collect();
    names.sort();
    let archive = (!packed_files.is_empty()).then_some(&*archive);
    let distinct = distinct_files(archive, &folder, &names);
    assert_eq!(shown(&distinct, archive.unwrap_or(&folder)), expected);
    assert_eq!(distinct_files(archive, &folder, &names), distinct);
}

#[test]
fn names_of_one_file_are_found() {
    for (names, expected) in [
        (&["app.log", "errors.log.zst"][..], false),
        (&["app.1.log", "app.log.zst"], false),
        (&[".app.log", ".app.log.zst"], false),
        (&["app.log", "app.log.zst"], true),
        (&["app.log", "app.log.GZ"], true),
        (&["app.log.gz", "app.log.zst"], true),
    ] {
        let mut names: Vec<String> = names.iter().map(|it| (*it).to_owned()).collect();
        names.sort();
        assert_eq!(has_files_twice(&names), expected, "{names:?}");
    }
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
        check(&packed, &[("app.log", text)], &["/errors.log", "app.log"]);
    }
    for text in ["", "one\nt"] {
        check(&packed, &[("app.log", text)], &["/app.log", "/errors.log"]);
    }
    check(
        &[("app.log", "")],
        &[("app.log", "one\n")],
        &["+app.log", "/app.log"],
    );
    check(&[("app.log", "")], &[("app.log", "")], &["app.log"]);
}

#[test]
fn lines_beside_compressed_files_are_late() {
    let files = |text| [("app.log", text), ("app.log.zst", "one\ntwo\n")];
    check(&[], &files("three\n"), &["+app.log", "app.log.zst"]);
    check(&[], &files("one\n"), &["app.log.zst"]);
    check(&[], &files("one\ntwo\n"), &["app.log"]);
    check(&[], &files("one\ntwo\nthree\n"), &["app.log"]);
    // Numbered files continue the one before, if none of their name is there.
    let files = [
        ("app.log.zst", "one\n"),
        ("app.1.log.zst", "two\n"),
        ("app.log", "three\n"),
        ("app.2.log", "four\n"),
        ("errors.log", ""),
    ];
    let expected = [
        "+app.2.log",
        "+app.log",
        "app.1.log.zst",
        "app.log.zst",
        "errors.log",
    ];
    check(&[], &files, &expected);
    let files = [
        ("app.log.zst", "one\n"),
        ("app.1.log", "two\n"),
        ("app.1.log.zst", "two\n"),
        ("app.log", "three\n"),
    ];
    check(&[], &files, &["+app.log", "app.1.log", "app.log.zst"]);
    // Beside an archive as well.
    let files = [("app.log.zst", "two\n"), ("app.log", "three\n")];
    let expected = ["++app.log", "+app.log.zst", "/app.log"];
    check(&[("app.log", "one\n")], &files, &expected);
    let files = [("app.log.zst", "one\n"), ("app.log", "one\ntwo\n")];
    check(&[("app.log", "one\n")], &files, &["app.log"]);
}

#[test]
fn files_are_compared_once() {
    let dir = folder_of(&[("app.log", "two\n")]);
    let archive = dir.path().join("app.log.zst");
    fs::write(&archive, compressed("one\n")).unwrap();
    let written = fs::metadata(&archive).unwrap().modified().unwrap();
    let names = ["app.log".to_owned(), "app.log.zst".to_owned()];
    let look = || shown(&distinct_files(None, dir.path(), &names), dir.path());
    assert_eq!(look(), ["+app.log", "app.log.zst"]);
    // It would hold the same now, but has not changed as far as its version tells.
    let same = compressed("two\n");
    assert_eq!(fs::metadata(&archive).unwrap().len(), same.len() as u64);
    fs::write(&archive, same).unwrap();
    let file = fs::File::options().write(true).open(&archive).unwrap();
    file.set_modified(written).unwrap();
    assert_eq!(look(), ["+app.log", "app.log.zst"]);
    file.set_modified(written + std::time::Duration::from_secs(1))
        .unwrap();
    assert_eq!(look(), ["app.log"]);
}

#[test]
fn what_an_unreadable_archive_holds_is_not_known() {
    let dir = folder_of(&[("x.tar.zst", ""), ("app.log", "one\n")]);
    let archive = dir.path().join("x.tar.zst");
    let distinct = distinct_files(Some(&archive), dir.path(), &["app.log".to_owned()]);
    assert_eq!(shown(&distinct, &archive), ["+app.log"]);
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
            let both = distinct_files(Some(&archive), dir.path(), &names);
            assert_eq!(both.rounds.contains_key("app.log"), is_late, "{text:?}");
            assert_eq!(both.is_settled, is_late, "{text:?}");
        }
    }
}
