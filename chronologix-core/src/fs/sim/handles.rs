//! What is open on a disk in memory.

use std::{io, path::PathBuf, sync::PoisonError};

use super::{FsOp, SimFs, world::Node};
use crate::fs::traits::{FileId, LockGuard, LogFile};

#[derive(Debug)]
pub(crate) struct SimFile {
    pub(crate) fs: SimFs,
    /// Where it stood when it was opened.
    pub(crate) path: PathBuf,
    pub(crate) inode: usize,
}

#[derive(Debug)]
pub(crate) struct SimLock {
    pub(crate) fs: SimFs,
    pub(crate) folder: usize,
}

impl LockGuard for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        let mut world = self.fs.world();
        if let Some(at) = world.holds.iter().position(|held| *held == self.folder) {
            world.holds.remove(at);
        }
    }
}

impl Drop for SimFile {
    fn drop(&mut self) {
        self.fs.world().open.0 -= 1;
    }
}

impl LogFile for SimFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.fs.world();
        while world.held {
            world.waits = true;
            world = self
                .fs
                .0
                .released
                .wait(world)
                .unwrap_or_else(PoisonError::into_inner);
        }
        world.faults.check(FsOp::Append, &self.path)?;
        let taken = bytes.len().min(world.short);
        world.files[self.inode]
            .bytes
            .extend_from_slice(&bytes[..taken]);
        world.appended.0 += 1;
        world.appended.1 += taken as u64;
        Ok(taken)
    }

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

    fn len(&self) -> io::Result<u64> {
        let mut world = self.fs.world();
        world.faults.check(FsOp::Look, &self.path)?;
        Ok(world.files[self.inode].bytes.len() as u64)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        let mut world = self.fs.world();
        world.faults.check(FsOp::Look, &self.path)?;
        Ok(world.files[self.inode].bytes.last().copied())
    }

    fn identity(&self) -> io::Result<FileId> {
        self.fs.world().faults.check(FsOp::Look, &self.path)?;
        Ok((1, self.inode as u64))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        // The disk does not refuse this: the kernel knows it of every open file.
        let world = self.fs.world();
        let is_at_its_path = world.at(&self.path) == Some(Node::File(self.inode));
        Ok(!is_at_its_path && !world.has_name(self.inode))
    }
}
