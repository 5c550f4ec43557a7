//! The interval folders in use: the current one, the next, and older ones with late records.

use std::{path::PathBuf, time::Duration};

use chrono::{DateTime, Utc};

use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest, Span};

use super::open_folder::{FailedSync, OpenFolder, UnsyncedDirs};
use crate::{
    DiskError,
    clock::ClockReading,
    config::Settings,
    fs::traits::{FileSystem, lacks_descriptors},
};

/// Nanoseconds between two looks at whether the files are still where they were made.
const VERIFY_EVERY: u64 = 500_000_000;

/// The symlink to the folder in use.
const CURRENT_LINK: &str = "current";

/// How long a start waits for others that start in the same tree.
const START_PATIENCE: Duration = Duration::from_secs(2);

/// The folders in use.
#[derive(Debug)]
pub(crate) struct IntervalFolders {
    /// The folder that was current before: records stamped just before the boundary may still come.
    previous: Folder,
    /// Of the folder that is current.
    current: Span,
    /// The folder made ahead, and where its span begins.
    next: Span,
    open: Vec<OpenFolder>,
    unsynced_dirs: UnsyncedDirs,
    /// The span of the last record, in nanoseconds, and its folder's place in `open`.
    last: (i64, i64, usize),
    /// The monotonic clock at the last look; `None` asks for one.
    verified: Option<u64>,
}

/// What a look at the clock or at the files came to.
#[derive(Debug, Default)]
pub(crate) struct FolderOutcome {
    /// Another folder is current.
    pub(crate) moved: bool,
    /// Folders and files that could not be made or written.
    pub(crate) errors: Vec<DiskError>,
    /// Files that were left and could not be synced.
    pub(crate) lost: Vec<FailedSync>,
}

impl IntervalFolders {
    /// Makes the current and the next folder. On an error nothing is left behind.
    pub(crate) fn open(
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> Result<Self, DiskError> {
        let mut folders = Self::inherit(settings, now);
        folders.verified = Some(now.mono);
        let made = folders
            .open
            .iter_mut()
            .try_for_each(|folder| folder.make(fs, &mut folders.unsynced_dirs));
        if let Err(error) = made.and_then(|()| describe(settings, fs)) {
            folders.undo(settings, fs);
            return Err(error);
        }
        folders.update_current_link(settings, fs);
        folders.tell_what_was_passed_by();
        Ok(folders)
    }

    /// Makes nothing before the first look at the files.
    pub(crate) fn inherit(settings: &Settings, now: ClockReading) -> Self {
        let current = span(settings, now.wall);
        let next = settings.interval.span(current.end, &settings.zone);
        Self {
            previous: current.folder,
            current,
            next,
            open: vec![
                OpenFolder::new(settings, current),
                OpenFolder::new(settings, next),
            ],
            unsynced_dirs: UnsyncedDirs::default(),
            last: (0, 0, 0),
            verified: None,
        }
    }

    /// Takes back what `open` did so far.
    fn undo(&mut self, settings: &Settings, fs: &dyn FileSystem) {
        let names = file_names(settings);
        for folder in self.open.iter_mut().rev() {
            folder.let_go();
            if folder.new_folders.contains(&folder.path) {
                let _ = fs.remove_if_empty(&folder.path, &names);
            }
            fs.remove_folders(&folder.new_folders);
        }
    }

    /// Moves on if `now` is not in the current folder's span: on time, or because the clock was set.
    pub(crate) fn roll_over(
        &mut self,
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> FolderOutcome {
        let mut upkeep = FolderOutcome::default();
        let wall = DateTime::from_timestamp_nanos(now.wall);
        if self.current.start <= wall && wall < self.current.end {
            return upkeep;
        }
        self.previous = self.current.folder;
        self.current = span(settings, now.wall);
        self.next = settings.interval.span(self.current.end, &settings.zone);
        upkeep.moved = self.previous != self.current.folder;
        let keep = self.in_use();
        self.open.retain_mut(|folder| {
            if keep.contains(&folder.folder) || folder.has_lines() {
                return true;
            }
            // Nobody can ask for these syncs any more, so they are done now.
            upkeep
                .lost
                .extend(folder.sync_all(fs, &mut self.unsynced_dirs));
            false
        });
        self.last = (0, 0, 0);
        for span in [self.current, self.next] {
            let place = self.place(settings, span);
            // If it fails: tried again with the next look at the files.
            let made = self.open[place].make(fs, &mut self.unsynced_dirs);
            upkeep.errors.extend(made.err());
        }
        self.update_current_link(settings, fs);
        upkeep
    }

    /// The folder a record of this time belongs to.
    #[inline]
    pub(crate) fn of(&mut self, settings: &Settings, wall: i64) -> &mut OpenFolder {
        if !(self.last.0..self.last.1).contains(&wall) {
            let span = span(settings, wall);
            let place = self.place(settings, span);
            self.last = (nanos(span.start), nanos(span.end), place);
        }
        &mut self.open[self.last.2]
    }

    fn place(&mut self, settings: &Settings, span: Span) -> usize {
        let known = self
            .open
            .iter()
            .position(|folder| folder.folder == span.folder);
        known.unwrap_or_else(|| {
            self.open.push(OpenFolder::new(settings, span));
            self.open.len() - 1
        })
    }

    pub(crate) fn have_lines(&self) -> bool {
        self.open.iter().any(OpenFolder::has_lines)
    }

    /// Lines that are not in their files.
    pub(crate) fn count_lines(&self) -> u64 {
        self.open.iter().map(OpenFolder::count_lines).sum()
    }

    fn in_use(&self) -> [Folder; 3] {
        [self.previous, self.current.folder, self.next.folder]
    }

    /// Writes all lines. Gives the bytes written; after an error, the rest is kept for the next call.
    pub(crate) fn write(&mut self, fs: &dyn FileSystem) -> (u64, FolderOutcome) {
        let (mut bytes, mut upkeep) = self.write_once(fs);
        if upkeep.errors.iter().any(lacks_descriptors) {
            // Files of other folders may be in the way.
            self.open.iter_mut().for_each(OpenFolder::close_idle);
            let (more, again) = self.write_once(fs);
            bytes += more;
            upkeep.lost.extend(again.lost);
            upkeep.errors = again.errors;
        }
        self.tell_what_was_passed_by();
        (bytes, upkeep)
    }

    fn write_once(&mut self, fs: &dyn FileSystem) -> (u64, FolderOutcome) {
        let mut upkeep = FolderOutcome::default();
        let mut bytes = 0;
        let in_use = self.in_use();
        for folder in &mut self.open {
            let (written, failed) = folder.write(fs, &mut self.unsynced_dirs);
            bytes += written;
            if failed.is_empty() && !in_use.contains(&folder.folder) {
                // After a long time without a disk there may be more of these than files may be open.
                upkeep
                    .lost
                    .extend(folder.sync_all(fs, &mut self.unsynced_dirs));
                // If that had to write them again and could not, it goes on in the same file, in the middle of a line.
                if folder.count_lines() == 0 {
                    folder.let_go();
                }
            }
            upkeep.errors.extend(failed);
        }
        (bytes, upkeep)
    }

    /// From time to time, makes again what was deleted, renamed or replaced from outside. `None` if it is not time.
    pub(crate) fn verify(
        &mut self,
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> Option<FolderOutcome> {
        let mut upkeep = FolderOutcome::default();
        let is_recent = |mono| now.mono.saturating_sub(mono) < VERIFY_EVERY;
        if self.verified.is_some_and(is_recent) {
            return None;
        }
        self.verified = Some(now.mono);
        let kept = [self.current.folder, self.next.folder];
        for folder in &mut self.open {
            upkeep.lost.extend(folder.leave_replaced(fs));
            // Others are made again only for lines that come late.
            if kept.contains(&folder.folder) {
                let made = folder.make(fs, &mut self.unsynced_dirs);
                upkeep.errors.extend(made.err());
            }
        }
        for folder in &mut self.open {
            upkeep.errors.append(&mut folder.blocked_paths);
        }
        self.update_current_link(settings, fs);
        Some(upkeep)
    }

    /// Has the next look at the files, which tells of it, come with the next round.
    fn tell_what_was_passed_by(&mut self) {
        let has_any = |folder: &OpenFolder| !folder.blocked_paths.is_empty();
        if self.open.iter().any(has_any) {
            self.distrust_paths();
        }
    }

    /// Has the next round look at every file first.
    pub(crate) fn distrust_paths(&mut self) {
        self.verified = None;
    }

    /// The lines are safe; forgets them.
    pub(crate) fn clear(&mut self) {
        self.open.iter_mut().for_each(OpenFolder::clear);
    }

    /// Syncs the file of a stream in every folder. Gives how many there were with unsynced data, and those that failed.
    pub(crate) fn sync(&mut self, fs: &dyn FileSystem, file: u16) -> (u64, Vec<FailedSync>) {
        let dirty = self.open.iter().filter(|folder| folder.is_dirty(file));
        let dirty = dirty.count() as u64;
        let synced = self.open.iter_mut();
        let lost = synced.filter_map(|folder| folder.sync(fs, &mut self.unsynced_dirs, file));
        (dirty, lost.collect())
    }

    /// The current folder, the next, and the link to the current one.
    pub(crate) fn to_watch(&self, settings: &Settings) -> [PathBuf; 3] {
        let [current, next] =
            [self.current, self.next].map(|span| settings.base.join(span.folder.name()));
        [current, next, settings.base.join(CURRENT_LINK)]
    }

    /// When the next rollover is due, in nanoseconds since 1970.
    pub(crate) fn next_rollover(&self) -> i64 {
        nanos(self.current.end)
    }

    /// Files with unsynced data.
    pub(crate) fn count_dirty(&self) -> u64 {
        self.open.iter().map(OpenFolder::count_dirty).sum()
    }

    /// Syncs everything and removes the next folder if it stayed empty.
    pub(crate) fn close(&mut self, settings: &Settings, fs: &dyn FileSystem) -> FolderOutcome {
        let mut upkeep = FolderOutcome::default();
        for mut folder in self.open.drain(..) {
            upkeep
                .lost
                .extend(folder.sync_all(fs, &mut self.unsynced_dirs));
        }
        let next = settings.base.join(self.next.folder.name());
        // Best effort: an empty folder left behind harms nobody.
        let _ = fs.remove_if_empty(&next, &file_names(settings));
        upkeep
    }

    /// Best effort: a file system may have no symlinks.
    fn update_current_link(&self, settings: &Settings, fs: &dyn FileSystem) {
        let name = self.current.folder.name();
        let _ = fs.set_symlink(&settings.base.join(CURRENT_LINK), &name);
    }
}

/// Writes `.chronologix.json`; streams of other loggers that share the tree stay in it.
fn describe(settings: &Settings, fs: &dyn FileSystem) -> Result<(), DiskError> {
    let path = settings.base.join(MANIFEST_FILE);
    // From the look at the older one to its replacement, so that no logger takes another's streams out. Best effort: they are for readers.
    let _alone = fs.lock_tree(&settings.base, START_PATIENCE);
    let older = fs
        .read(&path)
        .ok()
        .and_then(|text| Manifest::from_json(&text).ok());
    let text = settings.describe().merged_with(older).to_json();
    fs.replace(&path, &text, settings.modes.file)
        .map_err(|error| DiskError::new("write", &path, error))
}

fn file_names(settings: &Settings) -> Vec<&str> {
    settings
        .streams
        .iter()
        .map(|stream| stream.file.as_str())
        .collect()
}

fn span(settings: &Settings, wall: i64) -> Span {
    let instant = DateTime::from_timestamp_nanos(wall);
    settings.interval.span(instant, &settings.zone)
}

/// In nanoseconds since 1970, or the nearest that there is.
fn nanos(instant: DateTime<Utc>) -> i64 {
    let beyond = if instant.timestamp() < 0 {
        i64::MIN
    } else {
        i64::MAX
    };
    instant.timestamp_nanos_opt().unwrap_or(beyond)
}
