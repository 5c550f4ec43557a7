//! Pages with context against a simple reference.

use chronologix_schema::Level;
use proptest::prelude::*;

use super::*;
use crate::query::{
    Answer, Case, FilterRule, LineRegex, Query, QueryId, Request,
    page_query::{PageQuery, PageStep},
    tree_cursor::tests::{Shown, folders, show, tree, write},
};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

/// Returns page after page, each from the end of the one before, oldest first.
fn pages(
    tree: &mut Tree,
    view: &View,
    from: Place,
    direction: Direction,
    rows: usize,
    context: usize,
) -> Vec<Record> {
    let mut all: Vec<Record> = Vec::new();
    let mut from = from;
    loop {
        let request = Request::Page {
            view: view.clone(),
            from,
            direction,
            rows,
            context,
        };
        let id = QueryId(1);
        let mut reading = PageQuery::new(Query { id, request }, tree).unwrap();
        let is_at_end = loop {
            let (answer, is_whole) = match reading.step(tree, NOW) {
                PageStep::Nothing | PageStep::Trouble(_) => continue,
                PageStep::Part(answer) => (answer, false),
                PageStep::Whole(answer) => (answer, true),
            };
            let Answer::Page(mut page) = answer else {
                panic!("no page")
            };
            if direction == Direction::Older {
                page.records.reverse();
            }
            all.extend(page.records);
            if is_whole {
                break page.is_at_end;
            }
        };
        match all.last() {
            Some(last) if !is_at_end => from = Place::Row(last.line.key),
            _ => break,
        }
    }
    if direction == Direction::Older {
        all.reverse();
    }
    all
}

/// Returns the rows that the filter takes, and their context.
fn seen(rows: &[Shown], filter: &Filter, context: usize) -> Vec<Shown> {
    let is_taken = |row: &Shown| filter.takes_text(&row.0, None, None, crate::streams::StreamId(0));
    let near = |at: usize| {
        let until = rows.len().min(at + context + 1);
        rows[at.saturating_sub(context)..until].iter().any(is_taken)
    };
    let seen = (0..rows.len()).filter(|at| near(*at));
    seen.map(|at| rows[at].clone()).collect()
}

fn filter(text: &str, has_level: bool) -> Filter {
    let pattern = LineRegex::new(text, Case::Smart).unwrap();
    let least = has_level.then_some(Level::Warn);
    Filter::new(least, vec![FilterRule::new(pattern, true)])
}

#[test]
fn an_unreadable_file_leaves_the_context_of_the_others_whole() {
    // Every seventh line is a record of its own.
    let lines = (0..60).map(|number| (0, 1, if number % 7 == 3 { 2 } else { 0 }, 0));
    let written = write(&[lines.collect()], 100);
    let folder = written.dir.path().join("2025-05-04__10-00");
    std::fs::write(folder.join("broken.log.gz"), "not packed at all").unwrap();
    let mut tree = tree(written.dir.path());
    let filter = filter("record", false);
    let view = View {
        streams: None,
        filter: filter.clone(),
    };
    let found = pages(&mut tree, &view, Place::End, Direction::Older, 400, 2);
    let found: Vec<Shown> = found.iter().map(show).collect();
    assert_eq!(
        seen(&found, &filter, 2),
        seen(&written.expected, &filter, 2)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 48 } else { 2_000 }))]

    #[test]
    fn what_is_seen_is_what_the_whole_tree_would_show(
        folders in folders(),
        split in 1_usize..80,
        rows in 1_usize..30,
        context in 0_usize..5,
        text in prop::sample::select(vec!["a$", "record", "record 1", "nowhere", "record .*7$"]),
        has_level in any::<bool>(),
        start in any::<prop::sample::Index>(),
    ) {
        // Records of one line each.
        let mut folders = folders;
        folders.iter_mut().flatten().filter(|(.., kind)| *kind == 2).for_each(|drawn| drawn.3 = 0);
        let written = write(&folders, split);
        let mut tree = tree(written.dir.path());
        let filter = filter(text, has_level);
        let view = View { streams: None, filter: filter.clone() };
        let expected = seen(&written.expected, &filter, context);
        for (from, direction) in [(Place::Beginning, Direction::Newer), (Place::End, Direction::Older)] {
            let found = pages(&mut tree, &view, from, direction, rows, context);
            prop_assert!(found.is_sorted_by(|one, two| one.line.key < two.line.key));
            let found: Vec<Shown> = found.iter().map(show).collect();
            prop_assert_eq!(seen(&found, &filter, context), expected.clone());
        }
        // From the middle in both directions, like after a jump.
        let whole = pages(&mut tree, &View::default(), Place::Beginning, Direction::Newer, 1_000, 0);
        if whole.is_empty() {
            return Ok(());
        }
        let middle = whole[start.index(whole.len())].line.key;
        let time = Place::Time(middle.instant);
        let mut newer = pages(&mut tree, &view, time, Direction::Newer, rows, context);
        // If nothing is left, the user goes to the end instead.
        let Some(first) = newer.first().map(|record| Place::Row(record.line.key)) else {
            return Ok(());
        };
        let mut found = pages(&mut tree, &view, first, Direction::Older, rows, context);
        found.append(&mut newer);
        prop_assert!(found.is_sorted_by(|one, two| one.line.key < two.line.key));
        let found: Vec<Shown> = found.iter().map(show).collect();
        prop_assert_eq!(seen(&found, &filter, context), expected);
    }
}
