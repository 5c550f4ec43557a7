//! What the librarian is told, and what is waited for.

use super::*;
use crate::history::View;

fn histogram() -> Request {
    let view = View::default();
    Request::Histogram { view }
}

fn outbox() -> Outbox {
    Outbox {
        is_open: true,
        ..Outbox::default()
    }
}

#[test]
fn the_newest_question_of_a_kind_is_the_one_that_counts() {
    let mut outbox = outbox();
    outbox.ask(histogram());
    outbox.ask(histogram());
    let orders = outbox.take();
    let [Order::Ask(question)] = &orders[..] else {
        panic!("{orders:?}");
    };
    assert_eq!(outbox.kind_of(question.ticket), Some(Kind::Histogram));
    assert_eq!(outbox.kind_of(Ticket(1)), None);
    outbox.close(Kind::Histogram);
    assert_eq!(outbox.take(), []);
    assert_eq!(outbox.kind_of(question.ticket), None);
}

#[test]
fn what_is_not_wanted_any_more_is_cancelled_once() {
    let mut outbox = outbox();
    outbox.forget(Kind::Histogram);
    assert_eq!(outbox.take(), [], "nothing was asked");
    outbox.ask(histogram());
    outbox.take();
    outbox.forget(Kind::Histogram);
    outbox.forget(Kind::Histogram);
    assert_eq!(outbox.take(), [Order::Cancel(Kind::Histogram)]);
    assert!(!outbox.is_waiting(Kind::Histogram));
    // What was not handed over need not be answered at all.
    outbox.ask(histogram());
    outbox.forget(Kind::Histogram);
    assert_eq!(outbox.take(), [Order::Cancel(Kind::Histogram)]);
}

#[test]
fn where_nobody_answers_nothing_is_asked() {
    let mut outbox = Outbox::default();
    outbox.ask(histogram());
    assert_eq!(outbox.take(), []);
    assert!(!outbox.is_waiting(Kind::Histogram));
}
