//! Order and bounds.

use super::*;
use crate::streams::StreamId;

fn row(second: i64, sequence: u64) -> Row {
    let key = Key {
        folder: Folder::parse("2025-05-04").unwrap(),
        instant: Timestamp::new(second, 0).unwrap(),
        stream: StreamId(0),
        sequence,
    };
    Row::new(key, Body::Mark("x".into()), None)
}

#[test]
fn rows_are_in_order_whenever_they_come() {
    let mut buffer = Buffer::new(Limit {
        rows: 10,
        bytes: 1 << 20,
    });
    assert_eq!(buffer.insert(row(1, 1)), 0);
    assert_eq!(buffer.insert(row(3, 2)), 1);
    assert_eq!(buffer.insert(row(2, 9)), 1);
    assert_eq!(buffer.insert(row(3, 1)), 2);
    let keys: Vec<Key> = buffer
        .range()
        .map(|number| buffer.row(number).unwrap().key)
        .collect();
    assert!(keys.is_sorted());
    assert_eq!(buffer.find(row(3, 2).key), Some(3));
    assert_eq!(buffer.find(row(4, 0).key), None);
    buffer.remove(0);
    assert_eq!(buffer.range(), 0..3);
}

#[test]
fn the_oldest_are_given_up() {
    let mut buffer = Buffer::new(Limit {
        rows: 3,
        bytes: 1 << 20,
    });
    for second in 0..10 {
        buffer.insert(row(second, 1));
        buffer.trim();
    }
    assert_eq!(buffer.range(), 7..10);
    assert_eq!(buffer.row(6), None);
    assert_eq!(buffer.row(7).unwrap().key, row(7, 1).key);
    buffer.set_limit(Limit {
        rows: 10,
        bytes: row(0, 0).weight() * 2,
    });
    assert_eq!(buffer.range(), 8..10);
    buffer.set_limit(Limit { rows: 0, bytes: 0 });
    assert_eq!((buffer.range(), buffer.bytes), (10..10, 0));
}
