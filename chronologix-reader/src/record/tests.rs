//! Parsed lines.

use super::*;

#[test]
fn levels_are_found_in_every_kind_of_line() {
    let error = Some(Level::Error);
    for (text, expected) in [
        ("[15:00:01] [ERROR] disk full", error),
        ("[15:00:01] disk full", None),
        ("[15:00:01] ERROR disk full", error),
        ("[15:00:01] FATAL disk full", Some(Level::Critical)),
        ("[15:00:01] an ERROR disk full", None),
        ("ERROR disk full", None),
        ("\tat main.rs:7", None),
        (
            r#"{"timestamp":"2025-05-04T15:00:01Z","level":"error","message":"m"}"#,
            error,
        ),
        (r#"{"level":"ERROR","message":"m"}"#, error),
        (
            r#"{"timestamp":"15:00:01","message":"m","x":"\",\"level\":\"error"}"#,
            None,
        ),
        (
            r#"{"timestamp":"2025-05-04T15:00:01Z","level":"loud","message":"m"}"#,
            None,
        ),
        ("{ not json", None),
        ("", None),
    ] {
        assert_eq!(level(text, None), expected, "{text}");
    }
}

#[test]
fn fields_are_taken_from_the_end_of_a_line() {
    for (text, message, fields) in [
        (
            "[1] [INFO] filled qty=3 user=\"Ann Lee\"",
            "filled",
            vec![("qty", "3"), ("user", "Ann Lee")],
        ),
        ("[1] qty=3", "", vec![("qty", "3")]),
        ("[1] a=b is no field", "a=b is no field", vec![]),
        ("[1] x = 1 y=2", "x = 1", vec![("y", "2")]),
        (
            r#"[1] said said="\"no\"\n\\""#,
            "said",
            vec![("said", "\"no\"\n\\")],
        ),
        (
            r#"[1] open quote="never closed"#,
            r#"open quote="never closed"#,
            vec![],
        ),
        (
            "[1] url=http://x/?a=b ok=",
            "",
            vec![("url", "http://x/?a=b"), ("ok", "")],
        ),
        (r"[1] one\ntwo\tthree", "one\ntwo\tthree", vec![]),
    ] {
        let detail = Detail::of(text, None);
        let found: Vec<_> = detail
            .fields
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            (detail.message.as_str(), found),
            (message, fields),
            "{text}"
        );
        assert_eq!(detail.json, None);
    }
}

#[test]
fn json_lines_keep_their_values() {
    let detail = Detail::of(
        r#"{"message":"a\nb","qty":3,"list":[1,2],"user":"Ann"}"#,
        None,
    );
    assert_eq!(detail.message, "a\nb");
    let fields = [("qty", "3"), ("list", "[1,2]"), ("user", "Ann")];
    assert_eq!(
        detail.fields,
        fields.map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
    assert_eq!(detail.json.unwrap()["list"][1], 2);
}
