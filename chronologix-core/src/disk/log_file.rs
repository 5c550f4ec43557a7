//! The file of one stream in one interval folder.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::{Disk, DiskFile};
use crate::DiskError;

/// Numbered files tried after one that cannot be trusted: `app.1.log` to `app.9999.log`.
const MOST_NUMBERS: u32 = 9_999;

/// The lines on their way to a file. Kept whole until they are where they should be, so that they can be
/// written again elsewhere.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) lines: Vec<u8>,
    /// Bytes of `lines` that the file has.
    done: usize,
}

/// A stream's file. Opened at its first line.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "they are independent of each other"
)]
pub(crate) struct LogFile {
    /// The folder, and the name without a number.
    folder: PathBuf,
    name: String,
    path: PathBuf,
    mode: u32,
    open: Option<Box<dyn DiskFile>>,
    /// A sync failed: the file at `path` is never opened again.
    distrusted: bool,
    /// The file ends in the middle of a line: end it before the next.
    torn: bool,
    /// Something was written since the last sync.
    dirty: bool,
    /// The file was made when its first line came, and its name may not be on disk.
    is_unnamed: bool,
}

impl LogFile {
    pub(crate) fn new(folder: &Path, name: &str, mode: u32) -> Self {
        Self {
            folder: folder.to_owned(),
            name: name.to_owned(),
            path: folder.join(name),
            mode,
            open: None,
            distrusted: false,
            torn: false,
            dirty: false,
            is_unnamed: false,
        }
    }

    pub(crate) fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Makes the file if it is missing.
    pub(crate) fn create(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        if self.distrusted {
            return Ok(());
        }
        let created = disk.open(&self.path, self.mode).map(drop);
        created.map_err(|error| self.refused("make", error))
    }

    /// If something stands at the path that is not a log, this logger goes on beside it.
    fn refused(&mut self, doing: &'static str, error: io::Error) -> DiskError {
        self.distrusted |= error.kind() == io::ErrorKind::InvalidInput;
        DiskError::new(doing, &self.path, error)
    }

    /// Whether there will be a numbered file with the next line, because the one before is not to be written to.
    pub(crate) fn is_passed_by(&self) -> bool {
        self.distrusted
    }

    /// Writes what the outbox holds, with one `write` if the disk takes all of it. Gives the bytes written. After an error the next
    /// call goes on where this one stopped.
    pub(crate) fn append(
        &mut self,
        disk: &dyn Disk,
        outbox: &mut Outbox,
    ) -> Result<u64, DiskError> {
        let before = outbox.done;
        while outbox.done < outbox.lines.len() {
            if self.open.is_none() {
                self.open(disk)?;
                outbox.rewind_to_line();
            }
            let failed = |error| DiskError::new("write to", &self.path, error);
            let Some(open) = &mut self.open else { break };
            if self.torn {
                open.append(b"\n").map_err(failed)?;
                self.torn = false;
            }
            self.dirty = true;
            outbox.done += open.append(&outbox.lines[outbox.done..]).map_err(failed)?;
        }
        Ok(outbox.done.saturating_sub(before) as u64)
    }

    /// Syncs the data. If that fails, the file is not trusted again: what the outbox holds is written to the next
    /// numbered file and synced there. Gives the first error if the lines are safe all the same.
    pub(crate) fn sync(
        &mut self,
        disk: &dyn Disk,
        outbox: &mut Outbox,
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
        outbox.done = 0;
        self.append(disk, outbox)?;
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
    pub(crate) fn forget(&mut self, outbox: &mut Outbox) {
        self.torn |= outbox.is_mid_line();
        outbox.lines.clear();
        outbox.done = 0;
    }

    pub(crate) fn close(&mut self) {
        self.open = None;
    }

    fn distrust(&mut self) {
        self.open = None;
        self.distrusted = true;
        self.dirty = false;
    }

    /// Closes the file if another one, or none, stands at its path by now. Whether it did; an error if it could not be
    /// synced before.
    pub(crate) fn close_if_replaced(&mut self, disk: &dyn Disk) -> Result<bool, DiskError> {
        let Some(open) = &mut self.open else {
            return Ok(false);
        };
        let ours = open.identity();
        let there = disk.identity(&self.path);
        let same = match (ours, there) {
            (Ok(ours), Ok(there)) => there == Some(ours),
            // It cannot be told; a write will show.
            (Err(_), _) | (_, Err(_)) => true,
        };
        if same {
            return Ok(false);
        }
        let synced = if self.dirty { open.sync() } else { Ok(()) };
        self.open = None;
        self.dirty = false;
        synced
            .map(|()| true)
            .map_err(|error| DiskError::new("sync", &self.path, error))
    }

    /// Whether something stands at the path.
    pub(crate) fn is_there(&self, disk: &dyn Disk) -> bool {
        !matches!(disk.identity(&self.path), Ok(None))
    }

    fn open(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        if self.distrusted {
            return self.open_next_number(disk);
        }
        // It was made with its folder, unless somebody has taken it away since.
        let is_missing = !self.is_there(disk);
        let opened = disk
            .open(&self.path, self.mode)
            .and_then(|mut open| Ok((open.last_byte()?, open)));
        let (last, open) = opened.map_err(|error| self.refused("open", error))?;
        // A crash may leave half a line, or zeros where the data never came.
        self.torn = last.is_some_and(|byte| byte != b'\n');
        self.is_unnamed |= is_missing;
        self.open = Some(open);
        Ok(())
    }

    /// Goes on in the next numbered file.
    fn open_next_number(&mut self, disk: &dyn Disk) -> Result<(), DiskError> {
        for number in 1..=MOST_NUMBERS {
            let path = self.folder.join(with_number(&self.name, number));
            match disk.open_new(&path, self.mode) {
                Ok(open) => {
                    self.open = Some(open);
                    self.path = path;
                    self.distrusted = false;
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

/// `app.7.log` for `app.log`.
fn with_number(name: &str, number: u32) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{number}.{extension}"),
        None => format!("{name}.{number}"),
    }
}

/// The name that was given a number, if it was.
pub(crate) fn without_number(name: &str) -> Option<String> {
    let parts = name.split('.').collect::<Vec<_>>();
    (0..parts.len()).find_map(|at| {
        let number = parts[at].parse::<u32>().ok()?;
        let others = [&parts[..at], &parts[at + 1..]].concat().join(".");
        let is_it = (1..=MOST_NUMBERS).contains(&number) && with_number(&others, number) == name;
        is_it.then_some(others)
    })
}

impl Outbox {
    /// Lines that are not in the file.
    pub(crate) fn count_lines(&self) -> u64 {
        self.lines[self.done..]
            .split(|byte| *byte == b'\n')
            .skip(1)
            .count() as u64
    }

    /// Whether the file has a part of a line.
    fn is_mid_line(&self) -> bool {
        self.done < self.lines.len()
            && self.lines[..self.done]
                .last()
                .is_some_and(|byte| *byte != b'\n')
    }

    /// The file is another one than before: it gets no half lines.
    fn rewind_to_line(&mut self) {
        let written = &self.lines[..self.done];
        self.done = written
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
    }
}
