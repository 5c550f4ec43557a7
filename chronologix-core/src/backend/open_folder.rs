//! An interval folder in use: the files of its streams, and the lines on their way there.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::rolling_file::{RollingFile, WriteBuffer};
use crate::fs::traits::{FileSystem, LockGuard, lacks_descriptors};
use chronologix_schema::layout::{Folder, Span};

use crate::{DiskError, config::Settings};

/// How often lines are written whose file was deleted in the meantime, before it counts as an error.
const TRIES: u32 = 3;

/// A file that could not be synced, and is not trusted again.
#[derive(Debug)]
pub(crate) struct FailedSync {
    /// The stream whose file it is, by index.
    pub(crate) file: u16,
    pub(crate) error: DiskError,
    /// The lines in the outbox are safe in another file; what was written before them is not.
    pub(crate) batch_is_safe: bool,
}

/// One interval folder.
#[derive(Debug)]
pub(crate) struct OpenFolder {
    pub(crate) folder: Folder,
    pub(crate) path: PathBuf,
    /// By index of the stream.
    files: Vec<RollingFile>,
    buffers: Vec<WriteBuffer>,
    /// Streams whose outbox holds lines.
    touched: Vec<u16>,
    /// Names of files in it may not be on disk yet.
    has_new_names: bool,
    /// Known to be there, with all files.
    made: bool,
    /// What stands where a file should be, for those who should know.
    pub(crate) blocked_paths: Vec<DiskError>,
    /// The folders made for this one, outermost first.
    pub(crate) new_folders: Vec<PathBuf>,
    dir_mode: u32,
    /// Keeps other loggers from removing the folder while it is empty.
    hold: Option<Box<dyn LockGuard>>,
}

/// The names that lead to the interval folders. Whichever folder they were made for, the records of all stand below them.
#[derive(Debug, Default)]
pub(crate) struct UnsyncedDirs {
    /// Folders whose entries may not be on disk yet: the base, and those above it in which something was made.
    unsynced: Vec<PathBuf>,
}

impl OpenFolder {
    /// A folder that is made when it is needed.
    pub(crate) fn new(settings: &Settings, span: Span) -> Self {
        let path = settings.base.join(span.folder.name());
        let file = |stream: &crate::config::StreamSettings| {
            RollingFile::new(&path, &stream.file, settings.modes.file)
                .of_at_most(settings.max_file_size)
        };
        let files = settings.streams.iter().map(file).collect::<Vec<_>>();
        let buffers = files.iter().map(|_| WriteBuffer::default()).collect();
        Self {
            folder: span.folder,
            path,
            files,
            buffers,
            touched: Vec::new(),
            has_new_names: false,
            made: false,
            blocked_paths: Vec::new(),
            new_folders: Vec::new(),
            dir_mode: settings.modes.dir,
            hold: None,
        }
    }

    /// Makes the folder and its empty files, as far as they are missing.
    pub(crate) fn make(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Result<(), DiskError> {
        if self.made {
            return Ok(());
        }
        self.has_new_names = true;
        let mut made = self.make_folder(fs, unsynced_dirs);
        if made
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            // Another logger that stops has just removed it, for it was empty.
            made = self.make_folder(fs, unsynced_dirs);
        }
        made.map_err(|error| DiskError::new("make the folder", &self.path, error))?;
        for file in &mut self.files {
            if let Err(error) = file.create(fs) {
                if !file.is_passed_by() {
                    return Err(error);
                }
                self.blocked_paths.push(error);
            }
        }
        self.made = true;
        Ok(())
    }

    /// Closes the files. All is made and opened again when it is needed.
    pub(crate) fn let_go(&mut self) {
        self.files.iter_mut().for_each(RollingFile::close);
        self.hold = None;
        self.made = false;
    }

    fn make_folder(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> io::Result<()> {
        let made = fs.create_folders(&self.path, self.dir_mode)?;
        // Its own name in any case: a logger before this one may have made it and not come to the sync.
        let named = made.iter().chain([&self.path]);
        for folder in named.filter_map(|folder| folder.parent()) {
            if !unsynced_dirs.unsynced.iter().any(|known| known == folder) {
                unsynced_dirs.unsynced.push(folder.to_owned());
            }
        }
        self.new_folders.extend(made);
        self.hold = Some(fs.lock_folder(&self.path)?);
        Ok(())
    }

    /// The lines for a stream's file; whoever asks adds some.
    #[inline]
    pub(crate) fn buffer(&mut self, stream: u16) -> &mut Vec<u8> {
        let buffer = &mut self.buffers[usize::from(stream)];
        if buffer.lines.is_empty() {
            self.touched.push(stream);
        }
        &mut buffer.lines
    }

    /// Whether lines wait here.
    pub(crate) fn has_lines(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Writes all lines, file by file. Files that fail do not keep the others from being written. What was deleted from outside is made
    /// again, and its lines with it. Gives the bytes and the errors.
    pub(crate) fn write(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> (u64, Vec<DiskError>) {
        let mut bytes = 0;
        let mut errors = Vec::new();
        if self.touched.is_empty() {
            return (bytes, errors);
        }
        for _ in 0..TRIES {
            errors.clear();
            if let Err(error) = self.make(fs, unsynced_dirs) {
                return (bytes, vec![error]);
            }
            bytes += self.write_files(fs, &mut errors);
            let is_deleted = |error: &DiskError| error.kind() == io::ErrorKind::NotFound;
            // Perhaps the folder is gone, or is another one by now: it is made again in any case.
            self.made &= errors.is_empty();
            if !errors.iter().any(is_deleted) {
                break;
            }
        }
        (bytes, errors)
    }

    fn write_files(&mut self, fs: &dyn FileSystem, errors: &mut Vec<DiskError>) -> u64 {
        let mut bytes = 0;
        for at in 0..self.touched.len() {
            let index = usize::from(self.touched[at]);
            let mut appended = self.files[index].append(fs, &mut self.buffers[index]);
            if appended.as_ref().is_err_and(lacks_descriptors) {
                self.close_idle();
                appended = self.files[index].append(fs, &mut self.buffers[index]);
            }
            match appended {
                Ok(appended) => {
                    bytes += appended.bytes;
                    let is_deleted = appended.was_deleted;
                    errors.extend(is_deleted.then(|| self.files[index].deleted()));
                }
                Err(error) => errors.push(error),
            }
        }
        bytes
    }

    /// Closes the files that need not be open, because the process has no descriptor left. They are opened again when they are needed.
    pub(crate) fn close_idle(&mut self) {
        for (file, buffer) in self.files.iter_mut().zip(&self.buffers) {
            if buffer.is_done() {
                file.save_descriptor();
            }
        }
    }

    /// Syncs a stream's file and the names that lead to it, if there is anything new.
    pub(crate) fn sync(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
        stream: u16,
    ) -> Option<FailedSync> {
        let index = usize::from(stream);
        let file = &mut self.files[index];
        if !file.is_dirty() {
            return None;
        }
        let synced = file.sync(fs, &mut self.buffers[index]);
        self.has_new_names |= self.files[index].has_new_name();
        let named = self.sync_names(fs, unsynced_dirs);
        if named.is_err() {
            // So that the names are tried again with whatever record comes next.
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

    /// Syncs every file with unsynced data. Gives those that failed; each is tried.
    pub(crate) fn sync_all(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Vec<FailedSync> {
        let streams = (0..self.files.len()).filter_map(|stream| u16::try_from(stream).ok());
        streams
            .filter_map(|stream| self.sync(fs, unsynced_dirs, stream))
            .collect()
    }

    fn sync_names(
        &mut self,
        fs: &dyn FileSystem,
        unsynced_dirs: &mut UnsyncedDirs,
    ) -> Result<(), DiskError> {
        if self.has_new_names {
            sync_folder(fs, &self.path)?;
            self.has_new_names = false;
        }
        unsynced_dirs.sync(fs)
    }

    /// Lines that are not in their files.
    pub(crate) fn count_lines(&self) -> u64 {
        self.touched
            .iter()
            .map(|stream| self.buffers[usize::from(*stream)].count_lines())
            .sum()
    }

    /// The lines are where they should be, or are given up; forgets them.
    pub(crate) fn clear(&mut self) {
        for stream in self.touched.drain(..) {
            let index = usize::from(stream);
            self.files[index].forget(&mut self.buffers[index]);
        }
    }

    /// Whether a stream's file has unsynced data.
    pub(crate) fn is_dirty(&self, stream: u16) -> bool {
        self.files[usize::from(stream)].is_dirty()
    }

    /// Files with unsynced data.
    pub(crate) fn count_dirty(&self) -> u64 {
        self.files.iter().filter(|file| file.is_dirty()).count() as u64
    }

    /// Leaves files that were deleted, renamed or replaced from outside; [`OpenFolder::make`] makes them again. Gives the old files that
    /// could not be synced.
    pub(crate) fn leave_replaced(&mut self, fs: &dyn FileSystem) -> Vec<FailedSync> {
        let mut lost = Vec::new();
        let files = self.files.iter_mut().zip(&mut self.buffers);
        for (stream, (file, buffer)) in (0..).zip(files) {
            match file.close_if_replaced(fs, buffer) {
                // What is passed by is not made again.
                Ok(replaced) => {
                    self.made &= file.is_passed_by() || !replaced && file.is_there(fs);
                }
                Err(error) => {
                    self.made = false;
                    lost.push(FailedSync {
                        file: stream,
                        error,
                        batch_is_safe: false,
                    });
                }
            }
        }
        if !self.made && matches!(fs.file_id(&self.path), Ok(None)) {
            // There are no names to be saved any more.
            self.has_new_names = false;
            self.files.iter_mut().for_each(RollingFile::forget_names);
        }
        lost
    }
}

impl UnsyncedDirs {
    fn sync(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        while let Some(folder) = self.unsynced.last() {
            sync_folder(fs, folder)?;
            let synced = self.unsynced.pop();
            self.unsynced
                .retain(|folder| Some(folder) != synced.as_ref());
        }
        Ok(())
    }
}

fn sync_folder(fs: &dyn FileSystem, folder: &Path) -> Result<(), DiskError> {
    // An empty path is the working registry.
    let path = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    fs.sync_folder(path)
        .map_err(|error| DiskError::new("sync the folder", path, error))
}
