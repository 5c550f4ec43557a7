//! Lines of records, in both directions and as they come.

use chronologix_schema::layout::Folder;

use super::*;
use crate::{
    line::Key,
    query::{Case, FilterRule, LineRegex},
};

/// Two records of `app`, one of `errors` between them, and a lone line.
const TEXTS: [(u16, &str); 7] = [
    (0, "\tof an earlier record"),
    (0, "[14:00:01] [ERROR] boom"),
    (0, "\tat main.rs:7"),
    (0, "\tat lib.rs:9"),
    (1, "[14:00:02] [INFO] other"),
    (0, "[14:00:03] [INFO] fine"),
    (0, "\tmore"),
];

fn lines() -> Vec<LogLine> {
    let line = |(sequence, (stream, text)): (u64, &(u16, &str))| {
        let key = Key {
            stream: StreamId(*stream),
            sequence,
            ..Key::first_of(Folder::parse("2025-05-04").unwrap())
        };
        LogLine::new(key, *text)
    };
    (1..).zip(&TEXTS).map(line).collect()
}

#[test]
fn records_are_whole_in_both_directions() {
    for direction in [Direction::Newer, Direction::Older] {
        let mut whole = WholeRecords::new(direction);
        let mut lines: Vec<Record> = lines().into_iter().map(Record::of).collect();
        if direction == Direction::Older {
            lines.reverse();
        }
        let mut found: Vec<_> = lines
            .into_iter()
            .filter_map(|line| whole.add(line).map(<[_]>::to_vec))
            .collect();
        found.extend(whole.finish().map(<[_]>::to_vec));
        if direction == Direction::Older {
            found.reverse();
        }
        let sizes: Vec<usize> = found.iter().map(Vec::len).collect();
        assert_eq!(sizes, [1, 3, 1, 2], "{direction:?}");
        assert_eq!(&*found[1][0].line.text, TEXTS[1].1);
        assert_eq!(whole.finish(), None);
    }
}

#[track_caller]
fn check_live(pattern: &str, keeps: bool, expected: &[usize]) {
    let pattern = LineRegex::new(pattern, Case::Sensitive).unwrap();
    let filter = Filter::new(None, vec![FilterRule::new(pattern, keeps)]);
    let mut live = LiveRecords::default();
    let shown = lines().into_iter().flat_map(|line| live.add(line, &filter));
    let shown: Vec<u64> = shown.map(|line| line.key.sequence - 1).collect();
    assert_eq!(
        shown,
        expected
            .iter()
            .map(|index| *index as u64)
            .collect::<Vec<_>>()
    );
}

#[test]
fn live_records_are_filtered_as_a_whole() {
    check_live("boom", true, &[1, 2, 3]);
    check_live("main", true, &[1, 2, 3]);
    check_live("lib", true, &[1, 2, 3]);
    check_live("more", true, &[5, 6]);
    check_live("boom", false, &[0, 4, 5, 6]);
    check_live("nothing", true, &[]);
    check_live("earlier", false, &[1, 2, 3, 4, 5, 6]);
    let mut live = LiveRecords::default();
    let level = Filter::new(Some(chronologix_schema::Level::Error), Vec::new());
    let shown = lines().into_iter().flat_map(|line| live.add(line, &level));
    assert_eq!(shown.count(), 3);
}
