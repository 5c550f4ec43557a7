//! Templates, and where the fields of a line end.

use super::*;
use crate::formats::layout::{LayoutMatch, Line};

/// Returns the fields and the message of a line by a template.
fn fields(template: &str, line: &str) -> Option<Vec<(String, String)>> {
    let layout = Layout::parse(template, None, Vec::new()).unwrap();
    let mut found = LayoutMatch::with_fields();
    layout.matches(&Line::new(line.as_bytes()), 0, &mut found)?;
    let spans = found.fields.unwrap_or_default();
    let mut fields: Vec<_> = spans
        .iter()
        .map(|span| {
            (
                layout.field_name(span).to_owned(),
                line[span.start..span.end].to_owned(),
            )
        })
        .collect();
    fields.extend(
        found
            .message
            .map(|at| ("message".to_owned(), line[at..].to_owned())),
    );
    Some(fields)
}

/// Checks the fields of a line.
fn check(template: &str, line: &str, expected: &[(&str, &str)]) {
    let found = fields(template, line).unwrap_or_else(|| panic!("{template}: {line}"));
    let found: Vec<_> = found
        .iter()
        .map(|(name, text)| (&**name, &**text))
        .collect();
    assert_eq!(found, expected, "{template}: {line}");
}

#[test]
fn fields_end_where_the_template_goes_on() {
    check(
        "{level} {a}: {message}",
        "INFO a::b: c: d",
        &[("a", "a::b"), ("message", "c: d")],
    );
    check(
        "{level} [{a}] {message}",
        "INFO [x [1] y] z",
        &[("a", "x [1"), ("message", "y] z")],
    );
    check(
        "{level} [{a}] - {message}",
        "INFO [x[1]] - z",
        &[("a", "x[1]"), ("message", "z")],
    );
    check(
        "{level} ({a}) {message}",
        "INFO ( a b ) c",
        &[("a", "a b "), ("message", "c")],
    );
    check(
        "{level} \"{a:quoted}\"",
        r#"INFO "a \" b""#,
        &[("a", r#"a \" b"#)],
    );
    check(
        "{level} {a:int} {b:number}",
        "INFO 12 -0.5",
        &[("a", "12"), ("b", "-0.5")],
    );
    check(
        "{level} {{{a}}} {message}",
        "INFO {x} y",
        &[("a", "x"), ("message", "y")],
    );
    check(
        "{level}|{a}|{message}",
        "INFO||",
        &[("a", ""), ("message", "")],
    );
    check(
        "{level} {a}: {message}",
        "INFO a:",
        &[("a", "a"), ("message", "")],
    );
}

#[test]
fn what_can_be_missing_may_be_there() {
    let template = "{level} {?[{a}] ?}{?({b}) ?}{message}";
    check(template, "INFO x", &[("message", "x")]);
    check(template, "INFO [1] x", &[("a", "1"), ("message", "x")]);
    check(template, "INFO (2) x", &[("b", "2"), ("message", "x")]);
    check(
        template,
        "INFO [1] (2) x",
        &[("a", "1"), ("b", "2"), ("message", "x")],
    );
    check(template, "INFO [1 x", &[("message", "[1 x")]);
}

#[test]
fn other_lines_do_not_fit() {
    for (template, line) in [
        ("{level} {a}: {message}", "INFO a b: c"),
        ("{level} {a:int} {message}", "INFO x y"),
        ("{level} {a}", "INFO a b"),
        ("{level:upper} {message}", "info x"),
        ("{level:letter} {message}", "Ex y"),
        ("{level} {a:source} {message}", "INFO main.rs x"),
        ("{level} {a:path} {message}", "INFO a.b x"),
        ("{timestamp:date} {message}", "14:02:19 x"),
        ("{timestamp:time} {message}", "2025-05-04 14:02:19 x"),
        ("{timestamp:comma} {message}", "2025-05-04 14:02:19.5 x"),
        ("{timestamp:instant} {message}", "2025-05-04T14:02:19 x"),
        ("{timestamp:rfc3339} {message}", "2025-05-04T14:02:19Z x"),
        ("{timestamp:yearless} {message}", "2025-05-04 14:02:19 x"),
        ("<{priority}>{message}", "<192>x"),
    ] {
        assert_eq!(fields(template, line), None, "{template}: {line}");
    }
}
