//! The file system of a logger without files. It takes everything and keeps nothing, so that the
//! writer works as with files, and only the sinks get what was logged.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    os::OsFs,
    poller::Poller,
    traits::{FileId, FileSystem, LogFile},
};

/// Whatever is looked for is there, and is the same as before.
const ANY_ID: FileId = (0, 0);

#[derive(Debug)]
pub(crate) struct NoFiles;

impl FileSystem for NoFiles {
    fn create_folders(&self, _path: &Path, _mode: u32) -> io::Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }

    fn open(&self, _path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        Ok(Box::new(Self))
    }

    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open(path, mode)
    }

    fn read(&self, _path: &Path) -> io::Result<String> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn replace(&self, _path: &Path, _content: &str, _mode: u32) -> io::Result<()> {
        Ok(())
    }

    fn set_symlink(&self, _link: &Path, _target: &str) -> io::Result<()> {
        Ok(())
    }

    fn file_id(&self, _path: &Path) -> io::Result<Option<FileId>> {
        Ok(Some(ANY_ID))
    }

    fn remove_if_empty(&self, _folder: &Path, _files: &[&str]) -> io::Result<bool> {
        Ok(false)
    }

    fn remove_folders(&self, _paths: &[PathBuf]) {}

    /// The timer and the notifications are of use without files, too.
    fn poller(&self) -> Option<Poller> {
        OsFs::default().poller()
    }
}

impl LogFile for NoFiles {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(0)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        Ok(None)
    }

    fn read_from(&mut self, _offset: u64) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn id(&self) -> io::Result<FileId> {
        Ok(ANY_ID)
    }

    fn is_deleted(&self) -> io::Result<bool> {
        Ok(false)
    }
}
