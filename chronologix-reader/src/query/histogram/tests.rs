//! Counts by time.

use std::{fmt::Write as _, fs};

use super::*;
use crate::{
    line::rfc3339,
    query::{Case, Filter, LineRegex, scan::FileChunk},
    streams::StreamNames,
};

/// Returns the buckets of a tree of two folders, counted from these lines of the first.
fn buckets(content: &str, matcher: Option<&LineMatcher>) -> Vec<Bucket> {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["2025-05-04__14-00", "2025-05-04__15-00"] {
        fs::create_dir(dir.path().join(folder)).unwrap();
    }
    let mut tree = Tree::new(dir.path().to_owned(), 100, StreamNames::default());
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    let chunk = FileChunk {
        folder: tree.folders()[0],
        stream: StreamId(1),
        number: 0,
        path: dir.path().join("a.log"),
        range: 0..content.len() as u64,
    };
    fs::write(&chunk.path, content).unwrap();
    let mut all = HistogramBuilder::new(&tree, &BTreeMap::new());
    for _ in 0..2 {
        let mut buckets = all.empty_of(chunk.folder);
        let mut dater = BlockDater::new(&chunk, tree.timestamps());
        let mut reader = LineReader::new(&chunk, tree.timestamps());
        let look = |block: &[u8], begin| {
            buckets.count(block, begin, &chunk, matcher, (&mut dater, &mut reader));
            dater.pass(block, begin);
            true
        };
        let mut edges = LineReader::new(&chunk, tree.timestamps());
        let mut begins_record = |line: &[u8], at| edges.is_beginning(line, at);
        chunk
            .scan(&mut Vec::new(), &mut begins_record, look)
            .unwrap();
        all.add(buckets, 1);
    }
    all.histogram(1, 2, false).buckets
}

fn sum(counts: &[u64]) -> u64 {
    counts.iter().sum()
}

#[test]
fn lines_are_counted_in_the_slice_of_their_time() {
    let mut content = String::from("before the first stamp\n");
    for minute in 0..60 {
        for second in 0..=minute {
            let level = if minute == 30 { "[ERROR] " } else { "" };
            let line = writeln!(content, "[14:{minute:02}:{second:02}] {level}x\n\tmore");
            line.unwrap();
        }
    }
    let matcher = LineMatcher::new(
        Filter::default(),
        Some(LineRegex::new(":07", Case::Smart).unwrap()),
    );
    let buckets = buckets(&content, Some(&matcher));
    assert_eq!(buckets.len(), 120);
    for (minute, bucket) in (0_u64..60).zip(&buckets) {
        // Everything was added twice.
        let own = 2 * (minute + 1) + if minute == 0 { 2 } else { 0 };
        assert_eq!(bucket.lines, [0, own], "minute {minute}");
        assert_eq!(
            rfc3339(bucket.from),
            format!("2025-05-04T14:{minute:02}:00Z")
        );
        assert_eq!(bucket.levels[5], if minute == 30 { 62 } else { 0 });
        assert_eq!(bucket.levels.iter().sum::<i64>(), own.cast_signed());
        let hits = u64::from(minute >= 7) + if minute == 7 { 7 } else { 0 };
        assert_eq!(sum(&bucket.hits), 2 * hits, "minute {minute}");
    }
    assert!(buckets[60..].iter().all(|bucket| sum(&bucket.lines) == 0));
}

#[test]
fn lines_without_any_timestamp_are_counted_too() {
    let buckets = buckets(&"no stamp\n".repeat(100), None);
    assert_eq!(buckets[0].lines, [0, 200]);
}

#[test]
fn what_is_stamped_outside_its_folder_is_counted_at_its_edge() {
    let buckets = buckets("[13:00:00] early\n[16:30:00] late\n", None);
    assert_eq!((sum(&buckets[0].lines), sum(&buckets[59].lines)), (2, 2));
}

#[test]
fn a_folder_whose_times_are_known_is_divided_by_them() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("2025-05-04")).unwrap();
    let mut tree = Tree::new(dir.path().to_owned(), 100, StreamNames::default());
    tree.refresh(DateTime::UNIX_EPOCH).unwrap();
    let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
    let extent = (time("2025-05-01T00:00:00Z"), time("2025-05-02T00:00:00Z"));
    let buckets = HistogramBuilder::new(&tree, &BTreeMap::from([(tree.folders()[0], extent)]));
    let buckets = buckets.histogram(0, 0, true).buckets;
    assert_eq!(buckets.len(), MOST_OF_FOLDER);
    assert_eq!(buckets[0].from, extent.0);
    assert_eq!(buckets[1].from, time("2025-05-01T00:24:00Z"));
}
