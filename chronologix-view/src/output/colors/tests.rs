//! Coloured lines.

use super::*;
use crate::query::FilterRule;

#[track_caller]
fn check(text: &str, level: Option<Level>, pattern: Option<&str>, expected: &str) {
    let rule = |text| FilterRule::new(LineRegex::new(text, Case::Sensitive).unwrap(), true);
    let filter = Filter::new(None, pattern.map(rule).into_iter().collect());
    let found = coloured(text, level, &filter).replace('\u{1b}', "^");
    assert_eq!(found, expected);
}

#[test]
fn levels_and_matches_are_coloured() {
    check(
        "[14:00:00] [ERROR] disk full",
        Some(Level::Error),
        Some("disk|full"),
        "[14:00:00] [^[31mERROR^[0m] ^[1;31mdisk^[0m ^[1;31mfull^[0m",
    );
    check(
        "[14:00:00] [INFO] ok",
        Some(Level::Info),
        None,
        "[14:00:00] [INFO] ok",
    );
    check(
        "time=1 level=warning x",
        Some(Level::Warn),
        None,
        "time=1 level=^[33mwarning^[0m x",
    );
    check("no level", None, None, "no level");
}

#[test]
fn a_match_over_a_level_is_one_span() {
    check(
        "[x] [ERROR] y",
        Some(Level::Error),
        Some(r"\[ERROR\] y"),
        "[x] ^[1;31m[ERROR] y^[0m",
    );
}

#[test]
fn controls_of_a_line_are_marks() {
    check("a\u{1b}[2Jb", None, Some("b"), "a␛[2J^[1;31mb^[0m");
}
