//! The simulated file system as loggers see it. Wherever crashes, faults and changes from outside
//! have an effect, [`Simulation`] is asked.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
    io,
    path::{Component, Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{Simulation, crash_points::Observer, retention_fs::SimRetentionFs};
use crate::fs::{
    retention_fs::RetentionFs,
    traits::{FileId, FileSystem, LockGuard, LogFile},
};

/// A simulated file system in memory. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimFs(pub(super) Arc<Mutex<SimState>>);

/// Folders with names in them, and files with bytes.
#[derive(Debug)]
pub(crate) struct SimState {
    /// By inode. The first is the root. A folder that is created again is another folder.
    pub(super) folders: Vec<Names>,
    /// By inode.
    pub(super) files: Vec<Vec<u8>>,
    /// The locked folders, once for each lock.
    pub(super) locked: Vec<usize>,
    pub(super) sim: Simulation,
    pub(super) observer: Option<Observer>,
}

/// What a folder holds.
pub(super) type Names = BTreeMap<OsString, Node>;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Folder(usize),
    File(usize),
    Link(String),
}

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FsOp {
    CreateFolders,
    Open,
    Append,
    Cut,
    Sync,
    SyncFolder,
    Read,
    Replace,
    SetSymlink,
    /// Looking at a path, at an open file, or at its last byte.
    Look,
    Lock,
    Remove,
    Rename,
}

/// An open file.
#[derive(Debug)]
struct SimFile {
    fs: SimFs,
    /// Its path when it was opened.
    path: PathBuf,
    inode: usize,
    /// Where the last append ended.
    end: u64,
}

/// A lock on a folder.
#[derive(Debug)]
struct SimLock {
    fs: SimFs,
    folder: usize,
}

impl Default for SimState {
    fn default() -> Self {
        Self {
            folders: vec![Names::new()],
            files: Vec::new(),
            locked: Vec::new(),
            sim: Simulation::default(),
            observer: None,
        }
    }
}

impl SimFs {
    /// Returns a file system with one empty folder, which is durable.
    pub(crate) fn with_folder(path: &str) -> Self {
        let fs = Self::default();
        let mut state = fs.state();
        // Nothing that could be in the way exists yet.
        let _ = state.create_folders(Path::new(path));
        for folder in 0..state.folders.len() {
            state.sync_names(folder);
        }
        drop(state);
        fs
    }

    pub(super) fn state(&self) -> MutexGuard<'_, SimState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn open_file(&self, path: &Path, is_new: bool) -> io::Result<Box<dyn LogFile>> {
        let mut state = self.state();
        // Before the path is looked at, as the kernel does: without a descriptor nothing is
        // created.
        state.check(FsOp::Open, path)?;
        let inode = match state.at(path) {
            Some(_) if is_new => return Err(io::ErrorKind::AlreadyExists.into()),
            Some(Node::File(inode)) => inode,
            Some(_) => return Err(io::ErrorKind::IsADirectory.into()),
            None => state.create_file(path, Vec::new())?,
        };
        state.sim.opened();
        Ok(Box::new(SimFile {
            fs: self.clone(),
            path: path.to_owned(),
            inode,
            end: 0,
        }))
    }
}

impl SimState {
    /// Syncs a file, unless that is to fail.
    pub(super) fn sync_file(&mut self, inode: usize, path: &Path) -> io::Result<()> {
        let outcome = self.check(FsOp::Sync, path);
        let bytes = self.files[inode].len();
        self.sim.sync_file(inode, bytes, outcome.is_ok());
        outcome
    }

    /// Returns what has this path.
    pub(super) fn at(&self, path: &Path) -> Option<Node> {
        parts(path).try_fold(Node::Folder(0), |node, part| match node {
            Node::Folder(folder) => self.folders[folder].get(part).cloned(),
            Node::File(_) | Node::Link(_) => None,
        })
    }

    pub(super) fn folder(&self, path: &Path) -> io::Result<usize> {
        match self.at(path) {
            Some(Node::Folder(folder)) => Ok(folder),
            Some(_) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Returns the folder of a path, and the name in it.
    pub(super) fn parent(&self, path: &Path) -> io::Result<(usize, OsString)> {
        let folder = self.folder(path.parent().unwrap_or(Path::new("")))?;
        Ok((folder, path.file_name().unwrap_or_default().to_owned()))
    }

    /// Changes what has this path. Durable once its folder is synced.
    pub(super) fn set(&mut self, path: &Path, node: Option<Node>) -> io::Result<()> {
        let (folder, name) = self.parent(path)?;
        self.sim.name_changed(folder, &name);
        set_name(&mut self.folders[folder], name, node);
        Ok(())
    }

    /// Creates a folder and its missing parents. Returns those, outermost first.
    pub(super) fn create_folders(&mut self, path: &Path) -> io::Result<Vec<PathBuf>> {
        let mut created = Vec::new();
        let mut at = PathBuf::new();
        for part in path.components() {
            at.push(part);
            if !matches!(part, Component::Normal(_)) {
                continue;
            }
            match self.at(&at) {
                Some(Node::Folder(_)) => {}
                Some(_) if at == path => return Err(io::ErrorKind::AlreadyExists.into()),
                Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
                None => {
                    self.folders.push(Names::new());
                    self.set(&at, Some(Node::Folder(self.folders.len() - 1)))?;
                    created.push(at.clone());
                }
            }
        }
        Ok(created)
    }

    /// Gives a path a new file, in place of what had it. Returns its inode.
    pub(super) fn create_file(&mut self, path: &Path, bytes: Vec<u8>) -> io::Result<usize> {
        let inode = self.files.len();
        self.set(path, Some(Node::File(inode)))?;
        self.files.push(bytes);
        Ok(inode)
    }

    pub(super) fn sync_names(&mut self, folder: usize) {
        self.sim.sync_names(folder, &self.folders[folder]);
    }

    fn has_name(&self, inode: usize) -> bool {
        let mut is_found = false;
        let names = |folder: usize| &self.folders[folder];
        walk(names, |_, file| is_found |= file == inode);
        is_found
    }
}

impl FileSystem for SimFs {
    fn create_folders(&self, path: &Path, _mode: u32) -> io::Result<Vec<PathBuf>> {
        let mut state = self.state();
        state.check(FsOp::CreateFolders, path)?;
        state.create_folders(path)
    }

    fn open(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open_file(path, false)
    }

    fn open_new(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open_file(path, true)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut state = self.state();
        state.check(FsOp::SyncFolder, path)?;
        let folder = state.folder(path)?;
        state.sync_names(folder);
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        let mut state = self.state();
        state.check(FsOp::Read, path)?;
        match state.at(path) {
            Some(Node::File(inode)) => String::from_utf8(state.files[inode].clone())
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error)),
            _ => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn replace(&self, path: &Path, content: &str, _mode: u32) -> io::Result<()> {
        let mut state = self.state();
        state.check(FsOp::Replace, path)?;
        let inode = state.create_file(path, content.into())?;
        state.sim.sync_file(inode, content.len(), true);
        Ok(())
    }

    fn set_symlink(&self, link: &Path, target: &str) -> io::Result<()> {
        let mut state = self.state();
        state.check(FsOp::SetSymlink, link)?;
        state.set(link, Some(Node::Link(target.to_owned())))
    }

    fn file_id(&self, path: &Path) -> io::Result<Option<FileId>> {
        let mut state = self.state();
        state.check(FsOp::Look, path)?;
        Ok(state.at(path).map(|node| match node {
            Node::File(inode) => (1, inode as u64),
            Node::Folder(inode) => (2, inode as u64),
            Node::Link(_) => (3, 0),
        }))
    }

    fn lock_folder(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        let mut state = self.state();
        state.check(FsOp::Lock, folder)?;
        let folder = state.folder(folder)?;
        state.locked.push(folder);
        let fs = self.clone();
        Ok(Box::new(SimLock { fs, folder }))
    }

    fn lock_tree(&self, _base: &Path, _timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    fn remove_if_empty(&self, path: &Path, files: &[&str]) -> io::Result<bool> {
        let mut state = self.state();
        state.check(FsOp::Remove, path)?;
        let folder = state.folder(path)?;
        let is_ours_and_empty = |(name, node): (&OsString, &Node)| match node {
            Node::File(inode) => {
                state.files[*inode].is_empty() && files.iter().any(|file| name == file)
            }
            Node::Folder(_) | Node::Link(_) => false,
        };
        let is_removed =
            !state.locked.contains(&folder) && state.folders[folder].iter().all(is_ours_and_empty);
        if is_removed {
            for name in std::mem::take(&mut state.folders[folder]).into_keys() {
                state.sim.name_changed(folder, &name);
            }
            state.set(path, None)?;
        }
        Ok(is_removed)
    }

    fn remove_folders(&self, paths: &[PathBuf]) {
        let mut state = self.state();
        for path in paths.iter().rev() {
            let is_empty = |folder: usize| state.folders[folder].is_empty();
            if state.folder(path).is_ok_and(is_empty) {
                // Cannot fail: the folder exists, and so does its parent.
                let _ = state.set(path, None);
            }
        }
    }

    fn retention_fs(&self, base: &Path) -> Option<Box<dyn RetentionFs>> {
        Some(Box::new(SimRetentionFs::new(self, base)))
    }
}

impl LogFile for SimFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = Simulation::wait_while_held(self.fs.state());
        state.check(FsOp::Append, &self.path)?;
        let taken = state.sim.append(&self.path, bytes.len());
        state.files[self.inode].extend_from_slice(&bytes[..taken]);
        let end = state.files[self.inode].len();
        state.sim.appended_to(self.inode, end);
        self.end = end as u64;
        Ok(taken)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.fs.state().sync_file(self.inode, &self.path)
    }

    fn cut_back(&mut self, tail: &[u8]) -> io::Result<()> {
        let mut state = self.fs.state();
        let checked = state.check(FsOp::Cut, &self.path);
        state.sim.missed_cuts += usize::from(checked.is_err());
        checked?;
        let bytes = &mut state.files[self.inode];
        if bytes.ends_with(tail) {
            bytes.truncate(bytes.len() - tail.len());
            let left = bytes.len();
            state.sim.cut_file(self.inode, left);
        }
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        let mut state = self.fs.state();
        state.check(FsOp::Look, &self.path)?;
        Ok(state.files[self.inode].len() as u64)
    }

    fn position(&mut self) -> io::Result<u64> {
        Ok(self.end)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        let mut state = self.fs.state();
        state.check(FsOp::Look, &self.path)?;
        Ok(state.files[self.inode].last().copied())
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut state = self.fs.state();
        state.check(FsOp::Read, &self.path)?;
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        let bytes = state.files[self.inode].get(from..);
        Ok(bytes.unwrap_or_default().to_owned())
    }

    fn id(&self) -> io::Result<FileId> {
        self.fs.state().check(FsOp::Look, &self.path)?;
        Ok((1, self.inode as u64))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        // Never fails: the kernel knows it of every open file.
        let state = self.fs.state();
        let is_at_its_path = state.at(&self.path) == Some(Node::File(self.inode));
        Ok(!is_at_its_path && !state.has_name(self.inode))
    }
}

impl Drop for SimFile {
    fn drop(&mut self) {
        self.fs.state().sim.closed();
    }
}

impl LockGuard for SimLock {
    fn while_alone(&self, alone: &mut dyn FnMut()) {
        let locks = self.fs.state().locked.clone();
        if locks
            .iter()
            .filter(|folder| **folder == self.folder)
            .count()
            == 1
        {
            alone();
        }
    }
}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut state = self.fs.state();
        if let Some(at) = state
            .locked
            .iter()
            .position(|folder| *folder == self.folder)
        {
            state.locked.remove(at);
        }
    }
}

pub(super) fn set_name(names: &mut Names, name: OsString, node: Option<Node>) {
    match node {
        Some(node) => names.insert(name, node),
        None => names.remove(&name),
    };
}

/// Calls `each` with the path and the inode of every file that can be reached from the root by the
/// names that `names` returns for a folder.
pub(super) fn walk<'a>(names: impl Fn(usize) -> &'a Names, mut each: impl FnMut(&Path, usize)) {
    let mut open = vec![(PathBuf::from("/"), 0)];
    while let Some((path, folder)) = open.pop() {
        for (name, node) in names(folder) {
            match node {
                Node::File(inode) => each(&path.join(name), *inode),
                Node::Folder(inner) => open.push((path.join(name), *inner)),
                Node::Link(_) => {}
            }
        }
    }
}

fn parts(path: &Path) -> impl Iterator<Item = &OsStr> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name),
        _ => None,
    })
}
