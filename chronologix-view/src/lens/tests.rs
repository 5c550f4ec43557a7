//! Lines through a lens.

use super::*;
use crate::history::Case;

fn rule(keeps: bool, pattern: &str) -> Rule {
    Rule {
        pattern: Pattern::new(pattern, Case::Smart).unwrap(),
        keeps,
        is_on: true,
    }
}

#[track_caller]
fn check(lens: &Lens, cases: &[(&str, Option<Level>, Verdict)]) {
    for (text, level, expected) in cases {
        assert_eq!(lens.judge(text, *level), *expected, "{text}");
    }
}

#[test]
fn all_that_keep_must_match_and_none_that_drop() {
    let lens = Lens {
        rules: vec![rule(true, "disk"), rule(true, "full"), rule(false, "slow")],
        ..Lens::default()
    };
    check(
        &lens,
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
fn rules_that_are_off_do_nothing() {
    let mut lens = Lens {
        rules: vec![rule(true, "disk"), rule(false, "disk")],
        ..Lens::default()
    };
    assert!(!lens.is_clear());
    lens.rules.iter_mut().for_each(|rule| rule.is_on = false);
    assert!(lens.is_clear());
    check(
        &lens,
        &[("disk", None, Verdict::Kept), ("net", None, Verdict::Kept)],
    );
}

#[test]
fn levels_have_an_order_and_no_level_is_the_lowest() {
    let lens = Lens {
        least: Some(Level::Warn),
        ..Lens::default()
    };
    let (info, error) = (Some(Level::Info), Some(Level::Error));
    let near = [("a", None, Verdict::Near), ("a", info, Verdict::Near)];
    check(&lens, &near);
    check(&lens, &[("a", error, Verdict::Kept)]);
}

#[test]
fn the_librarian_looks_through_the_same_lens() {
    let mut streams = Streams::default();
    let [app, errors] = ["app", "errors"].map(|name| streams.id(name));
    let mut lens = Lens {
        rules: vec![rule(true, "disk"), rule(false, "slow")],
        least: Some(Level::Warn),
        ..Lens::default()
    };
    let view = lens.view(None, &streams);
    assert_eq!(view.streams, None);
    for (text, level) in [
        ("[1] [WARN] disk", Some(Level::Warn)),
        ("[1] [WARN] slow disk", Some(Level::Warn)),
        ("[1] [WARN] net", Some(Level::Warn)),
        ("[1] [INFO] disk", Some(Level::Info)),
        ("[1] disk", None),
    ] {
        let is_kept = lens.judge(text, level) == Verdict::Kept;
        assert_eq!(view.filter.takes(text), is_kept, "{text}");
    }
    lens.hidden.insert(app);
    assert_eq!(lens.view(None, &streams).streams, Some(vec![errors]));
    assert_eq!(lens.view(Some(app), &streams).streams, Some(vec![app]));
}

#[test]
fn a_line_is_there_as_long_as_one_of_its_streams_is() {
    let (app, errors, far) = (StreamId(0), StreamId(1), StreamId(70));
    let lens = Lens {
        hidden: [app, far].into(),
        ..Lens::default()
    };
    assert!(!lens.shows(StreamSet::of(app), app));
    assert!(lens.shows(StreamSet::of(app).with(errors), app));
    assert!(
        !lens.shows(StreamSet::of(far), far),
        "beyond what a set can hold"
    );
    assert!(lens.shows(StreamSet::default(), StreamId(71)));
    assert!(Lens::default().shows(StreamSet::of(app), app));
}
