//! Merging as lines come, in whatever order files are read.

use chrono::DateTime;
use chronologix_schema::layout::Folder;
use proptest::prelude::*;

use super::*;
use crate::streams::StreamId;

fn streams() -> Streams {
    let mut streams = Streams::default();
    let (app, errors) = (streams.id("app"), streams.id("errors"));
    streams.set_mirrors(app, Vec::new());
    streams.set_mirrors(errors, vec![app]);
    streams
}

fn line(stream: u16, sequence: u64, second: i64, text: &str) -> Arc<LogLine> {
    let key = Key {
        folder: Folder::parse("2025-05-04").unwrap(),
        instant: DateTime::from_timestamp(second, 0).unwrap(),
        stream: StreamId(stream),
        sequence,
    };
    Arc::new(LogLine::new(key, text))
}

fn pane(limit: Limit) -> Pane {
    let mut pane = Pane::new(limit, true);
    for look in Criterion::ALL {
        pane.rescan(look, &RowMatch::default());
    }
    pane
}

fn merged(lines: impl IntoIterator<Item = Arc<LogLine>>) -> Vec<(Key, String, usize)> {
    let limit = Limit {
        rows: 1_000,
        bytes: 1 << 20,
    };
    let mut pane = pane(limit);
    let mut fold = Fold::default();
    for line in lines {
        pane.merge(&line, None, &mut fold, &streams(), &RowMatch::default());
    }
    let rows = pane
        .buffer
        .range()
        .map(|number| pane.buffer.row(number).unwrap());
    let show = |row: &Row| match &row.body {
        Body::Line(line, found) => (row.key, line.text.to_string(), found.iter().count()),
        Body::Mark(text) => panic!("{text}"),
    };
    rows.map(show).collect()
}

#[test]
fn a_copy_moves_its_line_to_where_the_mirror_has_it() {
    let rows = merged([line(1, 1, 5, "e"), line(0, 1, 5, "a"), line(0, 2, 5, "e")]);
    let texts: Vec<_> = rows
        .iter()
        .map(|(_, text, copies)| (text.as_str(), *copies))
        .collect();
    assert_eq!(texts, [("a", 1), ("e", 2)]);
    assert_eq!(rows[1].0, line(0, 2, 5, "").key);
}

proptest! {
    /// The streams may be read in any order relative to each other.
    #[test]
    fn does_not_depend_on_which_file_is_read_first(
        records in prop::collection::vec((any::<bool>(), 0_i64..4, 0_usize..2), 0..40),
        choices in prop::collection::vec(any::<bool>(), 80),
    ) {
        let (mut app, mut errors) = (Vec::new(), Vec::new());
        let mut second = 0;
        for (number, (is_error, step, text)) in (1..).zip(records) {
            second += step / 3;
            let text = ["a", "b"][text];
            app.push(line(0, number, second, text));
            if is_error {
                errors.push(line(1, number, second, text));
            }
        }
        let expected = merged(app.iter().chain(&errors).cloned());
        let (mut app, mut errors) = (app.into_iter(), errors.into_iter());
        let mut mixed = Vec::new();
        for choice in choices {
            mixed.extend(if choice { app.next() } else { errors.next() });
        }
        mixed.extend(app.chain(errors));
        prop_assert_eq!(merged(mixed), expected);
    }
}

#[test]
fn rows_are_looked_at_as_they_come_and_again_after_a_change() {
    let limit = Limit {
        rows: 100,
        bytes: 1 << 20,
    };
    let mut pane = pane(limit);
    let mut row_match = RowMatch::default();
    (1..=6).for_each(|number| {
        pane.add(
            &line(0, number, 1, &format!("[x] n{number}")),
            None,
            &row_match,
        );
    });
    let seen = |pane: &Pane| {
        let rows = pane.rows().filter(|number| pane.is_seen(*number));
        rows.map(|number| number - crate::model::buffer::MIDDLE)
            .collect::<Vec<_>>()
    };
    assert_eq!(seen(&pane), [0, 1, 2, 3, 4, 5]);
    row_match.filter.rules.push(crate::query::FilterRule::new(
        crate::query::LineRegex::new("[258]", crate::query::Case::Smart).unwrap(),
        true,
    ));
    pane.rescan(Criterion::Filter, &row_match);
    assert_eq!(seen(&pane), Vec::<u64>::new(), "nothing is known yet");
    assert!(pane.scan(&row_match, 3));
    assert_eq!(seen(&pane), [4], "from the newest on");
    (7..=8).for_each(|number| {
        pane.add(
            &line(0, number, 1, &format!("[x] n{number}")),
            None,
            &row_match,
        );
    });
    assert_eq!(seen(&pane), [4, 7], "new rows are looked at when they come");
    assert!(!pane.scan(&row_match, 3));
    assert_eq!(seen(&pane), [1, 4, 7]);
}
