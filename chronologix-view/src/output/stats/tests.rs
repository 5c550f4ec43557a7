//! Counts and their table.

use super::*;
use crate::{
    line::{Key, LogLine},
    streams::StreamSet,
};
use chronologix_schema::layout::Folder;

#[test]
fn a_tree_without_records_has_a_table_too() {
    let table = Stats::default().table(&Streams::default());
    assert_eq!(
        table,
        "stream  records  bytes  first  last\nall           0      0\n"
    );
}

#[test]
fn a_mirrored_record_counts_once_in_all() {
    let mut streams = Streams::default();
    let (app, errors) = (streams.id("app"), streams.id("errors"));
    let line = LogLine::new(Key::first_of(Folder::parse("2025-05-04").unwrap()), "[x] y");
    let mut stats = Stats::default();
    let record = Record {
        streams: StreamSet::of(app).with(errors),
        ..Record::of(line)
    };
    stats.count(&[record]);
    assert_eq!(
        (
            stats.all.records,
            stats.streams[0].records,
            stats.streams[1].records
        ),
        (1, 1, 1)
    );
}
