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
    streams.iter().fold(StreamSet::default(), |set, stream| {
        set.with(StreamId(*stream))
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
    assert!(streams.is_one_record(set(&[0, 1])));
    assert!(streams.is_one_record(set(&[0, 2, 3])));
    assert!(streams.is_one_record(set(&[2, 3])), "app may lack its copy");
    assert!(
        !streams.is_one_record(set(&[0, 3])),
        "two records that read the same"
    );
    assert!(
        !streams.is_one_record(set(&[0, 1, 2])),
        "nothing is mirrored into both"
    );
}

#[test]
fn without_a_declaration_equal_lines_are_copies() {
    let mut streams = Streams::default();
    let (all, errors) = (streams.id("all"), streams.id("errors"));
    assert!(streams.may_have_copies(all) && streams.may_have_copies(errors));
    assert!(streams.is_one_record(set(&[0, 1])));
    assert_eq!(streams.tag(set(&[0, 1]), &[5, 2]), "errors→all");
    assert_eq!(streams.tag(set(&[0, 1]), &[2, 5]), "all→errors");
    assert_eq!(streams.tag(set(&[0, 1]), &[2, 2]), "errors→all");
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
    let tag = |of: &[u16]| streams.tag(set(of), &[0; 4]);
    assert_eq!(tag(&[0]), "app");
    assert_eq!(tag(&[0, 1]), "errors→app");
    assert_eq!(tag(&[0, 2, 3]), "x→app,audit");
    assert_eq!(streams.longest_tag(), "x→app,audit".chars().count());
}

#[test]
fn the_65th_stream_is_no_copy_of_anything() {
    let late = StreamId(64);
    assert_eq!(StreamSet::of(late).len(), 0);
    assert!(!StreamSet::default().with(late).contains(late));
}
