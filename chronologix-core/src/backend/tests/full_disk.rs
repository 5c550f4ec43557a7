//! A logger that ends on a full disk: the numbers it gives are those of the files.

use std::{collections::BTreeMap, io::ErrorKind, time::Duration};

use proptest::prelude::*;

use super::{APP, Desk, Round, config, pending, poll_once, ready};
use crate::{LogError, StreamConfig, fs::tests::sim::FsOp};

const STREAMS: [&str; 4] = ["app", "errors", "audit", "stacks"];

/// The files that the records of a stream go to.
fn files_of(stream: &str) -> &'static [&'static str] {
    match stream {
        "app" => &["app.log"],
        "errors" => &["errors.log", "app.log"],
        "audit" => &["audit.log"],
        _ => &["stacks.log", "app.log"],
    }
}

/// How often the record of each number stands in a file. Fails if a line is torn.
fn records_in(desk: &Desk, file: &str) -> BTreeMap<usize, usize> {
    let text = desk.text(&format!("2025-05-04__14-00/{file}"));
    let text = text.unwrap_or_default();
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "{file} is torn: {text:?}"
    );
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('\t')) {
        let (_, rest) = line.split_once("record ").unwrap();
        let (number, end) = rest.split_once(' ').unwrap();
        assert!(end.starts_with("end"), "{line}");
        *found.entry(number.parse().unwrap()).or_default() += 1;
    }
    found
}

#[test]
fn a_disk_that_cannot_be_written_to_for_good_answers_those_who_wait() {
    for error in [
        ErrorKind::ReadOnlyFilesystem,
        ErrorKind::PermissionDenied,
        ErrorKind::NotConnected,
        ErrorKind::StaleNetworkFileHandle,
    ] {
        those_who_wait_are_answered(error);
    }
}

#[track_caller]
fn those_who_wait_are_answered(error: ErrorKind) {
    let timeout = Duration::from_secs(3);
    let config = config().exit_timeout(timeout).queue_capacity(4096);
    let mut desk = Desk::with(config);
    desk.fs.fail(FsOp::Append, "/", usize::MAX, error);
    let mut written = pending(desk.log("app", "written").written());
    let mut synced = pending(desk.log("app", "synced").synced());
    assert_eq!(desk.round(), Round::Blocked);
    let mut queued = 2;
    let mut for_room = loop {
        let mut record = desk.log("app", "for room").queued();
        if poll_once(&mut record).is_none() {
            break record;
        }
        queued += 1;
    };
    desk.clock.advance(timeout);
    assert_eq!(desk.round(), Round::Blocked);
    written = pending(written);
    synced = pending(synced);
    assert!(poll_once(&mut for_room).is_none());
    desk.clock.advance(Duration::from_millis(1));
    assert_eq!(desk.round(), Round::Blocked);
    for outcome in [ready(written), ready(synced), ready(for_room)] {
        let Err(LogError::Failed(cause)) = outcome else {
            panic!("{outcome:?}");
        };
        assert_eq!(cause.kind(), error);
    }
    assert_eq!(desk.shared.stats().refused, 1);
    // What is queued is written once the disk can be written to again.
    desk.fs.heal();
    desk.settle();
    assert_eq!(desk.messages(APP).len(), queued);
    assert_eq!(desk.shared.stats().written, queued as u64);
    let later = pending(desk.log("app", "later").synced());
    desk.settle();
    ready(later).unwrap();
}

#[test]
fn a_record_that_was_written_before_is_not_taken_for_synced() {
    let timeout = Duration::from_secs(3);
    let mut desk = Desk::with(config().exit_timeout(timeout));
    let early = desk.log("app", "early").synced();
    desk.settle();
    let error = ErrorKind::PermissionDenied;
    desk.fs.fail(FsOp::Append, "/", usize::MAX, error);
    desk.log("app", "refused").detach();
    assert_eq!(desk.round(), Round::Blocked);
    // Its caller asks for the sync only now.
    let early = pending(early);
    desk.clock.advance(timeout + Duration::from_millis(1));
    assert_eq!(desk.round(), Round::Blocked);
    let outcome = ready(early);
    assert!(matches!(outcome, Err(LogError::Failed(_))), "{outcome:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..<_>::default() })]

    #[test]
    fn what_is_given_as_lost_is_what_the_files_lack(
        records in prop::collection::vec((0..STREAMS.len(), 0..3_usize), 1..60),
        writes in 0..40_usize,
        short in 1..200_usize,
        rounds in 1..4_usize,
    ) {
        let stacks = StreamConfig::new("stacks").multiline("indent");
        let config = config().stream(stacks).mirror("stacks", "app");
        let mut desk = Desk::with(config);
        desk.fs.write_short(short);
        desk.fs.fail_after(writes, FsOp::Append, "/", usize::MAX, ErrorKind::StorageFull);
        for round in 0..rounds {
            for (number, (stream, more)) in records.iter().enumerate() {
                if number % rounds == round {
                    let more = "\nmore".repeat(*more);
                    desk.log(STREAMS[*stream], &format!("record {number} end{more}")).detach();
                }
            }
            let _ = desk.round();
        }
        while desk.writer.folders.has_lines() && desk.writer.errors.unwritten.is_none() {
            let _ = desk.round();
        }
        let written_before = desk.shared.stats().written;
        desk.writer.give_up();
        let found = STREAMS.map(|stream| records_in(&desk, &format!("{stream}.log")));
        let is_in = |file: &str, number| {
            let at = STREAMS.iter().position(|stream| file == format!("{stream}.log"));
            found[at.unwrap()].contains_key(&number)
        };
        let is_whole = |(number, (stream, _)): &(usize, &(usize, usize))| {
            files_of(STREAMS[*stream]).iter().all(|file| is_in(file, *number))
        };
        let whole = records.iter().enumerate().filter(is_whole).count() as u64;
        prop_assert!(found.iter().flat_map(BTreeMap::values).all(|copies| *copies == 1));
        let stats = desk.shared.stats();
        prop_assert_eq!(stats.queued, records.len() as u64);
        prop_assert_eq!(stats.written, whole, "{:?}", stats);
        prop_assert_eq!(written_before, whole);
        prop_assert_eq!(stats.records_failed, stats.queued - whole, "{:?}", stats);
    }
}
