//! Matches in what is cut off.

use chronologix_schema::layout::Folder;

use super::*;
use crate::{
    line::Key,
    query::{Case, FilterRule},
};

fn pattern(text: &str) -> LineRegex {
    LineRegex::new(text, Case::Sensitive).unwrap()
}

fn shortened(text: &str, filter: &Filter) -> LogLine {
    let key = Key::first_of(Folder::parse("2025-05-04").unwrap());
    let mut line = LogLine::new(key, text);
    shorten(&mut line, 100, filter);
    line
}

#[test]
fn a_match_beyond_the_cut_is_kept_with_its_column() {
    let text = format!("[1] {}NEEDLE{}", "ä".repeat(300), "y".repeat(300));
    let keep = Filter::new(None, vec![FilterRule::new(pattern("NEEDLE"), true)]);
    let line = shortened(&text, &keep);
    assert!(line.is_cut && line.text.len() <= 100);
    let beyond = line.beyond.as_ref().unwrap();
    assert_eq!(beyond.column, 305);
    assert!(keep.takes_record(std::slice::from_ref(&line)));
    // The matches of a search are shown in the same way.
    let mut search = Filter::default();
    search.search = Some(Box::new(pattern("NEEDLE|z")));
    assert_eq!(shortened(&text, &search).beyond.unwrap().column, 305);
    let none = Filter::new(None, vec![FilterRule::new(pattern("nothing"), true)]);
    assert_eq!(shortened(&text, &none).beyond, None);
    let short = shortened("[1] NEEDLE", &keep);
    assert!(!short.is_cut && short.beyond.is_none());
}
