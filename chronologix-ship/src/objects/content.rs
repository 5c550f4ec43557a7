//! The bytes of a closed file, wherever they are, and the content of its object.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, Read, Seek as _, Write},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;

/// The suffixes of compressed files.
pub(super) const COMPRESSED: [&str; 2] = [".zst", ".gz"];

/// The suffixes of packed folders.
pub(super) const ARCHIVES: [&str; 3] = [".tar.zst", ".tar.gz", ".zip"];

/// How objects are compressed. The same bytes give the same object.
const LEVEL: i32 = 3;

/// Where bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileSource {
    /// In a file, as they are.
    Plain(PathBuf),
    /// In a file, compressed.
    Compressed(PathBuf),
    /// In a packed folder, with this name.
    Member(PathBuf, String),
}

/// The content of an object, ready to be uploaded.
#[derive(Debug)]
pub(crate) struct Content {
    /// Has no name, and is gone with the process.
    pub(crate) file: File,
    pub(crate) bytes: u64,
    /// Before compression.
    pub(crate) plain_bytes: u64,
}

/// Returns the content of the object of a file. `None` if the file is empty.
///
/// # Errors
///
/// If a source cannot be read, or there is no room for the content.
pub(crate) fn content(sources: &[FileSource]) -> io::Result<Option<Content>> {
    let mut packed = zstd::Encoder::new(tempfile::tempfile()?, LEVEL)?;
    // Readers find what is damaged.
    packed.include_checksum(true)?;
    let mut plain_bytes = 0;
    for (at, source) in sources.iter().enumerate() {
        if at > 0 && is_held(source, &sources[..at])? {
            continue;
        }
        plain_bytes += copy(source, &mut packed)?;
    }
    if plain_bytes == 0 {
        return Ok(None);
    }
    let mut file = packed.finish()?;
    file.flush()?;
    Ok(Some(Content {
        bytes: file.metadata()?.len(),
        file,
        plain_bytes,
    }))
}

/// Returns how many bytes the sources of a file have together, before compression.
///
/// # Errors
///
/// If one cannot be read.
pub(super) fn plain_bytes(sources: &[FileSource]) -> io::Result<u64> {
    let mut bytes = 0;
    for (at, source) in sources.iter().enumerate() {
        if at == 0 || !is_held(source, &sources[..at])? {
            bytes += copy(source, &mut io::sink())?;
        }
    }
    Ok(bytes)
}

/// Returns whether a source repeats one before it: retention was killed after it had compressed a
/// file, and before it removed it.
fn is_held(source: &FileSource, before: &[FileSource]) -> io::Result<bool> {
    for other in before {
        let mut kept = tempfile::tempfile()?;
        copy(other, &mut kept)?;
        kept.rewind()?;
        let mut comparison = Comparison {
            other: BufReader::new(kept),
            is_equal: true,
        };
        copy(source, &mut comparison)?;
        if comparison.ends_equal()? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Compares the bytes that are written with those of a file, without keeping them in memory.
struct Comparison {
    other: BufReader<File>,
    is_equal: bool,
}

impl Comparison {
    /// Returns whether all bytes are equal, and the file has no more.
    fn ends_equal(mut self) -> io::Result<bool> {
        Ok(self.is_equal && self.other.fill_buf()?.is_empty())
    }
}

impl Write for Comparison {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_equal {
            return Ok(bytes.len());
        }
        let other = self.other.fill_buf()?;
        let length = other.len().min(bytes.len());
        // A file that is shorter differs.
        self.is_equal = (length > 0 || bytes.is_empty()) && other[..length] == bytes[..length];
        self.other.consume(length);
        Ok(if self.is_equal { length } else { bytes.len() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies the bytes of a source as they were logged. Returns how many.
fn copy(source: &FileSource, to: &mut dyn Write) -> io::Result<u64> {
    match source {
        FileSource::Plain(path) => {
            let file = File::open(path)?;
            // What is added meanwhile is for the next time.
            let length = file.metadata()?.len();
            io::copy(&mut file.take(length), to)
        }
        FileSource::Compressed(path) => {
            let file = File::open(path)?;
            io::copy(&mut decoded(path, file)?, to)
        }
        FileSource::Member(archive, name) => {
            let mut copied = None;
            each_member(archive, &mut |found, bytes| {
                if found == name && copied.is_none() {
                    copied = Some(io::copy(bytes, to)?);
                }
                Ok(())
            })?;
            copied.ok_or_else(|| {
                let why = format!("{name:?} is not in {}", archive.display());
                io::Error::new(io::ErrorKind::NotFound, why)
            })
        }
    }
}

fn decoded(path: &Path, file: File) -> io::Result<Box<dyn Read>> {
    let is_gzip = path.extension().is_some_and(|suffix| suffix == "gz");
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(zstd::Decoder::new(file)?)
    })
}

/// Returns the names of the files in a packed folder.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn members(archive: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    each_member(archive, &mut |name, _| {
        names.push(name.to_owned());
        Ok(())
    })?;
    Ok(names)
}

/// Calls a function with each file in a packed folder.
fn each_member(
    archive: &Path,
    each: &mut dyn FnMut(&str, &mut dyn Read) -> io::Result<()>,
) -> io::Result<()> {
    let file = File::open(archive)?;
    let last = |path: &Path| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    if archive.extension().is_some_and(|suffix| suffix == "zip") {
        let mut packed = zip::ZipArchive::new(file)?;
        for index in 0..packed.len() {
            let mut member = packed.by_index(index)?;
            if member.is_file() {
                let name = last(Path::new(member.name()));
                each(&name, &mut member)?;
            }
        }
        return Ok(());
    }
    let mut packed = tar::Archive::new(decoded(archive, file)?);
    for member in packed.entries()? {
        let mut member = member?;
        if member.header().entry_type().is_file() {
            let name = last(&member.path()?);
            each(&name, &mut member)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FileSource, is_held};

    #[test]
    fn a_source_is_held_by_one_with_the_same_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let source = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            fs::write(&path, bytes).unwrap();
            FileSource::Plain(path)
        };
        let long = b"a line\n".repeat(10_000);
        let before = [source("long", &long), source("empty", b"")];
        for (bytes, expected) in [
            (&long[..], true),
            (b"", true),
            (&long[..long.len() - 1], false),
            (&[&long[..], b"more\n"].concat(), false),
            (b"b line\n", false),
        ] {
            let held = is_held(&source("it", bytes), &before).unwrap();
            assert_eq!(held, expected, "{} bytes", bytes.len());
        }
    }
}
