//! A disk in memory, for tests: it forgets what was not synced, fails when told to, and can be held up.
//!
//! Stricter than real file systems: a name survives a crash only if the folder it stands in was synced after it was made,
//! and so on up to a folder that was there at the start; and what a sync failed to save is lost in a crash, whatever later
//! syncs say.

pub(crate) mod retention_fs;

use std::{
    io,
    ops::Range,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

pub(crate) use self::faults::FsOp;
use self::world::{Node, SimInode, SimState};

mod calls;
mod faults;
mod handles;
mod world;

#[cfg(test)]
mod tests;

/// A disk in memory. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub(crate) struct SimFs(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    world: Mutex<SimState>,
    released: Condvar,
}

/// A file as a test sees it.
#[derive(Debug)]
pub(crate) struct FileSnapshot<'a> {
    /// Where it stands, or stood before it was taken away.
    pub(crate) path: &'a Path,
    pub(crate) bytes: &'a [u8],
    /// The bytes that some sync failed to save. One range, though it may be empty, for each such sync.
    pub(crate) unsaved: &'a [Range<usize>],
    /// It was taken away from outside.
    pub(crate) is_gone: bool,
}

/// What a crash spares of all that it might take: nothing, or what a number says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashSeed(Option<u64>);

impl CrashSeed {
    pub(crate) const NONE: Self = Self(None);

    pub(crate) fn of(number: u64) -> Self {
        Self(Some(number))
    }

    /// A number below `bound`; 0 without luck.
    fn below(&mut self, bound: usize) -> usize {
        let Some(number) = &mut self.0 else { return 0 };
        // SplitMix64: any number will do as a start.
        *number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *number;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    }
}

impl SimFs {
    /// A disk with one durable, empty folder.
    pub(crate) fn with_folder(path: &str) -> Self {
        let fs = Self::default();
        fs.world().make_durable_folders(Path::new(path));
        fs
    }

    /// Loses everything that was not synced.
    pub(crate) fn crash(&self) {
        self.crash_with(CrashSeed::NONE);
    }

    /// Loses what was not synced, except for what luck spares: names, or some of the bytes at the end of a file, or zeros in their
    /// place. What was open must be closed.
    pub(crate) fn crash_with(&self, luck: CrashSeed) {
        self.world().crash(luck);
    }

    /// Makes the next `times` operations on files or folders whose path contains `name` fail.
    pub(crate) fn fail(&self, op: FsOp, name: &str, times: usize, error: io::ErrorKind) {
        self.fail_after(0, op, name, times, error);
    }

    /// As [`SimFs::fail`], once `after` such operations have succeeded.
    pub(crate) fn fail_after(
        &self,
        after: usize,
        op: FsOp,
        name: &str,
        times: usize,
        error: io::ErrorKind,
    ) {
        self.world().faults.add(op, name, after, times, error);
    }

    /// Makes `times` operations fail, whatever they are, once `after` have been done.
    pub(crate) fn fail_any_after(&self, after: u64, times: u64, error: io::ErrorKind) {
        self.world().faults.add_numbered(after, times, error);
    }

    /// How many operations there were.
    pub(crate) fn operations(&self) -> u64 {
        self.world().faults.operations()
    }

    /// Lets `files` be open at a time.
    pub(crate) fn limit_open(&self, files: usize) {
        self.world().open.1 = files;
    }

    /// Ends all failures. Limits stay.
    pub(crate) fn heal(&self) {
        self.world().faults.clear();
    }

    /// Lets one append take `bytes` at most.
    pub(crate) fn write_short(&self, bytes: usize) {
        self.world().short = bytes;
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
        self.world().appended.0
    }

    /// How many bytes were appended.
    pub(crate) fn appended_bytes(&self) -> u64 {
        self.world().appended.1
    }

    /// The content of a file.
    pub(crate) fn text(&self, path: &str) -> Option<String> {
        let world = self.world();
        let Some(Node::File(inode)) = world.at(Path::new(path)) else {
            return None;
        };
        String::from_utf8(world.files[inode].bytes.clone()).ok()
    }

    /// Puts a file there, durable, in place of whatever stands there.
    pub(crate) fn put(&self, path: &str, content: &[u8]) {
        let path = Path::new(path);
        let mut world = self.world();
        let file = world.add_file(SimInode::durable(content));
        world.make_durable_folders(path.parent().unwrap_or(Path::new("")));
        world.set_from_outside(path, Some(file));
    }

    /// Makes the names in a folder durable, as time does, or somebody else.
    pub(crate) fn make_durable(&self, folder: &str) {
        let mut world = self.world();
        if let Ok(folder) = world.folder(Path::new(folder)) {
            world.folders[folder].sync();
        }
    }

    /// Removes a file, or a folder and what is in it, as from outside.
    pub(crate) fn delete(&self, path: &str) {
        self.world().set_from_outside(Path::new(path), None);
    }

    /// Gives a file or folder another name, as from outside.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        self.world()
            .rename_from_outside(Path::new(from), Path::new(to));
    }

    /// Calls `each` for every file: those that stand there and those that were taken away.
    pub(crate) fn for_each_file(&self, mut each: impl FnMut(FileSnapshot<'_>)) {
        let world = self.world();
        world.walk(false, |path, inode| {
            let content = &world.files[inode];
            each(content.seen(path, &content.bytes, false));
        });
        for (path, inode) in &world.gone {
            let content = &world.files[*inode];
            each(content.seen(path, &content.bytes, true));
        }
    }

    /// The same for what a crash would leave, if there were no luck.
    pub(crate) fn for_each_durable_file(&self, mut each: impl FnMut(FileSnapshot<'_>)) {
        let world = self.world();
        world.walk(true, |path, inode| {
            let content = &world.files[inode];
            each(content.seen(path, &content.surviving(), false));
        });
        for (path, inode) in &world.gone {
            let content = &world.files[*inode];
            each(content.seen(path, &content.surviving(), true));
        }
    }

    /// What stands in the folder, sorted; `target` behind a link's name.
    pub(crate) fn list(&self, folder: &str) -> Vec<String> {
        let world = self.world();
        let Ok(folder) = world.folder(Path::new(folder)) else {
            return Vec::new();
        };
        let names = world.folders[folder].now.iter();
        names
            .map(|(name, node)| {
                let name = name.to_string_lossy().into_owned();
                match node {
                    Node::Link(target) => format!("{name} -> {target}"),
                    Node::Folder(_) | Node::File(_) => name,
                }
            })
            .collect()
    }

    fn world(&self) -> MutexGuard<'_, SimState> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SimInode {
    fn durable(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.to_owned(),
            synced: bytes.len(),
            ..Self::default()
        }
    }

    fn seen<'a>(&'a self, path: &'a Path, bytes: &'a [u8], is_gone: bool) -> FileSnapshot<'a> {
        FileSnapshot {
            path,
            bytes,
            unsaved: &self.unsaved,
            is_gone,
        }
    }
}
