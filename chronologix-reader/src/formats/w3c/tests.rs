//! The names of columns decide what a line says.

use chronologix_schema::Level;
use serde_json::json;

use crate::formats::{Formats, Recent, tests::moment};

/// The head of a file of IIS.
const FIELDS: &str = "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port \
                      cs-username c-ip cs(User-Agent) sc-status time-taken";

#[test]
fn a_line_has_the_names_of_its_columns() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    for line in [
        "#Software: Microsoft Internet Information Services 10.0",
        FIELDS,
    ] {
        // It is no part of the record before, and has no time.
        let head = formats.head(line.as_bytes(), &mut recent).unwrap();
        assert_eq!((head.moment, head.level), (None, None));
        assert_eq!(formats.values(line, head.format).unwrap().message, line);
    }
    let line = "2025-05-04 14:02:19 10.0.0.1 GET /index.html - 443 - 203.0.113.7 Mozilla/5.0+(X11) \
                404 15";
    let head = formats.head(line.as_bytes(), &mut recent).unwrap();
    assert_eq!(head.moment, moment("2025-05-04T14:02:19Z"));
    assert_eq!(head.level, None);
    assert_eq!(formats.name(head.format), "W3C");
    let values = formats.values(line, head.format).unwrap();
    assert_eq!(values.stamp.as_deref(), Some("2025-05-04 14:02:19"));
    assert_eq!(values.message, "GET /index.html");
    let field = |name: &str| {
        values
            .fields
            .iter()
            .find(|field| field.0 == name)
            .map(|it| &it.1)
    };
    assert_eq!(field("sc-status"), Some(&json!(404)));
    assert_eq!(field("time-taken"), Some(&json!(15)));
    assert_eq!(field("cs-uri-query"), None);
    assert_eq!(field("c-ip"), Some(&json!("203.0.113.7")));
}

#[test]
fn new_names_change_what_follows() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    let mut head = |line: &str| formats.head(line.as_bytes(), &mut recent);
    head("#Fields: time c-ip");
    let first = head("14:02:19 203.0.113.7").unwrap();
    assert_eq!(first.moment, moment("14:02:19"));
    head("#Fields: date\ttime\tx-comment");
    let second = head("2025-05-04\t14:02:20.5\t\"two words\"").unwrap();
    assert_eq!(second.moment, moment("2025-05-04T14:02:20.5Z"));
    assert_ne!(first.format, second.format);
    let values = formats
        .values("2025-05-04\t14:02:20\t\"two words\"", second.format)
        .unwrap();
    assert_eq!(
        values.fields,
        [("x-comment".to_owned(), json!("two words"))]
    );
}

#[test]
fn lines_of_other_formats_keep_theirs() {
    let formats = Formats::default();
    let mut recent = Recent::default();
    formats.head(FIELDS.as_bytes(), &mut recent);
    let head = formats
        .head(b"[2025-05-04T14:02:19Z ERROR app] boom", &mut recent)
        .unwrap();
    assert_eq!(head.level, Some(Level::Error));
    let head = formats.head(b"#Date: 2025-05-04 14:02:19", &mut recent);
    assert_eq!(head.and_then(|head| head.moment), None);
    // A comment is not one.
    assert_eq!(formats.head(b"#Data of May", &mut recent), None);
}
