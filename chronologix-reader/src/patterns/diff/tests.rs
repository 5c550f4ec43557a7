//! Which patterns changed.

use proptest::prelude::*;

use super::*;
use crate::patterns::mask::mask;

const EQUAL: Exposure = Exposure {
    now: 1.0,
    before: 1.0,
};

fn table(messages: &[(&str, u64, Level)]) -> PatternTable {
    let mut table = PatternTable::default();
    for (message, records, level) in messages {
        let mut masked = Vec::new();
        mask(message.as_bytes(), &mut masked);
        for _ in 0..*records {
            table.add_record(&masked, message.as_bytes(), None, Some(*level));
        }
    }
    table
}

/// Returns the changes in their order.
fn changes(now: &PatternTable, before: &PatternTable, exposure: Exposure) -> Vec<String> {
    let changes = diff(now, before, exposure).into_iter();
    let line = |it: PatternChange| {
        let (now, before) = (it.now.records, it.before.records);
        format!("{} {now} {before} {}", it.kind.as_str(), it.pattern.text)
    };
    changes.map(line).collect()
}

#[test]
fn a_new_error_comes_first_however_rare() {
    let before = table(&[
        ("read 1 of 2", 9_000, Level::Info),
        ("slow 7", 40, Level::Warn),
        ("bye", 50, Level::Info),
        ("now and then", 3, Level::Info),
    ]);
    let now = table(&[
        ("read 1 of 2", 9_300, Level::Info),
        ("slow 8", 90, Level::Warn),
        ("hello", 200, Level::Info),
        ("now and then", 5, Level::Info),
        ("cannot write /a", 1, Level::Error),
    ]);
    assert_eq!(
        changes(&now, &before, EQUAL),
        [
            "new 1 0 cannot write <path>",
            "new 200 0 hello",
            "gone 0 50 bye",
            "more 90 40 slow <number>",
        ]
    );
    assert_eq!(
        changes(&before, &now, EQUAL),
        [
            "gone 0 200 hello",
            "new 50 0 bye",
            "fewer 40 90 slow <number>",
        ]
    );
    assert_eq!(changes(&now, &now, EQUAL), Vec::<String>::new());
    // Twice as long a time has twice as many records.
    let long = Exposure {
        now: 2.0,
        before: 1.0,
    };
    let more = table(&[("slow 1", 80, Level::Warn)]);
    let less = table(&[("slow 1", 40, Level::Warn)]);
    assert_eq!(changes(&more, &less, long), Vec::<String>::new());
    assert_eq!(changes(&more, &less, EQUAL), ["more 80 40 slow <number>"]);
}

#[test]
fn the_likelihood_is_that_of_dunning() {
    let near = |value: f64, expected: f64| assert!((value - expected).abs() < 1e-6, "{value}");
    near(likelihood(10, 10, EQUAL), 0.0);
    near(likelihood(10, 0, EQUAL), 20.0 * 2.0_f64.ln());
    near(likelihood(0, 0, EQUAL), 0.0);
    // 2 * (30 ln(30 / 20) + 10 ln(10 / 20))
    near(likelihood(30, 10, EQUAL), 10.464_962_9);
}

proptest! {
    #[test]
    fn no_record_is_lost(
        now in proptest::collection::vec("[ab]{1,2}( [a-f]{1,2}){0,2}", 0..60),
        before in proptest::collection::vec("[ab]{1,2}( [a-f]{1,2}){0,2}", 0..60),
    ) {
        let table = |messages: &[String]| {
            let messages = messages.iter().map(|text| (text.as_str(), 1, Level::Info));
            table(&messages.collect::<Vec<_>>())
        };
        let (now, before) = (table(&now), table(&before));
        let patterns = Patterns::of(now.clone().with_all(before.clone()));
        let sum = |counts: Vec<PatternCount>| counts.iter().map(|it| it.records).sum::<u64>();
        prop_assert_eq!(sum(patterns.counts_of(&now)), now.records());
        prop_assert_eq!(sum(patterns.counts_of(&before)), before.records());
    }
}
