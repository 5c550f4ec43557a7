//! What stands in a file before its first record: the header, and the line about repeats.

use std::{io, path::Path};

use chronologix_schema::layout::{
    FileHeader,
    file_name::{MOST_NUMBERS, with_number},
};

use crate::{Format, fs::traits::LogFile, process_id};

/// What is written to a file before its first record.
#[derive(Debug, Default)]
pub(super) struct Beginning {
    /// The stream of files that begin with a header, and what its lines are.
    header: Option<(String, Format)>,
    /// A file was opened, and may be without its header.
    is_header_due: bool,
    /// What is left to write of the header of the open file.
    header_left: Vec<u8>,
    /// What is left to write of the line about repeats.
    mark_left: Vec<u8>,
}

impl Beginning {
    /// Lets files begin with a header. Returns the bytes that it takes at most.
    pub(super) fn set_header(
        &mut self,
        stream: &str,
        format: Format,
        folder: &Path,
        name: &str,
    ) -> u64 {
        self.header = Some((stream.to_owned(), format));
        let longest = folder.join(with_number(name, MOST_NUMBERS));
        self.header_line(&longest).len() as u64
    }

    /// Takes note that a file was opened. The rest of a header does not go to another file.
    pub(super) fn file_opened(&mut self) {
        self.is_header_due = self.header.is_some();
        self.header_left.clear();
    }

    /// Lets the open file have a line about repeats, behind its header.
    pub(super) fn set_mark(&mut self, mark: Vec<u8>) {
        self.mark_left = mark;
    }

    /// Gives up what is left.
    pub(super) fn clear(&mut self) {
        self.header_left.clear();
        self.mark_left.clear();
    }

    /// Returns whether anything is to be written before the next line.
    pub(super) fn is_due(&self) -> bool {
        self.is_header_due || self.is_begun()
    }

    /// Returns whether the header or the line about repeats is not written to its end.
    pub(super) fn is_begun(&self) -> bool {
        !(self.header_left.is_empty() && self.mark_left.is_empty())
    }

    /// Writes some of what is due. Returns how many bytes were written.
    pub(super) fn write(&mut self, file: &mut dyn LogFile, path: &Path) -> io::Result<usize> {
        if self.is_header_due {
            let line = self.header_line(path);
            let taken = file.append_first(&line)?;
            self.is_header_due = false;
            if let Some(taken) = taken {
                self.header_left = line[taken..].to_vec();
            }
            return Ok(taken.unwrap_or(0));
        }
        let left = if self.header_left.is_empty() {
            &mut self.mark_left
        } else {
            &mut self.header_left
        };
        let taken = file.append(left)?;
        left.drain(..taken);
        Ok(taken)
    }

    /// Returns the header of the file at a path, with its newline. Nothing without headers.
    fn header_line(&self, path: &Path) -> Vec<u8> {
        let Some((stream, format)) = &self.header else {
            return Vec::new();
        };
        let name = |path: Option<&Path>| {
            let name = path.and_then(Path::file_name).unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let header = FileHeader {
            stream: stream.clone(),
            folder: name(path.parent()),
            file: name(Some(path)),
            run: format!("{:016x}", process_id::run_id()),
        };
        let mut line = match format {
            Format::Json => header.to_json(),
            _ => header.to_string(),
        };
        line.push('\n');
        line.into_bytes()
    }
}
