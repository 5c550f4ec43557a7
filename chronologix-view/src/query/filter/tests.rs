//! Which lines a filter takes.

use super::*;
use crate::query::Case;

fn pattern(text: &str) -> Pattern {
    Pattern::new(text, Case::Smart).unwrap()
}

#[test]
fn all_of_it_must_hold() {
    let filter = Filter {
        least: Some(Level::Warn),
        include: vec![pattern("order"), pattern(r"\d{2}")],
        exclude: vec![pattern("test")],
    };
    let cases = [
        ("[14:00:00] [ERROR] order 17", true),
        ("[14:00:00] [WARN] order 17", true),
        ("[14:00:00] [INFO] order 17", false),
        ("[14:00:00] order 17", false),
        ("[14:00:00] [ERROR] order x", true),
        ("[14] [ERROR] order test", false),
        (r#"{"level":"error","message":"order 17"}"#, true),
        (r#"{"level":"debug","message":"order 17"}"#, false),
    ];
    for (text, expected) in cases {
        assert_eq!(filter.takes(text), expected, "{text}");
    }
}

#[test]
fn an_empty_filter_takes_everything() {
    assert!(Filter::default().is_empty() && Filter::default().takes(""));
}
