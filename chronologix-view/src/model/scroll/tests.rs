//! Positions while rows come and go.

use super::*;

fn held() -> Held {
    Held {
        top: 10,
        cursor: 12,
        shown: 20,
        new: 0,
        new_errors: 0,
    }
}

#[test]
fn rows_put_in_and_taken_out_above_do_not_move_the_reader() {
    let mut scroll = Scroll::Held(held());
    for at in [3, 11, 15, 25] {
        scroll.inserted(at);
    }
    let moved = Held {
        top: 11,
        cursor: 14,
        shown: 23,
        ..held()
    };
    assert_eq!(scroll, Scroll::Held(moved));
    for at in [25, 16, 12, 3] {
        scroll.removed(at);
    }
    assert_eq!(scroll, Scroll::Held(held()));
    let mut following = Scroll::Following;
    following.inserted(0);
    following.removed(0);
    following.trimmed(5, 9);
    assert_eq!(following, Scroll::Following);
}

#[test]
fn new_rows_are_counted() {
    let mut scroll = Scroll::Held(held());
    scroll.came(20, false);
    scroll.came(21, true);
    scroll.came(5, true);
    let Held {
        new, new_errors, ..
    } = scroll.held().unwrap();
    assert_eq!((new, new_errors), (2, 1), "a late line above is not new");
}

#[test]
fn rows_that_were_given_up_are_replaced_by_those_after_them() {
    let mut scroll = Scroll::Held(held());
    scroll.trimmed(10, 40);
    assert_eq!(scroll, Scroll::Held(held()), "still there");
    scroll.trimmed(15, 40);
    let Held {
        top, cursor, shown, ..
    } = scroll.held().unwrap();
    assert_eq!((top, cursor, shown), (15, 15, 40));
}
