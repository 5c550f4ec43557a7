//! The real file system.

#[cfg(unix)]
pub(crate) mod retention_fs;

#[cfg(unix)]
mod files;
#[cfg(unix)]
mod folders;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
#[cfg(unix)]
use std::path::Path;
use std::{fs, path::PathBuf};

#[cfg(unix)]
use rustix::fs::{Mode, mkfifoat};
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct Base(pub(crate) TempDir);

impl Base {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub(crate) fn put(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// The folder that is in use.
    pub(crate) fn current(&self) -> PathBuf {
        if cfg!(windows) {
            return self.path(&self.text("current.txt"));
        }
        self.path("")
            .join(fs::read_link(self.path("current")).unwrap())
    }

    /// The names in it, sorted.
    #[cfg(unix)]
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let mut names = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect::<Vec<_>>();
        names.sort();
        names
    }

    #[cfg(unix)]
    pub(crate) fn fifo(&self, name: &str) {
        mkfifoat(rustix::fs::CWD, self.path(name), Mode::RUSR | Mode::WUSR).unwrap();
    }
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn inode(path: &Path) -> u64 {
    fs::symlink_metadata(path).unwrap().ino()
}

#[cfg(unix)]
pub(crate) fn is_fifo(path: &Path) -> bool {
    fs::symlink_metadata(path).unwrap().file_type().is_fifo()
}
