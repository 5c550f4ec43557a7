//! The file of one stream in one interval folder.

pub(crate) mod size_limit;

use std::{
    io,
    path::{Path, PathBuf},
};

use self::size_limit::{Capacity, SizeLimit};
use chronologix_schema::layout::file_name::{MOST_NUMBERS, with_number};

pub(crate) use super::write_buffer::WriteBuffer;
use crate::DiskError;
use crate::fs::traits::{FileSystem, LogFile};
pub(crate) use chronologix_schema::layout::file_name::without_number;

/// What became of lines on their way to a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppendOutcome {
    pub(crate) bytes: u64,
    /// The file has no name any more, and nobody will read them there.
    pub(crate) was_deleted: bool,
}

/// A stream's file. Opened at its first line.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other"
)]
pub(crate) struct RollingFile {
    /// The folder, and the name without a number.
    folder: PathBuf,
    name: String,
    path: PathBuf,
    /// Of the file at `path`; 0 has none in its name.
    number: u32,
    limit: SizeLimit,
    mode: u32,
    open: Option<Box<dyn LogFile>>,
    /// A sync failed: the file at `path` is never opened again.
    poisoned: bool,
    /// The file ends in the middle of a line: end it before the next.
    torn: bool,
    /// Something was written since the last sync.
    dirty: bool,
    /// The file was made when its first line came, and its name may not be on disk.
    is_unnamed: bool,
    /// A sync that failed before somebody asked for it.
    abandoned: Option<DiskError>,
    /// Lines of the outbox are in a file that could not be synced, and in no other.
    batch_is_lost: bool,
}

impl RollingFile {
    pub(crate) fn new(folder: &Path, name: &str, mode: u32) -> Self {
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            path: folder.join(name),
            number: 0,
            limit: SizeLimit {
                most: None,
                bytes: 0,
            },
            mode,
            open: None,
            poisoned: false,
            torn: false,
            dirty: false,
            is_unnamed: false,
            abandoned: None,
            batch_is_lost: false,
        }
    }

    /// The same, but none of its files has more than `most` bytes.
    pub(crate) fn of_at_most(mut self, most: Option<u64>) -> Self {
        self.limit.most = most;
        self
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty || self.abandoned.is_some()
    }

    /// Makes the file if it is missing.
    pub(crate) fn create(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        if self.poisoned {
            return Ok(());
        }
        let created = fs.open(&self.path, self.mode).map(drop);
        created.map_err(|error| self.refused("make", error))
    }

    /// If something stands at the path that is not a log, this logger goes on beside it.
    fn refused(&mut self, doing: &'static str, error: io::Error) -> DiskError {
        self.poisoned |= error.kind() == io::ErrorKind::InvalidInput;
        DiskError::new(doing, &self.path, error)
    }

    /// Whether there will be a numbered file with the next line, because the one before is not to be written to.
    pub(crate) fn is_passed_by(&self) -> bool {
        self.poisoned
    }

    /// Writes what the outbox holds, with one `write` if the disk takes all of it. After an error the next call goes on where this one
    /// stopped. If the file was deleted meanwhile, the next call writes all of it again, to a new one.
    pub(crate) fn append(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<AppendOutcome, DiskError> {
        let before = buffer.done;
        self.measure();
        let written = self.write_out(fs, buffer);
        let bytes = buffer.done.saturating_sub(before) as u64;
        // Should it be impossible to tell, the next look at the files will.
        let is_deleted = |open: &dyn LogFile| open.is_deleted().unwrap_or(false);
        let was_tried = bytes > 0 || written.is_err();
        let was_deleted = was_tried && self.open.as_deref().is_some_and(is_deleted);
        if was_deleted {
            self.open = None;
            self.dirty = false;
            buffer.rewind();
            return Ok(AppendOutcome { bytes, was_deleted });
        }
        written.map(|()| AppendOutcome { bytes, was_deleted })
    }

    fn write_out(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<(), DiskError> {
        while buffer.done < buffer.lines.len() {
            if self.open.is_none() {
                self.open(fs)?;
                buffer.rewind_to_line();
            }
            let lines = &buffer.lines[buffer.done..];
            let Capacity::For(room) = self.limit.room_for(lines, buffer.is_mid_line()) else {
                self.go_on_in_next(fs, buffer)?;
                continue;
            };
            let failed = |error| DiskError::new("write to", &self.path, error);
            let Some(open) = &mut self.open else { break };
            if self.torn {
                open.append(b"\n").map_err(failed)?;
                self.torn = false;
            }
            self.dirty = true;
            let taken = open.append(&lines[..room]).map_err(failed)?;
            buffer.done += taken;
            self.limit.bytes += taken as u64;
        }
        Ok(())
    }

    /// Syncs the data. If that fails, the file is not trusted again: what the outbox holds is written to the next
    /// numbered file and synced there. Gives the first error if the lines are safe all the same.
    pub(crate) fn sync(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let synced = self.sync_all(fs, buffer);
        if !std::mem::take(&mut self.batch_is_lost) {
            return synced;
        }
        self.abandoned = None;
        synced?.map_or(Ok(None), Err)
    }

    fn sync_all(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let Some(error) = self.abandoned.take() else {
            return self.sync_open(fs, buffer);
        };
        // These lines may be in the file that failed, if none was begun after it.
        let may_be_lost = self.open.is_none() && self.poisoned;
        if may_be_lost && !self.write_again(fs, buffer) {
            return Err(error);
        }
        let synced = self.sync_open(fs, buffer)?;
        Ok(Some(synced.unwrap_or(error)))
    }

    /// Writes the lines to the file that follows. Whether that has all of them.
    fn write_again(&mut self, fs: &dyn FileSystem, buffer: &mut WriteBuffer) -> bool {
        buffer.was_rewound = true;
        buffer.rewind();
        let appended = self.append(fs, buffer);
        appended.is_ok_and(|appended| !appended.was_deleted)
    }

    fn sync_open(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let Some(open) = &mut self.open else {
            self.dirty = false;
            return Ok(None);
        };
        let Err(error) = open.sync() else {
            self.dirty = false;
            return Ok(None);
        };
        let first = DiskError::new("sync", &self.path, error);
        self.distrust();
        if !self.write_again(fs, buffer) {
            return Err(first);
        }
        if let Some(Err(error)) = self.open.as_mut().map(|open| open.sync()) {
            let second = DiskError::new("sync", &self.path, error);
            self.distrust();
            return Err(second);
        }
        self.dirty = false;
        Ok(Some(first))
    }

    /// Whether a file was made since this was asked last.
    pub(crate) fn has_new_name(&mut self) -> bool {
        std::mem::take(&mut self.is_unnamed)
    }

    /// The names that lead to this file are not on disk: it counts as unsynced.
    pub(crate) fn sync_again(&mut self) {
        self.dirty = true;
    }

    /// Forgets the lines of an outbox. If they were given up in the middle of one, the file has half of it.
    pub(crate) fn forget(&mut self, buffer: &mut WriteBuffer) {
        self.torn |= buffer.is_mid_line();
        buffer.clear();
        // They are among those written before by now.
        self.batch_is_lost = false;
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    /// Closes the file for others to be opened. It is synced first: later there may be another file at its path.
    pub(crate) fn save_descriptor(&mut self) {
        // It stays dirty for the sake of the names that lead to it.
        let open = self.open.take().filter(|_| self.dirty);
        if let Some(Err(error)) = open.map(|mut open| open.sync()) {
            self.abandoned = Some(DiskError::new("sync", &self.path, error));
            self.distrust();
        }
    }

    /// What to say of a file that is deleted again and again.
    pub(crate) fn deleted(&self) -> DiskError {
        let error = io::Error::new(io::ErrorKind::NotFound, "it was deleted at once");
        DiskError::new("write to", &self.path, error)
    }

    fn distrust(&mut self) {
        self.open = None;
        self.poisoned = true;
        self.dirty = false;
    }

    /// Closes the file if another one, or none, stands at its path by now. Whether it did; an error if it could not be
    /// synced before.
    pub(crate) fn close_if_replaced(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<bool, DiskError> {
        let Some(open) = &mut self.open else {
            return Ok(false);
        };
        let ours = open.id();
        let there = fs.file_id(&self.path);
        let same = match (ours, there) {
            (Ok(ours), Ok(there)) => there == Some(ours),
            // It cannot be told; a write will show.
            (Err(_), _) | (_, Err(_)) => true,
        };
        if same {
            return Ok(false);
        }
        if open.is_deleted().unwrap_or(false) {
            // What it has of these lines nobody will read.
            buffer.rewind();
        }
        let synced = if self.dirty { open.sync() } else { Ok(()) };
        self.open = None;
        // The names of full files before this one may have to be saved.
        self.dirty = self.is_unnamed;
        synced
            .map(|()| true)
            .map_err(|error| DiskError::new("sync", &self.path, error))
    }

    /// The folder is gone, and with it all names in it.
    pub(crate) fn forget_names(&mut self) {
        self.is_unnamed = false;
        self.dirty &= self.open.is_some();
    }

    /// Whether something stands at the path.
    pub(crate) fn is_there(&self, fs: &dyn FileSystem) -> bool {
        !matches!(fs.file_id(&self.path), Ok(None))
    }

    fn open(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        if self.poisoned {
            return self.open_next_number(fs);
        }
        self.go_on_in_last(fs);
        // It was made with its folder, unless somebody has taken it away since.
        let is_missing = !self.is_there(fs);
        let opened = fs
            .open(&self.path, self.mode)
            .and_then(|mut open| Ok((last_byte_at_rest(&mut *open)?, open)));
        let (last, open) = opened.map_err(|error| self.refused("open", error))?;
        // A crash may leave half a line, or zeros where the data never came.
        self.torn = is_mid_line(last);
        self.is_unnamed |= is_missing;
        self.open = Some(open);
        self.limit.bytes = 0;
        self.measure();
        Ok(())
    }

    /// Goes on in the next numbered file.
    fn open_next_number(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        for number in self.number + 1..=MOST_NUMBERS {
            let path = self.folder.join(with_number(&self.name, number));
            match fs.open_new(&path, self.mode) {
                Ok(open) => {
                    self.open = Some(open);
                    self.path = path;
                    self.number = number;
                    self.limit.bytes = 0;
                    self.poisoned = false;
                    self.torn = false;
                    self.is_unnamed = true;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::new("make", &path, error)),
            }
        }
        let error = io::Error::other("all numbers up to 9999 are taken");
        Err(DiskError::new(
            "make another file beside",
            &self.path,
            error,
        ))
    }
}

/// The last byte when nobody is in the middle of writing more.
fn last_byte_at_rest(file: &mut dyn LogFile) -> io::Result<Option<u8>> {
    let last = file.last_byte()?;
    if !is_mid_line(last) {
        return Ok(last);
    }
    // Another process may be just writing this line: one that stays as it is was torn by a crash.
    file.wait_for_writers();
    file.last_byte()
}

fn is_mid_line(last: Option<u8>) -> bool {
    last.is_some_and(|byte| byte != b'\n')
}
