//! A logger that ends on a full disk: the numbers it gives are those of the files.

use std::{collections::BTreeMap, io::ErrorKind};

use proptest::prelude::*;

use super::{Desk, config};
use crate::{StreamConfig, fs::tests::sim::FsOp};

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
