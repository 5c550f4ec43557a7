//! Frames are found by the table; a table that lies costs nothing but time.

use std::{fs, ops::Range, path::PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::tree::{open_file, take_trouble};

/// Frames of a few thousand bytes: more than one block makes none.
const FRAME: usize = 3000;

/// Lines of a log, which differ.
fn text(bytes: usize) -> Vec<u8> {
    let lines = (0_u64..).map(|line| format!("[14:00:00] line {line} is {}\n", line * line % 97));
    let mut text = Vec::new();
    for line in lines {
        if text.len() >= bytes {
            break;
        }
        text.extend(line.as_bytes());
    }
    text.truncate(bytes);
    text
}

/// A file of zstd in frames of this size, and its table.
fn framed(text: &[u8], frame: usize) -> (Vec<u8>, SeekTable) {
    let (mut packed, mut table) = (Vec::new(), SeekTable::default());
    for plain in text.chunks(frame) {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        io::Write::write_all(&mut encoder, plain).unwrap();
        let bytes = encoder.finish().unwrap();
        table.push(FrameLengths {
            packed: u32::try_from(bytes.len()).unwrap(),
            plain: u32::try_from(plain.len()).unwrap(),
        });
        packed.extend(bytes);
    }
    (packed, table)
}

fn seekable(text: &[u8]) -> Vec<u8> {
    let (mut packed, table) = framed(text, FRAME);
    packed.extend(table.encode());
    packed
}

/// A file in a folder of its own, so that it is in no cache.
fn file(name: &str, bytes: &[u8]) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, bytes).unwrap();
    (dir, path)
}

fn has_frames(path: &Path) -> bool {
    let packed = OpenFile::plain(fs::File::open(path).unwrap());
    let identity = Identity::of_packed(&packed.metadata().unwrap());
    ZstdFrames::open(path, &packed, identity).unwrap().is_some()
}

fn read(file: &OpenFile, range: Range<u64>) -> Vec<u8> {
    let mut bytes = vec![0; length(range.end - range.start)];
    let found = read_at(file, &mut bytes, range.start).unwrap();
    bytes.truncate(found);
    bytes
}

fn read_all(path: &Path) -> Vec<u8> {
    let file = open_file(path).unwrap();
    read(&file, 0..file.state().unwrap().length + 10_000)
}

#[test]
fn any_range_is_read_as_it_was_written() {
    let text = text(10 * FRAME + 17);
    let (_dir, path) = file("app.log.zst", &seekable(&text));
    assert!(has_frames(&path));
    let opened = open_file(&path).unwrap();
    let all = text.len() as u64;
    assert_eq!(opened.state().unwrap().length, all);
    assert!(!opened.is_plain());
    let frame = FRAME as u64;
    for range in [
        0..all,
        0..1,
        0..0,
        frame - 1..frame + 1,
        frame..2 * frame,
        3 * frame + 5..7 * frame + 1,
        all - 1..all + 5,
        all..all + 5,
        all + 100..all + 101,
    ] {
        let cut = |at: u64| length(at.min(all));
        let expected = &text[cut(range.start)..cut(range.end)];
        assert_eq!(read(&opened, range.clone()), expected, "{range:?}");
    }
    for (offset, begin) in [
        (0, 0),
        (frame - 1, 0),
        (frame, frame),
        (2 * frame + 7, 2 * frame),
    ] {
        assert_eq!(opened.fastest_before(offset), begin);
    }
}

#[test]
fn nothing_but_the_frames_that_are_asked_for_is_decompressed() {
    let text = text(40 * FRAME);
    let mut packed = seekable(&text);
    // Damage in the first half of the file, behind its first frame.
    let (begin, end) = (packed.len() / 20, packed.len() / 2);
    packed[begin..end].fill(0xee);
    let (_dir, path) = file("app.log.zst", &packed);
    let opened = open_file(&path).unwrap();
    let last = 25 * FRAME as u64..text.len() as u64;
    assert_eq!(read(&opened, last.clone()), &text[length(last.start)..]);
    assert_eq!(take_trouble(&path), None);

    // What is damaged is read as without a table: up to the damage.
    let found = read(&opened, 0..last.end);
    assert!(
        found.len() >= FRAME && text.starts_with(&found),
        "{} bytes",
        found.len()
    );
    assert_eq!(opened.state().unwrap().length, found.len() as u64);
    let trouble = take_trouble(&path).unwrap();
    assert!(trouble.starts_with("is damaged"), "{trouble}");
    assert!(!has_frames(&path));
    assert_eq!(read_all(&path), found);
}

#[test]
fn a_read_of_little_decompresses_the_beginning_of_a_frame() {
    let text = text(2 << 20);
    let (mut packed, table) = framed(&text, 1 << 20);
    // The last blocks of the second frame.
    let end = packed.len() - 1000;
    packed[end..].fill(0xee);
    packed.extend(table.encode());
    let (_dir, path) = file("app.log.zst", &packed);
    let opened = open_file(&path).unwrap();
    let at = (1 << 20) + 100_u64;
    assert_eq!(
        read(&opened, at..at + 500),
        &text[length(at)..length(at) + 500]
    );
    assert_eq!(take_trouble(&path), None);
}

#[test]
fn a_frame_that_is_read_on_is_decompressed_once_more_only() {
    let frame = 2 << 20;
    let text = text(2 * frame);
    let (mut packed, table) = framed(&text, frame);
    packed.extend(table.encode());
    let (_dir, path) = file("app.log.zst", &packed);
    let opened = open_file(&path).unwrap();
    let identity = opened.state().unwrap().identity;
    let kept = || lock(&KEPT).get(identity, 1).map(|bytes| bytes.len());
    assert_eq!(kept(), None);
    let mut at = frame;
    for expected in [BLOCK, frame, frame] {
        let range = at..at + BLOCK;
        let found = read(&opened, range.start as u64..range.end as u64);
        assert!(found == text[range.clone()], "{range:?}");
        assert_eq!(kept(), Some(expected), "{range:?}");
        at = range.end;
    }
}

#[test]
fn a_file_without_a_table_of_its_own_is_unpacked() {
    let text = text(4 * FRAME);
    let (frames, table) = framed(&text, FRAME);
    let whole = seekable(&text);
    let with = |table: &SeekTable| [&frames[..], &table.encode()].concat();
    let changed = |change: &dyn Fn(&mut Vec<FrameLengths>)| {
        let mut frames = table.frames().to_vec();
        change(&mut frames);
        let mut table = SeekTable::default();
        for frame in frames {
            table.push(frame);
        }
        with(&table)
    };
    let twice = [&text[..], &text].concat();
    for (what, bytes, expected) in [
        ("frames alone", frames.clone(), &text),
        ("two files", [&whole[..], &whole].concat(), &twice),
        ("a table of less", changed(&|it| it.truncate(3)), &text),
        ("a table of nothing", changed(&Vec::clear), &text),
        ("bytes behind it", [&whole[..], &frames].concat(), &twice),
        ("zeros behind it", [&whole[..], &[0; 9]].concat(), &text),
        ("a huge frame", changed(&|it| it[1].plain = u32::MAX), &text),
        (
            "a huge packed frame",
            changed(&|it| it[1].packed = u32::MAX),
            &text,
        ),
    ] {
        let (_dir, path) = file("app.log.zst", &bytes);
        assert!(!has_frames(&path), "{what}");
        assert_eq!(read_all(&path), *expected, "{what}");
    }
}

#[test]
fn a_table_that_lies_is_found_out_where_it_is_used() {
    type Lie = fn(&mut [FrameLengths]);

    let text = text(4 * FRAME);
    let (frames, table) = framed(&text, FRAME);
    let lies: [(&str, Lie); 7] = [
        ("a longer frame", |it| it[1].plain += 1),
        (
            "a shorter first frame, of which little is read at first",
            |it| {
                it[0].plain -= 128;
            },
        ),
        ("a shorter frame", |it| it[1].plain -= 1),
        ("a frame of 16 MiB", |it| it[1].plain = LARGEST_FRAME),
        ("an empty frame", |it| it[1].plain = 0),
        ("moved ends", |it| {
            it[1].packed += 5;
            it[2].packed -= 5;
        }),
        ("swapped frames", |it| {
            it[1].plain -= 7;
            it[2].plain += 7;
        }),
    ];
    for (what, lie) in lies {
        let mut lengths = table.frames().to_vec();
        lie(&mut lengths);
        let mut lying = SeekTable::default();
        for frame in lengths {
            lying.push(frame);
        }
        let (_dir, path) = file("app.log.zst", &[&frames[..], &lying.encode()].concat());
        let mut found = read_all(&path);
        if what == "an empty frame" {
            // Nothing of it is asked for, so nothing tells.
            assert_eq!(found.len(), text.len() - FRAME);
            continue;
        }
        // The length was that of the table.
        found.truncate(text.len());
        assert!(found == text, "{what}");
        assert_eq!(take_trouble(&path), None, "{what}");
        assert!(read_all(&path) == text, "{what}, once more");
    }
}

#[test]
fn text_that_is_decoded_further_is_unpacked() {
    let utf16: Vec<u8> = "\u{feff}one\ntwo\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (text, expected) in [
        (&b"\xef\xbb\xbfone\n"[..], &b"one\n"[..]),
        (&utf16, b"one\ntwo\n"),
        (b"{\n  \"a\": 1\n}\n", b"{\"a\":1}\n"),
        (
            b"[\n                                  {\"a\": 1}]",
            b"{\"a\":1}\n",
        ),
    ] {
        let (_dir, path) = file("app.log.zst", &seekable(text));
        assert!(!has_frames(&path));
        assert_eq!(read_all(&path), expected);
    }
    for text in [&b""[..], b"[", b"{\n", b"[1]\n", b"one"] {
        let (mut packed, mut table) = framed(text, FRAME);
        if text.is_empty() {
            packed = zstd::encode_all(text, 3).unwrap();
            table.push(FrameLengths {
                packed: u32::try_from(packed.len()).unwrap(),
                plain: 0,
            });
        }
        packed.extend(table.encode());
        let (_dir, path) = file("app.log.zst", &packed);
        assert_eq!(read_all(&path), text);
    }
}

#[test]
fn files_of_a_packed_folder_are_read_in_place() {
    let mut archive = tar::Builder::new(Vec::new());
    let (one, two) = (text(5 * FRAME), text(7 * FRAME + 3));
    for (name, text) in [
        ("2025-05-04/app.log", &one),
        ("2025-05-04/errors.log", &two),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o600);
        archive.append_data(&mut header, name, &text[..]).unwrap();
    }
    let packed = seekable(&archive.into_inner().unwrap());
    let (_dir, path) = file("2025-05-04.tar.zst", &packed);
    assert!(has_frames(&path));
    assert_eq!(read_all(&path.join("app.log")), one);
    let errors = open_file(&path.join("errors.log")).unwrap();
    let at = two.len() as u64 - 50;
    assert_eq!(read(&errors, at..at + 100), &two[two.len() - 50..]);
}

#[test]
fn no_more_frames_are_kept_than_there_is_room_for() {
    let (_dir, path) = file("app.log.zst", b"");
    let of = Identity::of(&fs::metadata(&path).unwrap());
    let mut cache = FrameCache(Vec::new());
    let frame = || Arc::new(vec![0; KEPT_BYTES / 4]);
    (0..5).for_each(|index| cache.keep(of, index, frame()));
    assert!(cache.get(of, 0).is_none() && cache.get(of, 4).is_some());
    // The one that was used stays, and the newer one takes the place of the older.
    assert!(cache.get(of, 1).is_some());
    cache.keep(of, 5, frame());
    assert!(cache.get(of, 1).is_some() && cache.get(of, 2).is_none());
    cache.keep(of, 5, Arc::new(vec![0; 10]));
    assert_eq!(cache.get(of, 5).map(|bytes| bytes.len()), Some(10));
    assert_eq!(
        cache.0.iter().filter(|(_, index, _)| *index == 5).count(),
        1
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_is_changed_nothing_else_is_read_than_without_a_table(
        bytes in 1_usize..20_000,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        near_the_end in any::<bool>(),
        cut in prop::option::of(0_usize..40),
    ) {
        let text = text(bytes);
        let mut packed = seekable(&text);
        packed.truncate(packed.len() - cut.unwrap_or(0).min(packed.len() / 2));
        for (at, bits) in changes {
            let end = packed.len().min(60);
            let at = if near_the_end { packed.len() - 1 - at.index(end) } else { at.index(packed.len()) };
            packed[at] ^= bits;
        }
        let (_dir, path) = file("app.log.zst", &packed);
        let Ok(opened) = open_file(&path) else {
            return Ok(());
        };
        let stated = opened.state().unwrap().length;
        let found = read(&opened, 0..stated.min(100_000));
        let (_dir, without) = file("app.log.zst", &packed);
        let stored = OpenFile::plain(fs::File::open(&without).unwrap());
        let identity = Identity::of_packed(&stored.metadata().unwrap());
        let unpacked = packed::unpack_whole(&without, &stored, identity).unwrap();
        let mut expected = read(&unpacked, 0..100_000);
        // The table may have said less than there is.
        prop_assert_eq!(found.len() as u64, stated.min(expected.len() as u64));
        expected.truncate(found.len());
        prop_assert!(found == expected);
    }
}
