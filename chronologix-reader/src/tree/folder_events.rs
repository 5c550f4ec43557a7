//! Says when something happens in folders (`inotify(7)`), so that files at rest are not looked at.
//!
//! It is a hint: a look from time to time finds what was not reported. On network file systems
//! nothing is reported of what other machines do, and no list of file systems is complete. So the
//! reports are not relied on any more when looks have found changes without one.

use std::{path::PathBuf, time::Duration};

#[cfg(not(target_os = "linux"))]
use self::elsewhere::KernelEvents;
#[cfg(target_os = "linux")]
use self::linux::KernelEvents;

#[cfg(all(test, target_os = "linux"))]
mod tests;

/// So many changes in a row without a report end the reliance on reports. One may be a report that
/// comes a moment after the change.
const MOST_UNREPORTED: u32 = 2;

/// The reports of a few folders.
#[derive(Debug)]
pub(crate) struct FolderEvents {
    /// `None` where there are none, and if they are not relied on.
    kernel: Option<KernelEvents>,
    /// Something happened since the files were looked at.
    has_happened: bool,
    /// Changes without a report, since the last report.
    unreported: u32,
}

impl FolderEvents {
    pub(crate) fn open() -> Self {
        Self {
            kernel: KernelEvents::open(),
            has_happened: true,
            unreported: 0,
        }
    }

    /// Returns whether what happens is reported.
    pub(crate) fn are_relied_on(&self) -> bool {
        self.kernel.is_some()
    }

    /// Watches these folders and no others.
    pub(crate) fn aim(&mut self, folders: &[PathBuf]) {
        let aimed = self.kernel.as_mut().map(|kernel| kernel.aim(folders));
        match aimed {
            None | Some(Ok(false)) => {}
            // What happened before the watch was not reported.
            Some(Ok(true)) => self.has_happened = true,
            // The user has used up what the system grants, or may not read the folder.
            Some(Err(_)) => self.kernel = None,
        }
    }

    /// Returns whether something happened since the last look, as far as is known.
    pub(crate) fn has_happened(&mut self) -> bool {
        if self.kernel.as_mut().is_some_and(KernelEvents::take) {
            (self.has_happened, self.unreported) = (true, 0);
        }
        self.has_happened
    }

    /// Begins a look. What happens from here on is reported for the next one. Returns whether
    /// anything was reported for this one.
    pub(crate) fn begin_look(&mut self) -> bool {
        let has_happened = self.has_happened();
        self.has_happened = false;
        has_happened
    }

    /// A look for which nothing was reported has found a change.
    pub(crate) fn note_unreported(&mut self) {
        if self.has_happened() {
            return;
        }
        self.unreported += 1;
        if self.unreported >= MOST_UNREPORTED {
            self.kernel = None;
        }
    }

    /// Waits until something happens, at most so long. Returns at once if there are no reports.
    pub(crate) fn wait(&self, most: Duration) {
        if let Some(kernel) = &self.kernel {
            kernel.wait(most);
        }
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{collections::BTreeMap, io, mem::MaybeUninit, path::PathBuf, time::Duration};

    use rustix::{
        event::{PollFd, PollFlags, Timespec, poll},
        fd::OwnedFd,
        fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags},
        io::Errno,
    };

    /// Bytes for reports; the longest has 272.
    const EVENT_BUFFER: usize = 4096;

    /// What may mean that there is more to read, or that it can be read now.
    const WATCHED: WatchFlags = WatchFlags::MODIFY
        .union(WatchFlags::ATTRIB)
        .union(WatchFlags::CREATE)
        .union(WatchFlags::DELETE)
        .union(WatchFlags::MOVE)
        .union(WatchFlags::DELETE_SELF)
        .union(WatchFlags::MOVE_SELF)
        .union(WatchFlags::ONLYDIR);

    /// The reports of the kernel.
    #[derive(Debug)]
    pub(super) struct KernelEvents {
        inotify: OwnedFd,
        /// By the numbers of the kernel, which are never used again.
        watched: BTreeMap<PathBuf, i32>,
    }

    impl KernelEvents {
        pub(super) fn open() -> Option<Self> {
            let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            Some(Self {
                inotify,
                watched: BTreeMap::new(),
            })
        }

        /// Returns whether a folder is watched that was not.
        pub(super) fn aim(&mut self, folders: &[PathBuf]) -> io::Result<bool> {
            let inotify = &self.inotify;
            self.watched.retain(|path, number| {
                let is_wanted = folders.contains(path);
                if !is_wanted {
                    // It fails if the folder is gone, and the watch with it.
                    let _ = inotify::remove_watch(inotify, *number);
                }
                is_wanted
            });
            let mut has_added = false;
            for path in folders {
                if self.watched.contains_key(path) {
                    continue;
                }
                match inotify::add_watch(&self.inotify, path, WATCHED) {
                    Ok(number) => {
                        self.watched.insert(path.clone(), number);
                        has_added = true;
                    }
                    // It is an archive, or just gone: the folder above reports that.
                    Err(Errno::NOENT | Errno::NOTDIR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(has_added)
        }

        /// Returns whether anything was reported since the last call.
        pub(super) fn take(&mut self) -> bool {
            let mut has_happened = false;
            let mut bytes = [MaybeUninit::uninit(); EVENT_BUFFER];
            let mut events = Reader::new(&self.inotify, &mut bytes);
            loop {
                match events.next() {
                    Ok(event) => {
                        has_happened = true;
                        if event.events().contains(ReadFlags::IGNORED) {
                            // Another folder may have the path by now.
                            let ended = event.wd();
                            self.watched.retain(|_, number| *number != ended);
                        }
                    }
                    Err(Errno::INTR) => {}
                    Err(Errno::AGAIN) => return has_happened,
                    // What cannot be read may be anything.
                    Err(_) => return true,
                }
            }
        }

        pub(super) fn wait(&self, most: Duration) {
            let time = Timespec::try_from(most).ok();
            let mut polled = [PollFd::new(&self.inotify, PollFlags::IN)];
            // A wait that is interrupted is a short one.
            let _ = poll(&mut polled, time.as_ref());
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::{io, path::PathBuf, time::Duration};

    /// There are no reports.
    #[derive(Debug)]
    pub(super) enum KernelEvents {}

    impl KernelEvents {
        pub(super) fn open() -> Option<Self> {
            None
        }

        pub(super) fn aim(&mut self, _folders: &[PathBuf]) -> io::Result<bool> {
            match *self {}
        }

        pub(super) fn take(&mut self) -> bool {
            match *self {}
        }

        pub(super) fn wait(&self, _most: Duration) {
            match *self {}
        }
    }
}
