//! Patterns against lines and blocks.

use proptest::prelude::*;

use super::*;

fn pattern(text: &str) -> LineRegex {
    LineRegex::new(text, Case::Smart).unwrap()
}

#[test]
fn case_is_smart_unless_told_otherwise() {
    let cases = [
        ("error", Case::Smart, true),
        ("Error", Case::Smart, false),
        (r"\Srror", Case::Smart, true),
        ("error", Case::Sensitive, false),
        ("ErroR", Case::Insensitive, true),
    ];
    for (text, case, expected) in cases {
        let pattern = LineRegex::new(text, case).unwrap();
        assert_eq!(pattern.is_match("an ERROR"), expected, "{text} {case:?}");
    }
    assert!(
        LineRegex::new(&LineRegex::escape("a.b"), Case::Smart)
            .unwrap()
            .is_match("A.B")
    );
    assert!(
        !LineRegex::new(&LineRegex::escape("a.b"), Case::Smart)
            .unwrap()
            .is_match("axb")
    );
}

#[test]
fn what_is_wrong_is_said() {
    let error = LineRegex::new("(a", Case::Smart).unwrap_err().to_string();
    assert_eq!(error, "invalid regex: unclosed group");
    let error = LineRegex::new(r"\w{9999}{9}", Case::Smart).unwrap_err();
    assert!(error.to_string().ends_with("regex too large"), "{error}");
}

#[test]
fn spans_are_for_showing() {
    let spans: Vec<_> = pattern("o+|x*").spans("foo boo").collect();
    assert_eq!(spans, [1..3, 5..7]);
}

/// Lines of a block that match, one by one.
fn by_line(pattern: &LineRegex, block: &str) -> Vec<String> {
    let lines = block.lines().filter(|line| pattern.is_match(line));
    lines.map(ToOwned::to_owned).collect()
}

fn by_block(pattern: &LineRegex, block: &str) -> Vec<String> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(line) = pattern.next_line(block.as_bytes(), from) {
        let text = &block[line.clone()];
        found.push(text.strip_suffix('\r').unwrap_or(text).to_owned());
        from = line.end + 1;
        if from >= block.len() {
            break;
        }
    }
    found
}

#[test]
fn a_match_across_lines_is_none() {
    let block = "one\ntwo three\n\nfour\r\nfive";
    for text in [
        r"e\nt", r"e\s+t", "[^x]t", "^t", "e$", "^$", "r$", r"\bf", "", "x*", "e.f", "five",
        r"(?s)e.t", "o[^x]*e", r"\At", r"e\z", r"\At", r"e\z",
    ] {
        let pattern = pattern(text);
        assert_eq!(
            by_block(&pattern, block),
            by_line(&pattern, block),
            "{text}"
        );
    }
}

proptest! {
    #[test]
    fn a_block_gives_the_lines_that_match(
        block in "([ab]{0,3}\n){0,8}[ab]{0,2}",
        text in prop::sample::select(vec!["a", "b+$", "^ab", r"a\sb", "[^a]+", "^$", "a[^b]*a", "(?s)b.*"]),
    ) {
        let pattern = pattern(text);
        prop_assert_eq!(by_block(&pattern, &block), by_line(&pattern, &block));
    }
}
