//! What a disk in memory holds, and what it was told to do.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use super::Op;

#[derive(Debug, Default)]
pub(super) struct World {
    /// By inode.
    pub(super) files: Vec<Content>,
    pub(super) names: BTreeMap<PathBuf, Node>,
    pub(super) durable: BTreeMap<PathBuf, Node>,
    /// By folder: names that may differ between `names` and `durable`.
    pub(super) unsynced: BTreeMap<PathBuf, Vec<PathBuf>>,
    pub(super) failures: Vec<Failure>,
    /// Most bytes one append takes.
    pub(super) short: Option<usize>,
    /// Appends wait.
    pub(super) held: bool,
    /// An append waits.
    pub(super) waits: bool,
    /// Appends that took something.
    pub(super) appends: u64,
    /// Files open now, and how many may be.
    pub(super) open: (usize, Option<usize>),
    /// Folders that loggers hold, once for each.
    pub(super) holds: Vec<PathBuf>,
}

#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) bytes: Vec<u8>,
    pub(super) synced: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Folder,
    File(usize),
    Link(String),
}

#[derive(Debug)]
pub(super) struct Failure {
    pub(super) op: Op,
    pub(super) name: String,
    /// Operations that still succeed, then operations that fail.
    pub(super) after: usize,
    pub(super) times: usize,
    pub(super) error: io::ErrorKind,
}

impl World {
    /// Changes what stands under a name; durable once its folder is synced.
    pub(super) fn set(&mut self, name: &Path, node: Option<Node>) {
        let folder = name.parent().unwrap_or(Path::new("")).to_owned();
        self.unsynced
            .entry(folder)
            .or_default()
            .push(name.to_owned());
        match node {
            Some(node) => self.names.insert(name.to_owned(), node),
            None => self.names.remove(name),
        };
    }

    /// The names in a folder and below it.
    pub(super) fn below(&self, folder: &Path) -> Vec<(PathBuf, Node)> {
        let from = self.names.range(folder.to_owned()..);
        let below = from.take_while(|(name, _)| name.starts_with(folder));
        below
            .filter(|(name, _)| *name != folder)
            .map(|(name, node)| (name.clone(), node.clone()))
            .collect()
    }

    pub(super) fn check(&mut self, op: Op, path: &Path) -> io::Result<()> {
        let path = path.to_string_lossy();
        let due = |failure: &&mut Failure| {
            failure.op == op && failure.times > 0 && path.contains(&failure.name)
        };
        match self.failures.iter_mut().find(due) {
            Some(failure) if failure.after > 0 => {
                failure.after -= 1;
                Ok(())
            }
            Some(failure) => {
                failure.times -= 1;
                Err(failure.error.into())
            }
            None => Ok(()),
        }
    }
}
