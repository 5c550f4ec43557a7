//! Closed folders on a disk in memory.

use std::{
    io::{self, Cursor, Write},
    path::{Path, PathBuf},
};

use super::{
    MemDisk, Op,
    world::{Content, Node, World},
};
use crate::fs::{
    retention_fs::{ClosedFolders, Entry, Kind, Readable, Stamp, Writable},
    traits::Hold,
};

#[derive(Debug)]
pub(crate) struct MemClosed {
    pub(crate) disk: MemDisk,
    pub(crate) base: PathBuf,
}

struct MemWrite {
    disk: MemDisk,
    path: PathBuf,
    inode: usize,
}

impl MemClosed {
    fn path(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}

fn kind_of(world: &World, node: &Node) -> Kind {
    match node {
        Node::File(inode) => Kind::File(stamp_of(world, *inode)),
        Node::Folder(_) => Kind::Folder,
        Node::Link(_) => Kind::Other,
    }
}

fn stamp_of(world: &World, inode: usize) -> Stamp {
    Stamp {
        identity: (1, inode as u64),
        bytes: world.files[inode].bytes.len() as u64,
        modified: 0,
    }
}

impl ClosedFolders for MemClosed {
    fn take_charge(&self) -> io::Result<Option<Box<dyn Hold>>> {
        self.disk.world().faults.check(Op::Hold, &self.base)?;
        Ok(Some(Box::new(())))
    }

    fn list(&self, folder: &Path) -> io::Result<(Vec<Entry>, usize)> {
        let path = self.path(folder);
        let mut world = self.disk.world();
        world.faults.check(Op::Look, &path)?;
        let folder = world.folder(&path)?;
        let entry = |(name, node): (&std::ffi::OsString, &Node)| {
            let name = name.to_str()?.to_owned();
            let kind = kind_of(&world, node);
            Some(Entry { name, kind })
        };
        let names = &world.folders[folder].now;
        let entries = names.iter().filter_map(entry).collect::<Vec<_>>();
        let unnamed = names.len() - entries.len();
        Ok((entries, unnamed))
    }

    fn look(&self, path: &Path) -> io::Result<Option<Kind>> {
        let path = self.path(path);
        let mut world = self.disk.world();
        world.faults.check(Op::Look, &path)?;
        Ok(world.at(&path).map(|node| kind_of(&world, &node)))
    }

    fn read(&self, path: &Path) -> io::Result<Box<dyn Readable>> {
        let path = self.path(path);
        let mut world = self.disk.world();
        world.faults.check(Op::Read, &path)?;
        let Some(Node::File(inode)) = world.at(&path) else {
            return Err(io::ErrorKind::NotFound.into());
        };
        // As it is now: nobody writes to one that is read here.
        Ok(Box::new(Cursor::new(world.files[inode].bytes.clone())))
    }

    fn make(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn Writable>> {
        let path = self.path(path);
        let mut world = self.disk.world();
        world.faults.check(Op::Open, &path)?;
        if world.at(&path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let inode = world.files.len();
        world.set(&path, Some(Node::File(inode)))?;
        world.files.push(Content::default());
        let disk = self.disk.clone();
        Ok(Box::new(MemWrite { disk, path, inode }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let (from, to) = (self.path(from), self.path(to));
        let mut world = self.disk.world();
        world.faults.check(Op::Rename, &from)?;
        let node = world.at(&from).ok_or(io::ErrorKind::NotFound)?;
        if world.at(&to).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        world.set(&to, Some(node))?;
        world.set(&from, None)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        crate::fs::traits::Disk::sync_folder(&self.disk, &self.path(folder))
    }

    fn claim(&self, folder: &Path) -> io::Result<Option<Box<dyn Hold>>> {
        let path = self.path(folder);
        let mut world = self.disk.world();
        world.faults.check(Op::Hold, &path)?;
        let folder = world.folder(&path)?;
        let is_free = !world.holds.contains(&folder);
        Ok(is_free.then(|| -> Box<dyn Hold> { Box::new(()) }))
    }

    fn remove_file(&self, path: &Path, stamp: Stamp) -> io::Result<bool> {
        let path = self.path(path);
        let mut world = self.disk.world();
        world.faults.check(Op::Remove, &path)?;
        let found = world.at(&path).map(|node| kind_of(&world, &node));
        let is_it = found == Some(Kind::File(stamp));
        if is_it {
            world.set(&path, None)?;
        }
        Ok(is_it)
    }

    fn remove_folder(&self, folder: &Path) -> io::Result<bool> {
        let path = self.path(folder);
        let mut world = self.disk.world();
        world.faults.check(Op::Remove, &path)?;
        let folder = world.folder(&path)?;
        let is_empty = world.folders[folder].now.is_empty();
        if is_empty {
            world.set(&path, None)?;
        }
        Ok(is_empty)
    }
}

impl Write for MemWrite {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut world = self.disk.world();
        world.faults.check(Op::Append, &self.path)?;
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

impl Writable for MemWrite {
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
}
