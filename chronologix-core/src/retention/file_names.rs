//! Which names in a tree are ours. Pure.
//!
//! Only names that our own formatter would write identically count. Everything else is never
//! touched.

use std::collections::HashSet;

use chronologix_schema::layout::{
    Folder, MANIFEST_FILE, SEALS_FILE, SUMS_FILE, file_name::without_number,
};

use crate::Compression;

#[cfg(test)]
mod tests;

/// A name in the base directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseEntry {
    /// `2025-05-04__15-00`
    Folder(Folder),
    /// `2025-05-04__15-00.tar.zst`
    Archive(Folder, Compression),
    /// `.2025-05-04__15-00.tar.zst.tmp`, or what is to replace a file of the tree.
    Unfinished,
}

/// A name in an interval folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FolderEntry {
    /// `app.log`, `app.1.log`
    Log,
    /// `app.log.zst`: the log it was, and how it was compressed.
    Compressed(String, Compression),
    /// `.sums`
    Sums,
    /// `.app.log.zst.tmp`
    Unfinished,
}

/// The files of the streams of a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LogFileNames(HashSet<String>);

/// Returns the name of an archive while it is being written.
pub(crate) fn unfinished(archive: &str) -> String {
    format!(".{archive}.tmp")
}

fn finished(name: &str) -> Option<&str> {
    name.strip_prefix('.')?.strip_suffix(".tmp")
}

/// Returns what a name in the base directory is, if it is ours.
pub(crate) fn in_base(name: &str) -> Option<BaseEntry> {
    if let Some(archive) = finished(name) {
        let is_of_tree = [MANIFEST_FILE, SEALS_FILE].contains(&archive);
        let is_ours = is_of_tree || archive_in_base(archive).is_some();
        return is_ours.then_some(BaseEntry::Unfinished);
    }
    Folder::parse(name)
        .map(BaseEntry::Folder)
        .or_else(|| archive_in_base(name))
}

fn archive_in_base(name: &str) -> Option<BaseEntry> {
    let kinds = [Compression::TarZst, Compression::TarGz, Compression::Zip];
    kinds.into_iter().find_map(|kind| {
        let folder = name.strip_suffix(kind.as_str())?.strip_suffix('.')?;
        Some(BaseEntry::Archive(Folder::parse(folder)?, kind))
    })
}

impl LogFileNames {
    pub(crate) fn of<'a>(files: impl IntoIterator<Item = &'a str>) -> Self {
        Self(files.into_iter().map(str::to_owned).collect())
    }

    /// Returns what a name in an interval folder is, if it is ours.
    pub(crate) fn in_folder(&self, name: &str) -> Option<FolderEntry> {
        if let Some(archive) = finished(name) {
            let is_ours = archive == SUMS_FILE || self.compressed(archive).is_some();
            return is_ours.then_some(FolderEntry::Unfinished);
        }
        if name == SUMS_FILE {
            return Some(FolderEntry::Sums);
        }
        if self.is_log(name) {
            return Some(FolderEntry::Log);
        }
        self.compressed(name)
    }

    fn is_log(&self, name: &str) -> bool {
        let is_numbered = || without_number(name).is_some_and(|plain| self.0.contains(&plain));
        self.0.contains(name) || is_numbered()
    }

    fn compressed(&self, name: &str) -> Option<FolderEntry> {
        let kinds = [Compression::Zst, Compression::Gz];
        kinds.into_iter().find_map(|kind| {
            let log = name.strip_suffix(kind.as_str())?.strip_suffix('.')?;
            self.is_log(log)
                .then(|| FolderEntry::Compressed(log.to_owned(), kind))
        })
    }
}
