//! Positions, without rows.

use super::*;

const PAGE: u64 = 10;

#[track_caller]
fn check(scroll: Scroll, rows: Range<u64>, visible: Range<u64>, waiting: u64) {
    assert_eq!(scroll.visible(&rows, PAGE), visible);
    assert_eq!(scroll.waiting(&rows), waiting);
}

#[test]
fn following_shows_the_end() {
    check(Scroll::Following, 0..0, 0..0, 0);
    check(Scroll::Following, 0..4, 0..4, 0);
    check(Scroll::Following, 0..100, 90..100, 0);
    check(Scroll::Following, 95..100, 95..100, 0);
}

#[test]
fn moving_up_holds_and_the_end_follows_again() {
    let mut scroll = Scroll::Following;
    scroll.up(1, &(0..100), PAGE);
    check(scroll, 0..100, 89..99, 0);
    check(scroll, 0..103, 89..99, 3);
    scroll.up(1_000, &(0..103), PAGE);
    check(scroll, 0..103, 0..10, 3);
    scroll.down(92, &(0..103), PAGE);
    check(scroll, 0..103, 92..102, 1);
    scroll.down(1, &(0..103), PAGE);
    assert_eq!(scroll, Scroll::Following);
}

#[test]
fn where_all_rows_fit_there_is_nowhere_to_go() {
    let mut scroll = Scroll::Following;
    scroll.up(5, &(0..10), PAGE);
    assert_eq!(scroll, Scroll::Following);
}

#[test]
fn a_held_screen_with_room_stays_as_it_is() {
    let mut scroll = Scroll::Following;
    scroll.hold(&(0..4), PAGE);
    check(scroll, 0..7, 0..4, 3);
    scroll.down(1, &(0..7), PAGE);
    assert_eq!(scroll, Scroll::Following);
}

#[test]
fn rows_that_come_or_go_above_move_nothing() {
    let mut scroll = Scroll::Held { top: 50, shown: 70 };
    scroll.inserted(49);
    assert_eq!(scroll, Scroll::Held { top: 51, shown: 71 });
    scroll.inserted(51);
    assert_eq!(scroll, Scroll::Held { top: 51, shown: 72 });
    scroll.inserted(72);
    assert_eq!(scroll, Scroll::Held { top: 51, shown: 72 });
    scroll.removed(50);
    assert_eq!(scroll, Scroll::Held { top: 50, shown: 71 });
    scroll.removed(80);
    assert_eq!(scroll, Scroll::Held { top: 50, shown: 71 });
}

#[test]
fn rows_that_were_given_up_are_not_looked_for() {
    check(Scroll::Held { top: 5, shown: 15 }, 40..60, 40..50, 45);
    check(Scroll::Held { top: 5, shown: 45 }, 40..60, 40..50, 15);
}
