//! Order and bounds.

use super::*;
use crate::streams::StreamId;

fn row(second: i64, sequence: u64) -> Row {
    let key = Key {
        folder: Folder::parse("2025-05-04").unwrap(),
        instant: DateTime::from_timestamp(second, 0).unwrap(),
        stream: StreamId(0),
        sequence,
    };
    Row::new(key, Body::Mark("x".into()), None)
}

fn buffer(rows: usize) -> RowBuffer {
    RowBuffer::new(Limit {
        rows,
        bytes: 1 << 20,
    })
}

/// The numbers of the rows, relative to the very first row.
fn numbers(buffer: &RowBuffer) -> Range<u64> {
    buffer.range().start - MIDDLE..buffer.range().end - MIDDLE
}

#[test]
fn rows_are_in_order_whenever_they_come() {
    let mut buffer = buffer(10);
    let mut insert = |second, sequence| buffer.insert(row(second, sequence)) - MIDDLE;
    assert_eq!(
        [insert(1, 1), insert(3, 2), insert(2, 9), insert(3, 1)],
        [0, 1, 1, 2]
    );
    let keys: Vec<Key> = buffer
        .range()
        .map(|number| buffer.row(number).unwrap().key)
        .collect();
    assert!(keys.is_sorted());
    assert_eq!(buffer.find(row(3, 2).key), Some(MIDDLE + 3));
    assert_eq!(buffer.find(row(4, 0).key), None);
    assert_eq!(buffer.position(row(3, 0).key), MIDDLE + 2);
    assert_eq!(
        buffer.end_of((row(3, 0).key.folder, row(2, 0).key.instant)),
        MIDDLE + 2
    );
    buffer.remove(MIDDLE);
    assert_eq!(numbers(&buffer), 0..3);
}

#[test]
fn the_oldest_are_given_up() {
    let mut buffer = buffer(3);
    for second in 0..10 {
        buffer.insert(row(second, 1));
        buffer.trim();
    }
    assert_eq!(numbers(&buffer), 7..10);
    assert_eq!(buffer.row(MIDDLE + 6), None);
    assert_eq!(buffer.row(MIDDLE + 7).unwrap().key, row(7, 1).key);
    buffer.set_limit(Limit {
        rows: 10,
        bytes: row(0, 0).weight() * 2,
    });
    assert!(buffer.trim());
    assert_eq!(numbers(&buffer), 8..10);
    buffer.set_limit(Limit { rows: 0, bytes: 0 });
    assert!(buffer.trim());
    assert!(!buffer.trim());
    assert_eq!((numbers(&buffer), buffer.bytes), (10..10, 0));
}

#[test]
fn older_rows_leave_the_numbers_of_the_others_alone() {
    let mut buffer = buffer(3);
    for second in 5..8 {
        buffer.insert(row(second, 1));
    }
    buffer.push_front(row(4, 1));
    buffer.push_front(row(3, 1));
    assert_eq!(buffer.range(), MIDDLE - 2..MIDDLE + 3);
    assert_eq!(buffer.row(MIDDLE).unwrap().key, row(5, 1).key);
    assert!(buffer.is_full(1));
    assert!(buffer.trim_back());
    assert_eq!(buffer.range(), MIDDLE - 2..MIDDLE + 1);
    assert!(buffer.drop_before(MIDDLE));
    assert!(!buffer.drop_before(MIDDLE));
    assert_eq!(buffer.range(), MIDDLE..MIDDLE + 1);
    buffer.drop_before(MIDDLE + 9);
    assert_eq!((buffer.range().count(), buffer.bytes), (0, 0));
}
