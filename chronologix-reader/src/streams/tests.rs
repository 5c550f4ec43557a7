//! Names, copies and labels.

use super::*;

/// `app`, `errors -> app`, `x -> (app, audit)`, `audit`.
fn declared() -> Streams {
    let mut streams = Streams::default();
    let [app, errors, x, audit] = ["app", "errors", "x", "audit"].map(|name| streams.id(name));
    streams.set_mirrors(app, Vec::new());
    streams.set_mirrors(errors, vec![app]);
    streams.set_mirrors(x, vec![app, audit]);
    streams.set_mirrors(audit, Vec::new());
    streams
}

fn set(streams: &[u16]) -> StreamSet {
    let ids = streams.iter().map(|stream| StreamId(*stream));
    ids.fold(StreamSet::of(StreamId(streams[0])), |set, stream| {
        set.with(stream)
    })
}

#[test]
fn ids_stay() {
    let mut streams = declared();
    assert_eq!(streams.id("errors"), StreamId(1));
    assert_eq!(streams.id("late"), StreamId(4));
    assert_eq!(streams.name(StreamId(4)), "late");
    assert_eq!(streams.ids().count(), 5);
}

#[test]
fn copies_are_declared() {
    let streams = declared();
    assert!(streams.is_one_record(&set(&[0, 1])));
    assert!(streams.is_one_record(&set(&[0, 2, 3])));
    assert!(
        streams.is_one_record(&set(&[2, 3])),
        "app may lack its copy"
    );
    assert!(
        !streams.is_one_record(&set(&[0, 3])),
        "two records that read the same"
    );
    assert!(
        !streams.is_one_record(&set(&[0, 1, 2])),
        "nothing is mirrored into both"
    );
}

#[test]
fn without_a_declaration_there_are_no_copies() {
    let mut streams = Streams::default();
    let (all, errors) = (streams.id("all"), streams.id("errors"));
    assert!(!streams.may_have_copies(all) && !streams.may_have_copies(errors));
    assert!(!streams.is_one_record(&set(&[0, 1])));
}

#[test]
fn a_record_keeps_a_tag_if_its_mirrors_are_changed() {
    let mut streams = declared();
    streams.set_mirrors(StreamId(1), Vec::new());
    assert_eq!(streams.tag(&set(&[0, 1])), "app→errors");
}

#[test]
fn only_mirrored_streams_are_compared() {
    let mut streams = declared();
    assert!(streams.may_have_copies(StreamId(3)));
    let alone = streams.id("alone");
    assert!(!streams.may_have_copies(alone));
    assert!(!Streams::default().may_have_copies(alone));
}

#[test]
fn tags_name_the_origin_first() {
    let streams = declared();
    let tag = |of: &[u16]| streams.tag(&set(of));
    assert_eq!(tag(&[0]), "app");
    assert_eq!(tag(&[0, 1]), "errors→app");
    assert_eq!(tag(&[0, 2, 3]), "x→app,audit");
}

#[test]
fn sets_hold_any_streams() {
    for ids in [
        &[7_u16][..],
        &[64, 3, u16::MAX],
        &[9, 8, 7, 6, 5, 4],
        &[2_000, 9, 8, 7, 6, 5, 4],
        &[1, 2, 3, 4, 5, 6, 7, 8, 1_999, 0],
    ] {
        let set = set(ids);
        let mut sorted = ids.to_vec();
        sorted.sort_unstable();
        assert_eq!(set.iter().map(|id| id.0).collect::<Vec<_>>(), sorted);
        assert!(ids.iter().all(|id| set.contains(StreamId(*id))));
        assert!(!set.contains(StreamId(500)));
        assert_eq!(set.with(StreamId(ids[0])), set, "twice is once");
    }
}

#[test]
fn a_set_is_two_words() {
    assert!(size_of::<StreamSet>() <= 16);
}

#[test]
fn a_mirrored_record_counts_once() {
    // Of app, errors, x and audit: records in each of their own.
    let own = [5, 3, 7, 2];
    let files = [5 + 3 + 7, 3, 7, 2 + 7];
    let streams = declared();
    let total = |shown: Option<&[StreamId]>| -> i64 {
        streams
            .weights(shown)
            .iter()
            .zip(files)
            .map(|(weight, count)| weight * count)
            .sum()
    };
    assert_eq!(total(None), own.iter().sum::<i64>());
    assert_eq!(
        total(Some(&[StreamId(0)])),
        15,
        "copies count where their source is hidden"
    );
    assert_eq!(total(Some(&[StreamId(0), StreamId(1)])), 15);
    assert_eq!(total(Some(&[StreamId(1), StreamId(3)])), 3 + 9);
    let mut chain = Streams::default();
    let [a, b, c] = ["a", "b", "c"].map(|name| chain.id(name));
    chain.set_mirrors(a, vec![b, c]);
    chain.set_mirrors(b, vec![c]);
    assert_eq!(chain.weights(None), [0, 0, 1]);
    assert_eq!(Streams::default().weights(None), [0; 0]);
}
