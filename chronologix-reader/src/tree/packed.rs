//! Opens files: as they are, decompressed, or out of a packed folder.
//!
//! Compressed formats cannot be read at an offset, but zstd with a table of its frames. What the
//! others hold is therefore unpacked once, block by block, into unnamed temporary files. The system
//! removes these with the process, however it ends. A file of a packed folder has the path it would
//! have if the archive were a folder.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

#[cfg(feature = "zstd")]
use super::zstd_frames::ZstdFrames;
use super::{
    decode::{Content, HEAD, decode, not_read},
    file_name::name_text,
    header::header_length,
    instant_of,
    positional::{FileState, Identity, OpenFile, not_regular, open_regular, read_at},
    spool,
};

#[cfg(test)]
mod tests;
#[cfg(feature = "tar")]
mod untar;
#[cfg(feature = "zip")]
mod unzip;

/// The suffixes of packed folders.
pub(crate) const ARCHIVES: [&str; 9] = [
    ".tar.zst", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tar.lz4", ".tar", ".zip",
];

/// The suffixes of compressed files.
pub(super) const COMPRESSED: [&str; 5] = [".zst", ".gz", ".xz", ".bz2", ".lz4"];

/// The number of unpacked files and folders that are cached.
const KEPT: usize = 8;

/// The files unpacked last.
static FILES: UnpackCache<File> = UnpackCache::new();

/// The folders unpacked last.
static FOLDERS: UnpackCache<Archive> = UnpackCache::new();

/// The lengths of all files that were unpacked, and where their records begin, so that they are not
/// unpacked for that again.
static LENGTHS: Mutex<BTreeMap<Identity, (u64, u64)>> = Mutex::new(BTreeMap::new());

/// What is wrong with the file of a path, until it is reported.
static TROUBLES: Mutex<BTreeMap<PathBuf, (Identity, Option<String>)>> = Mutex::new(BTreeMap::new());

/// An unpacked folder.
#[derive(Debug)]
struct Archive {
    /// The bytes of all its files.
    whole: OpenFile,
    identity: Identity,
    /// Where each file stands, by its name in the archive: the last part of its path, or all of it
    /// if another file has the same last part. An archive must not choose paths outside.
    members: BTreeMap<String, Range<u64>>,
}

/// Returns the name of a compressed file without its suffix.
pub(crate) fn uncompressed_name(name: &str) -> Option<&str> {
    COMPRESSED
        .iter()
        .find_map(|suffix| without_suffix(name, suffix))
}

/// Returns a name without a suffix, in small or capital letters.
pub(super) fn without_suffix<'a>(name: &'a str, suffix: &str) -> Option<&'a str> {
    let (stem, end) = name.split_at_checked(name.len().checked_sub(suffix.len())?)?;
    end.eq_ignore_ascii_case(suffix).then_some(stem)
}

/// Returns the name of a packed folder without its suffix.
pub(super) fn archive_stem(name: &str) -> Option<&str> {
    ARCHIVES
        .iter()
        .find_map(|suffix| without_suffix(name, suffix))
}

/// Returns whether a path is that of an archive.
pub(super) fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    archive_stem(&name).is_some() && path.is_file()
}

/// Opens a file, compressed or not.
///
/// # Errors
///
/// Fails if it cannot be read or is not a regular file.
pub(crate) fn open_file(path: &Path) -> io::Result<OpenFile> {
    let (stored, content) = match stored(path)? {
        (stored, None) => return Ok(stored),
        (stored, Some(content)) => (stored, content),
    };
    if let Content::Text(mark) = content {
        return Ok(stored.behind_mark(mark));
    }
    let identity = packed_identity(&stored)?;
    let file = match frames(path, &stored, content, identity)? {
        Some(file) => file,
        None => unpack_whole(path, &stored, identity)?,
    };
    let known = lock(&LENGTHS).get(&identity).copied();
    if let Some((_, header)) = known {
        return Ok(file.behind_mark(header));
    }
    let mut head = [0; HEAD];
    let length = read_at(&file, &mut head, 0)?;
    let header = header_length(&file, &head[..length])?;
    lock(&LENGTHS).insert(identity, (file.state()?.length, header));
    Ok(file.behind_mark(header))
}

/// Opens a compressed file that can be read at an offset. `None` if this is none.
#[cfg(feature = "zstd")]
fn frames(
    path: &Path,
    stored: &OpenFile,
    content: Content,
    identity: Identity,
) -> io::Result<Option<OpenFile>> {
    use super::decode::Compression;

    if content != Content::Compressed(Compression::Zstd) {
        return Ok(None);
    }
    let frames = ZstdFrames::open(path, stored, identity)?;
    Ok(frames.map(|frames| OpenFile::of_frames(frames, identity)))
}

#[cfg(not(feature = "zstd"))]
#[expect(clippy::unnecessary_wraps, reason = "its like may fail")]
fn frames(_: &Path, _: &OpenFile, _: Content, _: Identity) -> io::Result<Option<OpenFile>> {
    Ok(None)
}

/// Unpacks a file into a temporary one, if that is not in the cache.
pub(super) fn unpack_whole(
    path: &Path,
    stored: &OpenFile,
    identity: Identity,
) -> io::Result<OpenFile> {
    let unpacked = FILES.get(identity, || {
        let mut unpacked = tempfile::tempfile()?;
        let trouble = decode(Sequential::new(stored.clone()), &mut unpacked)?;
        keep_trouble(path, identity, trouble);
        Ok(unpacked)
    })?;
    let file = OpenFile::unpacked(unpacked, identity);
    // It may have been another one by the table of its frames.
    if let Some((length, _)) = lock(&LENGTHS).get_mut(&identity) {
        *length = file.state()?.length;
    }
    Ok(file)
}

/// Returns the first bytes of a file, without a byte order mark. No more than these are
/// decompressed.
///
/// # Errors
///
/// Fails if the file cannot be read.
pub(super) fn read_beginning(path: &Path, length: usize) -> io::Result<Vec<u8>> {
    let (stored, content) = stored(path)?;
    if content.is_some_and(Content::is_encoded) {
        let mut beginning = Beginning {
            bytes: Vec::new(),
            length,
        };
        // Decoding is given up when there is enough.
        return match decode(Sequential::new(stored), &mut beginning) {
            Err(error) if beginning.bytes.len() < length => Err(error),
            _ => Ok(beginning.bytes),
        };
    }
    let mark = match content {
        Some(Content::Text(mark)) => mark,
        _ => 0,
    };
    let mut bytes = vec![0; length];
    let length = read_at(&stored, &mut bytes, mark)?;
    bytes.truncate(length);
    Ok(bytes)
}

/// Returns identity and unpacked length of a file, and where its lines begin.
///
/// # Errors
///
/// Fails if there is no such file.
pub(crate) fn file_state(path: &Path) -> io::Result<(FileState, u64)> {
    let (stored, content) = stored(path)?;
    if !content.is_some_and(Content::is_encoded) {
        let mark = match content {
            Some(Content::Text(mark)) => mark,
            _ => stored.mark(),
        };
        return Ok((stored.state()?, mark));
    }
    let identity = packed_identity(&stored)?;
    // Bound to a name, so that the lock is not held while the file is unpacked.
    let known = lock(&LENGTHS).get(&identity).copied();
    if let Some((length, header)) = known {
        let modified = stored.state()?.modified;
        let state = FileState {
            identity,
            length,
            modified,
        };
        return Ok((state, header));
    }
    let file = open_file(path)?;
    Ok((file.state()?, file.mark()))
}

/// Returns identity and length of a file that is read as it is, without opening it.
///
/// # Errors
///
/// Fails if there is no such file.
pub(crate) fn plain_state(path: &Path) -> io::Result<FileState> {
    let found = fs::metadata(path)?;
    if !found.is_file() {
        return Err(not_regular());
    }
    Ok(FileState {
        identity: Identity::of(&found),
        length: found.len(),
        modified: found.modified().ok().and_then(instant_of),
    })
}

/// Returns what was wrong when the file of this path was unpacked. Tells it once.
pub(crate) fn take_trouble(path: &Path) -> Option<String> {
    lock(&TROUBLES).get_mut(path)?.1.take()
}

/// Keeps what is wrong with a file until it is reported.
pub(super) fn keep_trouble(path: &Path, identity: Identity, trouble: Option<String>) {
    let mut troubles = lock(&TROUBLES);
    let known = troubles.get(path).is_some_and(|(of, _)| *of == identity);
    if trouble.is_some() && !known {
        troubles.insert(path.to_owned(), (identity, trouble));
    }
}

/// Returns the names of the files in a packed folder, which is unpacked.
///
/// # Errors
///
/// Fails if the archive cannot be read.
pub(crate) fn members(path: &Path) -> io::Result<Vec<String>> {
    Ok(archive(path)?.members.keys().cloned().collect())
}

/// Opens a file as it is stored, and returns what it holds. What has been decoded already holds
/// nothing more.
fn stored(path: &Path) -> io::Result<(OpenFile, Option<Content>)> {
    if let Some(spooled) = spool::open(path) {
        return Ok((spooled?, None));
    }
    let file = match open_regular(path) {
        Ok(file) => OpenFile::plain(file),
        Err(error) => member(path).unwrap_or(Err(error))?,
    };
    let mut head = [0; HEAD];
    let length = read_at(&file, &mut head, 0)?;
    match Content::of(&head[..length]) {
        Content::Unknown(format) => Err(not_read(format)),
        // Brotli has no first bytes of its own.
        Content::Text(_) if has_suffix(path, ".br") => Err(not_read("brotli")),
        Content::Text(0) => {
            let header = header_length(&file, &head[..length])?;
            Ok((file, Some(Content::Text(header))))
        }
        content => Ok((file, Some(content))),
    }
}

fn has_suffix(path: &Path, suffix: &str) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    without_suffix(&name, suffix).is_some()
}

/// Opens a file of a packed folder. `None` if the path is not in one.
pub(super) fn member(path: &Path) -> Option<io::Result<OpenFile>> {
    let packed = path.ancestors().skip(1).find(|path| is_archive(path))?;
    let name = name_text(path.strip_prefix(packed).ok()?.as_os_str());
    let archive = match archive(packed) {
        Ok(archive) => archive,
        Err(error) => return Some(Err(error)),
    };
    let range = archive.members.get(&name)?.clone();
    let identity = archive.identity.of_member(&range);
    Some(Ok(archive.whole.part(range, identity)))
}

/// Returns a packed folder. It is unpacked if it is not in the cache.
fn archive(path: &Path) -> io::Result<Arc<Archive>> {
    let packed = open_regular(path)?;
    let identity = Identity::of_packed(&packed.metadata()?);
    FOLDERS.get(identity, || {
        let is_zip = has_suffix(path, ".zip");
        let unpacked = if packed.metadata()?.len() == 0 {
            Err(io::Error::other("it is empty"))
        } else if is_zip {
            unpack_zip(packed, identity)
        } else {
            unpack_tar(path, packed, identity)
        };
        let told = match &unpacked {
            Ok((_, trouble)) => trouble.clone(),
            Err(error) => Some(format!("cannot be read: {error}")),
        };
        keep_trouble(path, identity, told);
        Ok(unpacked?.0)
    })
}

#[cfg(feature = "zip")]
fn unpack_zip(packed: File, identity: Identity) -> io::Result<(Archive, Option<String>)> {
    unzip::unzip(packed, identity)
}

#[cfg(not(feature = "zip"))]
fn unpack_zip(_: File, _: Identity) -> io::Result<(Archive, Option<String>)> {
    Err(not_read("a zip archive"))
}

#[cfg(feature = "tar")]
fn unpack_tar(
    path: &Path,
    packed: File,
    identity: Identity,
) -> io::Result<(Archive, Option<String>)> {
    untar::untar(path, packed, identity)
}

#[cfg(not(feature = "tar"))]
fn unpack_tar(_: &Path, _: File, _: Identity) -> io::Result<(Archive, Option<String>)> {
    Err(not_read("a tar archive"))
}

/// Returns the remark about something of which only a part could be unpacked.
#[cfg(any(feature = "tar", feature = "zip"))]
fn partly_unpacked(problem: &str) -> String {
    format!("{problem}; showing what could be unpacked")
}

/// Names the files of an archive: by the last part of a path, or by all of it if several files have
/// the same last part. Of files with one path, the last counts, as when they are unpacked.
#[cfg(any(feature = "tar", feature = "zip"))]
fn by_name(members: Vec<(String, Range<u64>)>) -> BTreeMap<String, Range<u64>> {
    let inner = |path: &str| {
        let parts = path.split('/');
        let parts = parts.filter(|part| !matches!(*part, "" | "." | ".."));
        parts.collect::<Vec<_>>().join("/")
    };
    let paths: BTreeMap<String, Range<u64>> = members
        .into_iter()
        .map(|(path, range)| (inner(&path), range))
        .collect();
    let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in paths.keys() {
        *counts.entry(last(path)).or_default() += 1;
    }
    let named = paths.into_iter().map(|(path, range)| {
        let last = last(&path);
        let is_alone = counts.get(&last) == Some(&1);
        (if is_alone { last } else { path }, range)
    });
    named.collect()
}

/// Returns the identity of a file as one that is unpacked.
fn packed_identity(stored: &OpenFile) -> io::Result<Identity> {
    if stored.is_plain() {
        Ok(Identity::of_packed(&stored.metadata()?))
    } else {
        Ok(stored.state()?.identity)
    }
}

/// Reads a file from its beginning to its end.
pub(super) struct Sequential {
    file: OpenFile,
    at: u64,
}

impl Sequential {
    pub(super) fn new(file: OpenFile) -> Self {
        Self { file, at: 0 }
    }
}

impl Read for Sequential {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = read_at(&self.file, buffer, self.at)?;
        self.at += length as u64;
        Ok(length)
    }
}

impl io::Seek for Sequential {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        let at = match to {
            io::SeekFrom::Start(at) => Some(at),
            io::SeekFrom::Current(by) => self.at.checked_add_signed(by),
            io::SeekFrom::End(by) => self.file.state()?.length.checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// Takes so many bytes and no more.
struct Beginning {
    bytes: Vec<u8>,
    length: usize,
}

impl Write for Beginning {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nothing is taken at the end, which is an error for those who write.
        let taken = bytes.len().min(self.length - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The most recently unpacked files or folders.
struct UnpackCache<T>(Mutex<Vec<(Identity, Arc<T>)>>);

impl<T> UnpackCache<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns the cached result for a file, or unpacks it.
    fn get(&self, packed: Identity, unpack: impl FnOnce() -> io::Result<T>) -> io::Result<Arc<T>> {
        // Others wait here, so that nothing is unpacked twice.
        let mut kept = lock(&self.0);
        let known = kept.iter().position(|(other, _)| *other == packed);
        let entry = match known {
            Some(index) => kept.remove(index),
            None => (packed, Arc::new(unpack()?)),
        };
        let unpacked = Arc::clone(&entry.1);
        kept.insert(0, entry);
        kept.truncate(KEPT);
        Ok(unpacked)
    }
}

/// Locks what is consistent wherever a holder could have panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
