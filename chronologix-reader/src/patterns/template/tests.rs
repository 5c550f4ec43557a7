//! Messages that are made of a template, and others.

use chronologix_schema::layout::StatementField;
use proptest::prelude::*;

use super::*;

fn template(text: &str, kinds: &[ValueKind], keys: &[&str]) -> Template {
    let field = |key: &&str| StatementField {
        key: (*key).to_owned(),
        kind: ValueKind::Any,
    };
    Template::of(&Statement {
        id: "id".to_owned(),
        stream: "app".to_owned(),
        level: None,
        template: text.to_owned(),
        arguments: kinds.to_vec(),
        fields: keys.iter().map(field).collect(),
        crate_name: "shop".to_owned(),
        module: "shop".to_owned(),
        file: "src/main.rs".to_owned(),
        line: 1,
    })
}

#[test]
fn kinds_say_where_an_argument_ends() {
    use ValueKind::{Any, Bool, Float, Integer, Text};
    let cases = [
        ("n {} of {}", &[Integer, Any][..], "n -3 of 4 of 5", true),
        ("n {} of {}", &[Integer, Any], "n 3 4 of 5", false),
        ("n {}3", &[Integer], "n 133", true),
        ("n {}-{}", &[Integer, Integer], "n -1--2", true),
        ("n {} s", &[Float], "n -1.5e-9 s", true),
        ("n {} s", &[Float], "n inf s", true),
        ("n {} s", &[Float], "n -NaN s", true),
        ("n {} s", &[Float], "n none s", false),
        ("n {}e{}", &[Float, Text], "n 1e5e", true),
        ("{}{}", &[Bool, Integer], "true1", true),
        ("{}{}", &[Bool, Integer], "truth1", false),
        ("a {} b", &[Text], "a  b", true),
        ("a {} b", &[Text], "a b", false),
        ("a {} b", &[Text], "a b b b k=1", true),
        ("a {} b", &[Text], "a b b c k=1", false),
    ];
    for (text, kinds, message, expected) in cases {
        let found = template(text, kinds, &[]);
        let message_of = Message::of(message.as_bytes());
        assert_eq!(
            found.fits(message_of, Kinds::Count),
            expected,
            "{text}: {message}"
        );
        assert_eq!(
            found.fits_at_once(message_of.text),
            expected,
            "{text}: {message}"
        );
    }
}

/// Returns whether a message fits, found by trying each end of each argument.
fn fits_by_trying(pieces: &[Piece], text: &[u8]) -> bool {
    match pieces {
        [] => is_fields(text),
        [Piece::Literal(literal), rest @ ..] => text
            .strip_prefix(literal.text())
            .is_some_and(|text| fits_by_trying(rest, text)),
        [Piece::Argument(kind), rest @ ..] => (0..=text.len()).any(|end| {
            is_of(&text[..end], *kind, Kinds::Count) && fits_by_trying(rest, &text[end..])
        }),
        [Piece::Value(kind), rest @ ..] => {
            let (value, behind) = text.split_at(value_length(text));
            is_of(value, *kind, Kinds::Count) && fits_by_trying(rest, behind)
        }
    }
}

fn a_kind() -> impl Strategy<Value = ValueKind> {
    use ValueKind::{Any, Bool, Float, Integer, Text};
    proptest::sample::select(vec![Any, Bool, Float, Integer, Text])
}

proptest! {
    #[test]
    fn short_cuts_change_no_answer(
        text in "(\\{\\}|[a1 .-]|true){0,6}",
        kinds in proptest::collection::vec(a_kind(), 6),
        has_field in any::<bool>(),
        message in "([a1 .-]|true|inf| k=| k=1){0,7}",
    ) {
        let keys: &[&str] = if has_field { &["k"] } else { &[] };
        let found = template(&text, &kinds, keys);
        let expected = fits_by_trying(&found.pieces, message.as_bytes());
        let message = Message::of(message.as_bytes());
        prop_assert_eq!(found.fits(message, Kinds::Count), expected);
        prop_assert_eq!(found.fits_at_once(message.text), expected);
    }
}
