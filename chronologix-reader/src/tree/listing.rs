//! Lists the names in a folder. Reads them again only if they may have changed.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{MAIN_SEPARATOR, Path, PathBuf},
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    beside_archive::names_of_both, file_name::name_text, instant_of, positional::Identity,
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
    /// The names of files that were added when the archive was made already.
    late: BTreeSet<String>,
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
            late: BTreeSet::new(),
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

    /// The same folder, beside this archive.
    pub(crate) fn beside(self, archive: Option<PathBuf>) -> Self {
        Self { archive, ..self }
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

    /// Returns whether a file was added when the archive was made already.
    pub(crate) fn is_late(&self, name: &str) -> bool {
        self.late.contains(name)
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
            self.late.clear();
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
        self.late.clear();
        if let Some(archive) = &self.archive {
            match names_of_both(archive, &self.path, &files) {
                Ok(both) => {
                    is_settled &= both.is_settled;
                    (files, self.late) = (both.files, both.late);
                }
                // What an archive holds that cannot be read is not known. It is reported elsewhere.
                Err(_) => self.late.extend(files.iter().cloned()),
            }
        }
        folders.sort_unstable();
        files.sort_unstable();
        (self.folders, self.files) = (folders, files);
        self.read = Some((identity, modified, is_settled));
        Ok(true)
    }
}
