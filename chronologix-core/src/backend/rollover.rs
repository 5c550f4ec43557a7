//! The interval folders in use: the current one, the next, and older ones with late records.
//!
//! Rollover is a property of records, not of the writer: each record goes to the folder of its own
//! timestamp. The rollover itself only creates folders ahead and updates the link to the current
//! one.

use std::{path::PathBuf, time::Duration};

use chrono::DateTime;

use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest, Span};

use super::open_folder::{BatchRecord, FailedSync, OpenFolder, UnsyncedDirs};
use crate::{
    DiskError,
    clock::{ClockReading, wall_nanos},
    config::Settings,
    fs::traits::{FileSystem, lacks_descriptors},
};

/// Nanoseconds between two verifications that the files are still where they were created.
const VERIFY_EVERY: u64 = 500_000_000;

/// The symlink to the current folder.
const CURRENT_LINK: &str = "current";

/// How long a start waits for others that start in the same tree.
const START_TIMEOUT: Duration = Duration::from_secs(2);

/// The folders in use.
#[derive(Debug)]
pub(crate) struct IntervalFolders {
    /// The folder that was current before: records stamped just before the boundary may still come.
    previous: Folder,
    current: Span,
    /// The folder that is created ahead.
    next: Span,
    open: Vec<OpenFolder>,
    unsynced_dirs: UnsyncedDirs,
    /// The span of the last record, in nanoseconds, and the index of its folder in `open`.
    last: (i64, i64, usize),
    /// The monotonic clock at the last verification; `None` requests one.
    verified: Option<u64>,
}

/// What was done with folders and files, and what went wrong.
#[derive(Debug, Default)]
pub(crate) struct FolderOutcome {
    /// Another folder is current.
    pub(crate) rolled_over: bool,
    /// Bytes that were written.
    pub(crate) bytes: u64,
    /// Folders and files that could not be created or written.
    pub(crate) errors: Vec<DiskError>,
    /// Files that were left and could not be synced.
    pub(crate) failed_syncs: Vec<FailedSync>,
}

impl IntervalFolders {
    /// Creates the current and the next folder, and describes the tree. On an error nothing is left
    /// behind.
    pub(crate) fn create(
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> Result<Self, DiskError> {
        let mut folders = Self::new(settings, now);
        folders.verified = Some(now.mono);
        let mut open = folders.open.iter_mut();
        let created = open.try_for_each(|folder| folder.create(fs, &mut folders.unsynced_dirs));
        if let Err(error) = created.and_then(|()| write_manifest(settings, fs)) {
            folders.undo(settings, fs);
            return Err(error);
        }
        folders.update_current_link(settings, fs);
        folders.verify_blocked_paths();
        Ok(folders)
    }

    /// Returns the folders without creating any: that is left to the first verification.
    pub(crate) fn new(settings: &Settings, now: ClockReading) -> Self {
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

    /// Removes what [`IntervalFolders::create`] has created so far.
    fn undo(&mut self, settings: &Settings, fs: &dyn FileSystem) {
        let names = file_names(settings);
        for folder in self.open.iter_mut().rev() {
            folder.close();
            if folder.created_folders.contains(&folder.path) {
                let _ = fs.remove_if_empty(&folder.path, &names);
            }
            fs.remove_folders(&folder.created_folders);
        }
    }

    /// Rolls over if `now` is not in the span of the current folder: on time, or because the clock
    /// was set.
    pub(crate) fn roll_over(
        &mut self,
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> FolderOutcome {
        let mut outcome = FolderOutcome::default();
        let wall = DateTime::from_timestamp_nanos(now.wall);
        if self.current.start <= wall && wall < self.current.end {
            return outcome;
        }
        self.previous = self.current.folder;
        self.current = span(settings, now.wall);
        self.next = settings.interval.span(self.current.end, &settings.zone);
        outcome.rolled_over = self.previous != self.current.folder;
        let keep = self.in_use();
        self.open.retain_mut(|folder| {
            if keep.contains(&folder.folder) || folder.has_lines() {
                return true;
            }
            // Later syncs do not reach this folder any more, so it is synced now.
            let failed = folder.sync_all(fs, &mut self.unsynced_dirs);
            outcome.failed_syncs.extend(failed);
            false
        });
        self.last = (0, 0, 0);
        for span in [self.current, self.next] {
            let index = self.index_of(settings, span);
            // What fails here is tried again with the next verification.
            let created = self.open[index].create(fs, &mut self.unsynced_dirs);
            outcome.errors.extend(created.err());
        }
        self.update_current_link(settings, fs);
        outcome
    }

    /// Returns the folder that a record of this wall-clock time belongs to.
    #[inline]
    pub(crate) fn folder_at(&mut self, settings: &Settings, wall: i64) -> &mut OpenFolder {
        if !(self.last.0..self.last.1).contains(&wall) {
            let span = span(settings, wall);
            let index = self.index_of(settings, span);
            self.last = (wall_nanos(span.start), wall_nanos(span.end), index);
        }
        &mut self.open[self.last.2]
    }

    fn index_of(&mut self, settings: &Settings, span: Span) -> usize {
        let is_it = |folder: &OpenFolder| folder.folder == span.folder;
        let known = self.open.iter().position(is_it);
        known.unwrap_or_else(|| {
            self.open.push(OpenFolder::new(settings, span));
            self.open.len() - 1
        })
    }

    pub(crate) fn has_lines(&self) -> bool {
        self.open.iter().any(OpenFolder::has_lines)
    }

    /// Returns whether lines stand in two files until all are written.
    #[cfg(test)]
    pub(crate) fn has_superseded(&self) -> bool {
        self.open.iter().any(OpenFolder::has_superseded)
    }

    /// Removes what is in the files of lines that are not there as a whole.
    pub(crate) fn cut_torn_lines(&mut self) {
        self.open.iter_mut().for_each(OpenFolder::cut_torn_lines);
    }

    /// Returns the records of the batch.
    pub(crate) fn batch_records(&self, settings: &Settings) -> Vec<BatchRecord> {
        let open = self.open.iter();
        let records = open.flat_map(|folder| folder.batch_records(&settings.streams));
        records.collect()
    }

    fn in_use(&self) -> [Folder; 3] {
        [self.previous, self.current.folder, self.next.folder]
    }

    /// Writes all lines. After an error the rest is kept for the next call.
    pub(crate) fn write(&mut self, fs: &dyn FileSystem) -> FolderOutcome {
        let mut outcome = FolderOutcome::default();
        self.write_once(fs, &mut outcome);
        if outcome.errors.iter().any(lacks_descriptors) {
            // Files of other folders may have the descriptors.
            let open = self.open.iter_mut();
            open.for_each(OpenFolder::release_descriptors);
            outcome.errors.clear();
            self.write_once(fs, &mut outcome);
        }
        self.verify_blocked_paths();
        outcome
    }

    fn write_once(&mut self, fs: &dyn FileSystem, outcome: &mut FolderOutcome) {
        let in_use = self.in_use();
        for folder in &mut self.open {
            let (written, failed) = folder.write(fs, &mut self.unsynced_dirs);
            outcome.bytes += written;
            if failed.is_empty() && !in_use.contains(&folder.folder) {
                // After a long time without a disk there may be more such folders than files may be
                // open.
                let failed = folder.sync_all(fs, &mut self.unsynced_dirs);
                outcome.failed_syncs.extend(failed);
                // If lines had to be written again and could not, the file stays open, because it
                // continues in the middle of a line.
                if folder.is_written() {
                    folder.close();
                }
            }
            outcome.errors.extend(failed);
        }
    }

    /// Creates again what was deleted, renamed or replaced from outside. `None` if it is not time
    /// to look.
    pub(crate) fn verify(
        &mut self,
        settings: &Settings,
        fs: &dyn FileSystem,
        now: ClockReading,
    ) -> Option<FolderOutcome> {
        let mut outcome = FolderOutcome::default();
        let is_recent = |mono| now.mono.saturating_sub(mono) < VERIFY_EVERY;
        if self.verified.is_some_and(is_recent) {
            return None;
        }
        self.verified = Some(now.mono);
        let kept = [self.current.folder, self.next.folder];
        for folder in &mut self.open {
            outcome.failed_syncs.extend(folder.close_replaced(fs));
            // Others are created again only for lines that come late.
            if kept.contains(&folder.folder) {
                let created = folder.create(fs, &mut self.unsynced_dirs);
                outcome.errors.extend(created.err());
            }
        }
        for folder in &mut self.open {
            outcome.errors.append(&mut folder.blocked_paths);
        }
        self.update_current_link(settings, fs);
        Some(outcome)
    }

    /// Requests a verification if a path is blocked, because the verification reports it.
    fn verify_blocked_paths(&mut self) {
        let has_any = |folder: &OpenFolder| !folder.blocked_paths.is_empty();
        if self.open.iter().any(has_any) {
            self.request_verify();
        }
    }

    /// Makes the next round verify every file first.
    pub(crate) fn request_verify(&mut self) {
        self.verified = None;
    }

    /// Forgets the lines, which are safe.
    pub(crate) fn clear(&mut self) {
        self.open.iter_mut().for_each(OpenFolder::clear);
    }

    /// Syncs the files of several streams side by side. Each must then be synced by
    /// [`IntervalFolders::sync`], which finds the outcomes. `files` are sorted.
    pub(crate) fn sync_ahead(&mut self, fs: &dyn FileSystem, files: &[u16]) {
        debug_assert!(files.is_sorted(), "they are searched");
        if files.len() < 2 {
            return;
        }
        for folder in &mut self.open {
            folder.sync_ahead(fs, |file| files.binary_search(&file).is_ok());
        }
    }

    /// Syncs the file of a stream in every folder. Returns how many had unsynced data, and those
    /// that failed.
    pub(crate) fn sync(&mut self, fs: &dyn FileSystem, file: u16) -> (u64, Vec<FailedSync>) {
        let unsynced = self.open.iter().filter(|folder| folder.is_unsynced(file));
        let unsynced = unsynced.count() as u64;
        let synced = self.open.iter_mut();
        let failed = synced.filter_map(|folder| folder.sync(fs, &mut self.unsynced_dirs, file));
        (unsynced, failed.collect())
    }

    /// Returns the current folder, the next, and the link to the current one.
    pub(crate) fn watched_paths(&self, settings: &Settings) -> [PathBuf; 3] {
        let [current, next] =
            [self.current, self.next].map(|span| settings.base.join(self.name_of(span.folder)));
        [current, next, settings.base.join(CURRENT_LINK)]
    }

    /// Returns when the next rollover is due, in nanoseconds since 1970.
    pub(crate) fn next_rollover(&self) -> i64 {
        wall_nanos(self.current.end)
    }

    /// Returns how many files have unsynced data.
    pub(crate) fn count_unsynced(&self) -> u64 {
        self.open.iter().map(OpenFolder::count_unsynced).sum()
    }

    /// Syncs everything and removes the next folder if it stayed empty.
    pub(crate) fn close(&mut self, settings: &Settings, fs: &dyn FileSystem) -> FolderOutcome {
        let mut outcome = FolderOutcome::default();
        let next = settings.base.join(self.name_of(self.next.folder));
        for mut folder in self.open.drain(..) {
            let failed = folder.sync_all(fs, &mut self.unsynced_dirs);
            outcome.failed_syncs.extend(failed);
            folder.close();
        }
        // Loggers of other streams may have left theirs there, which the manifest names.
        let text = fs.read(&settings.base.join(MANIFEST_FILE));
        let others = text.ok().and_then(|text| Manifest::from_json(&text).ok());
        let others = others.map_or(Vec::new(), |manifest| manifest.streams);
        let mut names = file_names(settings);
        names.extend(others.iter().map(|stream| stream.file.as_str()));
        // Best effort: an empty folder that is left behind does no harm.
        let _ = fs.remove_if_empty(&next, &names);
        outcome
    }

    /// Returns the name under which a folder was created.
    fn name_of(&self, folder: Folder) -> String {
        let mut open = self.open.iter();
        let open = open.find(|open| open.folder == folder);
        open.map_or(folder, |open| open.name).name()
    }

    /// Best effort: the file system may have no symlinks.
    fn update_current_link(&self, settings: &Settings, fs: &dyn FileSystem) {
        let name = self.name_of(self.current.folder);
        let _ = fs.set_symlink(&settings.base.join(CURRENT_LINK), &name);
    }
}

/// Writes `.chronologix.json`. Streams of other loggers that share the tree stay in it.
fn write_manifest(settings: &Settings, fs: &dyn FileSystem) -> Result<(), DiskError> {
    let path = settings.base.join(MANIFEST_FILE);
    // Held from reading the old manifest to replacing it, so that no logger removes another's
    // streams. Best effort: the manifest is for readers.
    let _guard = fs.lock_tree(&settings.base, START_TIMEOUT);
    let old = fs.read(&path).ok();
    let old = old.and_then(|text| Manifest::from_json(&text).ok());
    let text = settings.describe().merged_with(old).to_json();
    fs.replace(&path, &text, settings.modes.file)
        .map_err(|error| DiskError::new("write", &path, error))
}

fn file_names(settings: &Settings) -> Vec<&str> {
    let streams = settings.streams.iter();
    streams.map(|stream| stream.file.as_str()).collect()
}

fn span(settings: &Settings, wall: i64) -> Span {
    let instant = DateTime::from_timestamp_nanos(wall);
    settings.interval.span(instant, &settings.zone)
}
