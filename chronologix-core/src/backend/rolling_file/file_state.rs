//! Where the next line of a stream goes.

use std::io;

use crate::fs::traits::LogFile;

/// Where the next line goes.
#[derive(Debug)]
pub(super) enum FileState {
    /// To the file at `path`, which is opened first.
    Closed,
    /// To the next number. The file at `path` must never be opened again: after a failed sync the
    /// kernel takes its pages for clean, and a later sync would succeed without saving them.
    Poisoned,
    /// To this file.
    Open {
        file: Box<dyn LogFile>,
        /// A crash, or lines that were given up, left a part of a line at the end: it is ended
        /// before the next line.
        ends_mid_line: bool,
        /// Something that is not a log has taken the path. Once closed, the file is poisoned.
        is_blocked: bool,
    },
}

impl FileState {
    pub(super) fn file(&self) -> Option<&dyn LogFile> {
        match self {
            Self::Open { file, .. } => Some(&**file),
            Self::Closed | Self::Poisoned => None,
        }
    }

    /// Returns whether this is an open file with nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        let bytes = self.file().map(LogFile::len);
        bytes.is_some_and(|bytes| bytes.is_ok_and(|bytes| bytes == 0))
    }

    pub(super) fn open(file: Box<dyn LogFile>, ends_mid_line: bool) -> Self {
        Self::Open {
            file,
            ends_mid_line,
            is_blocked: false,
        }
    }

    /// Continues a file. It may end in the middle of a line that no process is writing: it was torn
    /// by a crash, which may leave half a line, or zeros where the data never came.
    pub(super) fn resume(mut file: Box<dyn LogFile>) -> io::Result<Self> {
        let is_mid_line = |last: Option<u8>| last.is_some_and(|byte| byte != b'\n');
        let mut ends_mid_line = is_mid_line(file.last_byte()?);
        if ends_mid_line {
            file.wait_for_writers();
            ends_mid_line = is_mid_line(file.last_byte()?);
        }
        Ok(Self::open(file, ends_mid_line))
    }
}
