//! Which streams and lines are shown.

use chronologix_schema::{Level, layout::Folder};

use super::*;
use crate::{line::Key, query::Case};

#[test]
fn queries_use_the_same_filter() {
    let mut streams = Streams::default();
    let [app, errors] = ["app", "errors"].map(|name| streams.id(name));
    let rule = |text, keeps| FilterRule::new(LineRegex::new(text, Case::Smart).unwrap(), keeps);
    let rules = vec![rule("disk", true), rule("slow", false)];
    let mut row_match = RowMatch {
        filter: Filter::new(Some(Level::Warn), rules),
        ..RowMatch::default()
    };
    let view = row_match.view(None, &streams);
    assert_eq!(view.streams, None);
    for (text, level) in [
        ("[1] [WARN] disk", Some(Level::Warn)),
        ("[1] [WARN] slow disk", Some(Level::Warn)),
        ("[1] [WARN] net", Some(Level::Warn)),
        ("[1] [INFO] disk", Some(Level::Info)),
        ("[1] disk", None),
    ] {
        let line = LogLine::new(Key::first_of(Folder::parse("2025-05-04").unwrap()), text);
        let is_kept = row_match.filter.judge(&[&line].into_iter(), level) == Verdict::Kept;
        assert_eq!(
            view.filter.takes_text(text, None, None, StreamId(0)),
            is_kept,
            "{text}"
        );
    }
    row_match.hidden.insert(app);
    assert_eq!(row_match.view(None, &streams).streams, Some(vec![errors]));
    assert_eq!(row_match.view(Some(app), &streams).streams, Some(vec![app]));
}

#[test]
fn a_line_is_there_as_long_as_one_of_its_streams_is() {
    let (app, errors, far) = (StreamId(0), StreamId(1), StreamId(1_070));
    let row_match = RowMatch {
        hidden: [app, far].into(),
        ..RowMatch::default()
    };
    assert!(!row_match.shows(&StreamSet::of(app)));
    assert!(row_match.shows(&StreamSet::of(app).with(errors)));
    assert!(!row_match.shows(&StreamSet::of(app).with(far)));
    assert!(row_match.shows(&StreamSet::of(StreamId(1_071))));
    assert!(RowMatch::default().shows(&StreamSet::of(app)));
}
