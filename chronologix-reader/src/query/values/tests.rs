//! Values of lines.

use super::*;
use crate::record::values;

#[test]
fn text_lines_have_typed_fields() {
    let values = values(r#"[15:00:01] [WARN] GET /\nx status=502 user="7""#, None);
    assert_eq!(values.stamp.as_deref(), Some("15:00:01"));
    assert_eq!(values.level, Some(Level::Warn));
    assert_eq!(values.message, "GET /\nx");
    let expected = [("status", Value::from(502)), ("user", "7".into())];
    assert_eq!(
        values.fields,
        expected.map(|(name, value)| (name.to_owned(), value))
    );
}

#[test]
fn json_lines_keep_their_order() {
    let values = values(
        r#"{"zone":1,"timestamp":"t","message":"m","b":{"z":1,"a":[2]},"level":"error","a":null}"#,
        None,
    );
    assert_eq!((&*values.message, values.level), ("m", Some(Level::Error)));
    let names: Vec<&str> = values.fields.iter().map(|(name, _)| &**name).collect();
    assert_eq!(names, ["zone", "b", "a"]);
    assert_eq!(values.fields[1].1.to_string(), r#"{"z":1,"a":[2]}"#);
}

#[test]
fn dots_lead_into_objects() {
    let text = r#"{"message":"m","http":{"status":200,"a.b":{"c":1},"tags":["x",{"y":2}]},"http.x":{"z":3}}"#;
    let line = LineValues::new(text, None);
    for (name, expected) in [
        ("http.status", Some(Value::from(200))),
        ("http.a.b.c", Some(1.into())),
        ("http.tags.0", Some("x".into())),
        ("http.tags.1.y", Some(2.into())),
        ("http.x.z", Some(3.into())),
        ("http.none", None),
        ("http.status.x", None),
        ("none", None),
        ("", None),
        (".", None),
    ] {
        assert_eq!(line.field(name), expected.as_ref(), "{name}");
    }
}
