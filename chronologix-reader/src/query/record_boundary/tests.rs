//! Random files in random pieces against one pass.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use chrono::{DateTime, Utc};
use chronologix_schema::{Level, layout::Folder};
use proptest::prelude::*;

use crate::{
    query::{
        Case, Filter, FilterRule, LineRegex,
        histogram::HistogramBuilder,
        scan::{BlockDater, FileChunk, LineMatcher, LineReader},
    },
    streams::{StreamId, StreamNames},
    tree::{Foreign, TimestampReader, Tree},
};

/// What is counted: lines that are found, and the records and hits of a histogram.
type Counts = (u64, u64, u64, [i64; 7]);

/// Counts a file in pieces that end at these offsets.
fn count(path: &Path, cuts: &[u64], is_own: bool, filter: &Filter) -> Counts {
    let folder = Folder::parse("2025-05-04__14-00").unwrap();
    let mut timestamps = TimestampReader::new(None, Foreign::default());
    if is_own {
        timestamps.set_own(StreamId(0), None);
    }
    let base = path.ancestors().nth(2).unwrap().to_owned();
    let mut tree = Tree::new(base, 100, StreamNames::default());
    tree.refresh(DateTime::<Utc>::UNIX_EPOCH).unwrap();
    let mut sum = HistogramBuilder::new(&tree, &BTreeMap::new());
    let pattern = LineRegex::new("x", Case::Sensitive).unwrap();
    let search = LineMatcher::new(filter.clone(), Some(pattern));
    let counted = LineMatcher::new(filter.clone(), None);
    let (mut found, mut start) = (0, 0);
    for end in cuts {
        let chunk = FileChunk {
            folder,
            stream: StreamId(0),
            number: 0,
            path: path.to_owned(),
            range: start..*end,
        };
        start = *end;
        let mut dater = BlockDater::new(&chunk, &timestamps);
        let mut reader = LineReader::new(&chunk, &timestamps);
        let mut edges = LineReader::new(&chunk, &timestamps);
        let mut histogram = sum.empty_of(folder);
        let mut begins_record = |line: &[u8], at| edges.is_beginning(line, at);
        let look = |block: &[u8], begin: u64| {
            search.find(block, begin, &mut reader, |_| found += 1);
            let readers = (&mut dater, &mut reader);
            histogram.count(block, begin, &chunk, Some(&counted), readers);
            dater.pass(block, begin);
            true
        };
        chunk
            .scan(&mut Vec::new(), &mut begins_record, look)
            .unwrap();
        sum.add(histogram, 1);
    }
    let counted = sum.histogram(0, 0, true).buckets;
    let (mut records, mut hits, mut levels) = (0, 0, [0; 7]);
    for bucket in counted {
        records += bucket.lines.iter().sum::<u64>();
        hits += bucket.hits.iter().sum::<u64>();
        for (sum, count) in levels.iter_mut().zip(bucket.levels) {
            *sum += count;
        }
    }
    (found, records, hits, levels)
}

/// A random record: minutes since the one before, whether it is an error, and its lines.
type Drawn = (u32, bool, Vec<String>);

/// Returns the text of records, and what one pass counts.
fn written(records: &[Drawn], is_own: bool, filter: &Filter) -> (String, Counts) {
    let (mut text, mut minute) = (String::new(), 0);
    let (mut found, mut hits, mut levels) = (0, 0, [0; 7]);
    for (later, is_error, lines) in records {
        minute += later;
        let level = if *is_error { "ERROR" } else { "INFO" };
        let (stamp, indent) = if is_own {
            (format!("[14:{minute:02}:00] [{level}]"), "\t")
        } else {
            (format!("2025-05-04T14:{minute:02}:00Z {level}"), "  at ")
        };
        let all = lines.join(&format!("\n{indent}"));
        writeln!(text, "{stamp} {all}").unwrap();
        let level = if *is_error { Level::Error } else { Level::Info };
        levels[level as usize] += 1;
        let is_kept = filter.least().is_none_or(|least| least <= level) && !all.contains('z');
        found += u64::from(is_kept && all.contains('x'));
        hits += u64::from(is_kept);
    }
    let count = records.len() as u64;
    (text, (found, count, hits, levels))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn counts_in_pieces_are_those_of_one_pass(
        records in prop::collection::vec(
            (0_u32..4, any::<bool>(), prop::collection::vec("[xyz]{0,9}", 1..5)),
            1..15,
        ),
        cuts in prop::collection::vec(0_u64..800, 0..6),
        is_own: bool,
        only_errors: bool,
        has_end: bool,
    ) {
        let dropped = LineRegex::new("z", Case::Sensitive).unwrap();
        let least = only_errors.then_some(Level::Error);
        let filter = Filter::new(least, vec![FilterRule::new(dropped, false)]);
        let (mut text, expected) = written(&records, is_own, &filter);
        if !has_end {
            text.pop();
        }
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("2025-05-04__14-00/app.log");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
        let length = text.len() as u64;
        let mut cuts: Vec<u64> = cuts.into_iter().filter(|cut| *cut < length).collect();
        cuts.push(length);
        cuts.sort_unstable();
        cuts.dedup();
        prop_assert_eq!(
            count(&path, &cuts, is_own, &filter),
            expected,
            "{:?} in pieces {:?}", text, cuts
        );
    }
}

#[test]
fn lines_without_any_time_are_records_in_any_piece() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("2025-05-04__14-00/app.log");
    fs::create_dir(path.parent().unwrap()).unwrap();
    let text = "x without a time\n".repeat(1_000);
    fs::write(&path, &text).unwrap();
    for piece in [1_000, 4_321, 17_000] {
        let mut cuts: Vec<u64> = (1..=17_000 / piece).map(|index| index * piece).collect();
        cuts.push(17_000);
        cuts.dedup();
        let levels = [1_000, 0, 0, 0, 0, 0, 0];
        let found = count(&path, &cuts, false, &Filter::default());
        assert_eq!(found, (1_000, 1_000, 1_000, levels), "{piece}");
    }
}
