//! Frames are bounded, the table says where each is, and any decoder reads the whole.

use std::io::{self, Read as _, Write as _};

use chronologix_schema::layout::SeekTable;

use super::{FrameWriter, frame_log};

/// Lines of a log, which differ.
fn text(bytes: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut number = 1_u64;
    while text.len() < bytes {
        number = number
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let line = format!(
            "[14:00:00] [INFO] request {} took {} ms\n",
            number >> 40,
            number % 97
        );
        text.extend(line.as_bytes());
    }
    text.truncate(bytes);
    text
}

fn packed(text: &[u8], level: u8, piece: usize) -> Vec<u8> {
    let mut packed = Vec::new();
    let mut writer = FrameWriter::new(&mut packed, level).unwrap();
    text.chunks(piece)
        .for_each(|it| writer.write_all(it).unwrap());
    writer.finish().unwrap();
    packed
}

fn table_of(packed: &[u8]) -> SeekTable {
    let footer = &packed[packed.len() - SeekTable::FOOTER..];
    let length = usize::try_from(SeekTable::encoded_length(footer).unwrap()).unwrap();
    SeekTable::decode(&packed[packed.len() - length..]).unwrap()
}

#[test]
fn each_frame_is_what_the_table_says() {
    let frame = 1 << frame_log(3);
    for (bytes, frames) in [
        (0, 1),
        (1, 1),
        (frame - 1, 1),
        (frame, 1),
        (frame + 1, 2),
        (3 * frame + 1000, 4),
    ] {
        let text = text(bytes);
        let packed = packed(&text, 3, 70_001);
        let table = table_of(&packed);
        assert_eq!(table.frames().len(), frames, "{bytes} bytes");
        let (mut from, mut at) = (0, 0);
        for lengths in table.frames() {
            let end = from + lengths.packed as usize;
            let plain = zstd::bulk::decompress(&packed[from..end], frame).unwrap();
            assert_eq!(plain, text[at..at + lengths.plain as usize]);
            (from, at) = (end, at + plain.len());
        }
        assert_eq!(at, bytes);
        assert_eq!(packed.len(), from + table.encode().len());
        // A decoder that knows nothing of the table.
        assert_eq!(zstd::decode_all(&packed[..]).unwrap(), text);
    }
}

#[test]
fn the_same_bytes_make_the_same_file_in_whatever_pieces_they_come() {
    let text = text(2_500_000);
    let whole = packed(&text, 3, usize::MAX);
    for piece in [999, 64 << 10, 1 << 20] {
        assert_eq!(packed(&text, 3, piece), whole);
    }
}

#[test]
fn bytes_that_cannot_be_compressed_are_stored() {
    let mut noise = Vec::new();
    let mut number = 1_u64;
    for _ in 0..400_000 {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        noise.extend(number.to_le_bytes());
    }
    let packed = packed(&noise, 3, 100_000);
    assert!(packed.len() < noise.len() + 1000, "{} bytes", packed.len());
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), noise);
}

#[test]
fn a_higher_level_makes_larger_frames_and_a_smaller_file() {
    let text = text(5 << 20);
    let (low, high) = (packed(&text, 3, 1 << 16), packed(&text, 12, 1 << 16));
    assert_eq!(table_of(&low).frames().len(), 5);
    assert_eq!(table_of(&high).frames().len(), 2);
    assert!(high.len() < low.len(), "{} and {}", high.len(), low.len());
    assert_eq!(zstd::decode_all(&high[..]).unwrap(), text);
}

#[test]
fn a_frame_that_is_damaged_is_an_error() {
    let text = text(1_200_000);
    let mut packed = packed(&text, 3, 1 << 16);
    let middle = packed.len() / 2;
    packed[middle] ^= 0x10;
    let mut found = Vec::new();
    let outcome = zstd::Decoder::new(&packed[..]).and_then(|mut it| it.read_to_end(&mut found));
    assert!(outcome.is_err() && found != text);
}

/// Takes so many bytes.
struct Full(usize);

impl io::Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_sink_that_is_full_is_an_error_at_any_place() {
    let text = text(1_500_000);
    let length = packed(&text, 3, 1 << 16).len();
    for room in [0, 1, length / 2, length - 1] {
        let mut sink = Full(room);
        let mut writer = FrameWriter::new(&mut sink, 3).unwrap();
        let outcome = writer.write_all(&text).and_then(|()| writer.finish());
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
