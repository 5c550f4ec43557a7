//! Patterns by their messages.

use super::*;

fn patterns(messages: &[&str]) -> Patterns {
    let mut table = PatternTable::default();
    for message in messages {
        let mut masked = Vec::new();
        mask(message.as_bytes(), &mut masked);
        table.add_record(&masked, message.as_bytes(), None, None);
    }
    Patterns::of(table)
}

#[test]
fn the_most_frequent_comes_first() {
    let found = patterns(&["up", "read 1", "read 2", "down"]);
    let rows = found
        .rows()
        .iter()
        .map(|row| (&*row.text, row.count.records));
    assert_eq!(
        rows.collect::<Vec<_>>(),
        [("read <number>", 2), ("down", 1), ("up", 1)]
    );
    assert_eq!(found.records(), 4);
}

#[test]
fn each_message_finds_its_pattern() {
    let messages = ["up", "read 1", "read 0x2", "state=3 is set", "down"];
    let found = patterns(&messages);
    let text = |message: &str| found.find("app", None, message).map(|row| &*row.text);
    assert_eq!(text("up"), Some("up"));
    assert_eq!(text("read 99"), Some("read <*>"));
    assert_eq!(text("state=4 is set"), Some("state=<*> is set"));
    assert_eq!(text("never seen"), None);
}

#[test]
fn an_id_depends_on_the_pattern_alone() {
    let id = |messages: &[&str], of: &str| {
        let found = patterns(messages);
        found.find("app", None, of).expect("a pattern").id.clone()
    };
    assert_eq!(id(&["read 1"], "read 1"), id(&["up", "read 2"], "read 2"));
    assert_ne!(id(&["up", "down"], "up"), id(&["up", "down"], "down"));
}
