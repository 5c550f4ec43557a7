//! Tables as the format describes them, and bytes that are none.

use super::{FrameLengths, SeekTable};

fn table(lengths: &[(u32, u32)]) -> SeekTable {
    let mut table = SeekTable::default();
    for (packed, plain) in lengths {
        let (packed, plain) = (*packed, *plain);
        table.push(FrameLengths { packed, plain });
    }
    table
}

#[test]
fn a_table_has_the_bytes_that_the_format_describes() {
    let bytes = table(&[(0x0102, 0x0304_0506), (7, 0)]).encode();
    let expected = [
        &b"\x5e\x2a\x4d\x18"[..],
        b"\x19\0\0\0",
        b"\x02\x01\0\0\x06\x05\x04\x03",
        b"\x07\0\0\0\0\0\0\0",
        b"\x02\0\0\0\0\xb1\xea\x92\x8f",
    ];
    assert_eq!(bytes, expected.concat());
}

#[test]
fn a_table_comes_back_as_it_was() {
    for lengths in [&[][..], &[(9, 0)], &[(u32::MAX, u32::MAX), (1, 2), (3, 4)]] {
        let table = table(lengths);
        let bytes = table.encode();
        let footer = &bytes[bytes.len() - SeekTable::FOOTER..];
        assert_eq!(SeekTable::encoded_length(footer), Some(bytes.len() as u64));
        assert_eq!(SeekTable::decode(&bytes), Some(table));
    }
}

#[test]
fn checksums_of_entries_are_left_out() {
    let bytes = [
        &b"\x5e\x2a\x4d\x18\x15\0\0\0"[..],
        b"\x10\0\0\0\x20\0\0\0\xaa\xbb\xcc\xdd",
        b"\x01\0\0\0\x80\xb1\xea\x92\x8f",
    ]
    .concat();
    assert_eq!(
        SeekTable::encoded_length(&bytes[bytes.len() - 9..]),
        Some(29)
    );
    assert_eq!(SeekTable::decode(&bytes), Some(table(&[(16, 32)])));
}

#[test]
fn nothing_but_a_whole_table_is_one() {
    let whole = table(&[(9, 20), (10, 30)]).encode();
    for length in 0..whole.len() {
        assert_eq!(SeekTable::decode(&whole[..length]), None, "{length}");
        assert_eq!(SeekTable::decode(&whole[whole.len() - length..]), None);
    }
    // Any bit of it but those of the lengths, and two that have no meaning.
    let lengths = 8..24;
    let unused = (whole.len() - 5, 0..2);
    for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut changed = whole.clone();
        changed[at] ^= 1 << bit;
        let is_table = lengths.contains(&at) || (at == unused.0 && unused.1.contains(&bit));
        assert_eq!(
            SeekTable::decode(&changed).is_some(),
            is_table,
            "bit {bit} of byte {at}"
        );
    }
}

#[test]
fn a_number_of_frames_that_no_file_has_is_refused() {
    let footer = |frames: u32| {
        let mut footer = frames.to_le_bytes().to_vec();
        footer.extend(b"\0\xb1\xea\x92\x8f");
        footer
    };
    let most = SeekTable::MAX_FRAMES;
    assert_eq!(
        SeekTable::encoded_length(&footer(most)),
        Some(u64::from(most) * 8 + 17)
    );
    assert_eq!(SeekTable::encoded_length(&footer(most + 1)), None);
    assert_eq!(SeekTable::encoded_length(&footer(u32::MAX)), None);
    assert_eq!(SeekTable::encoded_length(b"short"), None);
}
