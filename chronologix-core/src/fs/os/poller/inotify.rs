//! Eyes on files and folders (`inotify(7)`): who deletes, renames or replaces what.
//!
//! Every folder in use is watched from inside. That is not enough for a folder itself: the kernel tells of its deletion
//! only when nobody has it open any more, and the writer has, so the base directory is watched for the names of the folders.
//! The base cannot be deleted while they are in it, but it and all above can be renamed, which only watches of their own tell.

use std::{
    ffi::{CStr, OsStr, OsString},
    fs, mem,
    mem::MaybeUninit,
    os::unix::ffi::OsStrExt,
    path::Path,
};

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
    io::Errno,
};

use super::local::is_local;

#[cfg(test)]
mod tests;

/// A folder in use: nobody but us has to do with what is in it.
const INSIDE: WatchFlags = WatchFlags::DELETE
    .union(WatchFlags::MOVE)
    .union(WatchFlags::ONLYDIR)
    .union(ITSELF);

/// The folder of the folders. What moves to a name in it is not asked for: that takes the place of a link only, and whoever
/// puts a folder in place of ours has to move ours away first.
const BASE: WatchFlags = WatchFlags::DELETE
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::ONLYDIR);

/// What stands at a path, be it a symlink.
const ITSELF: WatchFlags = WatchFlags::DELETE_SELF
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::DONT_FOLLOW);

/// Bytes for events; the longest has 272.
const EVENTS: usize = 4096;

#[derive(Debug)]
pub(crate) struct FileWatches {
    inotify: OwnedFd,
    /// All that is watched, by the kernel's numbers, which are never used again.
    watched: Vec<i32>,
    /// Those of `watched` in which every name matters.
    inside: Vec<i32>,
    /// The names in other folders that matter.
    names: Vec<OsString>,
    /// Whether all is watched that should be.
    see_all: bool,
}

impl FileWatches {
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self {
            inotify: inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?,
            watched: Vec::new(),
            inside: Vec::new(),
            names: Vec::new(),
            see_all: false,
        })
    }

    pub(crate) fn see_all(&self) -> bool {
        self.see_all
    }

    /// See [`Lookout::watch`](crate::fs::poller::Lookout::watch).
    pub(crate) fn watch(&mut self, folders: &[&Path], link: &Path) {
        // Before anything is watched: what happens from here on must be told, for it may make a watch useless.
        self.see_all = self.saw_a_change().is_ok();
        let before = mem::take(&mut self.watched);
        self.inside.clear();
        self.names.clear();
        for path in folders.iter().copied().chain([link]) {
            self.names.extend(path.file_name().map(OsStr::to_owned));
        }
        if let Some(base) = link.parent() {
            self.watch_base(base);
        }
        for folder in folders {
            let watched = self.add(folder, INSIDE);
            self.inside.extend(watched);
        }
        for old in before.iter().filter(|old| !self.watched.contains(old)) {
            // It fails if the folder is gone, and the watch with it.
            let _ = inotify::remove_watch(&self.inotify, *old);
        }
    }

    /// From the outside to the inside, so that whatever takes another's place meanwhile is told.
    fn watch_base(&mut self, base: &Path) {
        self.watch_above(base);
        match fs::canonicalize(base) {
            Ok(real) if real != base => self.watch_above(&real),
            Ok(_) => {}
            Err(_) => self.see_all = false,
        }
        self.add(base, BASE);
        self.see_all &= is_local(base).unwrap_or(false);
    }

    /// A path and every folder above it, but not the root: nobody moves it.
    fn watch_above(&mut self, path: &Path) {
        for path in path.ancestors().filter(|path| path.parent().is_some()) {
            self.add(path, ITSELF);
        }
    }

    fn add(&mut self, path: &Path, what: WatchFlags) -> Option<i32> {
        // The base is watched for two reasons.
        let what = what | WatchFlags::MASK_ADD;
        let watched = inotify::add_watch(&self.inotify, path, what).ok();
        self.see_all &= watched.is_some();
        self.watched.extend(watched);
        watched
    }

    /// Whether anything happened since the last call that matters.
    pub(crate) fn saw_a_change(&mut self) -> Result<bool, Errno> {
        let mut changed = false;
        let mut bytes = [MaybeUninit::uninit(); EVENTS];
        let mut events = Reader::new(&self.inotify, &mut bytes);
        loop {
            match events.next() {
                Ok(event) => {
                    changed |= self.matters(event.wd(), event.events(), event.file_name());
                }
                Err(Errno::AGAIN) => return Ok(changed),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn matters(&self, number: i32, what: ReadFlags, name: Option<&CStr>) -> bool {
        if what.contains(ReadFlags::QUEUE_OVERFLOW) {
            return true;
        }
        if !self.watched.contains(&number) {
            // Of a watch that was given up.
            return false;
        }
        // Without a name, it is about the folder itself, or the watch has ended with it.
        name.is_none_or(|name| {
            let name = OsStr::from_bytes(name.to_bytes());
            self.inside.contains(&number) || self.names.iter().any(|ours| ours == name)
        })
    }
}

impl AsFd for FileWatches {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}
