//! Lines through a lens.

use super::*;
use crate::query::Case;

fn rule(keeps: bool, pattern: &str) -> FilterRule {
    FilterRule {
        pattern: Pattern::new(pattern, Case::Smart).unwrap(),
        keeps,
        is_on: true,
    }
}

#[track_caller]
fn check(row_filter: &RowFilter, cases: &[(&str, Option<Level>, Verdict)]) {
    for (text, level, expected) in cases {
        assert_eq!(row_filter.judge(text, *level), *expected, "{text}");
    }
}

#[test]
fn all_that_keep_must_match_and_none_that_drop() {
    let row_filter = RowFilter {
        rules: vec![rule(true, "disk"), rule(true, "full"), rule(false, "slow")],
        ..RowFilter::default()
    };
    check(
        &row_filter,
        &[
            ("disk full", None, Verdict::Kept),
            ("disk", None, Verdict::Near),
            ("started", None, Verdict::Near),
            ("slow disk, full", None, Verdict::Out),
            ("slow", None, Verdict::Out),
        ],
    );
}

#[test]
fn filters_that_are_off_do_nothing() {
    let mut row_filter = RowFilter {
        rules: vec![rule(true, "disk"), rule(false, "disk")],
        ..RowFilter::default()
    };
    assert!(!row_filter.is_clear());
    row_filter
        .rules
        .iter_mut()
        .for_each(|rule| rule.is_on = false);
    assert!(row_filter.is_clear());
    check(
        &row_filter,
        &[("disk", None, Verdict::Kept), ("net", None, Verdict::Kept)],
    );
}

#[test]
fn levels_have_an_order_and_no_level_is_the_lowest() {
    let row_filter = RowFilter {
        least: Some(Level::Warn),
        ..RowFilter::default()
    };
    let (info, error) = (Some(Level::Info), Some(Level::Error));
    let near = [("a", None, Verdict::Near), ("a", info, Verdict::Near)];
    check(&row_filter, &near);
    check(&row_filter, &[("a", error, Verdict::Kept)]);
}

#[test]
fn queries_use_the_same_filter() {
    let mut streams = Streams::default();
    let [app, errors] = ["app", "errors"].map(|name| streams.id(name));
    let mut row_filter = RowFilter {
        rules: vec![rule(true, "disk"), rule(false, "slow")],
        least: Some(Level::Warn),
        ..RowFilter::default()
    };
    let view = row_filter.view(None, &streams);
    assert_eq!(view.streams, None);
    for (text, level) in [
        ("[1] [WARN] disk", Some(Level::Warn)),
        ("[1] [WARN] slow disk", Some(Level::Warn)),
        ("[1] [WARN] net", Some(Level::Warn)),
        ("[1] [INFO] disk", Some(Level::Info)),
        ("[1] disk", None),
    ] {
        let is_kept = row_filter.judge(text, level) == Verdict::Kept;
        assert_eq!(view.filter.takes(text), is_kept, "{text}");
    }
    row_filter.hidden.insert(app);
    assert_eq!(row_filter.view(None, &streams).streams, Some(vec![errors]));
    assert_eq!(
        row_filter.view(Some(app), &streams).streams,
        Some(vec![app])
    );
}

#[test]
fn a_line_is_there_as_long_as_one_of_its_streams_is() {
    let (app, errors, far) = (StreamId(0), StreamId(1), StreamId(70));
    let row_filter = RowFilter {
        hidden: [app, far].into(),
        ..RowFilter::default()
    };
    assert!(!row_filter.shows(StreamSet::of(app), app));
    assert!(row_filter.shows(StreamSet::of(app).with(errors), app));
    assert!(
        !row_filter.shows(StreamSet::of(far), far),
        "beyond what a set can hold"
    );
    assert!(row_filter.shows(StreamSet::default(), StreamId(71)));
    assert!(RowFilter::default().shows(StreamSet::of(app), app));
}
