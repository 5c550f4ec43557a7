//! A file system in memory, for the loggers of users' tests. It holds the bytes of files. Nothing
//! fails, is lost or is removed, so folders, locks and symlinks need no state, and there is no
//! retention: tests read all that they logged.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::traits::{FileId, FileSystem, LogFile};

/// No file takes the place of another, so there is nothing to tell apart.
const ANY_ID: FileId = (0, 0);

/// A file system in memory. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryFs(Arc<Mutex<BTreeMap<PathBuf, Vec<u8>>>>);

/// An open file.
#[derive(Debug)]
struct MemoryFile {
    fs: MemoryFs,
    path: PathBuf,
}

impl MemoryFs {
    /// Returns the bytes of all files by their paths, locked.
    pub(crate) fn files(&self) -> MutexGuard<'_, BTreeMap<PathBuf, Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FileSystem for MemoryFs {
    fn create_folders(&self, _path: &Path, _mode: u32) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }

    fn open(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.files().entry(path.to_owned()).or_default();
        let (fs, path) = (self.clone(), path.to_owned());
        Ok(Box::new(MemoryFile { fs, path }))
    }

    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        if self.files().contains_key(path) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.open(path, mode)
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let bytes = self.files().get(path).cloned();
        String::from_utf8(bytes.ok_or(io::ErrorKind::NotFound)?).map_err(io::Error::other)
    }

    fn replace(&self, path: &Path, content: &str, _mode: u32) -> io::Result<()> {
        self.files().insert(path.to_owned(), content.into());
        Ok(())
    }

    fn set_symlink(&self, _link: &Path, _target: &str) -> io::Result<()> {
        Ok(())
    }

    /// A folder exists if a file is in it.
    fn file_id(&self, path: &Path) -> io::Result<Option<FileId>> {
        let exists = self.files().keys().any(|file| file.starts_with(path));
        Ok(exists.then_some(ANY_ID))
    }

    fn remove_if_empty(&self, _folder: &Path, _files: &[&str]) -> io::Result<bool> {
        Ok(false)
    }

    fn remove_folders(&self, _paths: &[PathBuf]) {}
}

impl LogFile for MemoryFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut files = self.fs.files();
        files.entry(self.path.clone()).or_default().extend(bytes);
        Ok(bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.fs.files().get(&self.path).map_or(0, Vec::len) as u64)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        let files = self.fs.files();
        let bytes = files.get(&self.path);
        Ok(bytes.and_then(|bytes| bytes.last().copied()))
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let files = self.fs.files();
        let bytes = files.get(&self.path).map_or(&[][..], Vec::as_slice);
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        Ok(bytes.get(from..).unwrap_or_default().to_owned())
    }

    fn id(&self) -> io::Result<FileId> {
        Ok(ANY_ID)
    }

    fn is_deleted(&self) -> io::Result<bool> {
        Ok(false)
    }
}
