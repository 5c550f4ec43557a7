//! Fields of text lines.

use super::*;

#[track_caller]
fn check(text: &str, message: &str, fields: &[(&str, Value)]) {
    let (found, values) = split_fields(text);
    let values: Vec<_> = values.into_iter().map(TextField::typed).collect();
    let expected = fields.iter();
    let expected: Vec<_> = expected
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    assert_eq!((found, values), (message, expected), "{text}");
}

#[test]
fn values_have_types() {
    check(
        "GET / status=200 seconds=0.30 ok=true user=ann",
        "GET /",
        &[
            ("status", 200.into()),
            ("seconds", 0.3.into()),
            ("ok", true.into()),
            ("user", "ann".into()),
        ],
    );
    check(
        r#"x a=-1 b=1e3 c=007 d="7" e=1.2.3 f=NaN g= h=340282366920938463463374607431768211455"#,
        "x",
        &[
            ("a", (-1).into()),
            ("b", 1000.0.into()),
            ("c", "007".into()),
            ("d", "7".into()),
            ("e", "1.2.3".into()),
            ("f", "NaN".into()),
            ("g", "".into()),
            ("h", "340282366920938463463374607431768211455".into()),
        ],
    );
}

#[test]
fn names_and_values_may_have_quotes() {
    check(
        r#"in three order=17 "a key"="with spaces" last=1"#,
        "in three",
        &[
            ("order", 17.into()),
            ("a key", "with spaces".into()),
            ("last", 1.into()),
        ],
    );
    check(
        r#"x "a\nkey"="a = b, \"c\"" esc="\x1b[31m\r\u{202e}\q""#,
        "x",
        &[
            ("a\nkey", "a = b, \"c\"".into()),
            ("esc", "\u{1b}[31m\r\u{202e}\\q".into()),
        ],
    );
}

#[test]
fn what_is_no_field_stays_in_the_message() {
    check("a=b is no field", "a=b is no field", &[]);
    check("x = 1 y=2", "x = 1", &[("y", 2.into())]);
    check(
        "a=1 b c=2 d=3",
        "a=1 b",
        &[("c", 2.into()), ("d", 3.into())],
    );
    check(
        r#"open quote="never closed"#,
        r#"open quote="never closed"#,
        &[],
    );
    check(r#"open a="b c=1"#, r#"open a="b"#, &[("c", 1.into())]);
    check("=1", "=1", &[]);
    check("", "", &[]);
    check("a==b", "", &[("a", "=b".into())]);
}

#[test]
fn a_long_line_of_fields_that_is_none_takes_no_time() {
    let text = "a=b ".repeat(1 << 18) + "end";
    check(&text, &text, &[]);
}
