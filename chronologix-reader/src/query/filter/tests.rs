//! Filters against lines.

use chronologix_schema::layout::Folder;

use super::*;
use crate::{line::Key, query::Case};

fn line(text: &str) -> LogLine {
    LogLine::new(Key::first_of(Folder::parse("2025-05-04").unwrap()), text)
}

fn rule(keeps: bool, pattern: &str) -> FilterRule {
    FilterRule::new(LineRegex::new(pattern, Case::Smart).unwrap(), keeps)
}

#[track_caller]
fn check(filter: &Filter, cases: &[(&str, Option<Level>, Verdict)]) {
    for (text, level, expected) in cases {
        assert_eq!(
            filter.judge(&[&line(text)].into_iter(), *level),
            *expected,
            "{text}"
        );
    }
}

#[test]
fn all_of_it_must_hold() {
    let rules = vec![
        rule(true, "order"),
        rule(true, r"\d{2}"),
        rule(false, "test"),
    ];
    let filter = Filter::new(Some(Level::Warn), rules);
    let cases = [
        ("[14:00:00] [ERROR] order 17", true),
        ("[14:00:00] [WARN] order 17", true),
        ("[14:00:00] [INFO] order 17", false),
        ("[14:00:00] order 17", false),
        ("[14:00:00] [ERROR] order x", true),
        ("[14] [ERROR] order test", false),
        (r#"{"level":"error","message":"order 17"}"#, true),
        (r#"{"level":"debug","message":"order 17"}"#, false),
    ];
    for (text, expected) in cases {
        assert_eq!(
            filter.takes_text(text, None, None, StreamId(0)),
            expected,
            "{text}"
        );
    }
}

#[test]
fn an_empty_filter_takes_everything() {
    assert!(
        Filter::default().is_clear() && Filter::default().takes_text("", None, None, StreamId(0))
    );
}

#[test]
fn all_that_keep_must_match_and_none_that_drop() {
    let filter = Filter::new(
        None,
        vec![rule(true, "disk"), rule(true, "full"), rule(false, "slow")],
    );
    check(
        &filter,
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
    let mut filter = Filter::new(None, vec![rule(true, "disk"), rule(false, "disk")]);
    assert!(!filter.is_clear());
    filter.rules.iter_mut().for_each(|rule| rule.is_on = false);
    assert!(filter.is_clear());
    check(
        &filter,
        &[("disk", None, Verdict::Kept), ("net", None, Verdict::Kept)],
    );
}

#[test]
fn levels_have_an_order_and_no_level_is_the_lowest() {
    let filter = Filter::new(Some(Level::Warn), Vec::new());
    let (info, error) = (Some(Level::Info), Some(Level::Error));
    let near = [("a", None, Verdict::Near), ("a", info, Verdict::Near)];
    check(&filter, &near);
    check(&filter, &[("a", error, Verdict::Kept)]);
}
