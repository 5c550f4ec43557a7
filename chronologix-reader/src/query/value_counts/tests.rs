//! Counts of values, exact and bounded.

use std::collections::BTreeMap;

use chrono::DateTime;
use proptest::prelude::*;

use super::*;

fn time(second: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(second, 0)
}

/// Returns the counts of values that come in groups of this size.
fn counts<'v>(values: impl IntoIterator<Item = &'v str>, group: usize) -> ValueCounts {
    let values: Vec<&str> = values.into_iter().collect();
    let mut counts = ValueCounts::default();
    for (index, group) in values.chunks(group).enumerate() {
        let mut part = ValueCounts::default();
        for value in group {
            part.add(value, time(i64::try_from(index).unwrap()));
        }
        counts.merge(part);
    }
    counts
}

fn named(ranked: &RankedValues) -> Vec<(&str, u64)> {
    let rows = ranked.rows.iter();
    rows.map(|(value, count)| (&**value, count.records))
        .collect()
}

#[test]
fn the_most_frequent_value_is_first_and_the_earlier_of_equals() {
    let counts = counts(["b", "a", "c", "a", "d", "a", "b"], 1);
    let ranked = counts.ranked(3, false);
    assert_eq!(named(&ranked), [("a", 3), ("b", 2), ("c", 1)]);
    assert_eq!((ranked.distinct, ranked.has_more), (4, false));
    let (_, a) = &ranked.rows[0];
    assert_eq!((a.first, a.last, a.missed), (time(1), time(5), 0));
    assert_eq!(
        named(&counts.ranked(9, true)),
        [("c", 1), ("d", 1), ("b", 2), ("a", 3)]
    );
}

#[test]
fn a_value_without_a_time_has_none() {
    let mut counts = ValueCounts::default();
    counts.add("a", None);
    counts.add("a", time(7));
    counts.add("b", None);
    let ranked = counts.ranked(2, false);
    assert_eq!(
        (ranked.rows[0].1.first, ranked.rows[0].1.last),
        (time(7), time(7))
    );
    assert_eq!(ranked.rows[1].1.first, None);
}

#[test]
fn memory_is_bounded_and_what_is_frequent_stays() {
    let texts: Vec<String> = (0..5_000).map(|number| format!("id {number}")).collect();
    let values = texts.iter().flat_map(|text| [text.as_str(), "often"]);
    let counts = counts(values, 10);
    assert!(counts.values.len() <= MOST_VALUES && counts.bytes <= MOST_BYTES);
    let ranked = counts.ranked(1, false);
    assert_eq!(named(&ranked), [("often", 5_000)]);
    assert_eq!(ranked.rows[0].1.missed, 0, "it was there from the start");
    assert!(ranked.has_more && ranked.distinct > 40);
}

#[test]
fn one_value_can_be_longer_than_all_may_be() {
    let long = "x".repeat(2 * MOST_BYTES);
    let counts = counts([long.as_str(), "a", "a", &long], 2);
    assert!(counts.bytes <= MOST_BYTES);
    let ranked = counts.ranked(2, false);
    let (value, count) = &ranked.rows[0];
    assert_eq!((&**value, count.records), ("a", 2));
}

proptest! {
    #[test]
    fn counts_are_within_their_bounds(
        values in prop::collection::vec(0_u32..400, 0..3_000),
        group in 1_usize..40,
    ) {
        // Low numbers are frequent.
        let texts: Vec<String> = values.iter().map(|value| (value * value / 900).to_string()).collect();
        let mut truth: BTreeMap<&str, u64> = BTreeMap::new();
        for text in &texts {
            *truth.entry(text).or_default() += 1;
        }
        let counts = counts(texts.iter().map(String::as_str), group);
        let ranked = counts.ranked(usize::MAX, false);
        for (value, count) in &ranked.rows {
            let records = truth[&**value];
            prop_assert!((count.records..=count.most()).contains(&records), "{value}: {count:?}");
        }
        for (value, records) in truth {
            let is_there = ranked.rows.iter().any(|(known, _)| **known == *value);
            prop_assert!(is_there || records <= counts.missed, "{value}: {records}");
        }
    }
}
