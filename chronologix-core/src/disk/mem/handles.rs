//! What is open on a disk in memory.

use std::{io, path::PathBuf, sync::PoisonError};

use super::{MemDisk, Op, world::Node};
use crate::disk::{DiskFile, Hold, Identity};

#[derive(Debug)]
pub(super) struct MemFile {
    pub(super) disk: MemDisk,
    pub(super) path: PathBuf,
    pub(super) inode: usize,
}

#[derive(Debug)]
pub(super) struct MemHold {
    pub(super) disk: MemDisk,
    pub(super) folder: PathBuf,
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
        world.check(Op::Append, &self.path)?;
        let taken = bytes.len().min(world.short.unwrap_or(usize::MAX));
        world.files[self.inode]
            .bytes
            .extend_from_slice(&bytes[..taken]);
        world.appends += 1;
        Ok(taken)
    }

    fn sync(&mut self) -> io::Result<()> {
        let mut world = self.disk.world();
        // As the kernel does: a failed sync forgets that the pages were dirty.
        world.check(Op::Sync, &self.path)?;
        let file = &mut world.files[self.inode];
        file.synced = file.bytes.len();
        Ok(())
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        Ok(self.disk.world().files[self.inode].bytes.last().copied())
    }

    fn identity(&self) -> io::Result<Identity> {
        Ok((1, self.inode as u64))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        let world = self.disk.world();
        let ours = Node::File(self.inode);
        let is_where_it_was = world.names.get(&self.path) == Some(&ours);
        Ok(!is_where_it_was && world.names.values().all(|node| *node != ours))
    }
}
