//! What is compared.

use std::fs;

use super::*;

const OLD: &str = "[1] before\n[2] one\n[3] two\n[4] another's\n";

/// Checks where new lines begin in `app.1.log`, as a number of lines, beside this `app.log`.
#[track_caller]
fn check(old: &str, bytes: &str, rest: &str, expected: (usize, bool)) {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("app.log"), old).unwrap();
    let mark =
        format!("[2] [WARN] chronologix: bytes {bytes} are repeated here, its sync failed\n");
    let (path, new) = (dir.path().join("app.1.log"), mark + rest);
    fs::write(&path, &new).unwrap();
    let (begin, is_certain) = begin_of_new(&path).unwrap();
    let before = &new[..usize::try_from(begin).unwrap()];
    assert!(before.is_empty() || before.ends_with('\n'), "{before:?}");
    assert_eq!((before.matches('\n').count(), is_certain), expected);
}

#[test]
fn equal_lines_are_repeated_ones() {
    let of = "11 to 27 of app.log";
    check(OLD, of, "[2] one\n[3] two\n", (3, true));
    check(OLD, of, "[2] one\n[3] two\n[5] new\n", (3, true));
    // The batch is still being written, or the writer ended in it.
    check(OLD, of, "[2] one\n", (2, false));
    check(OLD, of, "[2] one\n[3]", (2, false));
    check(OLD, of, "", (0, false));
    // Others continued the file.
    check(OLD, of, "[2] one\n[5] new\n", (2, true));
    check(OLD, of, "[5] new\n", (0, true));
}

#[test]
fn what_the_earlier_file_lacks_is_read_here() {
    let of = "11 to 27 of app.log";
    let rest = "[2] one\n[3] two\n";
    check("[1] before\n[2] one\n", of, rest, (2, true));
    check("[1] before\n", of, rest, (0, true));
    check(&OLD.replace("one", "\0\0\0"), of, rest, (0, true));
}

#[test]
fn only_earlier_files_of_the_stream_count() {
    let rest = "[2] one\n[3] two\n";
    for file in [
        "../app.log",
        "other.log",
        "app.1.log",
        "app.2.log",
        "/app.log",
        "",
    ] {
        check(OLD, &format!("11 to 27 of {file}"), rest, (0, true));
    }
    for bytes in [
        "27 to 11",
        "11 to 11",
        "x to 3",
        "11 to 99999999999999999999",
    ] {
        check(OLD, &format!("{bytes} of app.log"), rest, (0, true));
    }
}

#[test]
fn long_batches_are_compared_in_blocks() {
    let batch = "[2] a line of thirty bytes ...\n".repeat(20);
    let bytes = format!("0 to {} of app.log", batch.len());
    check(&batch, &bytes, &batch, (21, true));
    let other = format!("{}[2] another line\n", &batch[..31 * 9]);
    check(&batch, &bytes, &other, (10, true));
}
