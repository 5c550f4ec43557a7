//! The file of one stream in one interval folder, and the numbered files that follow it.
//!
//! A file is left for the next number when it is full, when a sync of it failed, or when something
//! that is not a log has its path.

pub(crate) mod sync_patience;

pub(crate) mod size_limit;
pub(crate) mod sync_ahead;

mod beginning;
mod file_state;
mod superseded;

use std::{
    io, mem,
    path::{Path, PathBuf},
    sync::{Arc, Weak},
};

use chronologix_schema::layout::file_name::{MOST_NUMBERS, with_number};

use self::{
    beginning::Beginning, file_state::FileState, size_limit::SizeLimit, superseded::Superseded,
    sync_patience::SyncPatience,
};
use super::write_buffer::WriteBuffer;
use crate::{
    DiskError, Format,
    fs::traits::{FileSystem, LockGuard, LogFile},
};

/// A stream's file. It is opened for its first line.
#[derive(Debug)]
pub(crate) struct RollingFile {
    folder: PathBuf,
    /// The name without a number.
    name: String,
    path: PathBuf,
    /// The number of the file at `path`. 0 has none in its name.
    number: u32,
    limit: SizeLimit,
    mode: u32,
    state: FileState,
    /// Something was written since the last sync, or a name that leads to the file is not durable.
    is_unsynced: bool,
    /// The file was created for its first line, and its name may not be durable.
    has_unsynced_name: bool,
    /// A sync that failed before a caller waited for it.
    earlier_failure: Option<DiskError>,
    /// What came of a sync ahead of the next [`sync`](Self::sync), which follows at once.
    synced_ahead: Option<io::Result<()>>,
    /// The file before this one, which could not be synced. Its lines are written to this file
    /// again.
    superseded: Option<Superseded>,
    beginning: Beginning,
    /// The lock of the folder, which tells whether other loggers write to it.
    lock: Weak<dyn LockGuard>,
    /// Why no sync of this file proves anything any more. It is written to until the disk has
    /// recovered, as each failure would make another file.
    distrusted: Option<DiskError>,
    patience: SyncPatience,
}

/// The outcome of an append.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AppendOutcome {
    pub(crate) bytes: u64,
    /// The file has no name any more, and no reader will find the lines in it.
    pub(crate) was_deleted: bool,
}

impl RollingFile {
    /// Returns the file of a stream. None of its files becomes larger than `max_size`.
    pub(crate) fn new(folder: &Path, name: &str, mode: u32, max_size: Option<u64>) -> Self {
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            path: folder.join(name),
            number: 0,
            limit: SizeLimit {
                max: max_size,
                bytes: 0,
                header: 0,
            },
            mode,
            state: FileState::Closed,
            is_unsynced: false,
            has_unsynced_name: false,
            earlier_failure: None,
            synced_ahead: None,
            superseded: None,
            beginning: Beginning::default(),
            lock: Weak::<()>::new(),
            distrusted: None,
            patience: SyncPatience::default(),
        }
    }

    /// Lets each file begin with a line that tells it from all others.
    pub(crate) fn with_header(mut self, stream: &str, format: Format) -> Self {
        let (folder, name) = (&self.folder, &self.name);
        self.limit.header = self.beginning.set_header(stream, format, folder, name);
        self
    }

    pub(crate) fn is_open(&self) -> bool {
        self.file().is_some()
    }

    pub(crate) fn set_lock(&mut self, lock: &Arc<dyn LockGuard>) {
        self.lock = Arc::downgrade(lock);
    }

    /// Continues in another folder. The file must not be open.
    pub(crate) fn change_folder(&mut self, folder: &Path) {
        debug_assert!(!self.is_open(), "a file moves with its folder");
        folder.clone_into(&mut self.folder);
        self.number = 0;
        self.path = folder.join(&self.name);
    }

    pub(crate) fn is_unsynced(&self) -> bool {
        self.is_unsynced || self.earlier_failure.is_some()
    }

    /// Returns whether the path is left for the next number.
    pub(crate) fn is_blocked(&self) -> bool {
        match self.state {
            FileState::Closed => false,
            FileState::Poisoned => true,
            FileState::Open { is_blocked, .. } => is_blocked,
        }
    }

    /// Returns whether anything has the path.
    pub(crate) fn exists(&self, fs: &dyn FileSystem) -> bool {
        !matches!(fs.file_id(&self.path), Ok(None))
    }

    /// Creates the file if it is missing.
    pub(crate) fn create(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        if self.is_blocked() {
            return Ok(());
        }
        let created = fs.open(&self.path, self.mode).map(drop);
        created.map_err(|error| self.refused("create", error))
    }

    /// Leaves the path if the error says that it is not that of a log.
    fn refused(&mut self, doing: &'static str, error: io::Error) -> DiskError {
        if error.kind() == io::ErrorKind::InvalidInput {
            match &mut self.state {
                FileState::Open { is_blocked, .. } => *is_blocked = true,
                state => *state = FileState::Poisoned,
            }
        }
        self.error(doing, error)
    }

    fn error(&self, doing: &'static str, error: io::Error) -> DiskError {
        DiskError::new(doing, &self.path, error)
    }

    /// Writes the buffer, with one `write` if the disk takes all of it. After an error the next
    /// call continues where this one stopped. If the file was deleted meanwhile, the next call
    /// writes everything again, to a new one.
    pub(crate) fn append(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<AppendOutcome, DiskError> {
        let before = buffer.written;
        self.measure();
        let outcome = self.write_out(fs, buffer);
        let bytes = buffer.written.saturating_sub(before) as u64;
        let was_tried = bytes > 0 || outcome.is_err();
        // If the system cannot tell, the next verification will.
        let is_deleted = |file: &dyn LogFile| file.is_deleted().unwrap_or(false);
        let was_deleted = was_tried && self.file().is_some_and(is_deleted);
        if was_deleted {
            self.close();
            self.is_unsynced = false;
            // Of another file than the one to come.
            self.distrusted = None;
            buffer.rewind();
            return Ok(AppendOutcome { bytes, was_deleted });
        }
        outcome.map(|()| AppendOutcome { bytes, was_deleted })
    }

    fn write_out(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<(), DiskError> {
        while !buffer.is_written() {
            if self.file().is_none() {
                self.open(fs)?;
                buffer.rewind_to_line();
                self.mark_repeats(buffer);
            }
            let lines = &buffer.lines[buffer.written..];
            let Some(room) = self.limit.capacity_for(lines, buffer.is_mid_line()) else {
                self.roll_over(fs, buffer)?;
                self.mark_repeats(buffer);
                continue;
            };
            let failed = |error| DiskError::new("write to", &self.path, error);
            let FileState::Open {
                file,
                ends_mid_line,
                ..
            } = &mut self.state
            else {
                break;
            };
            if self.beginning.is_due() {
                let taken = self
                    .beginning
                    .write(&mut **file, &self.path)
                    .map_err(failed)?;
                self.limit.bytes += taken as u64;
                if taken > 0 {
                    *ends_mid_line = self.beginning.is_begun();
                }
                continue;
            }
            if *ends_mid_line {
                file.append(b"\n").map_err(failed)?;
                *ends_mid_line = false;
            }
            self.is_unsynced = true;
            let taken = file.append(&lines[..room]).map_err(failed)?;
            buffer.written += taken;
            self.limit.bytes += taken as u64;
        }
        Ok(())
    }

    /// Syncs the data. If that fails, the file is poisoned, and the buffer is written to the next
    /// numbered file and synced there. Returns the first error if the lines are safe all the same.
    pub(crate) fn sync(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let synced = self.sync_files(fs, buffer);
        if !buffer.take_lost() {
            return synced;
        }
        self.earlier_failure = None;
        synced?.map_or(Ok(None), Err)
    }

    fn sync_files(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let Some(error) = self.earlier_failure.take() else {
            return self.sync_open(fs, buffer);
        };
        // If no file was opened since, the lines may be in the one that failed.
        let may_be_lost = matches!(self.state, FileState::Poisoned);
        if may_be_lost && !self.write_again(fs, buffer) {
            return Err(error);
        }
        let synced = self.sync_open(fs, buffer)?;
        Ok(Some(synced.unwrap_or(error)))
    }

    fn sync_open(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<Option<DiskError>, DiskError> {
        let failure = match (self.sync_file(), self.distrusted.take()) {
            (Ok(()), None) => return Ok(None),
            (Err(error), None) | (_, Some(error)) => error,
        };
        if !self.patience.is_over() {
            self.distrusted = Some(failure.clone());
            return Err(failure);
        }
        self.patience.begin_again();
        if !self.write_again(fs, buffer) {
            return Err(failure);
        }
        self.sync_file()
            .inspect_err(|error| self.distrusted = Some(error.clone()))
            .map(|()| Some(failure))
    }

    /// Syncs the open file, if there is one. What a failed sync was to save is lost to later ones,
    /// so the file counts as synced in any case.
    fn sync_file(&mut self) -> Result<(), DiskError> {
        self.is_unsynced = false;
        let FileState::Open { file, .. } = &mut self.state else {
            return Ok(());
        };
        let synced = self.synced_ahead.take().unwrap_or_else(|| file.sync());
        self.patience.note(synced.is_ok());
        synced.map_err(|error| self.error("sync", error))
    }

    /// Writes the lines to the file that follows a poisoned one. Returns whether all are there.
    fn write_again(&mut self, fs: &dyn FileSystem, buffer: &mut WriteBuffer) -> bool {
        self.supersede(buffer);
        self.state = FileState::Poisoned;
        buffer.rewind_for_second_attempt();
        let appended = self.append(fs, buffer);
        appended.is_ok_and(|appended| !appended.was_deleted)
    }

    fn poison(&mut self) {
        self.state = FileState::Poisoned;
        self.is_unsynced = false;
    }

    /// Returns whether a file was created since the last call.
    pub(crate) fn take_new_name(&mut self) -> bool {
        mem::take(&mut self.has_unsynced_name)
    }

    /// Counts the file as unsynced, because a name that leads to it is not durable.
    pub(crate) fn sync_again(&mut self) {
        self.is_unsynced = true;
    }

    /// Closes the file. The bytes of the buffer in it are removed once they are in the next one.
    fn supersede(&mut self, buffer: &WriteBuffer) {
        if let Some(file) = self.take_file() {
            self.superseded = Some(Superseded::new(file, &self.path, buffer.in_file()));
        }
    }

    /// Removes what is in the file of a line that is not there as a whole, under the same
    /// condition.
    pub(crate) fn cut_torn_line(&mut self, buffer: &mut WriteBuffer) {
        let torn = buffer.give_up_torn_line();
        if let FileState::Open { file, .. } = &mut self.state {
            let _ = file.cut_back(torn);
        }
    }

    /// Clears the buffer. If its lines are given up, the file may end in the middle of one.
    pub(crate) fn clear(&mut self, buffer: &mut WriteBuffer) {
        self.superseded = None;
        self.beginning.clear();
        if let FileState::Open { ends_mid_line, .. } = &mut self.state {
            *ends_mid_line |= buffer.is_mid_line();
        }
        buffer.clear();
    }

    fn file(&self) -> Option<&dyn LogFile> {
        self.state.file()
    }

    pub(crate) fn close(&mut self) {
        drop(self.take_file());
    }

    fn take_file(&mut self) -> Option<Box<dyn LogFile>> {
        debug_assert!(
            self.synced_ahead.is_none(),
            "its outcome is looked at first"
        );
        let closed = if self.is_blocked() {
            FileState::Poisoned
        } else {
            FileState::Closed
        };
        match mem::replace(&mut self.state, closed) {
            FileState::Open { file, .. } => Some(file),
            FileState::Closed | FileState::Poisoned => None,
        }
    }

    /// Closes the file, because the process has no descriptor left. It is synced first: another
    /// file may have its path later.
    pub(crate) fn release_descriptor(&mut self) {
        let file = self.take_file().filter(|_| self.is_unsynced);
        // It stays unsynced for the sake of the names that lead to it.
        if let Some(Err(error)) = file.map(|mut file| file.sync()) {
            self.earlier_failure = Some(self.error("sync", error));
            self.poison();
        }
    }

    /// Returns the error for a file that is deleted again and again.
    pub(crate) fn deleted_error(&self) -> DiskError {
        let error = io::Error::new(io::ErrorKind::NotFound, "it was deleted at once");
        self.error("write to", error)
    }

    /// Closes the file if another one, or none, has its path by now. Returns whether it did, or an
    /// error if the file could not be synced before.
    pub(crate) fn close_if_replaced(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<bool, DiskError> {
        let Some(file) = self.file() else {
            return Ok(false);
        };
        let is_same = match (file.id(), fs.file_id(&self.path)) {
            (Ok(ours), Ok(there)) => there == Some(ours),
            // It cannot be told. A write will show it.
            (Err(_), _) | (_, Err(_)) => true,
        };
        if is_same {
            return Ok(false);
        }
        let Some(mut file) = self.take_file() else {
            return Ok(false);
        };
        if file.is_deleted().unwrap_or(false) {
            // No reader will find the lines in it.
            buffer.rewind();
        }
        let synced = self.sync_left(&mut *file);
        // The names of full files before this one may not be durable.
        self.is_unsynced = self.has_unsynced_name;
        synced.map(|()| true)
    }

    /// Syncs a file that is written to no more.
    fn sync_left(&mut self, file: &mut dyn LogFile) -> Result<(), DiskError> {
        let distrusted = self.distrusted.take();
        if !self.is_unsynced {
            return Ok(());
        }
        let synced = file.sync().map_err(|error| self.error("sync", error));
        synced.and(distrusted.map_or(Ok(()), Err))
    }

    /// Takes note that the folder is gone, and with it all names in it.
    pub(crate) fn forget_names(&mut self) {
        self.has_unsynced_name = false;
        self.is_unsynced &= self.file().is_some();
    }

    fn open(&mut self, fs: &dyn FileSystem) -> Result<(), DiskError> {
        if matches!(self.state, FileState::Poisoned) {
            let Some((number, opened)) = self.next_file(fs, false)? else {
                let text = format!(
                    "no free file number for {} (limit {MOST_NUMBERS})",
                    self.name
                );
                return Err(self.error("create another file beside", io::Error::other(text)));
            };
            self.continue_in(number, opened);
            return Ok(());
        }
        self.resume_last_number(fs);
        // It was created with its folder, but may have been removed since. If the system cannot
        // tell, or the file is created and cannot be read, its name may not be durable either.
        self.has_unsynced_name |= !matches!(fs.file_id(&self.path), Ok(Some(_)));
        let opened = fs.open(&self.path, self.mode).and_then(FileState::resume);
        let opened = opened.map_err(|error| self.refused("open", error))?;
        self.set_open(opened);
        Ok(())
    }

    fn set_open(&mut self, opened: FileState) {
        self.state = opened;
        self.beginning.file_opened();
        self.limit.bytes = 0;
        self.measure();
    }

    /// Asks the file system how large the open file is, because other loggers may write to it too.
    fn measure(&mut self) {
        if self.limit.max.is_some() {
            // If the system cannot tell, the size is what is known of it.
            let bytes = self.file().and_then(|file| file.len().ok());
            self.limit.bytes = bytes.unwrap_or(self.limit.bytes);
        }
    }

    /// Continues in the file in which the last logger stopped, so that the order of the lines is
    /// that of the numbers.
    fn resume_last_number(&mut self, fs: &dyn FileSystem) {
        if self.limit.max.is_none() || self.number > 0 {
            return;
        }
        let id = |number: &u32| fs.file_id(&self.numbered_path(*number));
        let exists = |number: &u32| matches!(id(number), Ok(Some(_)));
        if let Some(last) = (1..=MOST_NUMBERS).take_while(exists).last() {
            self.path = self.numbered_path(last);
            self.number = last;
        }
    }

    /// Leaves the file, which is full, for the next number with room.
    fn roll_over(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<(), DiskError> {
        let Some((number, opened)) = self.next_file(fs, true)? else {
            // All are full. A file that is too large is better than a line that is lost.
            self.limit.max = None;
            return Ok(());
        };
        self.leave(buffer);
        // A line about repeats is found at the beginning of a file.
        let must_be_new = self.superseded.is_some() && !opened.is_empty();
        let new = must_be_new.then(|| self.next_file(fs, false).ok().flatten());
        let (number, opened) = new.flatten().unwrap_or((number, opened));
        self.continue_in(number, opened);
        Ok(())
    }

    /// Syncs and closes a full file. Later syncs are about the next one.
    fn leave(&mut self, buffer: &mut WriteBuffer) {
        let Some(mut file) = self.take_file() else {
            return;
        };
        if file.is_deleted().unwrap_or(false) {
            // No reader will find the lines in it.
            return buffer.rewind();
        }
        match self.sync_left(&mut *file) {
            // It stays unsynced for the sake of the names that lead to it.
            Ok(()) => buffer.seal(),
            Err(error) => {
                self.earlier_failure = Some(error);
                let in_file = buffer.in_file();
                if buffer.seal_unsynced() {
                    self.superseded = Some(Superseded::new(file, &self.path, in_file));
                }
            }
        }
    }

    /// Opens the next numbered file: a new one, or if `may_share`, one that another logger has
    /// begun and that is not full. `None` if there is no such number.
    fn next_file(
        &self,
        fs: &dyn FileSystem,
        may_share: bool,
    ) -> Result<Option<(u32, FileState)>, DiskError> {
        for number in self.number + 1..=MOST_NUMBERS {
            let path = self.numbered_path(number);
            match fs.open_new(&path, self.mode) {
                Ok(file) => return Ok(Some((number, FileState::open(file, false)))),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::new("create", &path, error)),
            }
            if !may_share {
                continue;
            }
            // Something that is not a log is left alone.
            let Ok(file) = fs.open(&path, self.mode) else {
                continue;
            };
            if file.len().is_ok_and(|bytes| self.limit.has_room(bytes)) {
                let opened = FileState::resume(file);
                let opened = opened.map_err(|error| DiskError::new("open", &path, error))?;
                return Ok(Some((number, opened)));
            }
        }
        Ok(None)
    }

    fn continue_in(&mut self, number: u32, opened: FileState) {
        self.path = self.numbered_path(number);
        self.number = number;
        self.has_unsynced_name = true;
        self.set_open(opened);
    }

    fn numbered_path(&self, number: u32) -> PathBuf {
        self.folder.join(with_number(&self.name, number))
    }
}
