//! Lines whose copies come, come twice, or never come.

use chrono::{DateTime, TimeDelta};

use super::{ENOUGH_EXPECTED, ExpectedCopies, MOST_EXPECTED, hash_of_copied, stream_of_json};

#[test]
fn each_line_has_one_copy() {
    let mut expected = ExpectedCopies::default();
    for hash in [1, 2, 1] {
        expected.add(hash, None, None);
    }
    assert!(expected.take(1));
    assert_eq!(expected.hashes(), [2, 1]);
    assert!(expected.take(1) && !expected.take(1) && expected.take(2));
    assert!(expected.is_empty() && !expected.take(2));
    assert_eq!(expected.hashes(), [0; 0]);
}

#[test]
fn lines_whose_copies_never_come_are_forgotten() {
    let mut expected = ExpectedCopies::default();
    let most = MOST_EXPECTED as u64;
    let time = DateTime::UNIX_EPOCH;
    for hash in 0..3 * most {
        expected.add(hash, Some(time), None);
    }
    assert!(expected.is_full(time) && !expected.is_full(time + TimeDelta::seconds(1)));
    assert_eq!(expected.hashes(), (2 * most..3 * most).collect::<Vec<_>>());
    assert!(!expected.take(0) && expected.take(3 * most - 1));
}

#[test]
fn what_is_kept_goes_on() {
    let mut expected = ExpectedCopies::of(&[3, 3, 5], None);
    assert!(expected.take(3) && expected.take(5) && expected.take(3));
    assert!(expected.is_empty());
}

#[test]
fn what_is_kept_is_as_full_as_it_was() {
    let time = DateTime::UNIX_EPOCH;
    let mut expected = ExpectedCopies::default();
    for hash in 0..MOST_EXPECTED as u64 {
        if !expected.is_full(time) {
            expected.add(hash, Some(time), None);
        }
        expected = ExpectedCopies::of(&expected.hashes(), expected.latest());
    }
    assert_eq!(expected.hashes().len(), ENOUGH_EXPECTED);
}

#[test]
fn hashes_are_the_same_in_all_versions() {
    let hash = hash_of_copied(b"[14:00:01] disk full", None, false);
    assert_eq!(hash, 11_227_938_826_042_264_299);
    let added = hash_of_copied(b"[14:00:01] disk full file=a.rs line=7", None, false);
    assert_eq!(added, hash);
}

#[test]
fn a_json_line_names_its_stream() {
    let line = br#"{"timestamp":"t","level":null,"stream":"app","message":"\"stream\":\"x\""}"#;
    assert_eq!(stream_of_json(line), Some(&b"app"[..]));
    assert_eq!(stream_of_json(br#"{"message":"x"}"#), None);
}
