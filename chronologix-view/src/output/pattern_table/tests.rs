//! Printed patterns, and records with their ids.

use crate::{
    output::{
        Options, PatternOptions, Shape,
        stats::StatsShape,
        tests::{printed, run},
    },
    tests::folder_of,
};

const LINES: &str = "2025-05-04 14:00:00 INFO read 1 of 3\n2025-05-04 14:00:02 ERROR cannot open /a\n\
                     2025-05-04 14:00:03 INFO read 2 of 3\n2025-05-04 14:00:04 INFO bye k=1\n";

fn options(shape: Shape) -> Options {
    Options {
        shape,
        ..Options::default()
    }
}

#[test]
fn patterns_are_a_table_or_json() {
    let dir = folder_of(&[("a.log", LINES)]);
    let root = || crate::tree::Root::of_files(&[dir.path().join("a.log")]).unwrap();
    let table = printed(root(), &options(Shape::Patterns(StatsShape::Table)));
    let patterns = table.lines().map(|line| {
        let mut words = line.split_whitespace();
        let (records, share) = (words.next().unwrap(), words.next().unwrap());
        let pattern = words.skip(3).collect::<Vec<_>>().join(" ");
        format!("{records} {share} {pattern}")
    });
    assert_eq!(
        patterns.collect::<Vec<_>>(),
        [
            "records share pattern",
            "2 50.00% read <number> of <number>",
            "1 25.00% bye k=<*>",
            "1 25.00% cannot open <path>",
        ]
    );
    let rarest = Options {
        patterns: PatternOptions {
            rarest_first: true,
            ..PatternOptions::default()
        },
        ..options(Shape::Patterns(StatsShape::Json))
    };
    let rows = printed(root(), &rarest);
    let first: serde_json::Value = serde_json::from_str(rows.lines().next().unwrap()).unwrap();
    assert_eq!(first["text"], "cannot open <path>");
    assert_eq!(first["records"], 1);
    assert_eq!(first["share"], 0.25);
    assert_eq!(first["level"], "ERROR");
    assert_eq!(first["example"], "cannot open /a");
    assert_eq!(first["first"], first["last"]);
}

#[test]
fn each_record_has_the_id_of_its_pattern() {
    let dir = folder_of(&[("a.log", LINES)]);
    let root = || crate::tree::Root::of_files(&[dir.path().join("a.log")]).unwrap();
    let with_pattern = Options {
        patterns: PatternOptions {
            adds_ids: true,
            ..PatternOptions::default()
        },
        ..options(Shape::Json)
    };
    let value = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let records = printed(root(), &with_pattern);
    let ids: Vec<_> = records
        .lines()
        .map(|line| value(line)["pattern"].clone())
        .collect();
    assert_eq!(ids.len(), 4);
    assert_eq!(ids[0], ids[2]);
    assert_ne!(ids[0], ids[1]);
    // They are those of the table, also of some of the records.
    let rows = printed(root(), &options(Shape::Patterns(StatsShape::Json)));
    assert_eq!(value(rows.lines().next().unwrap())["pattern"], ids[0]);
    let last = Options {
        last: Some(1),
        ..with_pattern
    };
    assert_eq!(value(&printed(root(), &last))["pattern"], ids[3]);
}

#[test]
fn filtered_records_are_counted_as_well() {
    let dir = folder_of(&[(
        "2025-05-04/all.log",
        "[01:00:00] one 1\n[02:00:00] two 2\n\tat x\n",
    )]);
    let mut filtered = options(Shape::Patterns(StatsShape::Csv));
    let all = run(dir.path(), &filtered).0;
    assert_eq!(all.lines().count(), 3, "{all}");
    filtered.since = Some("2025-05-04 01:30".parse().unwrap());
    let in_range = run(dir.path(), &filtered).0;
    assert!(
        in_range.contains("two <number>") && !in_range.contains("one"),
        "{in_range}"
    );
    filtered.since = None;
    let pattern = crate::query::LineRegex::new("at x", crate::query::Case::Sensitive).unwrap();
    filtered
        .filter
        .rules
        .push(crate::query::FilterRule::new(pattern, true));
    assert_eq!(run(dir.path(), &filtered).0, in_range);
}
