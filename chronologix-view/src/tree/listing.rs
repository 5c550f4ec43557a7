//! The names in a folder, read again only when they may have changed.

use std::{fs, io, path::PathBuf, sync::Arc, time::SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::{instant_of, positional::Identity};

#[cfg(test)]
mod tests;

/// How long after its last change a folder counts as settled. Within one tick of the file
/// system's clock a second change leaves the same time behind.
const SETTLED: TimeDelta = TimeDelta::seconds(2);

/// The names in one folder.
#[derive(Debug)]
pub(crate) struct Listing {
    path: PathBuf,
    /// Which folder was read, when it had last changed, and whether that was long enough ago.
    read: Option<(Identity, Option<SystemTime>, bool)>,
    /// Names of folders, sorted.
    folders: Vec<String>,
    /// Names of everything else, sorted. A symbolic link may be either and is in both.
    files: Vec<String>,
    /// Whether the names were given and are not to be read.
    is_given: bool,
    /// Keeps a folder there that was unpacked.
    unpacked: Option<Arc<TempDir>>,
}

impl Listing {
    /// A folder that is not read yet.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: None,
            folders: Vec::new(),
            files: Vec::new(),
            is_given: false,
            unpacked: None,
        }
    }

    /// Files that were given one by one, in `path` or with their whole paths.
    pub(crate) fn of(path: PathBuf, mut files: Vec<String>) -> Self {
        files.sort_unstable();
        Self {
            files,
            is_given: true,
            ..Self::new(path)
        }
    }

    /// A folder that was unpacked.
    pub(crate) fn of_unpacked(folder: Arc<TempDir>) -> Self {
        let listing = Self::new(folder.path().to_owned());
        Self {
            unpacked: Some(folder),
            ..listing
        }
    }

    /// What keeps the files there as long as they are read, if they were unpacked.
    pub(crate) fn unpacked(&self) -> Option<Arc<TempDir>> {
        self.unpacked.clone()
    }

    /// The folder's path.
    pub(crate) fn path(&self) -> &PathBuf {
        &self.path
    }

    /// Which folder the path stood for when it was read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.read.map(|(identity, ..)| identity)
    }

    /// The folders in it, as they were read last. Names that are not UTF-8 are none of ours.
    pub(crate) fn folders(&self) -> &[String] {
        &self.folders
    }

    /// The files in it, likewise.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// Reads the names if they may have changed.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read; the names are empty then.
    pub(crate) fn refresh(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.refreshed(now).map(drop)
    }

    /// The same, and whether they were read.
    pub(crate) fn refreshed(&mut self, now: DateTime<Utc>) -> io::Result<bool> {
        if self.is_given {
            return Ok(false);
        }
        let result = self.read(now);
        if result.is_err() {
            self.read = None;
            self.folders.clear();
            self.files.clear();
        }
        result
    }

    fn read(&mut self, now: DateTime<Utc>) -> io::Result<bool> {
        let found = fs::metadata(&self.path)?;
        let (identity, modified) = (Identity::of(&found), found.modified().ok());
        if self.read == Some((identity, modified, true)) {
            return Ok(false);
        }
        let (mut folders, mut files) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else {
                continue;
            };
            if kind.is_symlink() {
                folders.push(name.clone());
                files.push(name);
            } else if kind.is_dir() {
                folders.push(name);
            } else {
                files.push(name);
            }
        }
        folders.sort_unstable();
        files.sort_unstable();
        (self.folders, self.files) = (folders, files);
        let is_settled = modified
            .and_then(instant_of)
            .is_some_and(|modified| now - modified > SETTLED);
        self.read = Some((identity, modified, is_settled));
        Ok(true)
    }
}
