//! Pairs, and their types.

use serde_json::json;

use super::*;

#[test]
fn fields_are_split_off_the_end() {
    let (message, fields) = split(r#"disk full free=0 path="/a b" ok=true"#);
    assert_eq!(message, "disk full");
    let expected = [
        ("free", json!(0)),
        ("path", json!("/a b")),
        ("ok", json!(true)),
    ];
    assert_eq!(
        fields,
        expected.map(|(name, value)| (name.to_owned(), value))
    );
    assert_eq!(split("a=1").0, "");
    assert_eq!(split("a = 1").1, []);
    assert_eq!(split("x=1 is not at the end").0, "x=1 is not at the end");
    assert_eq!(split(r#"open="a"#).1, []);
    assert_eq!(split(r#"said "a=b" c=1"#).0, r#"said "a=b""#);
    assert_eq!(split("https://a.example/?q=1").1, []);
}

#[test]
fn values_have_the_type_they_look_like() {
    for (text, value) in [
        ("7", json!(7)),
        ("-7", json!(-7)),
        ("0", json!(0)),
        ("1.5", json!(1.5)),
        ("0.25", json!(0.25)),
        ("true", json!(true)),
        ("null", json!(null)),
        ("007", json!("007")),
        ("1e5", json!("1e5")),
        ("1.2.3", json!("1.2.3")),
        ("12:30", json!("12:30")),
        ("10ms", json!("10ms")),
        ("99999999999999999999", json!("99999999999999999999")),
        ("-", json!("-")),
        ("", json!("")),
    ] {
        assert_eq!(typed(text), value, "{text}");
    }
}

#[test]
fn a_line_of_other_pairs_is_none() {
    for line in [
        "a=1 b=2",
        "key = value",
        "level",
        "=x",
        "export PATH=a",
        "time=late level=high",
    ] {
        assert_eq!(head(line.as_bytes()), None, "{line}");
    }
}
