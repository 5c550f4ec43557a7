//! What a call is taken for: a table of mistakes, and expansions as users compile them.

use insta::assert_snapshot;
use proc_macro2::TokenStream;
use quote::quote;

use super::expand;
use crate::errors::tests::{messages, pretty};

fn expanded(call: &str) -> TokenStream {
    expand(call.parse().unwrap(), None)
}

fn shown(call: &str, level: Option<&'static str>) -> String {
    let record = expand(call.parse().unwrap(), level);
    pretty(quote!(fn main() { let record = #record; }))
}

fn check(mistakes: &[(&str, &str)]) {
    for (call, message) in mistakes {
        assert_eq!(messages(expanded(call)), [*message], "log!({call})");
    }
}

#[test]
fn asks_a_stream_or_a_handle_whether_a_level_is_logged() {
    const EXPECTED: &str = "expected a stream and a level, as in `log_enabled!(app, Level::Debug)`";
    let shown = |call: &str| {
        let question = super::expand_enabled(call.parse().unwrap());
        pretty(quote!(fn main() { let is_enabled = #question; }))
    };
    assert_snapshot!(shown("app, Level::Debug,"));
    assert_snapshot!(shown("self.audit, level"));
    for call in ["", "app", "app,", "app, Level::Debug, 3"] {
        let question = super::expand_enabled(call.parse().unwrap());
        assert_eq!(messages(question), [EXPECTED], "log_enabled!({call})");
    }
}

#[test]
fn says_what_is_wrong_with_stream_and_template() {
    check(&[
        (
            "",
            "unexpected end of input, expected a stream, as in `log!(app, \"…\")`",
        ),
        (r#""x""#, "expected a stream, as in `log!(app, \"…\")`"),
        ("5, \"x\"", "expected the name of a stream"),
        (
            "app",
            "expected a template after the stream, as in `log!(app, \"…\")`",
        ),
        (
            "app,",
            "expected a template after the stream, as in `log!(app, \"…\")`",
        ),
        (r#"app "x""#, "expected `,` after the stream"),
        (
            r#"target: "app", "x""#,
            "the stream stands first, without a key, as in `log!(app, \"…\")`",
        ),
        (
            r#"app, Level::Warn, "x""#,
            "each level is a macro of its own, as in `warn!(app, \"…\")`",
        ),
        (r#"app; "x""#, "expected `,` after the stream"),
        ("app, x", NOT_A_LITERAL),
        ("app, x, y", NOT_A_LITERAL),
        ("app, &x", NOT_A_LITERAL),
        (r#"app, concat!("a", "b")"#, NOT_A_LITERAL),
        (r#"app, b"x""#, NOT_A_LITERAL),
        ("app, 5", NOT_A_LITERAL),
        ("app, =", NOT_A_LITERAL),
        ("app, id = 1; x", NOT_A_LITERAL),
        ("app, id = 1; =", NOT_A_LITERAL),
        (
            "app, id = 1;",
            "expected a template after the fields, as in `order = id; \"…\"`",
        ),
        (
            "app, id = 1",
            "expected a template after the fields, as in `order = id; \"…\"`",
        ),
        (
            r#"app, id = 1, "x""#,
            "expected `;` between the fields and the template",
        ),
        (
            r#"app, id = 1 "x""#,
            "expected `;` between the fields and the template",
        ),
        (
            r#"app, id "x", 1"#,
            "expected `;` between the fields and the template",
        ),
    ]);
}

#[test]
fn says_what_is_wrong_with_fields_and_arguments() {
    check(&[
        (
            r#"app, ; "x""#,
            "expected a field before `;`, as in `order = id; \"…\"`",
        ),
        (
            r#"app, a = 1 b = 2; "x""#,
            "expected `,` or `;` after a field",
        ),
        (r#"app, a + b; "x""#, "expected `,` or `;` after a field"),
        (r#"app, 5 = 1; "x""#, "expected a field, as in `order = id`"),
        (
            r#"app, a:x = 1; "x""#,
            "expected `?` or `debug`, `%` or `display` after `:`",
        ),
        (
            r#"app, a: = 1; "x""#,
            "expected `?` or `debug`, `%` or `display` after `:`",
        ),
        (
            r#"app, "a"; "x""#,
            "expected `=` and a value after this key",
        ),
        (
            r#"app, "a":?; "x""#,
            "expected `=` and a value after this key",
        ),
        (
            r#"app, match; "x""#,
            "expected `=` and a value after this key",
        ),
        (r#"app, a == 1; "x""#, "expected `,` or `;` after a field"),
        (r#"app, a = ; "x""#, "expected an expression"),
        (r#"app, %user; "x""#, "write `user:%`"),
        (r#"app, id, ?user; "x""#, "write `user:?`"),
        (r#"app, user = %user; "x""#, "write `user:% = …`"),
        (r#"app, who = ?user.name; "x""#, "write `who:? = …`"),
        (r#"app, %user, "x""#, "write `user:%`"),
        (
            r#"app, "x", user = 3"#,
            "`user` is not in the template; a field stands before it, as in `user = …; \"…\"`",
        ),
        (
            r#"app, "x {a}", a = 1, b = 2"#,
            "`b` is not in the template; a field stands before it, as in `b = …; \"…\"`",
        ),
        (
            r#"app, level = 1; "x""#,
            "`level` is a key of every record; choose another key",
        ),
        (r#"app, "" = 1; "x""#, "the key is empty; name the field"),
        (r#"app, a, r#a = 1; "x""#, "the field `a` is given twice"),
        (
            r#"app, "x"; a = 1"#,
            "the fields stand before the template, as in `order = id; \"…\"`",
        ),
        (
            r#"app, "x", 1; a = 1"#,
            "the fields stand before the template, as in `order = id; \"…\"`",
        ),
        (r#"app, "x" 1"#, "expected `,`"),
        (r#"app, "x", a b"#, "expected `,`"),
        (
            r#"app, "<> }", 1"#,
            "`}` has no `{` before it; for a brace in the text write `}}`",
        ),
    ]);
}

const ID: &str = "`id` takes 1 to 64 of `A-Z a-z 0-9 . _ -`, as in `id = \"order.filled\"`";

const NOT_A_LITERAL: &str = super::input::NOT_A_LITERAL;

#[test]
fn says_all_that_is_wrong_with_fields() {
    let call = r#"app, level = 1, "" = 2, a, "message" = 3, a; "<:!>""#;
    assert_eq!(messages(expanded(call)).len(), 5);
}

#[test]
fn says_what_is_wrong_with_options_of_the_call() {
    let example = "expected an option, as in `log!(app(every = \"5s\"), \"…\")`";
    let placed = "`every` stands after the stream, as in `log!(app(every = \"5s\"), \"…\")`";
    check(&[
        (r#"app(), "x""#, example),
        (r#"app(5), "x""#, example),
        (
            r#"app(every), "x""#,
            "expected a value, as in `every = \"5s\"`",
        ),
        (r#"app(every =), "x""#, "expected a value after `every =`"),
        (
            r#"app(every = 5), "x""#,
            "`every` takes a string, as in `every = \"5s\"`",
        ),
        (
            r#"app(every = "0s"), "x""#,
            "`every` takes a duration above 0, such as \"5s\"",
        ),
        (
            r#"app(evry = "5s"), "x""#,
            "unknown option `evry`; did you mean `every`?",
        ),
        (
            r#"app(durability = "synced"), "x""#,
            "unknown option `durability`; allowed: `every`, `id`",
        ),
        (
            r#"app(every = "5s", every = "6s"), "x""#,
            "the option `every` is given twice",
        ),
        (
            r#"app(id = 5), "x""#,
            "`id` takes a string, as in `id = \"order.filled\"`",
        ),
        (r#"app(id = ""), "x""#, ID),
        (r#"app(id = "an order"), "x""#, ID),
        (r#"app(id = "größe"), "x""#, ID),
        (
            r#"app(id = "a", every = "5s", id = "b"), "x""#,
            "the option `id` is given twice",
        ),
        (
            r#"app(every = "5s"), left_out = 1; "x""#,
            "with `every`, `left_out` says how many records were left out; choose another key",
        ),
        (r#"app, every = "5s", "x""#, placed),
        (r#"app, every = "5s", "x <>", 1"#, placed),
        (r#"app(every = "5s") "x""#, "expected `,` after the stream"),
        (
            r#"app(every = "5s")"#,
            "expected a template after the stream, as in `log!(app, \"…\")`",
        ),
    ]);
}

#[test]
fn at_most_once_in_a_while() {
    assert_snapshot!(shown(
        r#"app(every = "5s",), id = 1; "x <>", 2"#,
        Some("Warn")
    ));
}

#[test]
fn a_statement_with_an_id() {
    assert_snapshot!(shown(r#"app(id = "order.filled-twice"), "x <>", 2"#, None));
}

#[test]
fn a_handle() {
    assert_snapshot!(shown(
        r#"self.audit(every = "5s"), id = 1; "x""#,
        Some("Warn")
    ));
}

#[test]
fn takes_any_expression_that_is_no_bare_path_for_a_handle() {
    for handle in [
        "&handle",
        "*handle",
        "(handle)",
        "self.audit",
        "self.handle()",
        "handle()?",
        "handles[0]",
        "shop().handles(1, 2)[0].audit",
        r#"logger.stream("audit")?"#,
    ] {
        for options in ["", r#"(every = "5s")"#] {
            let call = format!(r#"{handle}{options}, "x""#);
            let expanded = expanded(&call);
            assert!(messages(expanded.clone()).is_empty(), "log!({call})");
            assert!(
                expanded.to_string().contains("StreamHandle"),
                "log!({call})"
            );
        }
    }
    check(&[
        (
            "&handle",
            "expected a template after the stream, as in `log!(app, \"…\")`",
        ),
        (
            "self.audit,",
            "expected a template after the stream, as in `log!(app, \"…\")`",
        ),
        (
            r#"self.audit(ever = "5s"), "x""#,
            "unknown option `ever`; did you mean `every`?",
        ),
    ]);
}

#[test]
fn a_field_may_be_called_every() {
    for call in [
        r#"app, every = "5s"; "x""#,
        r#"app, every = "5s", id = 1; "x""#,
    ] {
        assert!(messages(expanded(call)).is_empty(), "log!({call})");
    }
}

#[test]
fn leaves_to_the_compiler_what_it_says_better() {
    for call in [
        r#"app, "{}""#,
        r#"app, "<>""#,
        r#"app, "x", 1"#,
        r#"app, "{1}", 1"#,
        r#"app, "{a}", a = 1, a = 2"#,
        r#"app, "{a} {}", a = 1, 2"#,
        r#"app, "{} {a}", a = 1"#,
        r#"app, "{:w$}", 1, 2"#,
        r#"app, "{:.2f}", 1"#,
        r#"app, "{", 1"#,
        r#"app, "{_} {type}""#,
    ] {
        let tokens = expanded(call);
        assert!(messages(tokens.clone()).is_empty(), "log!({call})");
        assert!(
            tokens
                .to_string()
                .contains("Formatted (:: core :: format_args !"),
            "log!({call})"
        );
    }
}

#[test]
fn plain_text() {
    assert_snapshot!(shown(r#"app, "{{braces}} and <<>>""#, None));
}

#[test]
fn every_kind_of_hole() {
    let call = r#"app, "<> at {:.2} {x:?} {:p} {:>1$}", quantity, price, pointer, wide"#;
    assert_snapshot!(shown(call, None));
}

#[test]
fn every_kind_of_field_with_a_level() {
    let call = r#"crate::logs::audit, order = id, user:% = name, state:?; "<>", quantity"#;
    assert_snapshot!(shown(call, Some("Error")));
}

#[test]
fn one_argument_for_many_holes() {
    assert_snapshot!(shown(
        r#"app, "{0} {0:?} {a} {:1$} {}", first(), 2, a = third()"#,
        None
    ));
}

#[test]
fn a_message_for_the_compiler_to_judge() {
    assert_snapshot!(shown(r#"app, id; "<> of {user}", user = 1"#, None));
}

#[test]
fn no_record() {
    assert_snapshot!(shown("app", None));
}
