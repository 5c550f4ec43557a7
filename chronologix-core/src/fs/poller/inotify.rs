//! Changes to files and folders (`inotify(7)`): deletions, renames and replacements.
//!
//! Every folder in use is watched from inside. That does not show the deletion of the folder
//! itself: the kernel reports it only when no process has the folder open any more, and the writer
//! has. So the base directory is watched for the names of the folders. The base cannot be deleted
//! while they are in it, but it and everything above it can be renamed, and each of them has a
//! watch for that.

use std::{
    ffi::{CStr, OsStr, OsString},
    fs,
    mem::{self, MaybeUninit},
    os::unix::ffi::OsStrExt,
    path::Path,
};

use rustix::{
    fd::{AsFd, BorrowedFd, OwnedFd},
    fs::{
        inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
        statfs,
    },
    io::Errno,
};

#[cfg(test)]
mod tests;

/// For a folder in use. Only loggers change what is in it, so every name matters.
const INSIDE: WatchFlags = WatchFlags::DELETE
    .union(WatchFlags::MOVE)
    .union(WatchFlags::ONLYDIR)
    .union(ITSELF);

/// For the base directory. What moves to a name in it does not matter: it can only take the place
/// of a link, because a folder has to be moved away before another can take its place.
const BASE: WatchFlags = WatchFlags::DELETE
    .union(WatchFlags::MOVED_FROM)
    .union(WatchFlags::ONLYDIR);

/// For whatever has a path, be it a symlink.
const ITSELF: WatchFlags = WatchFlags::DELETE_SELF
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::DONT_FOLLOW);

/// Bytes for events; the longest has 272.
const EVENT_BUFFER: usize = 4096;

/// The file systems that are changed through this kernel alone, so that it reports every change, by
/// the magic numbers of `statfs(2)`. All others are looked at from time to time: a network file
/// system is changed on other machines too, and FUSE may be one.
const LOCAL_FILE_SYSTEMS: [u32; 19] = [
    0x0000_EF53, // ext2, ext3, ext4
    0x5846_5342, // xfs
    0x9123_683E, // btrfs
    0x0102_1994, // tmpfs
    0x8584_58F6, // ramfs
    0x794C_7630, // overlayfs
    0x6175_6673, // aufs
    0xF2F5_2010, // f2fs
    0x2FC1_2FC1, // zfs
    0xCA45_1A4E, // bcachefs
    0x0000_4D44, // vfat
    0x2011_BAB0, // exfat
    0x7366_746E, // ntfs3
    0x3153_464A, // jfs
    0x5265_4973, // reiserfs
    0x0000_3434, // nilfs2
    0x2405_1905, // ubifs
    0x1501_3346, // udf
    0x0000_F15F, // ecryptfs
];

/// The watches on one tree.
#[derive(Debug)]
pub(crate) struct FileWatches {
    inotify: OwnedFd,
    /// Everything that is watched, by the kernel's numbers, which are never used again.
    watched: Vec<i32>,
    /// Those of `watched` in which every name matters.
    inside: Vec<i32>,
    /// The names in other folders that matter.
    names: Vec<OsString>,
    /// Whether everything is watched that should be.
    are_complete: bool,
}

impl FileWatches {
    pub(crate) fn new() -> Result<Self, Errno> {
        Ok(Self {
            inotify: inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?,
            watched: Vec::new(),
            inside: Vec::new(),
            names: Vec::new(),
            are_complete: false,
        })
    }

    pub(crate) fn are_complete(&self) -> bool {
        self.are_complete
    }

    /// See [`Poller::watch`](super::Poller::watch).
    pub(crate) fn watch(&mut self, folders: &[&Path], link: &Path) {
        // Old events are discarded before anything is watched: a change from here on may make a
        // watch useless, and must be reported.
        self.are_complete = self.take_changed().is_ok();
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

    /// Goes from the outside to the inside, so that a replacement on the way is reported.
    fn watch_base(&mut self, base: &Path) {
        self.watch_ancestors(base);
        match fs::canonicalize(base) {
            Ok(real) if real != base => self.watch_ancestors(&real),
            Ok(_) => {}
            Err(_) => self.are_complete = false,
        }
        self.add(base, BASE);
        self.are_complete &= is_local(base).unwrap_or(false);
    }

    /// Watches a path and every folder above it except the root, which cannot be moved.
    fn watch_ancestors(&mut self, path: &Path) {
        for path in path.ancestors().filter(|path| path.parent().is_some()) {
            self.add(path, ITSELF);
        }
    }

    fn add(&mut self, path: &Path, flags: WatchFlags) -> Option<i32> {
        // The base is watched for two reasons, and the second must not replace the first.
        let flags = flags | WatchFlags::MASK_ADD;
        let watched = inotify::add_watch(&self.inotify, path, flags).ok();
        self.are_complete &= watched.is_some();
        self.watched.extend(watched);
        watched
    }

    /// Returns whether anything relevant happened since the last call.
    pub(crate) fn take_changed(&mut self) -> Result<bool, Errno> {
        let mut changed = false;
        let mut bytes = [MaybeUninit::uninit(); EVENT_BUFFER];
        let mut events = Reader::new(&self.inotify, &mut bytes);
        loop {
            match events.next() {
                Ok(event) => {
                    changed |= self.is_relevant(event.wd(), event.events(), event.file_name());
                }
                Err(Errno::AGAIN) => return Ok(changed),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn is_relevant(&self, watch: i32, flags: ReadFlags, name: Option<&CStr>) -> bool {
        if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
            return true;
        }
        if !self.watched.contains(&watch) {
            // The watch was removed after this event.
            return false;
        }
        // An event without a name is about the folder itself, or its watch has ended with it.
        name.is_none_or(|name| {
            let name = OsStr::from_bytes(name.to_bytes());
            self.inside.contains(&watch) || self.names.iter().any(|ours| ours == name)
        })
    }
}

impl AsFd for FileWatches {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.inotify.as_fd()
    }
}

fn is_local(folder: &Path) -> Result<bool, Errno> {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::unnecessary_cast,
        reason = "the number has 32 bits, in a field whose type differs between processors"
    )]
    let magic = statfs(folder)?.f_type as u32;
    Ok(LOCAL_FILE_SYSTEMS.contains(&magic))
}
