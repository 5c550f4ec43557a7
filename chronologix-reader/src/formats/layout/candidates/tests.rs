//! Sets of formats beside the formats one by one.

use super::*;
use crate::formats::layout::{Layout, LineOpening};

#[test]
fn each_spelling_has_an_index_of_its_own() {
    let mut indices: Vec<usize> = stamps().map(|stamp| spelling(&stamp)).collect();
    indices.sort_unstable();
    assert_eq!(indices, (0..SPELLINGS).collect::<Vec<_>>());
}

#[test]
fn formats_are_found_by_what_is_seen() {
    // More than fit into one group.
    let fillers = (0..70).map(|number| format!("{{timestamp:date}} <{number}> {{message}}"));
    let templates = [
        "{timestamp:time} {level} {message}",
        "{timestamp} [{thread}] {message}",
        "{timestamp:comma} {logger} {message}",
        "{timestamp} {pid:int} {message}",
        "{timestamp} {client} \"{request:request}\" {message}",
    ];
    let templates: Vec<String> = fillers.chain(templates.map(ToOwned::to_owned)).collect();
    let layouts: Vec<Layout> = templates
        .iter()
        .map(|template| Layout::parse(template, None, Vec::new()).unwrap())
        .collect();
    assert!(layouts.iter().all(|it| it.opening() == LineOpening::Stamp));
    let starts = layouts.iter().map(Layout::start);
    let candidates = Candidates::new((0..).map(FormatId).zip(starts));
    for (line, expected) in [
        ("14:02:19 INFO up", &[70][..]),
        ("14:02:19 up", &[]),
        ("2025-05-04 14:02:19,123 [main] up", &[71, 72]),
        ("2025-05-04 14:02:19 17 up", &[73]),
        ("2025-05-04 14:02:19 17 \"up\"", &[73, 74]),
    ] {
        let stamp = crate::formats::stamp::read(line.as_bytes(), 0).unwrap();
        let seen = Seen::of(line.as_bytes(), 0, stamp);
        let found: Vec<u16> = candidates.of(&seen).map(|format| format.0).collect();
        assert_eq!(found, expected, "{line}");
    }
}
