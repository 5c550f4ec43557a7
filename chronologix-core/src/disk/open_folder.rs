//! An interval folder in use: the files of its streams, and the lines on their way there.

use std::path::{Path, PathBuf};

use super::{
    Disk,
    log_file::{LogFile, Outbox},
};
use crate::{
    DiskError,
    config::Settings,
    layout::{Folder, Span},
};

/// One interval folder.
#[derive(Debug)]
pub(crate) struct OpenFolder {
    pub(crate) folder: Folder,
    pub(crate) path: PathBuf,
    /// By index of the stream.
    files: Vec<LogFile>,
    outboxes: Vec<Outbox>,
    /// Streams whose outbox holds lines.
    touched: Vec<u16>,
    /// Folders whose entries may not be on disk yet: this one, the base, and those made above it.
    unsynced: Vec<PathBuf>,
    /// Known to be there, with all files.
    made: bool,
    /// The folders made for this one, outermost first.
    pub(crate) new_folders: Vec<PathBuf>,
    dir_mode: u32,
}

impl OpenFolder {
    /// A folder that is made when it is needed.
    pub(crate) fn new(settings: &Settings, span: Span) -> Self {
        let path = settings.base.join(span.folder.name());
        let file = |stream: &crate::config::StreamSettings| {
            LogFile::new(&path, &stream.file, settings.modes.file)
        };
        let files = settings.streams.iter().map(file).collect::<Vec<_>>();
        let outboxes = files.iter().map(|_| Outbox::default()).collect();
        let unsynced = vec![path.clone(), settings.base.clone()];
        Self {
            folder: span.folder,
            path,
            files,
            outboxes,
            touched: Vec::new(),
            unsynced,
            made: false,
            new_folders: Vec::new(),
            dir_mode: settings.modes.dir,
        }
    }

    /// Makes the folder and its empty files, as far as they are missing.
    pub(crate) fn make(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        if self.made {
            return Ok(());
        }
        let made = disk
            .create_folders(&self.path, self.dir_mode)
            .map_err(|error| DiskError::new("make the folder", &self.path, error))?;
        let above = made.iter().filter_map(|folder| folder.parent());
        self.unsynced.extend(above.map(Path::to_owned));
        self.new_folders.extend(made);
        for file in &self.files {
            file.create(disk)?;
        }
        self.made = true;
        Ok(())
    }

    /// The lines for a stream's file; whoever asks adds some.
    #[inline]
    pub(crate) fn outbox(&mut self, stream: u16) -> &mut Vec<u8> {
        let outbox = &mut self.outboxes[usize::from(stream)];
        if outbox.lines.is_empty() {
            self.touched.push(stream);
        }
        &mut outbox.lines
    }

    /// Whether lines wait here.
    pub(crate) fn has_lines(&self) -> bool {
        !self.touched.is_empty()
    }

    /// Writes all lines, file by file. Files that fail do not keep the others from being written. Gives the bytes and the errors.
    pub(crate) fn write(&mut self, disk: &dyn Disk) -> (u64, Vec<DiskError>) {
        if self.touched.is_empty() {
            return (0, Vec::new());
        }
        if let Err(error) = self.make(disk) {
            return (0, vec![error]);
        }
        let mut bytes = 0;
        let mut errors = Vec::new();
        for stream in &self.touched {
            let index = usize::from(*stream);
            match self.files[index].append(disk, &mut self.outboxes[index]) {
                Ok(written) => bytes += written,
                Err(error) => {
                    // Perhaps the folder is gone: have it made again.
                    self.made = false;
                    errors.push(error);
                }
            }
        }
        (bytes, errors)
    }

    /// Syncs a stream's file and the names that lead to it, if there is anything new. `Ok(Some(_))`: the file
    /// failed, but the lines now in the outbox are safe in another.
    pub(crate) fn sync(
        &mut self,
        disk: &dyn Disk,
        stream: u16,
    ) -> Result<Option<DiskError>, DiskError> {
        let index = usize::from(stream);
        let file = &mut self.files[index];
        if !file.is_dirty() {
            return Ok(None);
        }
        let path = file.path().to_owned();
        let failed = file.sync(disk, &mut self.outboxes[index])?;
        if file.path() != path {
            self.unsynced.push(self.path.clone());
        }
        self.sync_names(disk)?;
        Ok(failed)
    }

    /// Syncs every file with unsynced data. Gives the streams whose file failed; each is tried.
    pub(crate) fn sync_all(&mut self, disk: &dyn Disk) -> Vec<(u16, DiskError)> {
        let streams = (0..self.files.len()).filter_map(|stream| u16::try_from(stream).ok());
        let mut failed = Vec::new();
        for stream in streams {
            if let Ok(Some(error)) | Err(error) = self.sync(disk, stream) {
                failed.push((stream, error));
            }
        }
        failed
    }

    fn sync_names(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        while let Some(folder) = self.unsynced.last() {
            // An empty path is the working directory.
            let path = if folder.as_os_str().is_empty() {
                Path::new(".")
            } else {
                folder
            };
            disk.sync_folder(path)
                .map_err(|error| DiskError::new("sync the folder", path, error))?;
            let synced = self.unsynced.pop();
            self.unsynced
                .retain(|folder| Some(folder) != synced.as_ref());
        }
        Ok(())
    }

    /// Lines that are not in their files.
    pub(crate) fn count_lines(&self) -> u64 {
        self.touched
            .iter()
            .map(|stream| self.outboxes[usize::from(*stream)].count_lines())
            .sum()
    }

    /// The lines are where they should be; forgets them.
    pub(crate) fn clear(&mut self) {
        for stream in self.touched.drain(..) {
            self.outboxes[usize::from(stream)].clear();
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

    /// Notices files that were deleted, renamed or replaced from outside, and makes them again. Gives the streams whose
    /// old file could not be synced.
    pub(crate) fn verify(&mut self, disk: &dyn Disk) -> Result<Vec<(u16, DiskError)>, DiskError> {
        let mut lost = Vec::new();
        let mut missing = false;
        for (stream, file) in (0..).zip(&mut self.files) {
            match file.close_if_replaced(disk) {
                Ok(replaced) => missing |= replaced || !file.is_there(disk),
                Err(error) => {
                    missing = true;
                    lost.push((stream, error));
                }
            }
        }
        if missing {
            self.made = false;
            self.unsynced.extend(self.path.parent().map(Path::to_owned));
            self.unsynced.push(self.path.clone());
            self.make(disk)?;
        }
        Ok(lost)
    }
}
