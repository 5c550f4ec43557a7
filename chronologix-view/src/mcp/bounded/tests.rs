//! Limits, and lines that are cut.

use proptest::{collection::vec, prelude::*};

use super::*;

fn written(limit: usize, parts: &[&str]) -> (String, bool) {
    let mut text = BoundedText::new(limit);
    for part in parts {
        if text.write_all(part.as_bytes()).is_err() {
            break;
        }
    }
    // Whether the last line fits is asked below.
    let _ = text.flush();
    let is_full = text.is_full();
    (text.into_text(), is_full)
}

#[test]
fn takes_whole_lines_up_to_the_limit() {
    let cases: [(usize, &[&str], &str, bool); 7] = [
        (8, &["one\n", "two\n"], "one\ntwo\n", false),
        (7, &["one\n", "two\n"], "one\n", true),
        (8, &["o", "ne", "\ntw", "o\n", "3\n"], "one\ntwo\n", true),
        (8, &["one"], "one\n", false),
        (3, &["one"], "", true),
        (0, &["\n"], "", true),
        (8, &[], "", false),
    ];
    for (limit, parts, expected, is_full) in cases {
        assert_eq!(
            written(limit, parts),
            (expected.to_owned(), is_full),
            "{limit} {parts:?}"
        );
    }
}

#[test]
fn says_how_much_of_a_line_is_cut() {
    let line = format!("{}é{}\n", "x".repeat(LONGEST_LINE - 1), "y".repeat(99));
    let expected = format!("{}… (100 bytes more)\n", "x".repeat(LONGEST_LINE - 1));
    assert_eq!(written(10_000, &[&line]), (expected, false));
}

proptest! {
    #[test]
    fn never_exceeds_its_limit(limit in 0..2_000_usize, parts in vec("[a\n é]{0,300}", 0..20)) {
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (text, is_full) = written(limit, &parts);
        prop_assert!(text.len() <= limit);
        prop_assert!(is_full || limit >= parts.concat().len());
        prop_assert!(text.is_empty() || text.ends_with('\n'));
    }
}
