//! The bytes of a closed file, wherever they are, and the content of its object.

use std::{
    collections::BTreeMap,
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
pub(super) const LEVEL: i32 = 3;

/// Where bytes of a file are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FileSource {
    /// In a file, as they are.
    Plain(PathBuf),
    /// In a file, compressed.
    Compressed(PathBuf),
    /// In a packed folder.
    Member {
        archive: PathBuf,
        name: String,
        /// Before compression. `None` if it was compressed before it was packed.
        bytes: Option<u64>,
    },
}

/// How much there is of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileExtent {
    /// Before compression.
    pub(crate) plain_bytes: u64,
    /// The names of its sources on disk, with the bytes that were read of them.
    pub(crate) stood: BTreeMap<String, u64>,
}

/// The content of an object, ready to be uploaded.
#[derive(Debug)]
pub(crate) struct Content {
    /// Has no name, and is gone with the process.
    pub(crate) file: File,
    pub(crate) bytes: u64,
}

/// Returns the content of the object of a file, and what was read for it. There is no content if
/// the file is empty.
///
/// # Errors
///
/// If a source cannot be read, or there is no room for the content.
pub(crate) fn content(sources: &[FileSource]) -> io::Result<(Option<Content>, FileExtent)> {
    let mut packed = zstd::Encoder::new(unnamed_file()?, LEVEL)?;
    // Readers find what is damaged.
    packed.include_checksum(true)?;
    let extent = copy_all(sources, &mut packed)?;
    if extent.plain_bytes == 0 {
        return Ok((None, extent));
    }
    let mut file = packed.finish()?;
    file.flush()?;
    let bytes = file.metadata()?.len();
    Ok((Some(Content { file, bytes }), extent))
}

/// Returns a file without a name, which is gone with the process.
pub(super) fn unnamed_file() -> io::Result<File> {
    tempfile::tempfile().map_err(|error| {
        let folder = std::env::temp_dir();
        let why = format!(
            "no temporary file can be made in {}: {error}",
            folder.display()
        );
        // Another kind: it is not the file of the tree that is not there.
        io::Error::other(why)
    })
}

/// Returns how much there is of a file. Decompresses it if nothing else tells.
///
/// # Errors
///
/// If a source cannot be read.
pub(super) fn extent(sources: &[FileSource]) -> io::Result<FileExtent> {
    let (path, member) = match sources {
        [FileSource::Plain(path)] => (path, None),
        [
            FileSource::Member {
                archive,
                bytes: Some(bytes),
                ..
            },
        ] => (archive, Some(*bytes)),
        _ => return copy_all(sources, &mut io::sink()),
    };
    // Looked at once: a record that is added meanwhile is in neither size.
    let stood = path.metadata()?.len();
    Ok(FileExtent {
        plain_bytes: member.unwrap_or(stood),
        stood: [(last_name(path), stood)].into(),
    })
}

/// Copies the bytes of all sources of a file, each once. Returns what was read.
pub(super) fn copy_all(sources: &[FileSource], to: &mut dyn Write) -> io::Result<FileExtent> {
    let mut extent = FileExtent::default();
    for (source, repeated) in sources.iter().zip(repeated(sources)?) {
        let copied = if let Some(copied) = repeated {
            copied
        } else {
            let copied = copy(source, to)?;
            extent.plain_bytes += copied.plain_bytes;
            copied
        };
        extent.stood.insert(copied.name, copied.stood);
    }
    Ok(extent)
}

/// What was read of each source that another one repeats: retention was killed after it had
/// compressed a file, and before it removed it. Late records may have been added to that since.
fn repeated(sources: &[FileSource]) -> io::Result<Vec<Option<Copied>>> {
    let mut repeated: Vec<Option<Copied>> = sources.iter().map(|_| None).collect();
    for (at, source) in sources.iter().enumerate() {
        for before in 0..at {
            if repeated[before].is_some() {
                continue;
            }
            let (held, earlier, copied) = compare(&sources[before], source)?;
            match held {
                Held::All => {
                    repeated[at] = Some(copied);
                    break;
                }
                Held::AllAndMore => repeated[before] = Some(earlier),
                Held::Other => {}
            }
        }
    }
    Ok(repeated)
}

/// What a source holds of one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    All,
    AllAndMore,
    Other,
}

/// Compares a source with one before it. Returns what was read of the earlier one, and of it.
fn compare(earlier: &FileSource, source: &FileSource) -> io::Result<(Held, Copied, Copied)> {
    let mut kept = unnamed_file()?;
    let earlier = copy(earlier, &mut kept)?;
    kept.rewind()?;
    let mut comparison = Comparison {
        earlier: BufReader::new(kept),
        left: earlier.plain_bytes,
        is_equal: true,
        is_longer: false,
    };
    let copied = copy(source, &mut comparison)?;
    let held = match (comparison.left, comparison.is_longer) {
        _ if !comparison.is_equal => Held::Other,
        (0, false) => Held::All,
        (0, true) if earlier.plain_bytes > 0 => Held::AllAndMore,
        _ => Held::Other,
    };
    Ok((held, earlier, copied))
}

/// What was read of a source.
#[derive(Debug)]
struct Copied {
    plain_bytes: u64,
    /// The name of the file that it is in, and the bytes of that on disk.
    name: String,
    stood: u64,
}

/// Compares the bytes that are written with those of a file, without keeping them in memory.
struct Comparison {
    earlier: BufReader<File>,
    /// How many bytes of that were not compared.
    left: u64,
    is_equal: bool,
    /// Whether more bytes follow.
    is_longer: bool,
}

impl Write for Comparison {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_equal || self.left == 0 {
            self.is_longer |= !bytes.is_empty();
            return Ok(bytes.len());
        }
        let earlier = self.earlier.fill_buf()?;
        let length = earlier.len().min(bytes.len());
        self.is_equal = earlier[..length] == bytes[..length];
        self.earlier.consume(length);
        self.left -= length as u64;
        Ok(if self.is_equal { length } else { bytes.len() })
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Copies the bytes of a source as they were logged.
fn copy(source: &FileSource, to: &mut dyn Write) -> io::Result<Copied> {
    let (FileSource::Plain(path)
    | FileSource::Compressed(path)
    | FileSource::Member { archive: path, .. }) = source;
    let file = File::open(path)?;
    // What is added meanwhile is for the next time.
    let stood = file.metadata()?.len();
    let plain_bytes = match source {
        FileSource::Plain(_) => {
            let copied = io::copy(&mut file.take(stood), to)?;
            if copied < stood {
                let error = io::Error::new(io::ErrorKind::UnexpectedEof, "it has become shorter");
                return Err(error);
            }
            copied
        }
        FileSource::Compressed(_) => io::copy(&mut decoded(path, file)?, to)?,
        FileSource::Member { name, bytes, .. } => {
            let is_compressed = bytes.is_none();
            let mut copied = None;
            each_member(path, file, &mut |found, _, bytes| {
                if found == name && copied.is_none() {
                    copied = Some(if is_compressed {
                        io::copy(&mut decoded(Path::new(name), bytes)?, to)?
                    } else {
                        io::copy(bytes, to)?
                    });
                }
                Ok(())
            })?;
            copied.ok_or_else(|| {
                let why = format!("{name:?} is not in {}", path.display());
                io::Error::new(io::ErrorKind::NotFound, why)
            })?
        }
    };
    Ok(Copied {
        plain_bytes,
        name: last_name(path),
        stood,
    })
}

/// Returns the last part of a path.
fn last_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

fn decoded<'r>(path: &Path, file: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
    let is_gzip = path.extension().is_some_and(|suffix| suffix == "gz");
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(file))
    } else {
        Box::new(zstd::Decoder::new(file)?)
    })
}

/// Returns the names of the files in a packed folder, and their bytes.
///
/// # Errors
///
/// If it cannot be read.
pub(super) fn members(archive: &Path) -> io::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    each_member(archive, File::open(archive)?, &mut |name, bytes, _| {
        found.push((name.to_owned(), bytes));
        Ok(())
    })?;
    Ok(found)
}

/// What is done with each file in a packed folder: its name, its bytes, a reader of them.
type EachMember<'a> = dyn FnMut(&str, u64, &mut dyn Read) -> io::Result<()> + 'a;

/// Calls a function with each file in a packed folder.
fn each_member(archive: &Path, file: File, each: &mut EachMember<'_>) -> io::Result<()> {
    if archive.extension().is_some_and(|suffix| suffix == "zip") {
        let mut packed = zip::ZipArchive::new(file)?;
        for index in 0..packed.len() {
            let mut member = packed.by_index(index)?;
            if member.is_file() {
                let name = last_name(Path::new(member.name()));
                each(&name, member.size(), &mut member)?;
            }
        }
        return Ok(());
    }
    let mut packed = tar::Archive::new(decoded(archive, file)?);
    for member in packed.entries()? {
        let mut member = member?;
        if member.header().entry_type().is_file() {
            let name = last_name(&member.path()?);
            each(&name, member.size(), &mut member)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{FileSource, Held, compare};

    #[test]
    fn a_source_is_compared_with_those_before_it() {
        let dir = tempfile::tempdir().unwrap();
        let source = |name: &str, bytes: &[u8]| {
            let path = dir.path().join(name);
            fs::write(&path, bytes).unwrap();
            FileSource::Plain(path)
        };
        let long = b"a line\n".repeat(10_000);
        let before = [source("long", &long), source("empty", b"")];
        for (bytes, of_long, of_empty) in [
            (&long[..], Held::All, Held::Other),
            (b"", Held::Other, Held::All),
            (&long[..long.len() - 1], Held::Other, Held::Other),
            (
                &[&long[..], b"more\n"].concat(),
                Held::AllAndMore,
                Held::Other,
            ),
            (b"b line\n", Held::Other, Held::Other),
        ] {
            let source = source("it", bytes);
            let held = |earlier| compare(earlier, &source).unwrap().0;
            let found = [held(&before[0]), held(&before[1])];
            assert_eq!(found, [of_long, of_empty], "{} bytes", bytes.len());
        }
    }
}
