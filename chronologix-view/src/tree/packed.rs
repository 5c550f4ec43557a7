//! Reads compressed files and packed folders.
//!
//! Compressed formats cannot be read at an offset. Files are therefore unpacked once, block by
//! block, into unnamed temporary files outside the tree. These vanish with their last handle.

use std::{
    ffi::OsStr,
    fs::{self, File, Metadata},
    io::{self, BufReader, Read},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use super::positional::{Identity, open_regular};

#[cfg(test)]
mod tests;

/// The suffixes of packed folders.
pub(crate) const ARCHIVES: [&str; 5] = [".tar.zst", ".tar.gz", ".tgz", ".tar", ".zip"];

/// The suffixes of compressed files.
pub(super) const COMPRESSED: [&str; 2] = [".zst", ".gz"];

/// The number of unpacked files and folders that are cached.
const KEPT: usize = 4;

/// The files unpacked last.
static FILES: UnpackCache<File> = UnpackCache::new();

/// The folders unpacked last.
static FOLDERS: UnpackCache<TempDir> = UnpackCache::new();

/// Returns the name of a compressed file without its suffix.
pub(crate) fn uncompressed_name(name: &str) -> Option<&str> {
    COMPRESSED
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
}

/// Opens a file, compressed or not.
///
/// # Errors
///
/// Fails if it cannot be read or is not a regular file.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    if !is_compressed(path) {
        return open_regular(path);
    }
    let unpacked = FILES.get(path, |packed| {
        let mut unpacked = tempfile::tempfile()?;
        io::copy(&mut decoder(path, packed)?, &mut unpacked)?;
        Ok(unpacked)
    })?;
    unpacked.try_clone()
}

/// Returns the metadata of a file. For a compressed file, those of the unpacked one.
///
/// # Errors
///
/// Fails if there is no such file.
pub(crate) fn metadata(path: &Path) -> io::Result<Metadata> {
    if is_compressed(path) {
        return open_file(path)?.metadata();
    }
    fs::metadata(path)
}

/// Unpacks a folder. It is removed with its last handle.
///
/// # Errors
///
/// Fails if the archive cannot be read.
pub(crate) fn unpack(path: &Path) -> io::Result<Arc<TempDir>> {
    FOLDERS.get(path, |packed| {
        let folder = tempfile::Builder::new()
            .prefix("chronologix-view")
            .tempdir()?;
        let name = path.to_string_lossy();
        if name.ends_with(".zip") {
            unpack_zip(packed, &folder)?;
        } else {
            unpack_tar(decoder(path, packed)?, &folder)?;
        }
        Ok(folder)
    })
}

fn is_compressed(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str);
    name.is_some_and(|name| uncompressed_name(name).is_some())
}

/// Returns a decoder for the format of the suffix.
fn decoder(path: &Path, packed: File) -> io::Result<Box<dyn Read>> {
    let packed = BufReader::new(packed);
    let ending = path.extension().unwrap_or_default();
    Ok(match ending.to_str() {
        Some("zst") => Box::new(zstd::stream::read::Decoder::with_buffer(packed)?),
        Some("gz" | "tgz") => Box::new(MultiGzDecoder::new(packed)),
        _ => Box::new(packed),
    })
}

fn unpack_tar(packed: Box<dyn Read>, folder: &TempDir) -> io::Result<()> {
    for entry in tar::Archive::new(packed).entries()? {
        let mut entry = entry?;
        let path = entry.path()?.into_owned();
        if entry.header().entry_type().is_file() {
            keep(&path, &mut entry, folder)?;
        }
    }
    Ok(())
}

fn unpack_zip(packed: File, folder: &TempDir) -> io::Result<()> {
    let mut archive = zip::ZipArchive::new(packed).map_err(io::Error::other)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(io::Error::other)?;
        if entry.is_file() {
            let path = entry.name().to_owned();
            keep(Path::new(&path), &mut entry, folder)?;
        }
    }
    Ok(())
}

/// Writes a file of an archive by its last name only, because an archive must not choose the path.
fn keep(path: &Path, content: &mut dyn Read, folder: &TempDir) -> io::Result<()> {
    if let Some(name) = path.file_name() {
        let mut file = File::create(folder.path().join(name))?;
        io::copy(content, &mut file)?;
    }
    Ok(())
}

/// The most recently unpacked files or folders.
struct UnpackCache<T>(Mutex<Vec<(Origin, Arc<T>)>>);

/// Identity, modification time and length of the packed file.
type Origin = (Identity, Option<SystemTime>, u64);

impl<T> UnpackCache<T> {
    const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Returns the cached result for a file, or unpacks it.
    fn get(&self, path: &Path, unpack: impl FnOnce(File) -> io::Result<T>) -> io::Result<Arc<T>> {
        let packed = open_regular(path)?;
        let found = packed.metadata()?;
        let origin = (Identity::of(&found), found.modified().ok(), found.len());
        // Others wait here, so that nothing is unpacked twice.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.iter().position(|(other, _)| *other == origin);
        let entry = match known {
            Some(index) => kept.remove(index),
            None => (origin, Arc::new(unpack(packed)?)),
        };
        let unpacked = Arc::clone(&entry.1);
        kept.insert(0, entry);
        kept.truncate(KEPT);
        Ok(unpacked)
    }
}
