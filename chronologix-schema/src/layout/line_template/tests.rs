//! Templates of lines, and lines read by them.

use super::LineTemplate;

fn template(text: &str) -> LineTemplate {
    text.parse().expect("a template")
}

/// A timestamp with a blank in it.
fn is_timestamp(text: &str) -> bool {
    text == "2025-05-04 15:07:09"
}

#[track_caller]
fn check(text: &str, line: &str, canonical: &str) {
    let read = template(text).canonical(line, is_timestamp);
    assert_eq!(read.as_deref(), Some(canonical), "{text}: {line}");
}

#[test]
fn a_line_is_read_by_its_template() {
    let usual = "{timestamp} {level} {module}: {message}{fields}";
    check(
        usual,
        "2025-05-04 15:07:09 ERROR shop::db: disk: full free=0",
        "[2025-05-04 15:07:09] [ERROR] shop::db: disk: full free=0",
    );
    check(
        usual,
        "2025-05-04 15:07:09 - -: no level, no module",
        "[2025-05-04 15:07:09] -: no level, no module",
    );
    check(
        "[{timestamp}] [{level:5}] ({thread}) {file} | {stream:8} {message}{fields}",
        r#"[2025-05-04 15:07:09] [INFO ] ("my thread") src/main.rs:7 | app      hi"#,
        r#"[2025-05-04 15:07:09] [INFO] ("my thread") src/main.rs:7 | app hi"#,
    );
    check(
        "{level} at {timestamp} {message}{fields}",
        "WARN at 2025-05-04 15:07:09 ",
        "[2025-05-04 15:07:09] [WARN] ",
    );
    check(
        "{timestamp} {file} {message}{fields}",
        r#"2025-05-04 15:07:09 "src/my main.rs:7" x"#,
        r#"[2025-05-04 15:07:09] "src/my main.rs:7" x"#,
    );
}

#[test]
fn what_is_no_first_line_of_a_record_is_none() {
    let template = template("{timestamp} {level} {message}{fields}");
    for line in [
        "",
        "\tat main.rs:7",
        "2025-05-04 15:07:09 LOUD x",
        "12:00 INFO x",
    ] {
        assert_eq!(template.canonical(line, is_timestamp), None, "{line}");
    }
}

#[test]
fn a_template_that_could_not_be_read_again_is_none() {
    for text in [
        "",
        "{message}{fields}",
        "{timestamp}{message}{fields}",
        "{timestamp} {message}",
        "{timestamp} {message} {fields}",
        "{timestamp}{level} {message}{fields}",
        "{timestamp} {level}|{module} {message}{fields}",
        "{timestamp} {timestamp} {message}{fields}",
        "{timestamp} {where} {message}{fields}",
        "{timestamp} {level:x} {message}{fields}",
        "{timestamp} {level:100} {message}{fields}",
        "{timestamp} } {message}{fields}",
        "{timestamp} \"{level} {message}{fields}",
        "\n{timestamp} {message}{fields}",
        "{timestamp {message}{fields}",
    ] {
        let error = text.parse::<LineTemplate>().unwrap_err().to_string();
        assert!(error.contains("{message}{fields} at the end"), "{error}");
    }
}
