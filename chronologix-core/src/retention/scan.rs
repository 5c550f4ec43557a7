//! What is in a tree, sorted by what it is. Pure: made from listings.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chronologix_schema::layout::{Folder, ShippedMark};

use super::file_names::{self, BaseEntry, FolderEntry, LogFileNames};
use crate::{
    Compression,
    fs::retention_fs::{DirEntry, EntryKind, FileVersion},
};

/// Interval folders and their archives, oldest first, and what killed runs have left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TreeScan {
    pub(crate) units: BTreeMap<Folder, ScannedFolder>,
    /// Archives that were never finished, by their path below the base.
    pub(crate) unfinished: Vec<(PathBuf, FileVersion)>,
}

/// An interval folder, its archive, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScannedFolder {
    /// The folder exists.
    pub(crate) has_folder: bool,
    /// Something in the folder is not ours.
    pub(crate) has_others: bool,
    /// The names of files and folders in it that are not ours.
    pub(crate) others: Vec<String>,
    /// Our files in the folder.
    pub(crate) files: Vec<FoundFile>,
    /// The sums of what is in it.
    pub(crate) sums: Option<FoundFile>,
    /// Archives of the folder, beside it.
    pub(crate) archives: Vec<FoundFile>,
    /// What of it was shipped.
    pub(crate) mark: ShippedMark,
}

/// One of our files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundFile {
    pub(crate) name: String,
    pub(crate) version: FileVersion,
    /// How it was compressed, and for a file in a folder, which it was.
    pub(crate) compressed: Option<(Compression, String)>,
}

impl TreeScan {
    /// Adds the entries of the base. Returns the interval folders, whose entries are to be added
    /// too.
    pub(crate) fn add_base(&mut self, entries: Vec<DirEntry>) -> Vec<Folder> {
        let mut folders = Vec::new();
        for DirEntry { name, kind } in entries {
            match (file_names::in_base(&name), kind) {
                (Some(BaseEntry::Folder(folder)), EntryKind::Folder) => folders.push(folder),
                (Some(BaseEntry::Archive(folder, compression)), EntryKind::File(version)) => {
                    let compressed = Some((compression, folder.name()));
                    let unit = self.units.entry(folder).or_default();
                    unit.archives.push(FoundFile {
                        name,
                        version,
                        compressed,
                    });
                }
                (Some(BaseEntry::Unfinished), EntryKind::File(version)) => {
                    self.unfinished.push((PathBuf::from(name), version));
                }
                // A name of ours with something else under it is not ours.
                _ => {}
            }
        }
        folders
    }

    /// Adds the entries of an interval folder. `unnamed` more have names that are not UTF-8.
    pub(crate) fn add_folder(
        &mut self,
        folder: Folder,
        entries: Vec<DirEntry>,
        unnamed: usize,
        logs: &LogFileNames,
    ) {
        let mut files = Vec::new();
        let mut has_others = unnamed > 0;
        let (mut others, mut sums) = (Vec::new(), None);
        let mut add = |name, version, compressed| {
            files.push(FoundFile {
                name,
                version,
                compressed,
            });
        };
        for DirEntry { name, kind } in entries {
            match (logs.in_folder(&name), kind) {
                (Some(FolderEntry::Log), EntryKind::File(version)) => add(name, version, None),
                (Some(FolderEntry::Compressed(log, compression)), EntryKind::File(version)) => {
                    add(name, version, Some((compression, log)));
                }
                (Some(FolderEntry::Unfinished), EntryKind::File(version)) => {
                    let path = Path::new(&folder.name()).join(name);
                    self.unfinished.push((path, version));
                }
                (Some(FolderEntry::Sums), EntryKind::File(version)) => {
                    sums = Some(FoundFile {
                        name,
                        version,
                        compressed: None,
                    });
                }
                _ => {
                    has_others = true;
                    others.push(name);
                }
            }
        }
        // A folder with nothing of ours in it only has a name like ours.
        if !files.is_empty() || !has_others || self.units.contains_key(&folder) {
            let unit = self.units.entry(folder).or_default();
            unit.has_folder = true;
            unit.has_others = has_others;
            unit.others = others;
            unit.files = files;
            unit.sums = sums;
        }
    }
}

impl ScannedFolder {
    /// Returns whether all that is ours was shipped, as far as names and sizes show.
    pub(crate) fn is_shipped(&self) -> bool {
        let is_shipped = |found: &FoundFile| {
            let bytes = found.version.bytes;
            // Beside a compressed file, a late one with as many bytes as the mark has may be new.
            let is_alone = found.compressed.is_none() && !self.has_compressed(&found.name);
            let has_all = is_alone && self.mark.has(&found.name, bytes);
            has_all || self.mark.has_standing(&found.name, bytes)
        };
        self.files.iter().chain(&self.archives).all(is_shipped)
    }

    /// Returns whether there may be a compressed file of a log: by itself, or in an archive.
    fn has_compressed(&self, log: &str) -> bool {
        let mut compressed = self.files.iter().filter_map(|it| it.compressed.as_ref());
        !self.archives.is_empty() || compressed.any(|(_, of)| of == log)
    }

    /// Returns the size of everything that is ours.
    pub(crate) fn bytes(&self) -> u64 {
        let all = self.files.iter().chain(&self.archives);
        all.chain(&self.sums).map(|found| found.version.bytes).sum()
    }
}
