//! Commands to the query service, and pending answers.

use super::*;
use crate::query::View;

fn histogram() -> Request {
    let view = View::default();
    Request::Histogram { view }
}

fn queries() -> PendingQueries {
    PendingQueries {
        is_open: true,
        ..PendingQueries::default()
    }
}

#[test]
fn the_newest_question_of_a_kind_is_the_one_that_counts() {
    let mut queries = queries();
    queries.ask(histogram());
    queries.ask(histogram());
    let orders = queries.take();
    let [QueryCommand::Ask(query)] = &orders[..] else {
        panic!("{orders:?}");
    };
    assert_eq!(queries.kind_of(query.id), Some(RequestKind::Histogram));
    assert_eq!(queries.kind_of(QueryId(1)), None);
    queries.close(RequestKind::Histogram);
    assert_eq!(queries.take(), []);
    assert_eq!(queries.kind_of(query.id), None);
}

#[test]
fn what_is_not_wanted_any_more_is_cancelled_once() {
    let mut queries = queries();
    queries.forget(RequestKind::Histogram);
    assert_eq!(queries.take(), [], "nothing was asked");
    queries.ask(histogram());
    queries.take();
    queries.forget(RequestKind::Histogram);
    queries.forget(RequestKind::Histogram);
    assert_eq!(
        queries.take(),
        [QueryCommand::Cancel(RequestKind::Histogram)]
    );
    assert!(!queries.is_waiting(RequestKind::Histogram));
    // A query that was not sent need not be answered.
    queries.ask(histogram());
    queries.forget(RequestKind::Histogram);
    assert_eq!(
        queries.take(),
        [QueryCommand::Cancel(RequestKind::Histogram)]
    );
}

#[test]
fn where_nobody_answers_nothing_is_asked() {
    let mut queries = PendingQueries::default();
    queries.ask(histogram());
    assert_eq!(queries.take(), []);
    assert!(!queries.is_waiting(RequestKind::Histogram));
}
