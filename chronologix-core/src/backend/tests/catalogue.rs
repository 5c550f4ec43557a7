//! The catalogue of statements: before their lines, once, whatever the disk does.

use std::{io::ErrorKind, path::Path, time::Duration};

use chronologix_schema::layout::{STATEMENTS_FILE, Statement};

use super::{APP, Desk, config, pending, ready, statements::ORDERS};
use crate::{
    Level, LogFuture,
    backend::retry::MAX_BACKOFF,
    frontend::{callsite::Callsite, submit::submit},
    fs::{
        tests::sim::{FsOp, SimFs},
        traits::FileSystem,
    },
};

const PATH: &str = "/base/.chronologix.statements.jsonl";

static FIRST: Callsite = Callsite::new(Some(Level::Info), "first").at(&ORDERS, 1);
static SECOND: Callsite = Callsite::new(Some(Level::Info), "second").at(&ORDERS, 2);
/// The first statement in another version of the program.
static MOVED: Callsite = Callsite::new(Some(Level::Info), "first").at(&ORDERS, 3);

fn log(desk: &Desk, stream: &str, callsite: &'static Callsite) -> LogFuture {
    submit(&desk.stream(stream), callsite, ())
}

/// Logs a record, and writes it.
#[track_caller]
fn logged(desk: &mut Desk, callsite: &'static Callsite) {
    log(desk, "app", callsite).detach();
    desk.settle();
}

/// Stream, template and line of each line in the catalogue that is whole.
fn found(fs: &SimFs) -> Vec<(String, String, u32)> {
    let text = fs.text(PATH).unwrap_or_default();
    let whole = text
        .lines()
        .filter_map(|line| Statement::from_json(line).ok());
    whole.map(|it| (it.stream, it.template, it.line)).collect()
}

fn is_found(fs: &SimFs, expected: &[(&str, &str, u32)]) {
    let found = found(fs);
    let found = found
        .iter()
        .map(|(stream, template, line)| (&**stream, &**template, *line));
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn a_statement_is_there_before_its_first_line() {
    let mut desk = Desk::new();
    assert!(PATH.ends_with(STATEMENTS_FILE));
    desk.log("app", "without a macro").detach();
    desk.settle();
    assert_eq!(desk.fs.text(PATH), None);
    desk.fs
        .fail(FsOp::Append, "app.log", 1, ErrorKind::StorageFull);
    log(&desk, "app", &FIRST).detach();
    desk.round();
    assert_eq!(desk.messages(APP), ["without a macro"]);
    is_found(&desk.fs, &[("app", "first", 1)]);
    desk.settle();
    logged(&mut desk, &FIRST);
    logged(&mut desk, &SECOND);
    log(&desk, "audit", &FIRST).detach();
    desk.settle();
    let all = [
        ("app", "first", 1),
        ("app", "second", 2),
        ("audit", "first", 1),
    ];
    is_found(&desk.fs, &all);
}

#[test]
fn several_loggers_and_versions_write_each_line_once() {
    let mut desk = Desk::new();
    let mut other = Desk::on(&desk.fs, Box::new(desk.fs.clone()), config());
    logged(&mut desk, &FIRST);
    logged(&mut other, &SECOND);
    logged(&mut other, &FIRST);
    logged(&mut desk, &SECOND);
    logged(&mut other, &MOVED);
    logged(&mut desk, &MOVED);
    let all = [
        ("app", "first", 1),
        ("app", "second", 2),
        ("app", "first", 3),
    ];
    is_found(&desk.fs, &all);
    assert_eq!(desk.fs.text(PATH).unwrap().lines().count(), 3);
}

#[test]
fn half_a_line_is_ended_first() {
    for torn in ["{\"id\": \"5f0c", "\0\0\0"] {
        let fs = SimFs::with_folder("/base");
        fs.put(PATH, torn.as_bytes());
        let mut desk = Desk::on(&fs, Box::new(fs.clone()), config());
        logged(&mut desk, &FIRST);
        logged(&mut desk, &SECOND);
        is_found(&fs, &[("app", "first", 1), ("app", "second", 2)]);
        let text = fs.text(PATH).unwrap();
        assert!(text.starts_with(&format!("{torn}\n{{")), "{text}");
        assert_eq!(text.lines().count(), 3);
    }
}

#[test]
fn short_writes_are_continued() {
    let mut desk = Desk::new();
    desk.fs.write_short(7);
    logged(&mut desk, &FIRST);
    is_found(&desk.fs, &[("app", "first", 1)]);
}

#[test]
fn a_disk_that_takes_no_bytes_is_an_error_and_not_waited_for() {
    let fs = SimFs::with_folder("/base");
    let mut file = fs.open(Path::new(PATH), 0o640).unwrap();
    fs.write_short(3);
    file.append_all(b"one\ntwo\n").unwrap();
    file.append_all(b"").unwrap();
    fs.write_short(0);
    let error = file.append_all(b"three\n").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::WriteZero);
    assert_eq!(fs.text(PATH).as_deref(), Some("one\ntwo\n"));
}

#[test]
fn a_catalogue_that_is_deleted_or_emptied_is_written_again() {
    let mut desk = Desk::new();
    logged(&mut desk, &FIRST);
    logged(&mut desk, &SECOND);
    let all = [("app", "first", 1), ("app", "second", 2)];
    desk.fs.delete(PATH);
    desk.clock.advance(Duration::from_secs(1));
    desk.settle();
    is_found(&desk.fs, &all);
    // By the same inode nothing is noticed before the next statement.
    desk.fs.put(PATH, b"");
    logged(&mut desk, &MOVED);
    is_found(&desk.fs, &[all[0], all[1], ("app", "first", 3)]);
}

#[test]
fn the_base_directory_may_go_with_it() {
    let mut desk = Desk::new();
    logged(&mut desk, &FIRST);
    desk.fs.delete("/base");
    desk.clock.advance(Duration::from_secs(1));
    logged(&mut desk, &SECOND);
    is_found(&desk.fs, &[("app", "first", 1), ("app", "second", 2)]);
    assert_eq!(desk.messages(APP), ["[INFO] second"]);
}

#[test]
fn no_failure_stops_a_record_and_each_is_tried_again() {
    for op in [FsOp::Open, FsOp::Read, FsOp::Append, FsOp::Look] {
        let mut desk = Desk::new();
        desk.fs
            .fail(op, STATEMENTS_FILE, usize::MAX, ErrorKind::PermissionDenied);
        let receipt = pending(log(&desk, "app", &FIRST).synced());
        desk.settle();
        assert!(ready(receipt).is_ok(), "{op:?}");
        logged(&mut desk, &SECOND);
        assert_eq!(desk.messages(APP), ["[INFO] first", "[INFO] second"]);
        assert!(desk.shared.stats().disk_errors > 0, "{op:?}");
        is_found(&desk.fs, &[]);
        desk.fs.heal();
        desk.clock.advance(MAX_BACKOFF);
        logged(&mut desk, &FIRST);
        is_found(&desk.fs, &[("app", "first", 1), ("app", "second", 2)]);
        assert!(desk.writer.finish().is_ok(), "nothing was lost: {op:?}");
    }
}

#[test]
fn what_cannot_be_written_is_not_tried_with_every_batch() {
    let mut desk = Desk::new();
    desk.fs.fail(
        FsOp::Open,
        STATEMENTS_FILE,
        usize::MAX,
        ErrorKind::PermissionDenied,
    );
    for _ in 0..1_000 {
        logged(&mut desk, &FIRST);
        desk.clock.advance(Duration::from_millis(1));
    }
    // After 10, 20, 40, 80, 160, 320 and 500 ms.
    let errors = desk.shared.stats().disk_errors;
    assert!((4..=8).contains(&errors), "{errors}");
    desk.fs.heal();
    // The last attempt is at the end.
    assert!(desk.writer.finish().is_ok());
    is_found(&desk.fs, &[("app", "first", 1)]);
}

#[test]
fn something_else_with_its_name_is_left_alone() {
    let fs = SimFs::with_folder("/base");
    fs.put(&format!("{PATH}/file"), b"");
    let mut desk = Desk::on(&fs, Box::new(fs.clone()), config());
    logged(&mut desk, &FIRST);
    assert_eq!(desk.messages(APP), ["[INFO] first"]);
    assert_eq!(fs.list(PATH), ["file"]);
}

#[test]
fn a_large_catalogue_does_not_grow() {
    let fs = SimFs::with_folder("/base");
    let line = [vec![b' '; 32 << 20], vec![b'\n']].concat();
    fs.put(PATH, &line);
    let mut desk = Desk::on(&fs, Box::new(fs.clone()), config());
    logged(&mut desk, &FIRST);
    logged(&mut desk, &FIRST);
    is_found(&fs, &[]);
    assert_eq!(desk.shared.stats().disk_errors, 1);
    fs.delete(PATH);
    desk.clock.advance(Duration::from_secs(1));
    desk.settle();
    is_found(&fs, &[("app", "first", 1)]);
}

#[test]
fn it_is_synced_before_a_record_is_acknowledged_as_synced() {
    let mut desk = Desk::new();
    let mut other = Desk::on(&desk.fs, Box::new(desk.fs.clone()), config());
    // Written by one logger, and relied on by the other.
    logged(&mut other, &FIRST);
    let receipt = pending(log(&desk, "app", &FIRST).synced());
    desk.settle();
    assert!(ready(receipt).is_ok());
    let fs = desk.fs.clone();
    drop((desk, other));
    fs.crash();
    is_found(&fs, &[("app", "first", 1)]);
}

#[test]
fn what_a_sync_failed_to_save_is_written_again() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Sync, STATEMENTS_FILE, 1, ErrorKind::Other);
    let receipt = pending(log(&desk, "app", &FIRST).synced());
    desk.settle();
    assert!(ready(receipt).is_ok());
    let fs = desk.fs.clone();
    drop(desk);
    fs.crash();
    is_found(&fs, &[("app", "first", 1)]);
}

#[test]
fn a_disk_that_fails_every_sync_is_not_written_to_with_every_record() {
    let mut desk = Desk::new();
    desk.fs
        .fail(FsOp::Sync, STATEMENTS_FILE, usize::MAX, ErrorKind::Other);
    for _ in 0..50 {
        let receipt = pending(log(&desk, "app", &FIRST).synced());
        desk.settle();
        assert!(ready(receipt).is_ok());
    }
    assert!(found(&desk.fs).len() <= 4, "{}", found(&desk.fs).len());
}
