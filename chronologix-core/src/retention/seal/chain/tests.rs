//! The chain: how it goes on, and what breaks it.

use std::fmt::Write as _;

use chronologix_schema::layout::{Digest, Folder, SealAction, SealHead, SealLink};
use ed25519_dalek::SigningKey;

use super::SealChain;

fn folder(hour: u32) -> Folder {
    Folder::parse(&format!("2025-05-04__{hour:02}-00")).unwrap()
}

/// A chain of seals of so many hours, the first of which was removed, and its text.
fn chain(hours: u32) -> (SealChain, String) {
    let key = SigningKey::from_bytes(&[5; 32]);
    let mut chain = SealChain::default();
    let mut text = String::new();
    let mut add = |action, hour: u32, sums| {
        let now = format!("2025-05-05T{hour:02}:01:00.25Z").parse().unwrap();
        let link = chain.link(action, folder(hour), sums, now, Some(&key));
        chain.add(&link);
        writeln!(text, "{link}").unwrap();
    };
    for hour in 0..hours {
        add(
            SealAction::Seal,
            hour,
            Digest([u8::try_from(hour).unwrap(); 32]),
        );
    }
    add(SealAction::Remove, 0, Digest([0; 32]));
    chain.whole = text.len();
    (chain, text)
}

#[test]
fn a_chain_is_read_back() {
    let (chain, text) = chain(3);
    let read = SealChain::parse(text.as_bytes(), chain.head()).unwrap();
    assert_eq!(read, chain);
    assert_eq!(read.sums_of(folder(0)), None);
    assert_eq!(read.sums_of(folder(2)), Some(Digest([2; 32])));
    let links = text.lines().map(|line| SealLink::parse(line).unwrap());
    let links = links.collect::<Vec<_>>();
    assert_eq!(links[0].previous, Digest::default());
    assert_eq!(links[1].previous, links[0].digest());
}

#[test]
fn signatures_are_about_the_whole_line() {
    let (_, text) = chain(2);
    let public = SigningKey::from_bytes(&[5; 32]).verifying_key();
    for whole in text.lines() {
        let link = SealLink::parse(whole).unwrap();
        let signature = ed25519_dalek::Signature::from_bytes(&link.signature.unwrap());
        let (statement, _) = whole.rsplit_once(' ').unwrap();
        public
            .verify_strict(statement.as_bytes(), &signature)
            .unwrap();
    }
}

#[test]
fn half_a_link_at_the_end_is_none() {
    let (chain, text) = chain(3);
    for torn in ["5 seal 2025-05-04__03-00 20", "\0\0\0", "5"] {
        let read = SealChain::parse(format!("{text}{torn}").as_bytes(), chain.head()).unwrap();
        assert_eq!(read, chain);
        assert_eq!(read.whole, text.len());
    }
}

#[test]
fn a_link_may_be_ahead_of_the_head_and_none_may_be_missing() {
    let (whole, text) = chain(3);
    let (_, rest) = text.split_once('\n').unwrap();
    let first = SealLink::parse(text.lines().next().unwrap()).unwrap();
    let head = Some(SealHead {
        number: 1,
        digest: first.digest(),
    });
    assert_eq!(SealChain::parse(text.as_bytes(), head), Ok(whole.clone()));
    assert_eq!(SealChain::parse(text.as_bytes(), None), Ok(whole.clone()));
    let cut = &text[..=text.trim_end().rfind('\n').unwrap()];
    for (text, error) in [
        (cut, "it lacks link 4, which was its last one"),
        ("", "it lacks link 4, which was its last one"),
        (rest, "link 1 of the chain of seals was changed"),
    ] {
        let read = SealChain::parse(text.as_bytes(), whole.head());
        assert_eq!(read, Err(error.to_owned()));
    }
}

#[test]
fn any_changed_byte_breaks_it() {
    let (chain, text) = chain(3);
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        assert!(SealChain::parse(&bytes, chain.head()).is_err(), "{at}");
    }
}
