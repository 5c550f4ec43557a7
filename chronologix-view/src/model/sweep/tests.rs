//! The order in which rows are looked at, and what happens meanwhile.

use super::*;

#[test]
fn rows_near_the_reader_come_first() {
    let mut sweep = Sweep::default();
    sweep.begin(5);
    let rows = 3..8;
    let mut order = Vec::new();
    while let Some(row) = sweep.advance(&rows) {
        order.push(row);
    }
    assert_eq!(order, [5, 4, 6, 3, 7]);
    assert!(sweep.is_finished(&rows));
    assert!(!sweep.is_finished(&(3..9)));
    assert!(sweep.is_finished(&(4..4)));
}

#[test]
fn rows_that_come_meanwhile_are_looked_at_where_their_neighbours_were() {
    let mut sweep = Sweep::default();
    sweep.begin(5);
    sweep.advance(&(0..10));
    sweep.advance(&(0..10));
    assert_eq!(sweep.done(), &(4..6));
    for (at, is_now, done) in [
        (2, false, 5..7),
        (9, false, 5..7),
        (6, true, 5..8),
        (8, true, 5..9),
    ] {
        assert_eq!(sweep.inserted(at), is_now, "{at}");
        assert_eq!(sweep.done(), &done, "{at}");
    }
    sweep.removed(0);
    assert_eq!(sweep.done(), &(4..8));
    sweep.removed(7);
    sweep.removed(7);
    assert_eq!(sweep.done(), &(4..7));
    sweep.cut(&(6..30));
    assert_eq!(sweep.done(), &(6..7));
    sweep.cut(&(20..30));
    assert_eq!(sweep.done(), &(20..20));
}

#[test]
fn rows_at_the_end_are_looked_at_once_all_before_were() {
    let mut sweep = Sweep::default();
    sweep.finish(&(0..3));
    assert!(sweep.inserted(3));
    assert!(sweep.is_finished(&(0..4)));
    assert_eq!(sweep.advance(&(0..4)), None);
}
