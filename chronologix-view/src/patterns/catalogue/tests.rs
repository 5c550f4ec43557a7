//! Messages and the statements they are of.

use chronologix_schema::layout::{StatementField, push_field_value};
use proptest::prelude::*;

use super::*;

fn statement(stream: &str, template: &str, kinds: &[ValueKind], keys: &[&str]) -> Statement {
    let field = |key: &&str| StatementField {
        key: (*key).to_owned(),
        kind: ValueKind::Any,
    };
    Statement {
        id: template.to_owned(),
        stream: stream.to_owned(),
        level: None,
        template: template.to_owned(),
        arguments: kinds.to_vec(),
        fields: keys.iter().map(field).collect(),
        crate_name: "shop".to_owned(),
        module: "shop".to_owned(),
        file: "src/main.rs".to_owned(),
        line: 1,
    }
}

fn catalogue(statements: &[Statement]) -> Catalogue {
    let lines: Vec<String> = statements.iter().map(Statement::to_json).collect();
    Catalogue::parse(&format!("{}\nnot a statement\n", lines.join("\n")))
}

#[test]
fn the_statement_with_the_most_literals_counts() {
    let (any, integer, bool) = (ValueKind::Any, ValueKind::Integer, ValueKind::Bool);
    let known = catalogue(&[
        statement("app", "order {} of {}", &[integer, any], &[]),
        statement("app", "order {} of {} rejected", &[integer, any], &[]),
        statement("app", "order {}", &[any], &[]),
        statement("app", "order {}", &[any], &["user", "path"]),
        statement("app", "is {}: {{{}}}", &[bool, any], &[]),
        statement("app", "two {}{}", &[integer, bool], &[]),
        statement("app", "line\none {}", &[any], &[]),
        statement("errors", "{}", &[any], &[]),
        statement("errors", "order {} lost", &[any], &[]),
    ]);
    let cases = [
        ("app", "order 7 of ann", Some("order {} of {}")),
        (
            "app",
            "order 7 of ann rejected",
            Some("order {} of {} rejected"),
        ),
        (
            "app",
            "order 7 of a of b rejected",
            Some("order {} of {} rejected"),
        ),
        ("app", "order x of ann", Some("order {}")),
        ("app", "order 7 user=ann path=\"/a b\"", Some("order {}")),
        (
            "app",
            "order 7 user=ann path=x trace=9 id=zz",
            Some("order {}"),
        ),
        ("app", "is true: {x}", Some("is {}: {{{}}}")),
        ("app", "two 12true", Some("two {}{}")),
        ("app", r"line\none x", Some("line\none {}")),
        // A kind that does not fit is better than nothing.
        ("app", "is it: {x}", Some("is {}: {{{}}}")),
        // Copies in a mirror are of the statements of another stream, if none of its own fits.
        ("app", "order lost", Some("order {}")),
        ("app", "order 3 lost", Some("order {}")),
        ("audit", "order 3 lost", Some("order {} lost")),
        ("errors", "order 3 of x", Some("order {} of {}")),
        ("errors", "anything", Some("{}")),
    ];
    for (stream, message, expected) in cases {
        assert_eq!(known.id_of(stream, message), expected, "{message}");
    }
    assert_eq!(catalogue(&[]).id_of("app", "order 7"), None);
    let known = catalogue(&[statement("app", "a {} b", &[any], &[])]);
    assert_eq!(known.id_of("app", "a b"), None);
    assert_eq!(known.text("a {} b"), Some("a <*> b"));
}

#[test]
fn an_id_at_the_end_is_taken_as_it_is() {
    let any = ValueKind::Any;
    let known = catalogue(&[
        statement("app", "a {}", &[any], &[]),
        statement("app", "b", &[], &[]),
    ]);
    assert_eq!(known.id_of("app", "a x id=b"), Some("b"));
    assert_eq!(known.id_of("app", "a x id=none"), Some("a {}"));
}

#[test]
fn hostile_messages_take_little_time() {
    let any = ValueKind::Any;
    let template = "a {} a {} a {} a {} a {} a {} z";
    let known = catalogue(&[statement("app", template, &[any; 6], &[])]);
    let message = "a a ".repeat(2_000);
    assert_eq!(known.id_of("app", &message), None);
}

/// The words of templates, many of them prefixes of others.
const WORDS: [&str; 6] = ["order", "order filled", "user", "by user", "order by", "at"];

proptest! {
    /// 300 statements whose templates share prefixes, with arguments that contain the literals of
    /// others. Each message is of its statement, or of one that has as many literals.
    #[test]
    fn literals_tell_statements_apart(
        choices in proptest::collection::vec(0_usize..WORDS.len(), 6),
        number in any::<i32>(),
        hostile in 0_usize..WORDS.len(),
    ) {
        let (any, integer) = (ValueKind::Any, ValueKind::Integer);
        let template = |number: usize| {
            let word = |power: u32| WORDS[(number / WORDS.len().pow(power)) % WORDS.len()];
            format!("{} {{}} {} s{number} {{}}", word(0), word(1))
        };
        let statements: Vec<Statement> = (0..300)
            .map(|it| statement("app", &template(it), &[integer, any], &["user"]))
            .collect();
        let known = catalogue(&statements);
        for choice in choices {
            let it = choice * 49;
            let mut value = Vec::new();
            push_field_value(&mut value, WORDS[hostile]);
            let value = String::from_utf8(value).unwrap();
            let message = template(it)
                .replacen("{}", &number.to_string(), 1)
                .replacen("{}", WORDS[hostile], 1);
            let message = format!("{message} user={value}");
            prop_assert_eq!(known.id_of("app", &message), Some(&*template(it)));
        }
    }

    #[test]
    fn any_message_can_be_looked_up(message in "\\PC{0,40}", template in "[a{} =\"]{0,12}") {
        let known = catalogue(&[statement("app", &template, &[], &["k"])]);
        known.id_of("app", &message);
    }
}
