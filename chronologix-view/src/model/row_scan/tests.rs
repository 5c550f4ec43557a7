//! The order of rows, and insertions in between.

use super::*;

#[test]
fn rows_near_the_reader_come_first() {
    let mut scan = RowScan::default();
    scan.begin(5);
    let rows = 3..8;
    let mut order = Vec::new();
    while let Some(row) = scan.advance(&rows) {
        order.push(row);
    }
    assert_eq!(order, [5, 4, 6, 3, 7]);
    assert!(scan.is_finished(&rows));
    assert!(!scan.is_finished(&(3..9)));
    assert!(scan.is_finished(&(4..4)));
}

#[test]
fn rows_that_come_meanwhile_are_looked_at_where_their_neighbours_were() {
    let mut scan = RowScan::default();
    scan.begin(5);
    scan.advance(&(0..10));
    scan.advance(&(0..10));
    assert_eq!(scan.done(), &(4..6));
    for (at, is_now, done) in [
        (2, false, 5..7),
        (9, false, 5..7),
        (6, true, 5..8),
        (8, true, 5..9),
    ] {
        assert_eq!(scan.inserted(at), is_now, "{at}");
        assert_eq!(scan.done(), &done, "{at}");
    }
    scan.removed(0);
    assert_eq!(scan.done(), &(4..8));
    scan.removed(7);
    scan.removed(7);
    assert_eq!(scan.done(), &(4..7));
    scan.cut(&(6..30));
    assert_eq!(scan.done(), &(6..7));
    scan.cut(&(20..30));
    assert_eq!(scan.done(), &(20..20));
}

#[test]
fn rows_at_the_end_are_looked_at_once_all_before_were() {
    let mut scan = RowScan::default();
    scan.finish(&(0..3));
    assert!(scan.inserted(3));
    assert!(scan.is_finished(&(0..4)));
    assert_eq!(scan.advance(&(0..4)), None);
}
