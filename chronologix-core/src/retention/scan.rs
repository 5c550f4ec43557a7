//! What stands in a tree, sorted by what it is. Pure: made from listings.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::file_names::{self, InBase, InFolder, LogNames};
use chronologix_schema::layout::Folder;

use crate::{
    Compression,
    fs::retention_fs::{Entry, Kind, Stamp},
};

/// Interval folders and their archives, oldest first, and what runs that were killed have left.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) units: BTreeMap<Folder, Unit>,
    /// Archives that were never finished, by their path below the base.
    pub(crate) unfinished: Vec<(PathBuf, Stamp)>,
}

/// An interval folder, its archive, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unit {
    /// The folder stands there.
    pub(crate) has_folder: bool,
    /// Something in the folder is not ours.
    pub(crate) has_others: bool,
    /// Our files in the folder.
    pub(crate) files: Vec<Found>,
    /// Archives of the folder, beside it.
    pub(crate) archives: Vec<Found>,
}

/// One of our files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) stamp: Stamp,
    /// How it was compressed, and for a file in a folder, which it was.
    pub(crate) compressed: Option<(Compression, String)>,
}

impl Tree {
    /// Adds what stands in the base. Gives the interval folders, whose contents are to be added as well.
    pub(crate) fn add_base(&mut self, entries: Vec<Entry>) -> Vec<Folder> {
        let mut folders = Vec::new();
        for Entry { name, kind } in entries {
            match (file_names::in_base(&name), kind) {
                (Some(InBase::Folder(folder)), Kind::Folder) => folders.push(folder),
                (Some(InBase::Archive(folder, compression)), Kind::File(stamp)) => {
                    let compressed = Some((compression, folder.name()));
                    self.units.entry(folder).or_default().archives.push(Found {
                        name,
                        stamp,
                        compressed,
                    });
                }
                (Some(InBase::Unfinished), Kind::File(stamp)) => {
                    self.unfinished.push((PathBuf::from(name), stamp));
                }
                // A name of ours with something else under it is not ours.
                _ => {}
            }
        }
        folders
    }

    /// Adds what stands in an interval folder, where so many names more are no text.
    pub(crate) fn add_folder(
        &mut self,
        folder: Folder,
        entries: Vec<Entry>,
        unnamed: usize,
        logs: &LogNames,
    ) {
        let mut files = Vec::new();
        let mut has_others = unnamed > 0;
        for Entry { name, kind } in entries {
            match (logs.in_folder(&name), kind) {
                (Some(InFolder::Log), Kind::File(stamp)) => files.push(Found {
                    name,
                    stamp,
                    compressed: None,
                }),
                (Some(InFolder::Compressed(log, compression)), Kind::File(stamp)) => {
                    files.push(Found {
                        name,
                        stamp,
                        compressed: Some((compression, log)),
                    });
                }
                (Some(InFolder::Unfinished), Kind::File(stamp)) => {
                    let path = Path::new(&folder.name()).join(name);
                    self.unfinished.push((path, stamp));
                }
                _ => has_others = true,
            }
        }
        // With nothing of ours in it, it only has a name like ours.
        if !files.is_empty() || !has_others || self.units.contains_key(&folder) {
            let unit = self.units.entry(folder).or_default();
            unit.has_folder = true;
            unit.has_others = has_others;
            unit.files = files;
        }
    }
}

impl Unit {
    /// The bytes of all that is ours.
    pub(crate) fn bytes(&self) -> u64 {
        let all = self.files.iter().chain(&self.archives);
        all.map(|found| found.stamp.bytes).sum()
    }
}
