//! Which messages are of one pattern.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::patterns::mask::{mask, shown};

/// Returns the patterns of some messages with the number of their records.
fn patterns(messages: &[&str]) -> BTreeMap<String, u64> {
    let mut masked: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for message in messages {
        let mut bytes = Vec::new();
        mask(message.as_bytes(), &mut bytes);
        *masked.entry(bytes).or_default() += 1;
    }
    let groups = group(masked.iter().map(|(masked, records)| (&**masked, *records)));
    let mut found = BTreeMap::new();
    for (records, of) in masked.values().zip(groups.of) {
        *found.entry(shown(&groups.patterns[of])).or_default() += records;
    }
    found
}

/// Checks the patterns of some messages.
fn check(messages: &[&str], expected: &[(&str, u64)]) {
    let expected = expected
        .iter()
        .map(|(text, records)| ((*text).to_owned(), *records));
    assert_eq!(patterns(messages), expected.collect());
}

#[test]
fn messages_with_other_words_are_of_other_statements() {
    check(
        &[
            "starting up",
            "starting up",
            "shutting down",
            "starting now",
        ],
        &[
            ("starting up", 2),
            ("shutting down", 1),
            ("starting now", 1),
        ],
    );
    check(&[], &[]);
    check(&[""], &[("", 1)]);
}

#[test]
fn kinds_of_values_that_differ_are_any_value() {
    check(&["took 3 ms", "took 4 ms", "took 5"], &[("took <*>", 3)]);
    check(&["took 3 ms", "took 4 ms"], &[("took <duration>", 2)]);
}

#[test]
fn a_word_is_a_value_where_another_message_has_one() {
    check(
        &["cannot load ./a/b", "cannot load plugin", "cannot load"],
        &[("cannot load <*>", 2), ("cannot load", 1)],
    );
    // There must be more in common than one word.
    check(
        &["took 3", "took long"],
        &[("took <number>", 1), ("took long", 1)],
    );
    // A key says that its value is another.
    check(
        &["it was set level=3", "it was set 3"],
        &[("it was set level=<*>", 1), ("it was set <number>", 1)],
    );
}

#[test]
fn many_words_at_one_place_are_values() {
    let names = ["ann", "bob", "cid", "dora", "eve", "fay"];
    let messages: Vec<String> = names
        .iter()
        .map(|name| format!("bye {name} for now"))
        .collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    check(&messages, &[("bye <*> for now", 6)]);
    // Few that come again and again are words of a closed set.
    let again: Vec<&str> = messages.iter().copied().cycle().take(18).collect();
    assert_eq!(patterns(&again).len(), 6);
    // Many never are.
    let many: Vec<String> = ('a'..='l')
        .map(|name| format!("bye {name}x for now"))
        .collect();
    let many = many.iter().map(String::as_str).cycle().take(120);
    check(&many.collect::<Vec<_>>(), &[("bye <*> for now", 120)]);
}

#[test]
fn two_places_can_vary_at_once() {
    let names = ["ann", "bob", "cid", "dora", "eve", "fay"];
    let pairs = names.iter().zip(names.iter().cycle().skip(1));
    let messages: Vec<String> = pairs
        .map(|(a, b)| format!("{a} sends all to {b} now"))
        .collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    check(&messages, &[("<*> sends all to <*> now", 6)]);
}

#[test]
fn first_words_can_be_values() {
    let names = ["ann", "bob", "cid", "dora", "eve"];
    let messages: Vec<String> = names
        .iter()
        .map(|name| format!("{name} has gone"))
        .collect();
    let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
    check(&messages, &[("<*> has gone", 5)]);
}

proptest! {
    #[test]
    fn each_message_has_one_pattern(
        messages in proptest::collection::vec("[ab1/]{1,3}( [ab1=]{1,2}){0,3}", 0..40),
    ) {
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        let found = patterns(&messages);
        prop_assert_eq!(found.values().sum::<u64>(), messages.len() as u64);
        // Neither does their order matter.
        let mut reversed = messages;
        reversed.reverse();
        prop_assert_eq!(found, patterns(&reversed));
    }
}

#[test]
fn a_name_stands_between_prepositions() {
    let line = |name: &str| format!("no password for {name} from 10.0.0.1");
    let names = |names: &[&str]| -> Vec<String> {
        let twice = names.iter().chain(names);
        twice.map(|name| line(name)).collect()
    };
    let few = names(&["root", "git", "ftp", "mail"]);
    let few: Vec<&str> = few.iter().map(String::as_str).collect();
    assert_eq!(patterns(&few).len(), 4);
    let many = names(&["root", "git", "ftp", "mail", "backup"]);
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    check(&many, &[("no password for <*> from <address>", 10)]);
}
