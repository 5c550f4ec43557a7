//! Matchers by the patterns that were found, and by statements.

use chronologix_schema::layout::{Statement, ValueKind};
use proptest::prelude::*;

use super::*;
use crate::patterns::{Patterns, table::PatternTable};

/// Returns the texts of the patterns of messages, with the messages that each matches.
fn matched(messages: &[&str]) -> Vec<(String, Vec<String>)> {
    let mut table = PatternTable::default();
    for message in messages {
        table.add_message("app", message, None, None);
    }
    let patterns = Patterns::of(table);
    let of = |text: &str| {
        let matcher = PatternMatcher::new(text);
        let found = messages
            .iter()
            .filter(|it| matcher.is_match("app", None, it));
        found.map(|it| (*it).to_owned()).collect()
    };
    let rows = patterns.rows().iter();
    rows.map(|row| (row.text.to_string(), of(&row.text)))
        .collect()
}

#[test]
fn a_pattern_finds_the_messages_it_was_found_in() {
    let users = [
        "anna", "ben", "cleo", "dora", "emil", "fay", "gus", "hal", "ida", "jo", "kim", "lee",
    ];
    let names: Vec<String> = users
        .iter()
        .map(|user| format!("hello {user}, good day"))
        .collect();
    let mut messages: Vec<&str> = names.iter().map(String::as_str).collect();
    let hosts: Vec<String> = (0..90).map(|host| format!("an{host}")).collect();
    let long = [
        format!("failed to resolve {}", hosts.join(" ")),
        format!("failed to resolve {}", hosts[..9].join(" ")),
        format!("kept {}", hosts[..70].join(" and ")),
    ];
    messages.extend(long.iter().map(String::as_str));
    messages.extend([
        "read 17 bytes from /var/log/a.log",
        "read 4 bytes from /tmp/b",
        "read nothing from cache today",
        "took 3ms, 7 of 9 done",
        "values 1 2 3 4 end",
        "values 1 end",
        "rdd_2_0 is stored",
        "session opened for user root by (uid=0)",
        "session opened for user ben by (uid=7)",
        "the mask <number> is in the text",
        "",
        "a\ttab and\u{1b} an escape",
        "two lines\nof which one counts",
    ]);
    let found = matched(&messages);
    let all: usize = found.iter().map(|(_, found)| found.len()).sum();
    assert_eq!(all, messages.len(), "{found:#?}");
    let sizes: Vec<(&str, usize)> = found
        .iter()
        .map(|(text, found)| (&**text, found.len()))
        .collect();
    assert_eq!(sizes[0], ("hello <*>, good day", 12), "{sizes:?}");
}

#[test]
fn a_message_that_comes_later_is_of_its_pattern_as_well() {
    let cases = [
        ("read <size> from <path>", "read 9kB from /a/b", true),
        ("read <size> from <path>", "read much from /a/b", false),
        (
            "read <size> from <path>",
            "read 9kB from /a/b and more",
            false,
        ),
        ("hello <*>, good day", "hello zoe, good day", true),
        ("hello <*>, good day", "hello 17, good day", true),
        ("hello <*>, good day", "hello zoe and all, good day", false),
        ("<number> up", "node up", false),
        ("served <...>", "served 1 of 2 and so on", true),
        ("served <...>", "kept", false),
        ("  read   <size> from <path> ", "read 9kB from /a/b", true),
    ];
    for (pattern, message, is_match) in cases {
        let matcher = PatternMatcher::new(pattern);
        assert_eq!(
            matcher.is_match("app", None, message),
            is_match,
            "{pattern} {message}"
        );
    }
}

#[test]
fn a_statement_is_found_by_its_id_and_by_its_text() {
    let statement = |id: &str, template: &str| Statement {
        id: id.to_owned(),
        stream: "app".to_owned(),
        level: None,
        template: template.to_owned(),
        arguments: vec![ValueKind::Integer],
        fields: Vec::new(),
        crate_name: "shop".to_owned(),
        module: "shop".to_owned(),
        file: "src/main.rs".to_owned(),
        line: 1,
    };
    let filled = statement("order.filled", "order {} filled");
    let late = statement("order.late", "order {} filled late");
    let lines = format!("{}\n{}\n", filled.to_json(), late.to_json());
    let catalogue = Arc::new(Catalogue::parse(&lines));
    for name in ["order.filled", "order <number> filled"] {
        let matcher = PatternMatcher::new(name).with_statements(Arc::clone(&catalogue));
        assert!(matcher.is_match("app", None, "order 17 filled"), "{name}");
        assert!(
            !matcher.is_match("app", None, "order 17 filled late"),
            "{name}"
        );
    }
    // What is of a statement is of no other pattern.
    let matcher = PatternMatcher::new("order <number> <*>").with_statements(catalogue);
    assert!(!matcher.is_match("app", None, "order 17 filled"));
    assert!(matcher.is_match("app", None, "order 17 18"));
}

proptest! {
    #[test]
    fn each_message_is_of_its_own_pattern(
        messages in prop::collection::vec(
            "(read|sent|user|kept|[a-z]{1,3}|[0-9]{1,4}|/a/b|x=[0-9]|\\(\\)|é|k_[0-9]|[,;.]){1,1}( (read|sent|user|kept|[a-z]{1,3}|[0-9]{1,4}|/a/b|x=[0-9]|k_[0-9])){0,7}",
            1..40,
        ),
    ) {
        let mut table = PatternTable::default();
        for message in &messages {
            table.add_message("app", message, None, None);
        }
        let patterns = Patterns::of(table);
        for message in &messages {
            let pattern = patterns.find("app", None, message).expect("a pattern");
            let matcher = PatternMatcher::new(&pattern.text);
            prop_assert!(matcher.is_match("app", None, message), "{} | {message}", pattern.text);
        }
    }
}
