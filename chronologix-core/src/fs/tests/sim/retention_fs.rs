//! Closed folders of the simulated file system.

use std::{
    io::{self, Cursor},
    path::{Path, PathBuf},
    time::Duration,
};

use super::state::{FsOp, Node, SimFs, SimState};
use crate::fs::{
    retention_fs::{DirEntry, EntryKind, FileVersion, RetentionFs, RetentionLock, SeekRead},
    traits::{FileSystem, LockGuard, LogFile},
};

#[derive(Debug)]
pub(super) struct SimRetentionFs {
    fs: SimFs,
    base: PathBuf,
}

impl SimRetentionFs {
    pub(super) fn new(fs: &SimFs, base: &Path) -> Self {
        let (fs, base) = (fs.clone(), base.to_owned());
        Self { fs, base }
    }

    fn path(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}

fn kind_of(state: &SimState, node: &Node) -> EntryKind {
    match node {
        Node::File(inode) => EntryKind::File(FileVersion {
            id: (1, *inode as u64),
            bytes: state.files[*inode].len() as u64,
            modified: 0,
        }),
        Node::Folder(_) => EntryKind::Folder,
        Node::Link(_) => EntryKind::Other,
    }
}

impl RetentionFs for SimRetentionFs {
    fn lock_retention(&self) -> io::Result<RetentionLock> {
        match self.fs.state().check(FsOp::Lock, &self.base) {
            Err(error) if error.kind() == io::ErrorKind::Unsupported => Ok(RetentionLock::Missing),
            checked => checked.map(|()| RetentionLock::Held(Box::new(()))),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)> {
        let path = self.path(folder);
        let mut state = self.fs.state();
        state.check(FsOp::Look, &path)?;
        let names = &state.folders[state.folder(&path)?];
        let entries = names.iter().filter_map(|(name, node)| {
            let name = name.to_str()?.to_owned();
            let kind = kind_of(&state, node);
            Some(DirEntry { name, kind })
        });
        let entries = entries.collect::<Vec<_>>();
        let unnamed = names.len() - entries.len();
        Ok((entries, unnamed))
    }

    fn kind(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let path = self.path(path);
        let mut state = self.fs.state();
        state.check(FsOp::Look, &path)?;
        Ok(state.at(&path).map(|node| kind_of(&state, &node)))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn SeekRead>> {
        let path = self.path(path);
        let mut state = self.fs.state();
        state.check(FsOp::Read, &path)?;
        let Some(Node::File(inode)) = state.at(&path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        // A copy will do: no logger writes to a file that is read here.
        Ok(Box::new(Cursor::new(state.files[inode].clone())))
    }

    fn create_new(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.fs.open_file(&self.path(path), true)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        let mut state = self.fs.state();
        state.check(FsOp::Rename, &from)?;
        let node = state.at(&from).ok_or(io::ErrorKind::NotFound)?;
        if state.at(&to).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        state.set(&to, Some(node))?;
        state.set(&from, None)
    }

    fn rename_over(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        let mut state = self.fs.state();
        state.check(FsOp::Rename, &from)?;
        let node = state.at(&from).ok_or(io::ErrorKind::NotFound)?;
        state.set(&to, Some(node))?;
        state.set(&from, None)
    }

    fn open_append(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.fs.open_file(&self.path(path), false)
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        let path = self.path(path);
        let mut state = self.fs.state();
        let Some(Node::File(inode)) = state.at(&path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        state.sync_file(inode, &path)
    }

    fn lock_tree(&self, _timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.fs.sync_folder(&self.path(folder))
    }

    fn try_lock_folder(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>> {
        let path = self.path(folder);
        let mut state = self.fs.state();
        state.check(FsOp::Lock, &path)?;
        let folder = state.folder(&path)?;
        let is_free = !state.locked.contains(&folder);
        Ok(is_free.then(|| -> Box<dyn LockGuard> { Box::new(()) }))
    }

    fn remove_file(&self, path: &Path, version: FileVersion) -> io::Result<bool> {
        let path = self.path(path);
        let mut state = self.fs.state();
        state.check(FsOp::Remove, &path)?;
        let found = state.at(&path).map(|node| kind_of(&state, &node));
        let is_it = found == Some(EntryKind::File(version));
        if is_it {
            state.set(&path, None)?;
        }
        Ok(is_it)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<bool> {
        let path = self.path(folder);
        let mut state = self.fs.state();
        state.check(FsOp::Remove, &path)?;
        let folder = state.folder(&path)?;
        let is_empty = state.folders[folder].is_empty();
        if is_empty {
            state.set(&path, None)?;
        }
        Ok(is_empty)
    }
}
