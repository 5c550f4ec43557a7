//! An interval folder in use: the files of its streams, and the lines on their way there.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::TimeDelta;

use chronologix_schema::layout::{Folder, Span};

use super::{
    merge::RecordOrigin,
    rolling_file::{RollingFile, sync_ahead::sync_ahead},
    write_buffer::WriteBuffer,
};
use crate::{
    DiskError,
    config::{Settings, StreamSettings},
    fs::traits::{FileSystem, LockGuard, lacks_descriptors},
};

/// How often something is tried that fails because a file or folder was deleted meanwhile.
const ATTEMPTS: u32 = 3;

/// How much later a folder may begin by its name, if something else has its own.
const MAX_LATER: TimeDelta = TimeDelta::minutes(15);

/// A failed sync. The file was poisoned, or is gone.
#[derive(Debug)]
pub(crate) struct FailedSync {
    /// Index of the stream whose file it is.
    pub(crate) file: u16,
    pub(crate) error: DiskError,
    /// The lines of this batch are safe in another file. What was written before them is not.
    pub(crate) batch_is_safe: bool,
}

/// A line on its way to the files of a stream and its mirrors.
#[derive(Clone, Copy, Debug)]
struct BatchLine {
    stream: u16,
    /// `None` for a line that is no record, but about some.
    origin: Option<RecordOrigin>,
}

/// A record of a batch that was given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BatchRecord {
    pub(crate) origin: RecordOrigin,
    pub(crate) stream: u16,
    /// Its line is in every file it goes to.
    pub(crate) is_written: bool,
}

/// An interval folder.
#[derive(Debug)]
pub(crate) struct OpenFolder {
    pub(crate) folder: Folder,
    /// The name, which is that of another folder if something else has its own.
    pub(crate) name: Folder,
    pub(crate) path: PathBuf,
    /// By index of the stream.
    files: Vec<RollingFile>,
    /// As many of them exist before their first line. The others are seldom needed.
    ahead: usize,
    buffers: Vec<WriteBuffer>,
    /// Streams whose buffer has lines.
    pending: Vec<u16>,
    /// When the file of each stream is written: after those of the streams that it mirrors.
    write_order: Vec<u16>,
    /// The lines of the batch, in order, each once however many files it goes to.
    batch: Vec<BatchLine>,
    /// Names in the folder may not be durable.
    has_unsynced_names: bool,
    /// The folder and all its files exist, as far as is known.
    is_complete: bool,
    /// What has the path of a file and is not a log. Reported with the next verification.
    pub(crate) blocked_paths: Vec<DiskError>,
    /// The folders that were created for this one, outermost first.
    pub(crate) created_folders: Vec<PathBuf>,
    folder_mode: u32,
    /// Keeps other loggers from removing the folder while it is empty.
    lock: Option<Arc<dyn LockGuard>>,
}

/// The folders above the interval folders with names that may not be durable, outermost first. The
/// records of all interval folders are below them, whichever process created them: one that did may
/// have ended before its sync.
#[derive(Debug, Default)]
pub(crate) struct UnsyncedDirs(Vec<UnsyncedDir>);

#[derive(Debug)]
struct UnsyncedDir {
    path: PathBuf,
    /// Its name was created by this logger, or holds the tree: a sync must succeed. The others may
    /// be closed to this user, or read-only.
    is_ours: bool,
}

impl OpenFolder {
    /// Returns a folder that is created when it is needed.
    pub(crate) fn new(settings: &Settings, span: Span) -> Self {
        let path = settings.base.join(span.folder.name());
        let max_size = settings.max_file_size;
        let file = |stream: &StreamSettings| {
            let file = RollingFile::new(&path, &stream.file, settings.modes.file, max_size);
            if settings.file_header {
                file.with_header(&stream.name, stream.format)
            } else {
                file
            }
        };
        let files = settings.streams.iter().map(file).collect::<Vec<_>>();
        let buffers = files.iter().map(|_| WriteBuffer::default()).collect();
        let targets = settings.streams.iter().map(|stream| &*stream.targets);
        let targets = targets.collect::<Vec<_>>();
        Self {
            folder: span.folder,
            name: span.folder,
            path,
            files,
            ahead: settings.logged,
            buffers,
            pending: Vec::new(),
            write_order: write_order(&targets),
            batch: Vec::new(),
            has_unsynced_names: false,
            is_complete: false,
            blocked_paths: Vec::new(),
            created_folders: Vec::new(),
            folder_mode: settings.modes.dir,
            lock: None,
        }
    }

    /// Creates the folder and its empty files, as far as they are missing.
    pub(crate) fn create(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Result<(), DiskError> {
        if self.is_complete {
            return Ok(());
        }
        self.has_unsynced_names = true;
        let mut created = self.create_folder(fs, unsynced_dirs);
        for _ in 1..ATTEMPTS {
            // Another logger that stops may have just removed it, because it was empty.
            let is_gone = |error: &io::Error| error.kind() == io::ErrorKind::NotFound;
            if !created.as_ref().is_err_and(is_gone) {
                break;
            }
            created = self.create_folder(fs, unsynced_dirs);
        }
        created.map_err(|error| DiskError::new("create the folder", &self.path, error))?;
        for file in self.files.iter_mut().take(self.ahead) {
            if let Err(error) = file.create(fs) {
                if !file.is_blocked() {
                    return Err(error);
                }
                self.blocked_paths.push(error);
            }
        }
        self.is_complete = true;
        Ok(())
    }

    fn create_folder(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> io::Result<()> {
        let created = loop {
            match fs.create_folders(&self.path, self.folder_mode) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.take_next_name(error)?;
                }
                created => break created?,
            }
        };
        let named = created.iter().chain([&self.path]);
        let ours = named.filter_map(|folder| folder.parent());
        let ours = ours.collect::<Vec<_>>();
        for dir in self.path.ancestors().skip(1) {
            unsynced_dirs.add(dir, ours.contains(&dir));
        }
        self.created_folders.extend(created);
        let lock = Arc::from(fs.lock_folder(&self.path)?);
        for file in &mut self.files {
            file.set_lock(&lock);
        }
        self.lock = Some(lock);
        Ok(())
    }

    /// Takes another name, because something that is not a folder has this one. It is that of a
    /// folder which begins some minutes later, so that readers and retention know it.
    fn take_next_name(&mut self, error: io::Error) -> io::Result<()> {
        let is_near = |next: &Folder| next.start() - self.folder.start() <= MAX_LATER;
        let next = self.name.next_name().filter(is_near);
        // A file that is open was moved away with its folder. The next verification closes it.
        let next = next.filter(|_| !self.files.iter().any(RollingFile::is_open));
        let Some(next) = next else {
            return Err(error);
        };
        let error = DiskError::new("create the folder", &self.path, error);
        self.blocked_paths.push(error);
        self.name = next;
        self.path.set_file_name(next.name());
        for file in &mut self.files {
            file.change_folder(&self.path);
        }
        Ok(())
    }

    /// Closes the files. They are created and opened again when they are needed.
    pub(crate) fn close(&mut self) {
        self.cut_superseded();
        self.files.iter_mut().for_each(RollingFile::close);
        self.lock = None;
        self.is_complete = false;
    }

    /// Takes note of a line that is added to the files of a stream next.
    #[inline]
    pub(crate) fn begin_line(&mut self, stream: u16, origin: Option<RecordOrigin>) {
        self.batch.push(BatchLine { stream, origin });
    }

    /// Returns the records of the batch, in order.
    pub(crate) fn batch_records(&self, streams: &[StreamSettings]) -> Vec<BatchRecord> {
        let mut ends = vec![0; self.buffers.len()];
        let mut records = Vec::new();
        for line in &self.batch {
            let mut is_written = true;
            for target in streams[usize::from(line.stream)].targets.iter().copied() {
                let (buffer, end) = (
                    &self.buffers[usize::from(target)],
                    &mut ends[usize::from(target)],
                );
                *end = buffer.end_of_line(*end);
                is_written &= *end <= buffer.written;
            }
            records.extend(line.origin.map(|origin| BatchRecord {
                origin,
                stream: line.stream,
                is_written,
            }));
        }
        records
    }

    /// Removes the lines that were written again from the files that could not be synced.
    fn cut_superseded(&mut self) {
        let Some(lock) = &self.lock else { return };
        for stream in &self.pending {
            let index = usize::from(*stream);
            let (file, buffer) = (&mut self.files[index], &self.buffers[index]);
            if file.has_superseded() {
                lock.while_alone(&mut || file.cut_superseded(buffer));
            }
        }
    }

    /// Returns whether lines stand in two files until all are written.
    #[cfg(test)]
    pub(crate) fn has_superseded(&self) -> bool {
        self.files.iter().any(RollingFile::has_superseded)
    }

    /// Removes what is in the files of lines that are not there as a whole, unless other loggers
    /// may be writing.
    pub(crate) fn cut_torn_lines(&mut self) {
        let Some(lock) = &self.lock else { return };
        lock.while_alone(&mut || {
            for index in self.pending.iter().map(|stream| usize::from(*stream)) {
                self.files[index].cut_torn_line(&mut self.buffers[index]);
            }
        });
    }

    /// Returns the lines for a stream's file. The caller adds at least one.
    #[inline]
    pub(crate) fn buffer(&mut self, stream: u16) -> &mut Vec<u8> {
        let buffer = &mut self.buffers[usize::from(stream)];
        if buffer.lines.is_empty() {
            self.pending.push(stream);
        }
        &mut buffer.lines
    }

    pub(crate) fn has_lines(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Writes all lines, file by file. A file that fails does not keep the others from being
    /// written. What was deleted from outside is created again, and its lines with it. Returns the
    /// bytes and the errors.
    pub(crate) fn write(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> (u64, Vec<DiskError>) {
        let mut bytes = 0;
        let mut errors = Vec::new();
        if self.pending.is_empty() {
            return (bytes, errors);
        }
        for _ in 0..ATTEMPTS {
            errors.clear();
            if let Err(error) = self.create(fs, unsynced_dirs) {
                return (bytes, vec![error]);
            }
            bytes += self.write_files(fs, &mut errors);
            let is_deleted = |error: &DiskError| error.kind() == io::ErrorKind::NotFound;
            // Perhaps the folder is gone, or another one has its path. So it is created again after
            // any error.
            self.is_complete &= errors.is_empty();
            if !errors.iter().any(is_deleted) {
                break;
            }
        }
        (bytes, errors)
    }

    fn write_files(&mut self, fs: &dyn FileSystem, errors: &mut Vec<DiskError>) -> u64 {
        let mut bytes = 0;
        // A reader that has seen a copy finds the line that was copied.
        let order = &self.write_order;
        self.pending
            .sort_unstable_by_key(|stream| order[usize::from(*stream)]);
        for at in 0..self.pending.len() {
            let index = usize::from(self.pending[at]);
            let mut appended = self.files[index].append(fs, &mut self.buffers[index]);
            if appended.as_ref().is_err_and(lacks_descriptors) {
                self.release_descriptors();
                appended = self.files[index].append(fs, &mut self.buffers[index]);
            }
            match appended {
                Ok(appended) => {
                    bytes += appended.bytes;
                    let is_deleted = appended.was_deleted;
                    errors.extend(is_deleted.then(|| self.files[index].deleted_error()));
                }
                Err(error) => errors.push(error),
            }
        }
        bytes
    }

    /// Closes the files that need not be open, because the process has no descriptor left. They are
    /// opened again when they are needed.
    pub(crate) fn release_descriptors(&mut self) {
        for (file, buffer) in self.files.iter_mut().zip(&self.buffers) {
            if buffer.is_written() {
                file.release_descriptor();
            }
        }
    }

    /// Syncs the files of these streams side by side, if several have unsynced data. Each must then
    /// be synced by [`OpenFolder::sync`], which finds the outcome.
    pub(crate) fn sync_ahead(&mut self, fs: &dyn FileSystem, is_due: impl Fn(u16) -> bool) {
        let files = (0..).zip(&mut self.files);
        let due = files.filter(|(stream, _)| is_due(*stream));
        sync_ahead(fs, due.map(|(_, file)| file));
    }

    /// Syncs a stream's file and the names that lead to it, if there is anything new.
    pub(crate) fn sync(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
        stream: u16,
    ) -> Option<FailedSync> {
        let index = usize::from(stream);
        if !self.files[index].is_unsynced() {
            return None;
        }
        let synced = self.files[index].sync(fs, &mut self.buffers[index]);
        self.has_unsynced_names |= self.files[index].take_new_name();
        let named = self.sync_names(fs, unsynced_dirs);
        if named.is_err() {
            // The names are tried again with the next sync of the stream.
            self.files[index].sync_again();
        }
        let (error, batch_is_safe) = match (synced, named) {
            (Ok(None), Ok(())) => return None,
            (Ok(Some(error)), Ok(())) => (error, true),
            (Err(error), _) | (Ok(_), Err(error)) => (error, false),
        };
        Some(FailedSync {
            file: stream,
            error,
            batch_is_safe,
        })
    }

    /// Syncs every file with unsynced data. Returns the failures. Each file is tried.
    pub(crate) fn sync_all(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Vec<FailedSync> {
        self.sync_ahead(fs, |_| true);
        let streams = (0..self.files.len()).filter_map(|stream| u16::try_from(stream).ok());
        let failed = streams.filter_map(|stream| self.sync(fs, unsynced_dirs, stream));
        failed.collect()
    }

    fn sync_names(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Result<(), DiskError> {
        if self.has_unsynced_names {
            sync_folder(fs, &self.path)?;
            self.has_unsynced_names = false;
        }
        unsynced_dirs.sync(fs)
    }

    /// Returns whether all lines are in their files.
    pub(crate) fn is_written(&self) -> bool {
        let mut pending = self.pending.iter();
        pending.all(|stream| self.buffers[usize::from(*stream)].is_written())
    }

    /// Forgets the lines: they are where they should be, or are given up.
    pub(crate) fn clear(&mut self) {
        self.cut_superseded();
        self.batch.clear();
        for stream in self.pending.drain(..) {
            let index = usize::from(stream);
            self.files[index].clear(&mut self.buffers[index]);
        }
    }

    /// Returns whether a stream's file has unsynced data.
    pub(crate) fn is_unsynced(&self, stream: u16) -> bool {
        self.files[usize::from(stream)].is_unsynced()
    }

    /// Returns how many files have unsynced data.
    pub(crate) fn count_unsynced(&self) -> u64 {
        let unsynced = self.files.iter().filter(|file| file.is_unsynced());
        unsynced.count() as u64
    }

    /// Closes files that were deleted, renamed or replaced from outside. [`OpenFolder::create`]
    /// creates them again. Returns the old files that could not be synced.
    pub(crate) fn close_replaced(&mut self, fs: &dyn FileSystem) -> Vec<FailedSync> {
        let mut failed = Vec::new();
        let files = self.files.iter_mut().zip(&mut self.buffers);
        for (stream, (file, buffer)) in (0..).zip(files) {
            match file.close_if_replaced(fs, buffer) {
                // A blocked path is not created again.
                Ok(replaced) => {
                    let is_missing = || usize::from(stream) < self.ahead && !file.exists(fs);
                    self.is_complete &= file.is_blocked() || !replaced && !is_missing();
                }
                Err(error) => {
                    self.is_complete = false;
                    failed.push(FailedSync {
                        file: stream,
                        error,
                        batch_is_safe: false,
                    });
                }
            }
        }
        if !self.is_complete && matches!(fs.file_id(&self.path), Ok(None)) {
            // With the folder, all names in it are gone.
            self.has_unsynced_names = false;
            self.files.iter_mut().for_each(RollingFile::forget_names);
        }
        failed
    }
}

/// Returns for each stream how many mirrors lie between it and a stream that mirrors none, by the
/// streams that its records go to. In a circle, some order is as good as another.
fn write_order(targets: &[&[u16]]) -> Vec<u16> {
    let most = u16::try_from(targets.len()).unwrap_or(u16::MAX);
    let mut order = vec![0; targets.len()];
    for _ in targets {
        for (stream, targets) in targets.iter().enumerate() {
            let next = (order[stream] + 1).min(most);
            // The first is the stream itself.
            for mirror in targets.iter().skip(1).map(|mirror| usize::from(*mirror)) {
                order[mirror] = next.max(order[mirror]);
            }
        }
    }
    order
}

impl UnsyncedDirs {
    /// Adds a folder. Those below it come before.
    fn add(&mut self, path: &Path, is_ours: bool) {
        if let Some(known) = self.0.iter_mut().find(|known| known.path == path) {
            known.is_ours |= is_ours;
            return;
        }
        let path = path.to_owned();
        let is_above = |known: &UnsyncedDir| !known.path.starts_with(&path);
        let at = self.0.iter().take_while(|known| is_above(known)).count();
        self.0.insert(at, UnsyncedDir { path, is_ours });
    }

    /// Syncs the innermost folders first. What failed stays unsynced.
    fn sync(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        while let Some(dir) = self.0.last() {
            let synced = sync_folder(fs, &dir.path);
            // Another process may have removed what it has made. A folder that is closed to this
            // user is no error of the file system's.
            let is_gone = |error: &DiskError| error.kind() == io::ErrorKind::NotFound;
            if dir.is_ours || !synced.as_ref().is_err_and(is_gone) {
                synced?;
            }
            self.0.pop();
        }
        Ok(())
    }
}

fn sync_folder(fs: &dyn FileSystem, folder: &Path) -> Result<(), DiskError> {
    // An empty path is the working directory.
    let path = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    fs.sync_folder(path)
        .map_err(|error| DiskError::new("sync the folder", path, error))
}
