//! Closed folders on a disk in memory.

use std::{
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
};

use super::{
    FsOp, SimFs,
    world::{Node, SimInode, SimState},
};
use crate::fs::{
    retention_fs::{DirEntry, EntryKind, FileVersion, RetentionFs, SeekRead, SyncWrite},
    traits::LockGuard,
};

#[derive(Debug)]
pub(crate) struct SimRetentionFs {
    pub(crate) fs: SimFs,
    pub(crate) base: PathBuf,
}

struct SimArchive {
    fs: SimFs,
    path: PathBuf,
    inode: usize,
}

impl SimRetentionFs {
    fn path(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}

fn kind_of(world: &SimState, node: &Node) -> EntryKind {
    match node {
        Node::File(inode) => EntryKind::File(stamp_of(world, *inode)),
        Node::Folder(_) => EntryKind::Folder,
        Node::Link(_) => EntryKind::Other,
    }
}

fn stamp_of(world: &SimState, inode: usize) -> FileVersion {
    FileVersion {
        identity: (1, inode as u64),
        bytes: world.files[inode].bytes.len() as u64,
        modified: 0,
    }
}

impl RetentionFs for SimRetentionFs {
    fn take_charge(&self) -> io::Result<Option<Box<dyn LockGuard>>> {
        self.fs.world().faults.check(FsOp::LockGuard, &self.base)?;
        Ok(Some(Box::new(())))
    }

    fn list(&self, folder: &Path) -> io::Result<(Vec<DirEntry>, usize)> {
        let path = self.path(folder);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Look, &path)?;
        let folder = world.folder(&path)?;
        let entry = |(name, node): (&std::ffi::OsString, &Node)| {
            let name = name.to_str()?.to_owned();
            let kind = kind_of(&world, node);
            Some(DirEntry { name, kind })
        };
        let names = &world.folders[folder].now;
        let entries = names.iter().filter_map(entry).collect::<Vec<_>>();
        let unnamed = names.len() - entries.len();
        Ok((entries, unnamed))
    }

    fn look(&self, path: &Path) -> io::Result<Option<EntryKind>> {
        let path = self.path(path);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Look, &path)?;
        Ok(world.at(&path).map(|node| kind_of(&world, &node)))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn SeekRead>> {
        let path = self.path(path);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Read, &path)?;
        let Some(Node::File(inode)) = world.at(&path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        // As it is now: nobody writes to one that is read here.
        Ok(Box::new(Cursor::new(world.files[inode].bytes.clone())))
    }

    fn make(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn SyncWrite>> {
        let path = self.path(path);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Open, &path)?;
        if world.at(&path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = world.files.len();
        world.set(&path, Some(Node::File(inode)))?;
        world.files.push(SimInode::default());
        let fs = self.fs.clone();
        Ok(Box::new(SimArchive { fs, path, inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        let mut world = self.fs.world();
        world.faults.check(FsOp::Rename, &from)?;
        let node = world.at(&from).ok_or(io::ErrorKind::NotFound)?;
        if world.at(&to).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        world.set(&to, Some(node))?;
        world.set(&from, None)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        crate::fs::traits::FileSystem::sync_folder(&self.fs, &self.path(folder))
    }

    fn claim(&self, folder: &Path) -> io::Result<Option<Box<dyn LockGuard>>> {
        let path = self.path(folder);
        let mut world = self.fs.world();
        world.faults.check(FsOp::LockGuard, &path)?;
        let folder = world.folder(&path)?;
        let is_free = !world.holds.contains(&folder);
        Ok(is_free.then(|| -> Box<dyn LockGuard> { Box::new(()) }))
    }

    fn remove_file(&self, path: &Path, stamp: FileVersion) -> io::Result<bool> {
        let path = self.path(path);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Remove, &path)?;
        let found = world.at(&path).map(|node| kind_of(&world, &node));
        let is_it = found == Some(EntryKind::File(stamp));
        if is_it {
            world.set(&path, None)?;
        }
        Ok(is_it)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<bool> {
        let path = self.path(folder);
        let mut world = self.fs.world();
        world.faults.check(FsOp::Remove, &path)?;
        let folder = world.folder(&path)?;
        let is_empty = world.folders[folder].now.is_empty();
        if is_empty {
            world.set(&path, None)?;
        }
        Ok(is_empty)
    }
}

impl Write for SimArchive {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.fs.world();
        world.faults.check(FsOp::Append, &self.path)?;
        let taken = bytes.len().min(world.short);
        world.files[self.inode]
            .bytes
            .extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl SyncWrite for SimArchive {
    fn sync(&mut self) -> io::Result<()> {
        let mut world = self.fs.world();
        let checked = world.faults.check(FsOp::Sync, &self.path);
        let file = &mut world.files[self.inode];
        match &checked {
            Ok(()) => file.sync(),
            Err(_) => file.fail_to_sync(),
        }
        checked
    }
}
