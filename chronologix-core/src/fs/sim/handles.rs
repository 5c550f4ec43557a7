//! What is open on a disk in memory.

use std::{io, path::PathBuf, sync::PoisonError};

use super::{MemDisk, Op, world::Node};
use crate::fs::traits::{DiskFile, Hold, Identity};

#[derive(Debug)]
pub(crate) struct MemFile {
    pub(crate) disk: MemDisk,
    /// Where it stood when it was opened.
    pub(crate) path: PathBuf,
    pub(crate) inode: usize,
}

#[derive(Debug)]
pub(crate) struct MemHold {
    pub(crate) disk: MemDisk,
    pub(crate) folder: usize,
}

impl Hold for MemHold {}

impl Drop for MemHold {
    fn drop(&mut self) {
        let mut world = self.disk.world();
        if let Some(at) = world.holds.iter().position(|held| *held == self.folder) {
            world.holds.remove(at);
        }
    }
}

impl Drop for MemFile {
    fn drop(&mut self) {
        self.disk.world().open.0 -= 1;
    }
}

impl DiskFile for MemFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.disk.world();
        while world.held {
            world.waits = true;
            world = self
                .disk
                .0
                .released
                .wait(world)
                .unwrap_or_else(PoisonError::into_inner);
        }
        world.faults.check(Op::Append, &self.path)?;
        let taken = bytes.len().min(world.short);
        world.files[self.inode]
            .bytes
            .extend_from_slice(&bytes[..taken]);
        world.appended.0 += 1;
        world.appended.1 += taken as u64;
        Ok(taken)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut world = self.disk.world();
        let checked = world.faults.check(Op::Sync, &self.path);
        let file = &mut world.files[self.inode];
        match &checked {
            Ok(()) => file.sync(),
            Err(_) => file.fail_to_sync(),
        }
        checked
    }

    fn len(&self) -> io::Result<u64> {
        let mut world = self.disk.world();
        world.faults.check(Op::Look, &self.path)?;
        Ok(world.files[self.inode].bytes.len() as u64)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        let mut world = self.disk.world();
        world.faults.check(Op::Look, &self.path)?;
        Ok(world.files[self.inode].bytes.last().copied())
    }

    fn identity(&self) -> io::Result<Identity> {
        self.disk.world().faults.check(Op::Look, &self.path)?;
        Ok((1, self.inode as u64))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        // The disk does not refuse this: the kernel knows it of every open file.
        let world = self.disk.world();
        let is_at_its_path = world.at(&self.path) == Some(Node::File(self.inode));
        Ok(!is_at_its_path && !world.has_name(self.inode))
    }
}
