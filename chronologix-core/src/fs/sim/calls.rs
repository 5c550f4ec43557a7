//! What a logger asks of a disk in memory.

use std::{
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{
    FsOp, SimFs,
    handles::{SimFile, SimLock},
    retention_fs::SimRetentionFs,
    world::{Node, SimInode},
};
use crate::fs::{
    retention_fs::RetentionFs,
    traits::{FileId, FileSystem, LockGuard, LogFile},
};

/// What the system says when a process has as many files open as it may: `EMFILE`, 24 on every Unix.
const TOO_MANY_OPEN_FILES: i32 = 24;

impl SimFs {
    fn open_file(&self, path: &Path, new: bool) -> io::Result<Box<dyn LogFile>> {
        let mut world = self.world();
        world.faults.check(FsOp::Open, path)?;
        // Before the path is looked at, as the kernel does: nothing is made in vain.
        let (open, limit) = world.open;
        if open >= limit {
            return Err(io::Error::from_raw_os_error(TOO_MANY_OPEN_FILES));
        }
        let inode = match world.at(path) {
            Some(_) if new => return Err(io::ErrorKind::AlreadyExists.into()),
            Some(Node::File(inode)) => inode,
            Some(_) => return Err(io::ErrorKind::IsADirectory.into()),
            None => {
                let inode = world.files.len();
                world.set(path, Some(Node::File(inode)))?;
                world.files.push(SimInode::default());
                inode
            }
        };
        world.open.0 += 1;
        Ok(Box::new(SimFile {
            fs: self.clone(),
            path: path.to_owned(),
            inode,
        }))
    }
}

impl FileSystem for SimFs {
    fn create_folders(&self, path: &Path, _mode: u32) -> io::Result<Vec<PathBuf>> {
        let mut world = self.world();
        world.faults.check(FsOp::CreateFolders, path)?;
        world.make_folders(path)
    }

    fn open(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open_file(path, false)
    }

    fn open_new(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn LogFile>> {
        self.open_file(path, true)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.faults.check(FsOp::SyncFolder, path)?;
        let folder = world.folder(path)?;
        world.folders[folder].sync();
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        self.world().faults.check(FsOp::Read, path)?;
        self.text(&path.to_string_lossy())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn replace(&self, path: &Path, content: &str, _mode: u32) -> io::Result<()> {
        let mut world = self.world();
        world.faults.check(FsOp::Replace, path)?;
        let file = world.add_file(SimInode::durable(content.as_bytes()));
        world.set(path, Some(file))
    }

    fn point(&self, link: &Path, target: &str) -> io::Result<()> {
        let mut world = self.world();
        world.faults.check(FsOp::Point, link)?;
        world.set(link, Some(Node::Link(target.to_owned())))
    }

    fn identity(&self, path: &Path) -> io::Result<Option<FileId>> {
        let mut world = self.world();
        world.faults.check(FsOp::Look, path)?;
        Ok(world.at(path).map(|node| match node {
            Node::File(inode) => (1, inode as u64),
            Node::Folder(inode) => (2, inode as u64),
            Node::Link(_) => (3, 0),
        }))
    }

    fn hold(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        let mut world = self.world();
        world.faults.check(FsOp::LockGuard, folder)?;
        let folder = world.folder(folder)?;
        world.holds.push(folder);
        Ok(Box::new(SimLock {
            fs: self.clone(),
            folder,
        }))
    }

    fn lock_tree(&self, _base: &Path, _patience: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    fn remove_if_empty(&self, path: &Path, files: &[&str]) -> io::Result<bool> {
        let mut world = self.world();
        world.faults.check(FsOp::Remove, path)?;
        let folder = world.folder(path)?;
        if world.holds.contains(&folder) {
            return Ok(false);
        }
        let is_ours_and_empty = |(name, node): (&std::ffi::OsString, &Node)| match node {
            Node::File(inode) => {
                world.files[*inode].bytes.is_empty() && files.iter().any(|file| name == file)
            }
            Node::Folder(_) | Node::Link(_) => false,
        };
        if !world.folders[folder].now.iter().all(is_ours_and_empty) {
            return Ok(false);
        }
        world.folders[folder].clear();
        world.set(path, None)?;
        Ok(true)
    }

    fn closed_folders(&self, base: &Path) -> Option<Box<dyn RetentionFs>> {
        Some(Box::new(SimRetentionFs {
            fs: self.clone(),
            base: base.to_owned(),
        }))
    }

    fn remove_folders(&self, paths: &[PathBuf]) {
        let mut world = self.world();
        for path in paths.iter().rev() {
            let is_empty = |folder: usize| world.folders[folder].now.is_empty();
            if world.folder(path).is_ok_and(is_empty) {
                // It stands there, so its folder does.
                let _ = world.set(path, None);
            }
        }
    }
}
