//! Counts of the whole tree.

use super::*;
use crate::{query::Bucket, streams::StreamId};

fn folder(hour: u32) -> Folder {
    Folder::parse(&format!("2025-05-04__{hour:02}-00")).unwrap()
}

fn key(hour: u32, second: i64) -> Key {
    Key {
        folder: folder(hour),
        instant: DateTime::from_timestamp(second, 0).unwrap(),
        stream: StreamId(0),
        sequence: 1,
    }
}

fn bucket(hour: u32, second: i64, lines: u64, errors: u64) -> Bucket {
    Bucket {
        folder: folder(hour),
        from: DateTime::from_timestamp(second, 0).unwrap(),
        lines: vec![lines - errors, errors],
        levels: [0, 0, 0, lines - errors, 0, errors, 0].map(u64::cast_signed),
        errors: vec![0, errors],
        hits: Vec::new(),
    }
}

#[test]
fn what_comes_is_added_to_what_was_counted() {
    let mut counts = Counts::default();
    counts.add(key(15, 100), Some(Level::Error), false);
    let counted = |is_complete| Histogram {
        buckets: vec![
            bucket(14, 0, 5, 1),
            bucket(14, 60, 2, 0),
            bucket(15, 120, 7, 0),
        ],
        read: 1,
        total: 1,
        is_complete,
    };
    counts.set(counted(false));
    counts.add(key(15, 130), None, false);
    counts.set(counted(true));
    assert!(counts.is_complete());
    counts.add(key(15, 140), Some(Level::Critical), false);
    counts.add(key(16, 200), Some(Level::Info), false);
    let search_results = SearchResults::default();
    let cells = |cells: Vec<TimeSlice>| {
        cells
            .iter()
            .map(|cell| (cell.folder, cell.lines, cell.errors()))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        cells(counts.folders(&search_results)),
        [(folder(14), 7, 1), (folder(15), 8, 1), (folder(16), 1, 0)]
    );
    assert_eq!(counts.slices(&search_results).len(), 4);
}

#[test]
fn hits_are_counted_by_folder() {
    let mut search_results = SearchResults::default();
    let hits = |keys, read| Hits {
        keys,
        lines: vec![2, 1],
        read,
        total: 200,
        is_complete: read == 200,
    };
    search_results.add(&hits(vec![key(14, 1), key(15, 2)], 100), &[]);
    assert_eq!(
        (search_results.percent, search_results.is_complete),
        (50, false)
    );
    search_results.add(&hits(vec![key(14, 3)], 200), &[]);
    assert_eq!(
        (
            search_results.percent,
            search_results.is_complete,
            search_results.lines
        ),
        (100, true, 3)
    );
    assert_eq!(
        (
            search_results.in_folder(folder(14)),
            search_results.in_folder(folder(16))
        ),
        (2, 0)
    );
}
