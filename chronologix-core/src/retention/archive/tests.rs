//! Archives hold what went into them, and say no more than that.

use std::io::{self, Cursor, Write};

use super::{ArchiveSource, are_same, pack, unpack};
use crate::{Compression, CompressionSetting, fs::retention_fs::FileVersion};

/// Files with what is in them.
const FILES: [(&str, &str); 3] = [
    ("app.log", "[14:00:00] one\n[14:00:01] two\n"),
    ("app.1.log", "[14:00:02] three\n"),
    ("errors.log", ""),
];

/// An archive of the first `count` files.
fn packed(compression: Compression, count: usize) -> Vec<u8> {
    let mut archive = Vec::new();
    pack_to(compression, count, usize::MAX, &mut archive).unwrap();
    archive
}

/// Packs files; the one at `broken` cannot be opened.
fn pack_to(
    compression: impl Into<CompressionSetting>,
    count: usize,
    broken: usize,
    sink: &mut dyn Write,
) -> io::Result<()> {
    let mut sources = (0..count).map(|at| {
        if at == broken {
            return Err(io::ErrorKind::NotFound.into());
        }
        let (name, text) = FILES[at];
        let version = FileVersion {
            id: (0, 0),
            bytes: text.len() as u64,
            modified: 1_746_369_000_000_000_000,
        };
        Ok(ArchiveSource {
            name,
            version,
            mode: 0o600,
            bytes: Box::new(text.as_bytes()),
        })
    });
    pack(compression.into(), "2025-05-04__14-00", &mut sources, sink)
}

fn unpacked(compression: Compression, archive: Vec<u8>) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    let opened = Box::new(Cursor::new(archive));
    unpack(compression, opened, &mut |name, bytes| {
        let mut text = String::new();
        bytes.read_to_string(&mut text)?;
        found.push((name.to_owned(), text));
        Ok(())
    })?;
    Ok(found)
}

/// Those that this build knows, and how many files each holds.
fn built_in() -> Vec<(Compression, usize)> {
    let known = |(compression, _): &(Compression, usize)| match compression {
        Compression::Zst => cfg!(feature = "zstd"),
        Compression::Gz => cfg!(feature = "gzip"),
        Compression::TarZst => cfg!(all(feature = "tar", feature = "zstd")),
        Compression::TarGz => cfg!(all(feature = "tar", feature = "gzip")),
        _ => cfg!(feature = "zip"),
    };
    let all = [
        (Compression::Zst, 1),
        (Compression::Gz, 1),
        (Compression::TarZst, 3),
        (Compression::TarGz, 3),
        (Compression::Zip, 3),
    ];
    all.into_iter().filter(known).collect()
}

#[test]
fn what_goes_in_comes_out() {
    for (compression, count) in built_in() {
        let found = unpacked(compression, packed(compression, count)).unwrap();
        let name = |name: &str| match count {
            1 => String::new(),
            _ => format!("2025-05-04__14-00/{name}"),
        };
        let expected = FILES[..count].iter();
        let expected = expected.map(|(file, text)| (name(file), (*text).to_owned()));
        assert_eq!(found, expected.collect::<Vec<_>>(), "{compression}");
    }
}

#[test]
fn every_level_makes_an_archive() {
    for (compression, count) in built_in() {
        let levels = (1..=22).map(|level| compression.level(level));
        let known = levels.filter(|setting| setting.check().is_ok());
        let mut archives = 0;
        for setting in known {
            let mut archive = Vec::new();
            pack_to(setting, count, usize::MAX, &mut archive).unwrap();
            let found = unpacked(compression, archive).unwrap();
            let texts = found.iter().map(|(_, text)| text.as_str());
            assert!(
                texts.eq(FILES[..count].iter().map(|(_, text)| *text)),
                "{setting}"
            );
            archives += 1;
        }
        assert!(archives >= 9, "{archives} of {compression}");
    }
}

#[test]
fn half_an_archive_is_an_error() {
    for (compression, count) in built_in() {
        let whole = packed(compression, count);
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            let outcome = unpacked(compression, whole[..length].to_vec());
            let found = outcome.unwrap_or_default();
            let all = FILES[..count].iter().map(|(_, text)| *text);
            let is_all = all.eq(found.iter().map(|(_, text)| text.as_str()));
            // The end of a tar is nothing but zeros.
            let is_tar_end = matches!(compression, Compression::TarZst | Compression::TarGz);
            assert!(!is_all || is_tar_end, "{compression} cut to {length}");
        }
    }
}

#[test]
fn files_are_the_same_if_every_byte_is() {
    let long = vec![b'x'; 200_000];
    let mut other = long.clone();
    other[199_999] = b'y';
    for (one, another, expected) in [
        (&b""[..], &b""[..], true),
        (b"", b"a", false),
        (b"a", b"", false),
        (b"ab", b"ab", true),
        (b"ab", b"abc", false),
        (&long, &long, true),
        (&long, &other, false),
        (&long, &long[1..], false),
    ] {
        let (mut one, mut another) = (one, another);
        assert_eq!(are_same(&mut one, &mut another).unwrap(), expected);
    }
}

/// A disk that is full after so many writes, and wants to hear no more of it then.
#[cfg(feature = "zip")]
struct Full(usize);

#[cfg(feature = "zip")]
impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.checked_sub(1).expect("it has said that it is full");
        if self.0 == 0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(feature = "zip")]
#[test]
fn a_zip_that_is_given_up_is_given_up_in_silence() {
    for writes in 1..8 {
        let packed = pack_to(Compression::Zip, 3, usize::MAX, &mut Full(writes));
        assert_eq!(packed.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
    let mut sink = Vec::new();
    pack_to(Compression::Zip, 3, 1, &mut sink).unwrap_err();
    let end_of_a_zip = b"PK\x05\x06";
    assert!(!sink.windows(4).any(|bytes| bytes == end_of_a_zip));
}
