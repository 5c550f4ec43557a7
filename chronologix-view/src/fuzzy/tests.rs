//! Matches and their order.

use super::*;

fn found<'a>(typed: &str, texts: &[&'a str]) -> Vec<&'a str> {
    let mut found: Vec<_> = texts
        .iter()
        .filter_map(|text| Some((score(typed, text)?, *text)))
        .collect();
    found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    found.into_iter().map(|(_, text)| text).collect()
}

#[test]
fn letters_are_wanted_in_their_order() {
    let texts = ["next error", "previous error", "quit", "half a page up"];
    assert_eq!(found("nxer", &texts), ["next error"]);
    assert_eq!(found("rorre", &texts), Vec::<&str>::new());
    assert_eq!(found("QUIT", &texts), ["quit"]);
    assert_eq!(found("p error", &texts), ["previous error"]);
    assert_eq!(found("zzz", &[""]), Vec::<&str>::new());
}

#[test]
fn nothing_typed_finds_everything() {
    assert_eq!(found("", &["a", "bb"]), ["a", "bb"]);
}

#[test]
fn beginnings_of_words_and_letters_in_a_row_come_first() {
    assert_eq!(found("ne", &["one line up", "next error"])[0], "next error");
    assert_eq!(found("pu", &["pause, or up", "page up", "put"])[0], "put");
    assert_eq!(found("pu", &["stop counting", "page up"])[0], "page up");
    assert_eq!(
        found("error", &["next error of all", "next error"])[0],
        "next error"
    );
}
