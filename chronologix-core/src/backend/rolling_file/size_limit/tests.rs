//! Where a batch of lines is cut, and that nothing is lost, doubled or split on the way.

use std::{io::ErrorKind, path::Path};

use proptest::prelude::*;

use super::SizeLimit;
use crate::{
    backend::{rolling_file::RollingFile, write_buffer::WriteBuffer},
    fs::{
        tests::sim::{FsOp, SimFs},
        traits::FileSystem,
    },
};

#[test]
fn lines_are_cut_where_the_file_is_full() {
    for (bytes, max, lines, is_mid_line, expected) in [
        (0, None, "a\nb\n", false, Some(4)),
        (0, Some(4), "a\nb\n", false, Some(4)),
        (0, Some(3), "a\nb\n", false, Some(2)),
        (1, Some(4), "a\nb\n", false, Some(2)),
        (2, Some(4), "a\nb\n", false, Some(2)),
        (3, Some(4), "a\nb\n", false, None),
        (4, Some(4), "a\nb\n", false, None),
        // More than it should: another logger has written to it.
        (9, Some(4), "a\n", false, None),
        // Longer than a file may be.
        (0, Some(4), "longer\nb\n", false, Some(7)),
        (1, Some(4), "longer\nb\n", false, None),
        // Begun here.
        (9, Some(4), "er\nb\n", true, Some(3)),
        (2, Some(4), "er\nb\n", true, Some(3)),
    ] {
        let limit = SizeLimit {
            max,
            bytes,
            header: 0,
        };
        let room = limit.capacity_for(lines.as_bytes(), is_mid_line);
        assert_eq!(room, expected, "{bytes} of {max:?}, {lines:?}");
    }
}

fn base() -> (SimFs, RollingFile) {
    let fs = SimFs::with_folder("/base");
    (fs, file_of_at_most(10))
}

fn file_of_at_most(most: u64) -> RollingFile {
    RollingFile::new(Path::new("/base"), "app.log", 0o600, Some(most))
}

fn append(file: &mut RollingFile, fs: &SimFs, lines: &str) -> WriteBuffer {
    let mut buffer = WriteBuffer::default();
    buffer.lines.extend_from_slice(lines.as_bytes());
    while !buffer.is_written() {
        file.append(fs, &mut buffer).unwrap();
    }
    buffer
}

/// The files, as `name: text`.
fn files(fs: &SimFs) -> Vec<String> {
    let text = |name: String| {
        let text = fs.text(&format!("/base/{name}")).unwrap();
        format!("{name}: {}", text.escape_debug())
    };
    fs.list("/base").into_iter().map(text).collect()
}

#[test]
fn a_full_file_is_left_for_the_next_number() {
    let (fs, mut file) = base();
    let buffer = append(&mut file, &fs, "one 1\ntwo 2\nthree\nfour\n");
    assert!(buffer.is_written());
    append(&mut file, &fs, "a line of its own\n");
    append(&mut file, &fs, "5\n");
    assert_eq!(
        files(&fs),
        [
            r"app.1.log: two 2\n",
            r"app.2.log: three\n",
            r"app.3.log: four\n",
            r"app.4.log: a line of its own\n",
            r"app.5.log: 5\n",
            r"app.log: one 1\n",
        ]
    );
}

#[test]
fn a_restart_goes_on_in_the_last_file_that_has_room() {
    let (fs, mut file) = base();
    append(&mut file, &fs, "one 1\ntwo 2\n3\n");
    append(&mut file_of_at_most(10), &fs, "4\n5 is long\n");
    let expected = [
        r"app.1.log: two 2\n3\n4\n",
        r"app.2.log: 5 is long\n",
        r"app.log: one 1\n",
    ];
    assert_eq!(files(&fs), expected);
}

#[test]
fn loggers_that_share_a_folder_fill_its_files_together() {
    let (fs, mut ours) = base();
    let mut theirs = file_of_at_most(10);
    append(&mut ours, &fs, "ours 12\n");
    append(&mut theirs, &fs, "there\n");
    append(&mut ours, &fs, "abc\n");
    append(&mut theirs, &fs, "b\n");
    assert_eq!(
        files(&fs),
        [
            r"app.1.log: there\nabc\n",
            r"app.2.log: b\n",
            r"app.log: ours 12\n"
        ]
    );
}

#[test]
fn what_stands_in_the_way_of_a_number_is_passed_by() {
    let (fs, mut file) = base();
    append(&mut file, &fs, "one 1\n");
    let planted = Path::new("/base/app.1.log");
    fs.set_symlink(planted, "elsewhere").unwrap();
    append(&mut file, &fs, "two 2\n");
    assert_eq!(fs.text("/base/app.2.log").unwrap(), "two 2\n");
}

#[test]
fn a_full_file_is_on_disk_before_the_next_is_written_to() {
    let (fs, mut file) = base();
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\n");
    assert!(file.is_unsynced());
    assert!(file.sync(&fs, &mut buffer).unwrap().is_none());
    assert!(file.take_new_name());
    fs.sync_folder(Path::new("/base")).unwrap();
    fs.crash();
    assert_eq!(files(&fs), [r"app.1.log: two 2\n", r"app.log: one 1\n"]);
}

#[test]
fn lines_of_a_full_file_that_cannot_be_synced_go_to_the_next_and_it_is_told() {
    let (fs, mut file) = base();
    fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\n");
    let told = file.sync(&fs, &mut buffer).unwrap().unwrap();
    assert_eq!(told.path(), Path::new("/base/app.log"));
    fs.sync_folder(Path::new("/base")).unwrap();
    fs.crash();
    assert_eq!(fs.text("/base/app.1.log").unwrap(), "one 1\n");
    assert_eq!(fs.text("/base/app.2.log").unwrap(), "two 2\n");
    // It was told once, and what follows is well.
    let mut buffer = append(&mut file, &fs, "3\n");
    assert!(file.sync(&fs, &mut buffer).unwrap().is_none());
}

#[test]
fn a_sync_that_fails_later_writes_nothing_twice_that_is_safe_in_a_full_file() {
    let (fs, mut file) = base();
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\n");
    fs.fail(FsOp::Sync, "app.1.log", 1, ErrorKind::Other);
    file.sync(&fs, &mut buffer).unwrap().unwrap();
    let expected = [
        r"app.1.log: two 2\n",
        r"app.2.log: two 2\n",
        r"app.log: one 1\n",
    ];
    assert_eq!(files(&fs), expected);
}

#[test]
fn a_file_that_was_closed_for_others_to_be_opened_gets_nothing_twice() {
    let (fs, mut file) = base();
    fs.fail(FsOp::Sync, "app.log", 1, ErrorKind::Other);
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\n");
    file.release_descriptor();
    assert!(file.sync(&fs, &mut buffer).unwrap().is_some());
    assert_eq!(fs.text("/base/app.2.log").unwrap(), "two 2\n");
}

#[test]
fn a_disk_that_does_not_say_how_large_a_file_is_gets_no_more_files_than_it_should() {
    let (fs, mut file) = base();
    append(&mut file, &fs, "one 1\n");
    fs.fail(FsOp::Look, "app", usize::MAX, ErrorKind::Other);
    append(&mut file, &fs, "two 2\n3\n");
    assert_eq!(files(&fs), [r"app.1.log: two 2\n3\n", r"app.log: one 1\n"]);
}

#[test]
fn the_names_of_full_files_are_saved_also_if_the_last_one_is_taken_away() {
    let (fs, mut file) = base();
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\nthree\n");
    fs.delete("/base/app.2.log");
    assert!(file.close_if_replaced(&fs, &mut buffer).unwrap());
    assert!(file.is_unsynced() && file.take_new_name());
}

#[test]
fn a_disk_that_refuses_every_sync_gets_lines_twice_and_no_more() {
    let (fs, mut file) = base();
    fs.fail(FsOp::Sync, "app", usize::MAX, ErrorKind::Other);
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\nthree\n");
    let expected = [
        r"app.1.log: one 1\n",
        r"app.2.log: two 2\n",
        r"app.3.log: three\n",
        r"app.log: one 1\n",
    ];
    assert_eq!(files(&fs), expected);
    file.sync(&fs, &mut buffer).unwrap_err();
    fs.heal();
    file.clear(&mut buffer);
    let mut buffer = append(&mut file, &fs, "4\n");
    assert!(
        file.sync(&fs, &mut buffer).unwrap().is_some(),
        "safe in a file that has not failed"
    );
    file.clear(&mut buffer);
    let mut buffer = append(&mut file, &fs, "5\n");
    assert!(file.sync(&fs, &mut buffer).unwrap().is_none());
}

#[test]
fn lines_that_nobody_asked_to_sync_do_not_make_those_after_them_fail() {
    let (fs, mut file) = base();
    fs.fail(FsOp::Sync, "app", 2, ErrorKind::Other);
    let mut buffer = append(&mut file, &fs, "one 1\ntwo 2\nthree\n");
    file.clear(&mut buffer);
    let mut buffer = append(&mut file, &fs, "4\n");
    // It is told, but of those before.
    assert!(file.sync(&fs, &mut buffer).unwrap().is_some());
    assert!(file.sync(&fs, &mut buffer).unwrap().is_none());
}

proptest! {
    /// Whatever the lines, the limit, the batches, short writes and failures: every line once, in
    /// order, none split, no file too large.
    #[test]
    fn every_line_is_in_one_file_and_none_is_too_large(
        lengths in proptest::collection::vec(1_usize..30, 1..40),
        most in 8_u64..64,
        a_batch in 1_usize..8,
        short in 1_usize..40,
        failing in proptest::collection::vec((0_u64..9, 1_u64..3), 0..6),
    ) {
        let lines = lengths.iter().zip(0_u32..).map(|(length, number)| {
            let tail = ".".repeat(*length);
            format!("{number}{tail}\n")
        });
        let lines = lines.collect::<Vec<_>>();
        let fs = SimFs::with_folder("/base");
        fs.write_short(short);
        let mut failing = failing.into_iter();
        let mut file = file_of_at_most(most);
        for batch in lines.chunks(a_batch) {
            let mut buffer = WriteBuffer::default();
            buffer.lines.extend_from_slice(batch.concat().as_bytes());
            if let Some((after, times)) = failing.next() {
                // Appends alone: what a failed sync doubles is looked at above.
                let after = usize::try_from(after).unwrap();
                fs.fail_after(after, FsOp::Append, "app", usize::try_from(times).unwrap(), ErrorKind::StorageFull);
            }
            while !buffer.is_written() {
                let _ = file.append(&fs, &mut buffer);
            }
            file.clear(&mut buffer);
        }
        let mut found = String::new();
        for number in 0..100 {
            let name = if number == 0 { "app.log".to_owned() } else { format!("app.{number}.log") };
            let Some(text) = fs.text(&format!("/base/{name}")) else { break };
            prop_assert!(text.ends_with('\n'));
            prop_assert!(text.len() as u64 <= most || text.lines().count() == 1, "{text:?}");
            found += &text;
        }
        prop_assert_eq!(found, lines.concat());
    }
}
