//! What the copies of a record have in common.

use super::*;

#[test]
fn fields_that_options_add_are_left_out() {
    for (text, expected) in [
        ("[14:00:00] a", "[14:00:00] a"),
        ("[14:00:00] a b=1", "[14:00:00] a b=1"),
        ("[14:00:00] a b=1 module=shop::pay", "[14:00:00] a b=1"),
        ("[14:00:00] a file=src/pay.rs line=7", "[14:00:00] a"),
        (r#"[14:00:00] a thread="worker 1" id=pay"#, "[14:00:00] a"),
        (
            r#"[14:00:00] a b="worker 1""#,
            r#"[14:00:00] a b="worker 1""#,
        ),
        (
            r#"[14:00:00] a b=" id=" thread="\"x\" y""#,
            r#"[14:00:00] a b=" id=""#,
        ),
        ("id=7", "id=7"),
        ("", ""),
    ] {
        assert_eq!(without_added(text.as_bytes()), expected.as_bytes());
    }
}

#[test]
fn one_record_says_the_same_in_every_shape() {
    let json = r#"{"timestamp":"2025-05-04T14:00:00.5Z","level":"ERROR","stream":"app","message":"a \u001bb\nc","d":"e f","g":1.5,"thread":"main"}"#;
    let text = r#"[14:00:00] [ERROR] a \x1bb\nc d="e f" g=1.5"#;
    assert_eq!(Copied::of(json), Copied::of(text));
    let copied = Copied::of(text);
    assert_eq!(copied.text(), r#"a \x1bb\nc d="e f" g=1.5"#);
    assert_eq!(
        (copied.level, copied.message()),
        (Some(Level::Error), r"a \x1bb")
    );
    for (json, text) in [
        (r#"{"level":null,"message":"INFO a"}"#, "[14:00:00] INFO a"),
        (r#"{"level":null,"message":""}"#, "[14:00:00] "),
        (
            r#"{"level":null,"message":"a","b c":1}"#,
            r#"[14:00:00] a "b c"=1"#,
        ),
        (
            r#"{"level":"WARN","message":"a=b"}"#,
            "[14:00:00] [WARN] a=b",
        ),
    ] {
        assert_eq!(Copied::of(json), Copied::of(text), "{json}");
    }
}

#[test]
fn what_a_template_adds_stands_before_the_message() {
    for (one, other, expected) in [
        ("paid", "paid", true),
        ("shop: paid", "paid", true),
        ("paid", "[main] paid", true),
        ("prepaid", "paid", false),
        ("paid", "refused", false),
    ] {
        assert_eq!(are_alike(one, other), expected, "{one}, {other}");
    }
}
