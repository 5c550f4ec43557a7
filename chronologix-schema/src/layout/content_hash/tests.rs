//! Hashes by blocks: they are those of BLAKE3, in whatever pieces the bytes come.

use proptest::prelude::*;

use super::{BLOCK_BYTES, ContentHasher, FileSum, block_value, digest_of, newlines};

const BLOCK: usize = 65_536;

fn sum_of(bytes: &[u8]) -> FileSum {
    let mut hasher = ContentHasher::new();
    hasher.update(bytes);
    hasher.finish()
}

/// Lines of some lengths, some of which continue the one before.
fn text(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    let mut text = Vec::with_capacity(bytes);
    while text.len() < bytes {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        text.push(match state >> 58 {
            0 => b'\n',
            1 => b'\t',
            other => b'A' + u8::try_from(other % 26).unwrap(),
        });
    }
    text
}

fn records(bytes: &[u8]) -> u64 {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines.filter(|line| line[0] != b'\t').count() as u64
}

#[test]
fn a_file_has_the_hash_that_blake3_gives_it() {
    for blocks in 0..9 {
        for around in [-1025, -1024, -1023, -1, 0, 1, 1023, 1024, 1025] {
            let Some(bytes) = (blocks * BLOCK).checked_add_signed(around) else {
                continue;
            };
            let text = text(bytes, 7);
            let sum = sum_of(&text);
            assert_eq!(sum.digest, digest_of(&text), "{bytes}");
            assert_eq!(sum.blocks.len(), bytes.div_ceil(BLOCK));
            let lines = sum.blocks.iter().map(|it| it.lines).sum::<u32>();
            assert_eq!(lines, text.chunks(BLOCK).map(newlines).sum::<u32>());
            assert_eq!(sum.records, records(&text), "{bytes}");
            for (index, block) in text.chunks(BLOCK).enumerate() {
                let value = block_value(index as u64, block);
                assert_eq!(value, sum.blocks[index].value, "{bytes}, {index}");
            }
        }
    }
}

#[test]
fn a_header_is_no_record() {
    let header = "# chronologix/1 stream=a folder=b file=c run=d\n";
    let sum = sum_of(format!("{header}one\n\tmore\ntwo\n").as_bytes());
    assert_eq!(sum.records, 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pieces_make_no_difference(
        bytes in 0..(3 * BLOCK),
        pieces in prop::collection::vec(1..BLOCK, 1..20),
        seed: u64,
    ) {
        let text = text(bytes, seed);
        let mut hasher = ContentHasher::new();
        let mut rest = &text[..];
        for piece in pieces {
            let (taken, left) = rest.split_at(piece.min(rest.len()));
            hasher.update(taken);
            rest = left;
        }
        hasher.update(rest);
        prop_assert_eq!(hasher.finish(), sum_of(&text));
    }

    #[test]
    fn a_file_that_has_grown_is_hashed_from_where_it_ended(
        before in 0..(3 * BLOCK),
        added in 1..(2 * BLOCK),
        is_whole: bool,
        seed: u64,
    ) {
        let before = if is_whole { before - before % BLOCK } else { before };
        let mut text = text(before + added, seed);
        if before > 0 {
            text[before - 1] = b'\n';
        }
        let old = sum_of(&text[..before]);
        let from = usize::try_from(ContentHasher::resumes_at(&old)).unwrap();
        prop_assert_eq!(from as u64 % BLOCK_BYTES, 0);
        let mut hasher = ContentHasher::resumed(&old);
        hasher.update(&text[from..before]);
        prop_assert!(hasher.is_grown_from(&old));
        prop_assert_eq!(hasher.clone().finish(), old.clone());
        hasher.update(&text[before..]);
        prop_assert_eq!(hasher.finish(), sum_of(&text));
        if from < before {
            text[from] ^= 1;
            let mut hasher = ContentHasher::resumed(&old);
            hasher.update(&text[from..before]);
            prop_assert!(!hasher.is_grown_from(&old));
        }
    }
}
