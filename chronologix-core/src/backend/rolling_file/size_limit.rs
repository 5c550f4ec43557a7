//! When a file is full, and the next number is due.

use chronologix_schema::layout::file_name::{MOST_NUMBERS, with_number};

use super::{
    DiskError, FileSystem, LogFile, RollingFile, WriteBuffer, is_mid_line, last_byte_at_rest,
};

#[cfg(test)]
mod tests;

/// How large a file may become, and how large it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimit {
    /// `None`: as large as it likes.
    pub(crate) most: Option<u64>,
    /// As it was when the disk was last asked, and what was written since. Not kept without a limit.
    pub(crate) bytes: u64,
}

/// The file to go on in.
#[derive(Debug)]
struct NextFile {
    number: u32,
    file: Box<dyn LogFile>,
}

/// What of the lines may still be written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capacity {
    /// So many bytes, at least one, up to the end of a line.
    For(usize),
    /// Not even a line: the next file is due.
    None,
}

impl SizeLimit {
    /// Decides what of `lines` the file takes. No line is split over two files: one that was begun is ended in the same, and one
    /// that is longer than a file may be has a file to itself.
    pub(crate) fn room_for(self, lines: &[u8], is_mid_line: bool) -> Capacity {
        let all = lines.len();
        let Some(most) = self.most else {
            return Capacity::For(all);
        };
        let room = usize::try_from(most.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        if all <= room {
            return Capacity::For(all);
        }
        let end_of = |found: Option<usize>| found.map(|at| at + 1);
        if let Some(fitting) = end_of(lines[..room].iter().rposition(|byte| *byte == b'\n')) {
            return Capacity::For(fitting);
        }
        if self.bytes == 0 || is_mid_line {
            let first = lines.iter().position(|byte| *byte == b'\n');
            return Capacity::For(end_of(first).unwrap_or(all));
        }
        Capacity::None
    }

    fn is_reached_by(self, bytes: u64) -> bool {
        self.most.is_some_and(|most| bytes >= most)
    }
}

impl RollingFile {
    /// Asks the disk how large the open file is: other loggers may be writing to it.
    pub(crate) fn measure(&mut self) {
        if let (Some(_), Some(open)) = (self.limit.most, &self.open) {
            // Should it be impossible to tell, it is taken for as large as it is known to be.
            self.limit.bytes = open.len().unwrap_or(self.limit.bytes);
        }
    }

    /// Before a file is opened for the first time: where the last logger stopped, so that the order of the lines is that of the numbers.
    pub(crate) fn go_on_in_last(&mut self, fs: &dyn FileSystem) {
        if self.limit.most.is_none() || self.number > 0 {
            return;
        }
        let path = |number| self.folder.join(with_number(&self.name, number));
        let is_there = |number: &u32| matches!(fs.file_id(&path(*number)), Ok(Some(_)));
        if let Some(last) = (1..=MOST_NUMBERS).take_while(is_there).last() {
            self.path = path(last);
            self.number = last;
        }
    }

    /// Leaves the file, which is full, for the next number with room.
    pub(crate) fn go_on_in_next(
        &mut self,
        fs: &dyn FileSystem,
        buffer: &mut WriteBuffer,
    ) -> Result<(), DiskError> {
        let Some(next) = self.next_with_room(fs)? else {
            // All are full: better a file that is too large than a line that is lost.
            self.limit.most = None;
            return Ok(());
        };
        self.leave(buffer);
        self.path = self.folder.join(with_number(&self.name, next.number));
        self.number = next.number;
        self.open = Some(next.file);
        self.poisoned = false;
        self.is_unnamed = true;
        self.limit.bytes = 0;
        self.measure();
        Ok(())
    }

    /// Syncs the file before it is left, for it is not asked for again: later syncs are about the next one.
    fn leave(&mut self, buffer: &mut WriteBuffer) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if open.is_deleted().unwrap_or(false) {
            // What it has of these lines nobody will read.
            buffer.rewind();
            return;
        }
        let synced = if self.dirty { open.sync() } else { Ok(()) };
        match synced {
            // It stays dirty for the sake of the names that lead to it.
            Ok(()) => buffer.leave(),
            Err(error) => {
                self.abandoned = Some(DiskError::new("sync", &self.path, error));
                if buffer.was_rewound {
                    self.batch_is_lost = true;
                    buffer.leave();
                } else {
                    buffer.was_rewound = true;
                    buffer.rewind();
                }
            }
        }
    }

    /// The next numbered file that is not full: a new one, or one that another logger has begun.
    fn next_with_room(&mut self, fs: &dyn FileSystem) -> Result<Option<NextFile>, DiskError> {
        for number in self.number + 1..=MOST_NUMBERS {
            let path = self.folder.join(with_number(&self.name, number));
            match fs.open_new(&path, self.mode) {
                Ok(file) => {
                    self.torn = false;
                    return Ok(Some(NextFile { number, file }));
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(DiskError::new("make", &path, error)),
            }
            // What is not a log is passed by.
            let Ok(mut file) = fs.open(&path, self.mode) else {
                continue;
            };
            let has_room = |bytes| !self.limit.is_reached_by(bytes);
            if file.len().is_ok_and(has_room) {
                let last = last_byte_at_rest(&mut *file)
                    .map_err(|error| DiskError::new("open", &path, error))?;
                self.torn = is_mid_line(last);
                return Ok(Some(NextFile { number, file }));
            }
        }
        Ok(None)
    }
}
