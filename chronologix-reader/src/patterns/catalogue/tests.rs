//! Messages and the statements they are of.

use chronologix_schema::layout::{StatementField, ValueKind, push_field_value};
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
        level: Some(Level::Info),
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

fn id_of<'a>(known: &'a Catalogue, stream: &str, message: &str) -> Option<&'a str> {
    let number = known.number_of(stream, None, message)?;
    Some(&known.shown(number).id)
}

#[test]
fn a_template_without_literals_is_the_last_one_whatever_its_arguments_are() {
    let kinds = [ValueKind::Float, ValueKind::Any];
    // The second argument is a message of `b{}b`, by which more bytes are known.
    let templates = [" {}", "b{}b", "{}{}"];
    let known = catalogue(&templates.map(|it| statement("app", it, &kinds, &[])));
    assert_eq!(id_of(&known, "app", " bb"), Some(" {}"));
    assert_eq!(id_of(&known, "app", "1bb"), Some("{}{}"));
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
        assert_eq!(id_of(&known, stream, message), expected, "{message}");
    }
    assert_eq!(id_of(&catalogue(&[]), "app", "order 7"), None);
    let known = catalogue(&[statement("app", "a {} b", &[any], &[])]);
    assert_eq!(id_of(&known, "app", "a b"), None);
    assert_eq!(&*known.shown(0).text, "a <*> b");
}

#[test]
fn the_level_tells_statements_apart() {
    let any = ValueKind::Any;
    let of_level = |template: &str, level| Statement {
        level,
        ..statement("app", template, &[any], &[])
    };
    let known = catalogue(&[
        of_level("order {}", Some(Level::Warn)),
        of_level("order {} of {}", Some(Level::Info)),
        of_level("order {} of {}", Some(Level::Debug)),
        of_level("order {} of {} ", None),
        statement("errors", "order {} of", &[any], &[]),
    ]);
    let cases = [
        (Some(Level::Warn), "order 7 of 9", "order {}"),
        (Some(Level::Info), "order 7 of 9", "order {} of {}"),
        (Some(Level::Debug), "order 7 of 9", "order {} of {}"),
        // A level that no statement has is better than nothing.
        (Some(Level::Error), "order 7 of 9", "order {} of {}"),
        (None, "order 7 of 9", "order {} of {}"),
    ];
    for (level, message, expected) in cases {
        let found = known.number_of("app", level, message).expect("a statement");
        assert_eq!(&*known.shown(found).id, expected, "{level:?} {message}");
    }
}

#[test]
fn an_id_at_the_end_is_taken_as_it_is() {
    let any = ValueKind::Any;
    let known = catalogue(&[
        statement("app", "a {}", &[any], &[]),
        statement("app", "b", &[], &[]),
    ]);
    assert_eq!(id_of(&known, "app", "a x id=b"), Some("b"));
    assert_eq!(id_of(&known, "app", "a x id=none"), Some("a {}"));
}

#[test]
fn hostile_messages_take_little_time() {
    let any = ValueKind::Any;
    let template = "a {} a {} a {} a {} a {} a {} z";
    let known = catalogue(&[statement("app", template, &[any; 6], &[])]);
    let message = "a a ".repeat(2_000);
    assert_eq!(id_of(&known, "app", &message), None);
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
            prop_assert_eq!(id_of(&known, "app", &message), Some(&*template(it)));
        }
    }

    #[test]
    fn the_tree_of_beginnings_leaves_no_statement_out(
        templates in proptest::collection::vec("(a|b|1|-| |\\{\\}){0,6}", 1..12),
        kinds in proptest::collection::vec(
            proptest::sample::select(vec![ValueKind::Any, ValueKind::Integer, ValueKind::Float]),
            6,
        ),
        message in "(a|b|1|-| |1.5){0,7}",
    ) {
        let statements = templates.iter().map(|it| statement("app", it, &kinds, &[]));
        let known = catalogue(&statements.collect::<Vec<_>>());
        let of_text = Message::of(message.as_bytes());
        let fitting = |kinds: Kinds| -> Vec<usize> {
            let known = known.known.iter().enumerate();
            let known = known.filter(|(_, it)| it.template.fits(of_text, kinds));
            known.map(|(_, it)| it.number).collect()
        };
        let has_literals =
            |number: &usize| known.known[*number].template.literal_bytes() > 0;
        let expected = [Kinds::Count, Kinds::Ignored].into_iter().map(|kinds| {
            let fitting = fitting(kinds).into_iter();
            fitting.filter(has_literals).collect::<Vec<_>>()
        });
        let expected = expected.chain([fitting(Kinds::Ignored)]);
        let expected = expected.into_iter().find(|fitting| !fitting.is_empty());
        let found = known.number_of("app", None, &message);
        prop_assert_eq!(found.is_some(), expected.is_some());
        let is_expected = |number| expected.unwrap_or_default().contains(&number);
        prop_assert!(found.is_none_or(is_expected));
    }

    /// Both arguments are whole messages of other statements, so that many statements fit.
    #[test]
    fn messages_in_a_message_do_not_hide_its_statement(
        statements in proptest::collection::vec(0_usize..300, 3),
        words in proptest::collection::vec("[a-z]{1,4}", 4),
    ) {
        let text = ValueKind::Text;
        let template = |number: usize| {
            let word = |power: u32| WORDS[(number / WORDS.len().pow(power)) % WORDS.len()];
            format!("{} {{}} {} s{number} {{}}", word(0), word(1))
        };
        let all = (0..300).map(|it| statement("app", &template(it), &[text, text], &[]));
        let known = catalogue(&all.collect::<Vec<_>>());
        let message = |of: usize, one: &str, other: &str| {
            template(of).replacen("{}", one, 1).replacen("{}", other, 1)
        };
        let one = message(statements[1], &words[0], &words[1]);
        let other = message(statements[2], &words[2], &words[3]);
        let message = message(statements[0], &one, &other);
        let expected = template(statements[0]);
        prop_assert_eq!(id_of(&known, "app", &message), Some(&*expected), "{}", message);
    }

    #[test]
    fn any_message_can_be_looked_up(message in "\\PC{0,40}", template in "[a{} =\"]{0,12}") {
        let known = catalogue(&[statement("app", &template, &[], &["k"])]);
        id_of(&known, "app", &message);
    }
}
