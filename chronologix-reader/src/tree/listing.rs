//! Lists the names in a folder. Reads them again only if they may have changed.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{MAIN_SEPARATOR, Path, PathBuf},
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    file_name::name_text,
    instant_of,
    late_files::{distinct_files, has_files_twice},
    positional::Identity,
};

#[cfg(test)]
mod tests;

/// The age at which the modification time of a folder is reliable. Within one tick of the file
/// system's clock, a second change leaves the same time.
const SETTLED: TimeDelta = TimeDelta::seconds(2);

/// The names in one folder.
#[derive(Debug)]
pub(crate) struct Listing {
    path: PathBuf,
    /// The identity of the folder, its modification time, and whether that was old enough.
    read: Option<(Identity, Option<SystemTime>, bool)>,
    /// Names of folders, sorted.
    folders: Vec<String>,
    /// Names of everything else, sorted. A symbolic link may be either, so it is in both lists.
    files: Vec<String>,
    /// The archive beside the folder, whose files belong to it.
    archive: Option<PathBuf>,
    /// Whether it is an interval folder, in which a file can have late ones of its name.
    is_interval: bool,
    /// The times that lines were added late, up to those of a file. Missing if there was none.
    rounds: BTreeMap<String, u32>,
    /// The first round of files that were added when the archive was made already.
    after_archive: u32,
    /// Whether the names were given instead of read.
    is_given: bool,
    /// Why there are no names.
    failure: Option<String>,
}

impl Listing {
    /// A folder that has not been read.
    pub(crate) fn new(path: PathBuf) -> Self {
        Self {
            path,
            read: None,
            folders: Vec::new(),
            files: Vec::new(),
            archive: None,
            is_interval: false,
            rounds: BTreeMap::new(),
            after_archive: 0,
            is_given: false,
            failure: None,
        }
    }

    /// Single files, by names in `path` or by absolute paths.
    pub(crate) fn of(path: PathBuf, mut files: Vec<String>) -> Self {
        files.sort_unstable();
        Self {
            files,
            is_given: true,
            ..Self::new(path)
        }
    }

    /// A folder that cannot be listed, and why.
    pub(crate) fn of_failure(path: PathBuf, failure: String) -> Self {
        Self {
            failure: Some(failure),
            ..Self::new(path)
        }
    }

    /// An interval folder that has not been read, and the archive beside it.
    pub(crate) fn of_interval(path: PathBuf, archive: Option<PathBuf>) -> Self {
        Self {
            archive,
            is_interval: true,
            ..Self::new(path)
        }
    }

    /// The files of an interval folder that is packed.
    pub(crate) fn of_archive(path: PathBuf, files: Vec<String>) -> Self {
        let mut listing = Self::of(path, files);
        listing.find_late();
        listing
    }

    /// Returns the archive beside the folder.
    pub(crate) fn archive(&self) -> Option<&Path> {
        self.archive.as_deref()
    }

    /// Returns the name in the folder of a file that may stand in the archive beside it.
    pub(crate) fn name_in_folder<'n>(&self, name: &'n str) -> &'n str {
        self.packed_name(name).unwrap_or(name)
    }

    /// Returns whether a file stands in the archive beside the folder.
    pub(crate) fn is_packed(&self, name: &str) -> bool {
        self.packed_name(name).is_some()
    }

    fn packed_name<'n>(&self, name: &'n str) -> Option<&'n str> {
        let archive = name_text(self.archive.as_ref()?.as_os_str());
        name.strip_prefix(&archive)?.strip_prefix(MAIN_SEPARATOR)
    }

    /// Returns how many times lines were added late, up to those of a file.
    pub(crate) fn round(&self, name: &str) -> u32 {
        self.rounds.get(name).copied().unwrap_or(0)
    }

    /// Returns whether a file was added when the archive was made already.
    pub(crate) fn is_after_archive(&self, name: &str) -> bool {
        self.round(name) >= self.after_archive
    }

    /// Returns the path.
    pub(crate) fn path(&self) -> &PathBuf {
        &self.path
    }

    /// Returns the identity of the folder when it was read.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.read.map(|(identity, ..)| identity)
    }

    /// Returns the names of folders, as texts that [`path_of`](super::path_of) takes.
    pub(crate) fn folders(&self) -> &[String] {
        &self.folders
    }

    /// Returns the names of files, as texts that [`path_of`](super::path_of) takes.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// Reads the names if they may have changed.
    ///
    /// # Errors
    ///
    /// Fails if the folder cannot be read. The lists are empty then.
    pub(crate) fn refresh(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.refreshed(now).map(drop)
    }

    /// Like [`Listing::refresh`], and returns whether the names were read.
    pub(crate) fn refreshed(&mut self, now: DateTime<Utc>) -> io::Result<bool> {
        if let Some(failure) = &self.failure {
            return Err(io::Error::other(failure.clone()));
        }
        if self.is_given {
            return Ok(false);
        }
        let result = self.read(now);
        if result.is_err() {
            self.read = None;
            self.folders.clear();
            self.files.clear();
            self.rounds.clear();
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
            let Ok(kind) = entry.file_type() else {
                continue;
            };
            let name = name_text(&entry.file_name());
            if kind.is_symlink() {
                folders.push(name.clone());
                files.push(name);
            } else if kind.is_dir() {
                folders.push(name);
            } else {
                files.push(name);
            }
        }
        let mut is_settled = modified
            .and_then(instant_of)
            .is_some_and(|modified| now - modified > SETTLED);
        folders.sort_unstable();
        files.sort_unstable();
        (self.folders, self.files) = (folders, files);
        if self.is_interval {
            is_settled &= self.find_late();
        }
        self.read = Some((identity, modified, is_settled));
        Ok(true)
    }

    /// Finds which files were added late, and leaves out those that hold nothing of their own.
    /// Returns whether that is so for good.
    fn find_late(&mut self) -> bool {
        self.rounds.clear();
        if self.archive.is_none() && !has_files_twice(&self.files) {
            return true;
        }
        let distinct = distinct_files(self.archive.as_deref(), &self.path, &self.files);
        (self.files, self.rounds) = (distinct.files, distinct.rounds);
        self.files.sort_unstable();
        self.after_archive = distinct.after_archive;
        distinct.is_settled
    }
}
