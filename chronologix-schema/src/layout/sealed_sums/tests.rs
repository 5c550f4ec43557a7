//! The beginning of a `.sums` that a seal has: whatever stands behind it, and nothing else.

use super::{Digest, SealedSums, Sums, SumsSection, digest_of};

const FOLDER: &str = "2025-05-04__14-00";

/// Three seals, each with a file that the one before does not have.
fn sections() -> Vec<String> {
    let section = |name: &str| {
        let section = SumsSection {
            folder: FOLDER.to_owned(),
            others: vec![name.to_owned()],
            ..SumsSection::default()
        };
        section.to_text()
    };
    ["a.txt", "b.txt", "c.txt"].map(section).to_vec()
}

#[test]
fn each_seal_finds_its_sums_whatever_stands_behind_them() {
    let sections = sections();
    for seals in 1..=sections.len() {
        let sealed = sections[..seals].concat();
        let digest = digest_of(sealed.as_bytes());
        let names = ["a.txt", "b.txt", "c.txt"].map(str::to_owned);
        let expected = SealedSums {
            sums: Sums {
                others: names.into_iter().take(seals).collect(),
                ..Sums::default()
            },
            seals,
            end: sealed.len(),
        };
        let later = sections[seals..].concat();
        for behind in ["", &later, "sums 1 2025", "no sums\n"] {
            let text = format!("{sealed}{behind}");
            let found = SealedSums::find(text.as_bytes(), digest);
            assert_eq!(found.as_ref(), Some(&expected), "{text}");
            let (read, _) = SumsSection::parse_start(&text);
            assert_eq!(read[seals - 1].seal_digest(&text), digest);
        }
    }
}

#[test]
fn what_was_not_sealed_like_that_is_not_found() {
    let text = sections().concat();
    let whole = digest_of(text.as_bytes());
    // Not at the end of a section.
    for end in [0, 5, text.len() - 1] {
        let digest = digest_of(&text.as_bytes()[..end]);
        assert_eq!(SealedSums::find(text.as_bytes(), digest), None, "{end}");
    }
    let cut = &text.as_bytes()[..text.len() - 1];
    assert_eq!(SealedSums::find(cut, whole), None);
    assert_eq!(SealedSums::find(b"", digest_of(b"")), None);
    let changed = text.replace("b.txt", "B.txt");
    assert_eq!(SealedSums::find(changed.as_bytes(), whole), None);
    let not_text = [text.as_bytes(), b"\xff\n"].concat();
    assert_eq!(SealedSums::find(&not_text, whole), None);
    // A file cannot have shrunk.
    let zeros = Digest::default();
    let file = |bytes| format!("sums 1 {FOLDER}\nfile {zeros} {bytes} 0 0 app.log\n");
    let text = format!("{}block {zeros} 0\n{}", file(9), file(0));
    let digest = digest_of(text.as_bytes());
    assert_eq!(SealedSums::find(text.as_bytes(), digest), None);
}

#[test]
fn a_section_of_another_text_has_the_hash_of_all_that_is_there() {
    let text = sections().concat();
    let last = SumsSection::parse_all(&text).unwrap().pop().unwrap();
    assert_eq!(last.seal_digest("short"), digest_of(b"short"));
}
