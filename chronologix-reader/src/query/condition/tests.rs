//! Conditions.

use super::*;

fn condition(text: &str) -> Condition {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

/// Checks the conditions that hold for a line, and those that do not.
#[track_caller]
fn check(line: &str, hold: &[&str], do_not: &[&str]) {
    let names = StreamNames::default();
    let app = Some(names.id("app"));
    for (texts, expected) in [(hold, true), (do_not, false)] {
        for text in texts {
            assert_eq!(
                condition(text)
                    .with_streams(names.clone())
                    .holds(&LineValues::new(line, None), app),
                expected,
                "{text}"
            );
        }
    }
}

const TEXT: &str =
    r#"[14:00:01] [WARN] GET /pay status=502 took=250ms user="Ann Lee" ok=true ip=-"#;

#[test]
fn numbers_durations_and_texts_compare_to_their_like() {
    check(
        TEXT,
        &[
            "status>=500",
            "status=502.0",
            "status == 502",
            "status<5.03e2",
            "status>-1",
            "took>200ms",
            "took<1s",
            "took=0.25s",
            "took<1m30s",
            "user=\"Ann Lee\"",
            "user='Ann Lee'",
            "user>=Ann",
            "user<B",
            "ok=true",
            "ip=-",
        ],
        &[
            "status>502",
            "status<=501",
            "took>250ms",
            // A duration is no number, and a text is neither.
            "took>1",
            "user>1",
            "status>1ms",
            "ok=1",
        ],
    );
}

#[test]
fn patterns_may_have_parentheses() {
    check(
        TEXT,
        &[
            "message~^GET",
            "message~(GET|PUT)",
            "(message~(GET|PUT)) and status=502",
            r#"message~"^GET /pay$""#,
            r"status~\d{3}",
            "user!~^B",
        ],
        &["message~^/", "user~ann", "none~."],
    );
    check(TEXT, &["user~(?i)ann"], &["message~status"]);
}

#[test]
fn what_a_field_has_not_differs_from_everything() {
    check(
        TEXT,
        &[
            "status",
            "status!=500",
            "none!=1",
            "none!~x",
            "not none",
            "!none",
        ],
        &["none", "none=1", "none<1", "none>=1", "status!=502"],
    );
}

#[test]
fn words_bind_as_usual() {
    check(
        TEXT,
        &[
            "status=1 and status=2 or status=502",
            "status=502 or status=1 and status=2",
            "not status=1 and status=502",
            "not (status=1 or status=2)",
            "NOT status=1 AND status=502",
            "status=1 || status=502 && ok=true",
            "((status=502))",
            "not not status=502",
        ],
        &["not (status=502 or status=1)", "status=502 and not ok"],
    );
}

#[test]
fn level_stream_and_message_are_fields() {
    check(
        TEXT,
        &[
            "level=warn",
            "level=WARNING",
            "level>=info",
            "level<error",
            "level",
            "level~WARN",
            "stream=app",
            "message=\"GET /pay\"",
        ],
        &["level>warn", "level!=w", "stream!=app"],
    );
    check(
        "[14:00:01] plain",
        &["not level", "level!=warn"],
        &["level<fatal"],
    );
}

#[test]
fn json_fields_are_compared_with_their_types() {
    check(
        r#"{"message":"m","http":{"status":"404","path":"/a"},"n":null,"and":1,"a b":2,"thread":"main"}"#,
        &[
            "http.status>400",
            "http.path=/a",
            "fields.http.status=404",
            "n",
            "n=null",
            "'and'=1",
            "\"a b\"=2",
            "thread=main",
        ],
        &["http.status=4", "n=0", "http.x"],
    );
}

#[track_caller]
fn check_error(text: &str, expected: &str) {
    let error = text.parse::<Condition>().unwrap_err();
    assert_eq!(error.to_string(), expected);
}

#[test]
fn errors_point_at_the_place() {
    check_error(
        "status>=",
        "invalid condition: expected a value after `>=`\n  status>=\n          ^",
    );
    check_error(
        "é=1 status=2",
        "invalid condition: expected `and`, `or` or the end\n  é=1 status=2\n      ^",
    );
    check_error(
        "(a=1 or b=2",
        "invalid condition: expected `)`\n  (a=1 or b=2\n             ^",
    );
    check_error(
        "a=1 and",
        "invalid condition: expected the name of a field\n  a=1 and\n         ^",
    );
    check_error(
        "a~[",
        "invalid condition: invalid regex: unclosed character class\n  a~[\n    ^",
    );
    check_error(
        "level>=loud",
        "invalid condition: unknown level \"loud\"; levels are trace, debug, info, warn, error, \
         critical\n  level>=loud\n         ^",
    );
    check_error(
        "a=\"b",
        "invalid condition: this quote is not closed\n  a=\"b\n    ^",
    );
    check_error(
        "",
        "invalid condition: expected the name of a field\n  \n  ^",
    );
    check_error(
        "a\u{1b}=1",
        "invalid condition: expected `and`, `or` or the end\n  a =1\n   ^",
    );
    let deep = "not ".repeat(1 << 16) + "a";
    let error = deep.parse::<Condition>().unwrap_err();
    assert!(error.to_string().contains("nested too deeply"));
}

#[test]
fn what_does_not_hold_has_a_text_that_holds() {
    for text in ["a=1", "a=1 or b=2", "a=1 and b=2", "not a=1", "a"] {
        let inverted = condition(&condition(text).inverted_text());
        for line in ["[x] a=1", "[x] b=2", "[x] a=1 b=2", "[x] c"] {
            let holds = |condition: &Condition| condition.holds(&LineValues::new(line, None), None);
            assert_ne!(holds(&condition(text)), holds(&inverted), "{text}: {line}");
        }
    }
    assert_eq!(condition("a or b").inverted_text(), "not (a or b)");
}

proptest::proptest! {
    #[test]
    fn no_text_is_too_much(text in "\\PC{0,40}|[a-c=<>!~()'\"\\\\ notadr]{0,40}") {
        if let Ok(condition) = text.parse::<Condition>() {
            let _ = condition.holds(&LineValues::new(TEXT, None), None);
        }
    }
}

#[test]
fn a_pattern_is_asked_for_by_its_text() {
    let holds = |condition: &str| {
        let condition: Condition = condition.parse().unwrap();
        let text = "[2025-05-04 15:00:01] [INFO] order 17 filled qty=3";
        condition.holds(&LineValues::new(text, None), None)
    };
    assert!(holds(r#"pattern="order <number> filled qty=<number>""#));
    assert!(!holds(r#"pattern!="order <number> filled qty=<number>""#));
    assert!(!holds(
        r#"pattern="order <number>" or not pattern="order <number> filled qty=<number>""#
    ));
    // Other operators, and other names, are about a field.
    assert!(!holds("pattern"));
    assert!(!holds("pattern~order"));
    assert!(!holds("fields.pattern=order"));
    let asks = |condition: &str| condition.parse::<Condition>().unwrap().asks_for_pattern();
    assert!(asks("qty>2 and not (pattern=a or level=info)") && !asks("pattern>a"));
}
