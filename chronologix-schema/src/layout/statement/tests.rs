//! Lines of a catalogue, and ids.

use proptest::{collection::vec, option, prelude::*, sample::select};

use super::*;

const KINDS: [ValueKind; 5] = [
    ValueKind::Any,
    ValueKind::Integer,
    ValueKind::Float,
    ValueKind::Bool,
    ValueKind::Text,
];

prop_compose! {
    fn field()(key in ".*", kind in select(&KINDS[..])) -> StatementField {
        StatementField { key, kind }
    }
}

prop_compose! {
    fn statement()(
        texts in vec(".*", 6),
        level in option::of(select(&Level::ALL[..])),
        arguments in vec(select(&KINDS[..]), 0..4),
        fields in vec(field(), 0..4),
        line in any::<u32>(),
    ) -> Statement {
        let mut texts = texts.into_iter();
        let mut text = || texts.next().unwrap_or_default();
        Statement {
            id: text(),
            stream: text(),
            level,
            template: text(),
            arguments,
            fields,
            crate_name: text(),
            module: text(),
            file: text(),
            line,
        }
    }
}

proptest! {
    #[test]
    fn a_line_reads_back(statement in statement()) {
        let line = statement.to_json();
        prop_assert!(!line.contains('\n'));
        prop_assert_eq!(Statement::from_json(&line).unwrap(), statement);
    }

    #[test]
    fn ids_are_ten_digits(texts in vec(".*", 3)) {
        let id = Statement::id_of(&texts[0], &texts[1], &texts[2]);
        prop_assert!(id.len() == 10 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    }
}

#[test]
fn ids_tell_where_one_text_ends() {
    let ids = [
        ("ab", "c", ""),
        ("a", "bc", ""),
        ("a", "b", "c"),
        ("", "abc", ""),
    ]
    .map(|(name, stream, template)| Statement::id_of(name, stream, template));
    for (at, id) in ids.iter().enumerate() {
        assert!(!ids[..at].contains(id), "{ids:?}");
    }
}

#[test]
fn reads_what_a_later_version_writes() {
    let line = r#"{"id": "a", "stream": "s", "level": "NOTICE", "template": "t {}", "new": [],
        "arguments": ["duration"], "fields": [{"key": "k", "kind": "uuid", "unit": "s"}],
        "crate": "c", "module": "c::m", "file": "f.rs", "line": 1}"#;
    let statement = Statement::from_json(line).unwrap();
    assert_eq!(
        (statement.level, statement.arguments),
        (None, vec![ValueKind::Any])
    );
    assert_eq!(statement.fields[0].kind, ValueKind::Any);
}

#[test]
fn what_is_no_statement_is_an_error() {
    for line in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"id": 7}"#,
        r#"{"id": "a", "stream": "s"}"#,
    ] {
        assert!(Statement::from_json(line).is_err(), "{line}");
    }
}
