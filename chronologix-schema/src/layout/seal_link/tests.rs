//! Lines of the chain: what is read back, and what is refused.

use super::{Digest, Folder, SealAction, SealLink};

fn link(signature: Option<[u8; 64]>) -> SealLink {
    SealLink {
        number: 12,
        action: SealAction::Remove,
        folder: Folder::parse("2025-05-04").unwrap(),
        time: "2025-06-04T00:00:07Z".parse().unwrap(),
        sums: Digest([0xab; 32]),
        previous: Digest([1; 32]),
        signature,
    }
}

#[test]
fn a_line_is_read_back() {
    for link in [link(None), link(Some([0xfe; 64]))] {
        let line = link.to_string();
        assert!(line.starts_with("12 remove 2025-05-04 2025-06-04T00:00:07Z abab"));
        assert!(line.starts_with(&link.statement()));
        assert_eq!(SealLink::parse(&line), Some(link));
    }
}

#[test]
fn only_what_would_be_written_back_is_read() {
    let good = link(Some([0xfe; 64])).to_string();
    for (from, to) in [
        ("12 ", "012 "),
        ("remove", "Remove"),
        ("07Z", "07.0Z"),
        ("07Z", "07+00:00"),
        ("abab", "ABab"),
        ("2025-05-04 ", "2025-5-4 "),
        (" ", "  "),
        ("fefe", "fe"),
    ] {
        let bad = good.replacen(from, to, 1);
        assert_eq!(SealLink::parse(&bad), None, "{bad}");
    }
    assert_eq!(SealLink::parse(&format!("{good} more")), None);
    assert_eq!(SealLink::parse(""), None);
}

#[cfg(feature = "seal")]
#[test]
fn the_hash_covers_the_whole_line() {
    let mut other = link(None);
    other.number += 1;
    let links = [link(None), link(Some([1; 64])), link(Some([2; 64])), other];
    let mut digests = links.map(|link| link.digest()).to_vec();
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), 4);
}
