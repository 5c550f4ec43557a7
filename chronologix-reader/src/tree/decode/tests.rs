//! Formats by their first bytes, data that is cut or padded, and UTF-16.

use lz4_flex::frame::BlockSize;

use super::*;

const TEXT: &str = "[14:00:00] one\n[14:00:01] two\n";

/// Bytes that give out a few at a time, as a pipe does.
struct Slowly<'a>(&'a [u8], usize);

impl Read for Slowly<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len()).min(self.0.len());
        buffer[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn decoded(bytes: &[u8]) -> (String, Option<String>) {
    let mut results = [1, 3, usize::MAX].map(|length| {
        let mut out = Vec::new();
        let trouble = decode(Slowly(bytes, length), &mut out).unwrap();
        (String::from_utf8(out).unwrap(), trouble)
    });
    assert_eq!(results[0], results[1]);
    assert_eq!(results[0], results[2]);
    std::mem::take(&mut results[0])
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut packed = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let blocks = lz4_flex::frame::FrameInfo::new().block_size(BlockSize::Max64KB);
    let mut packed = lz4_flex::frame::FrameEncoder::with_frame_info(blocks, Vec::new());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut packed = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// What the program `xz` makes of [`TEXT`].
fn xz_of_the_program() -> Vec<u8> {
    let hex = concat!(
        "fd377a585a000004e6d6b4460200210116000000742fe5a3e0001d001a5d002d8c4283d9",
        "ad19a54a39404c91e0774d632f7cf109d66e349340000000c24d26f85431d7980001361e",
        "3d1995531fb6f37d010000000004595a",
    );
    let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(byte).collect()
}

fn all() -> [(&'static str, Vec<u8>); 6] {
    let text = TEXT.as_bytes();
    [
        ("gzip", gz(text)),
        ("zstd", zst(text)),
        ("xz", xz(text)),
        ("xz", xz_of_the_program()),
        ("bzip2", bz2(text)),
        ("lz4", lz4(text)),
    ]
}

#[test]
fn every_compression_is_known_by_its_first_bytes() {
    for (name, packed) in all() {
        assert_eq!(decoded(&packed), (TEXT.to_owned(), None), "{name}");
    }
    assert_eq!(decoded(TEXT.as_bytes()), (TEXT.to_owned(), None));
    assert_eq!(decoded(b""), (String::new(), None));
    // Text that begins like compressed data.
    for text in [
        "BZhello\n",
        "B",
        "BZh",
        "\x1f",
        "(",
        "P",
        "PK\n",
        "7z is a program\n",
    ] {
        assert_eq!(decoded(text.as_bytes()), (text.to_owned(), None));
    }
}

#[test]
fn what_stands_one_behind_the_other_is_one_file() {
    for (name, packed) in all() {
        let twice = [&packed[..], &packed].concat();
        assert_eq!(decoded(&twice), (TEXT.repeat(2), None), "{name}");
    }
    let skippable = [&b"\x50\x2a\x4d\x18\x02\0\0\0ab"[..], &zst(b"after\n")].concat();
    let frames = [zst(b"before\n"), skippable].concat();
    assert_eq!(decoded(&frames), ("before\nafter\n".to_owned(), None));
}

#[test]
fn zeros_behind_the_end_are_no_trouble_and_other_bytes_are_named() {
    for (name, packed) in all() {
        let padded = [&packed[..], &[0; 600]].concat();
        assert_eq!(decoded(&padded), (TEXT.to_owned(), None), "{name}");
        for garbage in ["garbage\n", "\0\0\0\0garbage"] {
            let padded = [&packed[..], garbage.as_bytes()].concat();
            let (text, trouble) = decoded(&padded);
            let expected = format!("has bytes behind its end that are not {name}; ignoring them");
            assert_eq!((text, trouble), (TEXT.to_owned(), Some(expected)));
        }
    }
}

#[test]
fn what_comes_before_a_cut_is_there() {
    let mut text = String::new();
    for number in 0..20_000_u64 {
        let hardly_compressible = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        text += &hardly_compressible.to_string();
        text.push('\n');
    }
    let text = text.as_bytes();
    // Where a format has blocks, the last may be read as a whole only.
    for (name, packed, block) in [
        ("gzip", gz(text), 1_000),
        ("xz", xz(text), 8_000),
        ("zstd", zst(text), 128 << 10),
        ("bzip2", bz2(text), 100_000),
        ("lz4", lz4(text), 64 << 10),
    ] {
        let mut out = Vec::new();
        let trouble = decode(&packed[..packed.len() / 2], &mut out).unwrap();
        let expected = "is cut off; showing what could be decompressed";
        assert_eq!(trouble.as_deref(), Some(expected), "{name}");
        assert!(text.starts_with(&out), "{name}");
        let least = text.len() / 2 - block;
        assert!(out.len() >= least, "{name}: {} of {least}", out.len());
    }
    // Only the trailer is missing.
    let packed = gz(TEXT.as_bytes());
    let (text, trouble) = decoded(&packed[..packed.len() - 4]);
    assert_eq!(text, TEXT);
    assert!(trouble.is_some());
}

#[test]
fn damage_is_named() {
    let mut packed = gz(&TEXT.repeat(100).into_bytes());
    let crc = packed.len() - 8;
    packed[crc] ^= 1;
    packed.extend(gz(b"not reached\n"));
    let (text, trouble) = decoded(&packed);
    assert_eq!(text, TEXT.repeat(100));
    assert!(trouble.is_some_and(|trouble| trouble.starts_with("is damaged (")));
}

#[test]
fn zstd_with_a_long_window_is_read() {
    let mut packed = zstd::Encoder::new(Vec::new(), 1).unwrap();
    packed.window_log(28).unwrap();
    packed.long_distance_matching(true).unwrap();
    packed.write_all(TEXT.as_bytes()).unwrap();
    assert_eq!(decoded(&packed.finish().unwrap()), (TEXT.to_owned(), None));
}

#[test]
fn formats_that_are_not_read_are_named() {
    for (head, name) in [
        (&b"7z\xbc\xaf\x27\x1c\0\x04"[..], "a 7z archive"),
        (b"PK\x03\x04\x14\0", "a zip archive"),
        (b"Rar!\x1a\x07\x01\0", "a rar archive"),
        (b"\x1f\x9d\x90[", "compress (.Z)"),
        (b"LZIP\x01", "lzip"),
    ] {
        let error = decode(head, &mut Vec::new()).unwrap_err().to_string();
        assert_eq!(error, format!("it is {name}, which is not read here"));
    }
}

#[test]
fn byte_order_marks_are_no_text_and_utf_16_is_decoded() {
    let text = "[14:00:00] caf\u{e9} \u{1f4a5} \u{4f60}\u{597d}\n";
    let units = || text.encode_utf16();
    let le = units().flat_map(u16::to_le_bytes);
    let be = units().flat_map(u16::to_be_bytes);
    let cases = [
        [&b"\xef\xbb\xbf"[..], text.as_bytes()].concat(),
        [0xff, 0xfe].into_iter().chain(le).collect(),
        [0xfe, 0xff].into_iter().chain(be).collect::<Vec<u8>>(),
    ];
    for bytes in cases {
        assert_eq!(decoded(&bytes), (text.to_owned(), None));
        // Also if it was compressed.
        assert_eq!(decoded(&gz(&bytes)), (text.to_owned(), None));
    }
    // Half a character at the end, and a lone half of a pair.
    assert_eq!(decoded(b"\xff\xfea\0b").0, "a\u{fffd}");
    assert_eq!(decoded(b"\xff\xfe\x3d\xd8a\0").0, "\u{fffd}a");
}
