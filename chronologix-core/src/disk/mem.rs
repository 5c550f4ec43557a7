//! A disk in memory, for tests: it forgets what was not synced, fails when told to, and can be held up.
//!
//! Stricter than real file systems: a name survives a crash only if the folder it stands in was synced after it was made,
//! and so on up to a folder that was there at the start.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use self::{
    handles::{MemFile, MemHold},
    world::{Content, Failure, Node, World},
};
use super::{Disk, DiskFile, Hold, Identity};

mod handles;
mod world;

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Open,
    Append,
    Sync,
    SyncFolder,
}

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemDisk(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    world: Mutex<World>,
    released: Condvar,
}

impl MemDisk {
    /// A disk with one durable, empty folder.
    pub(crate) fn with_folder(path: &str) -> Self {
        let disk = Self::default();
        let mut world = disk.world();
        for folder in Path::new(path)
            .ancestors()
            .filter(|path| *path != Path::new(""))
        {
            world.names.insert(folder.to_owned(), Node::Folder);
            world.durable.insert(folder.to_owned(), Node::Folder);
        }
        drop(world);
        disk
    }

    /// Loses everything that was not synced.
    pub(crate) fn crash(&self) {
        let mut world = self.world();
        let durable = world.durable.clone();
        let mut names = BTreeMap::new();
        // A folder sorts before what is in it, so one pass drops whatever lost its folder.
        for (path, node) in durable {
            let parent = path.parent().filter(|parent| *parent != Path::new(""));
            if parent.is_none_or(|parent| names.contains_key(parent)) {
                names.insert(path, node);
            }
        }
        world.names = names;
        for file in &mut world.files {
            file.bytes.truncate(file.synced);
        }
    }

    /// Makes the next `times` operations on files or folders whose path contains `name` fail.
    pub(crate) fn fail(&self, op: Op, name: &str, times: usize, error: io::ErrorKind) {
        self.fail_after(0, op, name, times, error);
    }

    /// As [`MemDisk::fail`], once `after` such operations have succeeded.
    pub(crate) fn fail_after(
        &self,
        after: usize,
        op: Op,
        name: &str,
        times: usize,
        error: io::ErrorKind,
    ) {
        self.world().failures.push(Failure {
            op,
            name: name.to_owned(),
            after,
            times,
            error,
        });
    }

    /// Lets `files` be open at a time.
    pub(crate) fn limit_open(&self, files: usize) {
        self.world().open.1 = Some(files);
    }

    /// Ends all failures.
    pub(crate) fn heal(&self) {
        self.world().failures.clear();
    }

    /// Lets one append take `bytes` at most.
    pub(crate) fn write_short(&self, bytes: usize) {
        self.world().short = Some(bytes);
    }

    /// Keeps appends waiting until released.
    pub(crate) fn hold(&self) {
        self.world().held = true;
    }

    /// Comes back when the writer stands in an append and can go no further.
    pub(crate) fn wait_until_held(&self) {
        while !self.world().waits {
            std::thread::yield_now();
        }
    }

    pub(crate) fn release(&self) {
        self.world().waits = false;
        self.world().held = false;
        self.0.released.notify_all();
    }

    /// How many appends there were.
    pub(crate) fn appends(&self) -> u64 {
        self.world().appends
    }

    /// The content of a file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let world = self.world();
        let Some(Node::File(inode)) = world.names.get(Path::new(path)) else {
            return None;
        };
        String::from_utf8(world.files[*inode].bytes.clone()).ok()
    }

    /// Puts a file there, durable.
    pub(crate) fn put(&self, path: &str, content: &[u8]) {
        let mut world = self.world();
        let inode = world.files.len();
        world.files.push(Content {
            bytes: content.to_vec(),
            synced: content.len(),
        });
        for folder in Path::new(path)
            .ancestors()
            .skip(1)
            .filter(|path| *path != Path::new(""))
        {
            world.names.entry(folder.to_owned()).or_insert(Node::Folder);
            world
                .durable
                .entry(folder.to_owned())
                .or_insert(Node::Folder);
        }
        world.names.insert(path.into(), Node::File(inode));
        world.durable.insert(path.into(), Node::File(inode));
    }

    /// Removes a folder and what is in it, as from outside.
    pub(crate) fn delete(&self, path: &str) {
        let mut world = self.world();
        world.names.retain(|name, _| !name.starts_with(path));
        world.durable.retain(|name, _| !name.starts_with(path));
    }

    /// What stands in the folder, sorted; `target` behind a link's name.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let world = self.world();
        let inside = world
            .names
            .iter()
            .filter(|(path, _)| path.parent() == Some(Path::new(folder)));
        inside
            .map(|(path, node)| {
                let name = path
                    .file_name()
                    .unwrap_or_default()
                    .to_string_lossy()
                    .into_owned();
                match node {
                    Node::Link(target) => format!("{name} -> {target}"),
                    Node::Folder | Node::File(_) => name,
                }
            })
            .collect()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open_file(&self, path: &Path, new: bool) -> io::Result<Box<dyn DiskFile>> {
        let mut world = self.world();
        world.check(Op::Open, path)?;
        let inode = match world.names.get(path) {
            Some(_) if new => return Err(io::ErrorKind::AlreadyExists.into()),
            Some(Node::File(inode)) => *inode,
            Some(_) => return Err(io::ErrorKind::IsADirectory.into()),
            None => {
                let parent = path.parent().unwrap_or(Path::new(""));
                if world.names.get(parent) != Some(&Node::Folder) {
                    return Err(io::ErrorKind::NotFound.into());
                }
                let inode = world.files.len();
                world.files.push(Content::default());
                world.set(path, Some(Node::File(inode)));
                inode
            }
        };
        let (open, limit) = &mut world.open;
        if limit.is_some_and(|limit| *open >= limit) {
            return Err(rustix::io::Errno::MFILE.into());
        }
        *open += 1;
        Ok(Box::new(MemFile {
            disk: self.clone(),
            path: path.to_owned(),
            inode,
        }))
    }
}

impl Disk for MemDisk {
    fn create_folders(&self, path: &Path, _mode: u32) -> io::Result<Vec<PathBuf>> {
        let mut world = self.world();
        let mut made = Vec::new();
        for folder in path.ancestors().collect::<Vec<_>>().into_iter().rev() {
            if folder.as_os_str().is_empty() || folder == Path::new("/") {
                continue;
            }
            match world.names.get(folder) {
                Some(Node::Folder) => {}
                Some(_) => return Err(io::ErrorKind::NotADirectory.into()),
                None => {
                    world.set(folder, Some(Node::Folder));
                    made.push(folder.to_owned());
                }
            }
        }
        Ok(made)
    }

    fn open(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn DiskFile>> {
        self.open_file(path, false)
    }

    fn open_new(&self, path: &Path, _mode: u32) -> io::Result<Box<dyn DiskFile>> {
        self.open_file(path, true)
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        let mut world = self.world();
        world.check(Op::SyncFolder, path)?;
        if world.names.get(path) != Some(&Node::Folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        for name in world.unsynced.remove(path).unwrap_or_default() {
            match world.names.get(&name).cloned() {
                Some(node) => world.durable.insert(name, node),
                None => world.durable.remove(&name),
            };
        }
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        self.text(&path.to_string_lossy())
            .ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn replace(&self, path: &Path, content: &str, _mode: u32) -> io::Result<()> {
        let mut world = self.world();
        let inode = world.files.len();
        let bytes = content.as_bytes().to_vec();
        world.files.push(Content {
            synced: bytes.len(),
            bytes,
        });
        world.set(path, Some(Node::File(inode)));
        Ok(())
    }

    fn point(&self, link: &Path, target: &str) -> io::Result<()> {
        self.world().set(link, Some(Node::Link(target.to_owned())));
        Ok(())
    }

    fn identity(&self, path: &Path) -> io::Result<Option<Identity>> {
        Ok(match self.world().names.get(path) {
            Some(Node::File(inode)) => Some((1, *inode as u64)),
            Some(_) => Some((2, 0)),
            None => None,
        })
    }

    fn hold(&self, folder: &Path) -> io::Result<Box<dyn Hold>> {
        self.world().holds.push(folder.to_owned());
        Ok(Box::new(MemHold {
            disk: self.clone(),
            folder: folder.to_owned(),
        }))
    }

    fn lock_tree(&self, _base: &Path, _patience: Duration) -> io::Result<Box<dyn Hold>> {
        Ok(Box::new(()))
    }

    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool> {
        let mut world = self.world();
        if world.holds.iter().any(|held| held == folder) {
            return Ok(false);
        }
        let inside = world.below(folder);
        let is_ours_and_empty = |(name, node): &(PathBuf, Node)| match node {
            Node::File(inode) => {
                world.files[*inode].bytes.is_empty()
                    && files.iter().any(|file| name.ends_with(file))
            }
            Node::Folder | Node::Link(_) => false,
        };
        if !inside.iter().all(is_ours_and_empty) {
            return Ok(false);
        }
        for (name, _) in inside {
            world.set(&name, None);
        }
        world.set(folder, None);
        Ok(true)
    }

    fn remove_folders(&self, paths: &[PathBuf]) {
        let mut world = self.world();
        for path in paths.iter().rev() {
            if world.below(path).is_empty() {
                world.set(path, None);
            }
        }
    }
}
