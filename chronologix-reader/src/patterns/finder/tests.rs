//! Messages whose statements are remembered, compared with a look for each.

use chronologix_schema::layout::{Statement, ValueKind};
use proptest::prelude::*;

use super::*;
use crate::patterns::Catalogue;

fn statement(stream: &str, level: Option<Level>, template: &str, kinds: &[ValueKind]) -> Statement {
    Statement {
        id: format!("{stream} {template}"),
        stream: stream.to_owned(),
        level,
        template: template.to_owned(),
        arguments: kinds.to_vec(),
        fields: Vec::new(),
        crate_name: "shop".to_owned(),
        module: "shop".to_owned(),
        file: "src/main.rs".to_owned(),
        line: 1,
    }
}

fn a_kind() -> impl Strategy<Value = ValueKind> {
    use ValueKind::{Any, Bool, Float, Integer, Text};
    proptest::sample::select(vec![Any, Bool, Float, Integer, Text])
}

fn a_level() -> impl Strategy<Value = Option<Level>> {
    proptest::sample::select(vec![None, Some(Level::Info), Some(Level::Error)])
}

proptest! {
    #[test]
    fn what_is_remembered_changes_no_answer(
        statements in proptest::collection::vec(
            (
                proptest::sample::select(vec!["app", "errors"]),
                a_level(),
                "(order |by |\\{\\}|\\{\\} |is late|1|-|[ab]){1,5}",
                proptest::collection::vec(a_kind(), 5),
            ),
            1..12,
        ),
        messages in proptest::collection::vec(
            (
                a_level(),
                "(order |by |is late|1|-|[ab]|1.5 |true|12345678 |inf | k=1| id=app a){0,6}",
            ),
            1..40,
        ),
    ) {
        let lines = statements.iter().map(|(stream, level, template, kinds)| {
            statement(stream, *level, template, kinds).to_json()
        });
        let known = Catalogue::parse(&lines.collect::<Vec<_>>().join("\n"));
        let mut finder = StatementFinder::new(known.of_stream("app"));
        // Twice, so that all are remembered.
        for (level, message) in messages.iter().chain(&messages) {
            let found = finder.number_of(*level, message.as_bytes());
            prop_assert_eq!(found, known.number_of("app", *level, message), "{}", message);
        }
    }

    #[test]
    fn digits_have_no_influence(message in "[a-z ]{1,9}[0-9]{1,7}[a-z ]{0,12}", digit in b'0'..=b'9') {
        let other = message.bytes().map(|byte| if byte.is_ascii_digit() { digit } else { byte });
        prop_assert_eq!(slot_of(message.as_bytes()), slot_of(&other.collect::<Vec<_>>()));
    }
}

#[test]
fn a_catalogue_without_statements_finds_none() {
    let known = Catalogue::default();
    let mut finder = StatementFinder::new(known.of_stream("app"));
    assert_eq!(finder.number_of(None, b"order 7"), None);
}
