//! An interval folder in use: the files of its streams, and the lines on their way there.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{
    Disk, Hold,
    log_file::{LogFile, Outbox},
};
use crate::{
    DiskError,
    config::Settings,
    layout::{Folder, Span},
};

/// A file that could not be synced, and is not trusted again.
#[derive(Debug)]
pub(crate) struct Lost {
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
    files: Vec<LogFile>,
    outboxes: Vec<Outbox>,
    /// Streams whose outbox holds lines.
    touched: Vec<u16>,
    /// Folders whose entries may not be on disk yet: this one, the base, and those made above it.
    unsynced: Vec<PathBuf>,
    /// Known to be there, with all files.
    made: bool,
    /// What stands where a file should be, for those who should know.
    pub(crate) passed_by: Vec<DiskError>,
    /// The folders made for this one, outermost first.
    pub(crate) new_folders: Vec<PathBuf>,
    dir_mode: u32,
    /// Keeps other loggers from removing the folder while it is empty.
    hold: Option<Box<dyn Hold>>,
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
            passed_by: Vec::new(),
            new_folders: Vec::new(),
            dir_mode: settings.modes.dir,
            hold: None,
        }
    }

    /// Makes the folder and its empty files, as far as they are missing.
    pub(crate) fn make(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        if self.made {
            return Ok(());
        }
        let mut made = self.make_folder(disk);
        if made
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        {
            // Another logger that stops has just removed it, for it was empty.
            made = self.make_folder(disk);
        }
        made.map_err(|error| DiskError::new("make the folder", &self.path, error))?;
        for file in &mut self.files {
            if let Err(error) = file.create(disk) {
                if !file.is_passed_by() {
                    return Err(error);
                }
                self.passed_by.push(error);
            }
        }
        self.made = true;
        Ok(())
    }

    /// Closes the files. All is made and opened again when it is needed.
    pub(crate) fn let_go(&mut self) {
        self.files.iter_mut().for_each(LogFile::close);
        self.hold = None;
        self.made = false;
    }

    fn make_folder(&mut self, disk: &dyn Disk) -> io::Result<()> {
        let made = disk.create_folders(&self.path, self.dir_mode)?;
        let above = made.iter().filter_map(|folder| folder.parent());
        self.unsynced.extend(above.map(Path::to_owned));
        self.new_folders.extend(made);
        self.hold = Some(disk.hold(&self.path)?);
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

    /// Syncs a stream's file and the names that lead to it, if there is anything new.
    pub(crate) fn sync(&mut self, disk: &dyn Disk, stream: u16) -> Option<Lost> {
        let index = usize::from(stream);
        let file = &mut self.files[index];
        if !file.is_dirty() {
            return None;
        }
        let synced = file.sync(disk, &mut self.outboxes[index]);
        if file.has_new_name() {
            self.unsynced.push(self.path.clone());
        }
        let named = self.sync_names(disk);
        if named.is_err() {
            // So that the names are tried again with whatever record comes next.
            self.files[index].sync_again();
        }
        let (error, batch_is_safe) = match (synced, named) {
            (Ok(None), Ok(())) => return None,
            (Ok(Some(error)), Ok(())) => (error, true),
            (Err(error), _) | (Ok(_), Err(error)) => (error, false),
        };
        Some(Lost {
            file: stream,
            error,
            batch_is_safe,
        })
    }

    /// Syncs every file with unsynced data. Gives those that failed; each is tried.
    pub(crate) fn sync_all(&mut self, disk: &dyn Disk) -> Vec<Lost> {
        let streams = (0..self.files.len()).filter_map(|stream| u16::try_from(stream).ok());
        streams
            .filter_map(|stream| self.sync(disk, stream))
            .collect()
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

    /// The lines are where they should be, or are given up; forgets them.
    pub(crate) fn clear(&mut self) {
        for stream in self.touched.drain(..) {
            let index = usize::from(stream);
            self.files[index].forget(&mut self.outboxes[index]);
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

    /// Notices files that were deleted, renamed or replaced from outside, and makes them again. Gives the old files that
    /// could not be synced, and whether new ones could be made.
    pub(crate) fn verify(&mut self, disk: &dyn Disk) -> (Vec<Lost>, Result<(), DiskError>) {
        let mut lost = Vec::new();
        let mut missing = false;
        for (stream, file) in (0..).zip(&mut self.files) {
            match file.close_if_replaced(disk) {
                Ok(replaced) => missing |= replaced || !file.is_there(disk),
                Err(error) => {
                    missing = true;
                    lost.push(Lost {
                        file: stream,
                        error,
                        batch_is_safe: false,
                    });
                }
            }
        }
        if missing {
            self.made = false;
            self.unsynced.extend(self.path.parent().map(Path::to_owned));
            self.unsynced.push(self.path.clone());
        }
        (lost, self.make(disk))
    }
}
