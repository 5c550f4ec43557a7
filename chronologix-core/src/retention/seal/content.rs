//! What a log held before any compression, piece by piece, and its sums.

use std::{
    io::{self, Read, Seek as _, SeekFrom},
    path::PathBuf,
    sync::atomic::AtomicBool,
};

use chronologix_schema::layout::{ContentHasher, FileSum, SUMS_FILE};

use crate::{
    Compression,
    fs::retention_fs::RetentionFs,
    retention::{
        archive,
        compressor::{ExactReader, fail_if_stopped},
    },
};

/// Bytes read at a time: some blocks.
const CHUNK: usize = 256 << 10;

/// A part of a log. The parts follow each other: late records stand behind what was compressed.
#[derive(Clone, Debug)]
pub(crate) enum LogPiece {
    Plain(PlainPiece),
    Packed(PackedPiece),
}

/// The first bytes of a file.
#[derive(Clone, Debug)]
pub(crate) struct PlainPiece {
    pub(crate) path: PathBuf,
    pub(crate) bytes: u64,
}

/// What is compressed, or a file of an archive.
#[derive(Clone, Debug)]
pub(crate) struct PackedPiece {
    pub(crate) path: PathBuf,
    pub(crate) compression: Compression,
    /// The name of the file in the archive. That of a compressed file is empty.
    pub(crate) member: String,
}

/// Why there are no new sums of a log.
#[derive(Debug)]
pub(crate) enum ContentError {
    /// What was sealed is not there any more, or not as it was.
    Changed(String),
    Io(io::Error),
}

impl From<io::Error> for ContentError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The sums of a log, and whether it ends in the middle of a line.
#[derive(Debug)]
pub(crate) struct Summed {
    pub(crate) sum: FileSum,
    pub(crate) ends_mid_line: bool,
}

/// Hashes a log, from where it ended when it was last sealed. Fails if it was changed up to there.
pub(crate) fn sum(
    fs: &dyn RetentionFs,
    pieces: &[LogPiece],
    old: &FileSum,
    stop: &AtomicBool,
) -> Result<Summed, ContentError> {
    let mut hasher = ContentHasher::resumed(old);
    let from = ContentHasher::resumes_at(old);
    // The bytes that are known and read again.
    let mut known = old.bytes - from;
    let mut is_as_it_was = known == 0 && hasher.is_grown_from(old);
    let mut last = None;
    read(fs, pieces, from, stop, &mut |bytes| {
        last = bytes.last().copied().or(last);
        let most = usize::try_from(known).unwrap_or(usize::MAX);
        let (again, new) = bytes.split_at(most.min(bytes.len()));
        hasher.update(again);
        known -= again.len() as u64;
        if known == 0 && !again.is_empty() {
            is_as_it_was = hasher.is_grown_from(old);
        }
        hasher.update(new);
        Ok(())
    })?;
    if known > 0 {
        let text = "it is shorter than it was when it was sealed";
        return Err(ContentError::Changed(text.to_owned()));
    }
    if !is_as_it_was {
        let text = "it is not as it was when it was sealed";
        return Err(ContentError::Changed(text.to_owned()));
    }
    Ok(Summed {
        sum: hasher.finish(),
        ends_mid_line: last.is_some_and(|last| last != b'\n'),
    })
}

/// Hands the bytes of some pieces to `sink`, from an offset on.
fn read(
    fs: &dyn RetentionFs,
    pieces: &[LogPiece],
    from: u64,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut skipped = from;
    for piece in pieces {
        match piece {
            LogPiece::Plain(plain) => {
                let passed = skipped.min(plain.bytes);
                skipped -= passed;
                copy(&mut plain.open(fs, passed, stop)?, stop, sink)?;
            }
            LogPiece::Packed(packed) => packed.read(fs, &mut |bytes| {
                skipped -= skip(bytes, skipped)?;
                copy(bytes, stop, sink)
            })?,
        }
    }
    Ok(())
}

impl PlainPiece {
    /// Opens it at an offset.
    fn open<'a>(
        &self,
        fs: &dyn RetentionFs,
        offset: u64,
        stop: &'a AtomicBool,
    ) -> io::Result<ExactReader<'a>> {
        let mut inner = fs.open(&self.path)?;
        inner.seek(SeekFrom::Start(offset))?;
        let left = self.bytes - offset;
        Ok(ExactReader { inner, left, stop })
    }
}

impl PackedPiece {
    /// Calls `each` with its bytes, if it is there.
    fn read(
        &self,
        fs: &dyn RetentionFs,
        each: &mut dyn FnMut(&mut dyn Read) -> io::Result<()>,
    ) -> io::Result<()> {
        archive::unpack(
            self.compression,
            fs.open(&self.path)?,
            &mut |name, bytes| {
                if is_member(name, &self.member) {
                    each(bytes)?;
                }
                Ok(())
            },
        )
    }
}

/// Returns whether a name in an archive is that of a file. The folder stands in front of it.
fn is_member(name: &str, member: &str) -> bool {
    name.rsplit('/').next() == Some(member)
}

fn skip(packed: &mut dyn Read, most: u64) -> io::Result<u64> {
    io::copy(&mut packed.take(most), &mut io::sink())
}

fn copy(
    from: &mut dyn Read,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        fail_if_stopped(stop)?;
        match from.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => sink(&buffer[..read])?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Returns whether two pieces hold the same bytes. What is not in an archive holds none.
pub(crate) fn are_same(
    fs: &dyn RetentionFs,
    packed: &PackedPiece,
    plain: &PlainPiece,
    stop: &AtomicBool,
) -> io::Result<bool> {
    let mut are_same = plain.bytes == 0;
    packed.read(fs, &mut |bytes| {
        are_same = archive::are_same(bytes, &mut plain.open(fs, 0, stop)?)?;
        Ok(())
    })?;
    Ok(are_same)
}

/// Returns the sums in an archive, if it has any.
pub(crate) fn sums_in(
    fs: &dyn RetentionFs,
    path: PathBuf,
    compression: Compression,
    stop: &AtomicBool,
) -> io::Result<Option<Vec<u8>>> {
    let mut text = None;
    let sums = PackedPiece {
        path,
        compression,
        member: SUMS_FILE.to_owned(),
    };
    read(fs, &[LogPiece::Packed(sums)], 0, stop, &mut |bytes| {
        text.get_or_insert_with(Vec::new).extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(text)
}
