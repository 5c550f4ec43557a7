//! The level behind a stamp, where no layout says where it stands.

use super::*;

/// Returns level and message of a line.
fn of(line: &str) -> Option<(Option<Level>, &str)> {
    let found = read(&Line::new(line.as_bytes()), 0)?;
    Some((found.level, &line[found.message..]))
}

#[test]
fn the_level_is_among_the_first_words() {
    let stamp = "2025-05-04 14:02:19";
    for behind in [
        "ERROR x",
        "[ERROR] x",
        "[error] x",
        "- ERROR - x",
        "<error> x",
        "error: x",
        "| ERROR | x",
        "(main) ERROR x",
        "[7] [error] x",
        "1234 ERROR x",
        "app.db ERROR x",
        "app[7]: ERROR x",
        "[a] [b] [c] ERROR x",
    ] {
        let line = format!("{stamp} {behind}");
        let (level, message) = of(&line).unwrap();
        assert_eq!(level, Some(Level::Error), "{line}");
        assert!(message.ends_with('x'), "{line}: {message}");
    }
}

#[test]
fn behind_a_sentence_it_is_not() {
    for behind in [
        "no ERROR here",
        "error here",
        "an [error] x",
        "[a] [b] [c] [d] ERROR x",
        "x",
        "",
        "Error handling is on",
        "errors: 7",
    ] {
        let line = format!("2025-05-04 14:02:19 {behind}");
        assert_eq!(
            of(&line),
            Some((None, line["2025-05-04 14:02:19 ".len()..].trim_start())),
            "{line}"
        );
    }
}

#[test]
fn a_cell_of_a_table_is_no_line_of_a_logger() {
    for line in [
        "2025-05-04 14:02:19,,7",
        "2025-05-04 14:02:19;7",
        "2025-05-04 14:02:19\",7",
        "x",
    ] {
        assert_eq!(of(line), None, "{line}");
    }
}
