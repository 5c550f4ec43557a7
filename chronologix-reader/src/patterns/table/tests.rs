//! Counts of messages.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::patterns::mask::mask;

fn add(table: &mut PatternTable, message: &str, second: i64, level: Option<Level>) {
    let mut masked = Vec::new();
    mask(message.as_bytes(), &mut masked);
    let own = DateTime::UNIX_EPOCH + TimeDelta::seconds(second);
    table.add_record(&masked, message.as_bytes(), Some(own), level);
}

#[test]
fn counts_have_levels_times_and_the_first_example() {
    let mut table = PatternTable::default();
    add(&mut table, "read 7", 5, Some(Level::Info));
    add(&mut table, "read 8", 2, Some(Level::Error));
    add(&mut table, "read 9", 9, None);
    let (messages, groups) = PatternTable::grouped(table.into_counts());
    let [(_, count)] = &messages[..] else {
        panic!("{messages:?}")
    };
    assert_eq!(groups.of, [0]);
    assert_eq!(count.records, 3);
    assert_eq!(count.highest_level(), Some(Level::Error));
    assert_eq!(count.first.map(|time| time.timestamp()), Some(2));
    assert_eq!(count.last.map(|time| time.timestamp()), Some(9));
    assert_eq!(&*count.example, "read 7");
}

#[test]
fn a_long_example_is_cut_at_a_letter() {
    let mut table = PatternTable::default();
    add(&mut table, &"ä".repeat(LONGEST_EXAMPLE), 0, None);
    let (messages, _) = PatternTable::grouped(table.into_counts());
    assert_eq!(messages[0].1.example.len(), LONGEST_EXAMPLE);
}

proptest! {
    #[test]
    fn tables_are_bounded_and_lose_no_record(
        messages in proptest::collection::vec("[a-z]{1,2}( [a-z]{1,2}){0,5}", 0..200),
        cut in 0_usize..200,
    ) {
        let small = PatternTable { most: 32, ..PatternTable::default() };
        let mut parts = [small.clone(), small];
        for (index, message) in messages.iter().enumerate() {
            let part = usize::from(index >= cut);
            add(&mut parts[part], message, 0, None);
            prop_assert!(parts[part].counts.len() <= 32);
        }
        let [mut table, second] = parts;
        table.add(second);
        prop_assert!(table.counts.len() <= 32);
        prop_assert_eq!(table.records(), messages.len() as u64);
    }
}
