//! Lines that are written again, because the file they are in could not be synced.
//!
//! They are cut from that file once they stand in the next one. Where other loggers may be writing
//! to it, that is not possible. Then a line at the beginning of the new file says which bytes stand
//! in both, so that a reader can show them once.

use std::{ops::Range, path::Path};

use chronologix_schema::layout::{Repeat, push_json_string};

use super::{RollingFile, size_limit::SizeLimit};
use crate::{backend::write_buffer::WriteBuffer, fs::traits::LogFile};

#[cfg(test)]
mod tests;

/// A file that could not be synced.
#[derive(Debug)]
pub(super) struct Superseded {
    file: Box<dyn LogFile>,
    name: String,
    /// The bytes of the buffer in it.
    bytes: Range<usize>,
    /// A line says that they stand in two files.
    pub(super) is_marked: bool,
}

impl Superseded {
    pub(super) fn new(file: Box<dyn LogFile>, path: &Path, bytes: Range<usize>) -> Self {
        let name = path.file_name().unwrap_or_default();
        Self {
            file,
            name: name.to_string_lossy().into_owned(),
            bytes,
            is_marked: false,
        }
    }

    /// Returns the line that says where the lines to be written stand already. `None` if they do
    /// not, or if the system cannot tell where.
    pub(super) fn mark(&mut self, buffer: &WriteBuffer) -> Option<Vec<u8>> {
        let repeated = buffer.lines.get(buffer.written..self.bytes.end)?;
        let end = self.file.position().ok()?;
        let begin = end.checked_sub(repeated.len() as u64)?;
        if repeated.is_empty() {
            return None;
        }
        let file = self.name.clone();
        let bytes = begin..end;
        Some(line_like(repeated, &Repeat { file, bytes }.to_string()))
    }

    /// Removes the lines from the file, unless a line says that they stand in two.
    pub(super) fn cut(mut self, buffer: &WriteBuffer) {
        if !self.is_marked {
            // Best effort: a disk that refuses leaves the lines twice.
            let _ = self.file.cut_back(&buffer.lines[self.bytes]);
        }
    }
}

impl RollingFile {
    /// Lets a new file begin with a line that says what is repeated in it, if other loggers may
    /// write to the one before: its lines cannot be removed then.
    pub(super) fn mark_repeats(&mut self, buffer: &WriteBuffer) {
        let Some(superseded) = &mut self.superseded else {
            return;
        };
        let mut is_alone = false;
        if let Some(lock) = self.lock.upgrade() {
            lock.while_alone(&mut || is_alone = true);
        }
        if is_alone || !self.state.is_empty() {
            return;
        }
        let Some(mark) = superseded.mark(buffer) else {
            return;
        };
        let limit = SizeLimit {
            bytes: mark.len() as u64,
            ..self.limit
        };
        let lines = &buffer.lines[buffer.written..];
        if limit.capacity_for(lines, false).is_some() {
            superseded.is_marked = true;
            self.beginning.set_mark(mark);
        }
    }

    pub(crate) fn has_superseded(&self) -> bool {
        self.superseded.is_some()
    }

    /// Removes the lines from the file before this one if they are in this one by now, so that no
    /// line stands twice. To be called when no other logger writes to the folder.
    pub(crate) fn cut_superseded(&mut self, buffer: &WriteBuffer) {
        let is_repeated = |superseded: &mut Superseded| superseded.bytes.end <= buffer.written;
        if let Some(superseded) = self.superseded.take_if(is_repeated) {
            superseded.cut(buffer);
        }
    }
}

/// Returns a line with this message, with the timestamp and the stream of the first of `lines`.
fn line_like(lines: &[u8], message: &str) -> Vec<u8> {
    let end = |head: &[u8]| lines.windows(head.len()).position(|found| found == head);
    let mut line = Vec::new();
    let json = (
        end(br#"","level":"#),
        end(br#","stream":"#),
        end(br#","message":"#),
    );
    if let (b'{', (Some(level), Some(stream), Some(text))) = (lines[0], json) {
        line.extend_from_slice(&lines[..level]);
        line.extend_from_slice(br#"","level":"WARN""#);
        line.extend_from_slice(&lines[stream..text]);
        line.extend_from_slice(br#","message":"#);
        push_json_string(&mut line, message);
        line.extend_from_slice(b"}\n");
        return line;
    }
    let stamp = end(b"] ").map_or(0, |end| end + 2);
    line.extend_from_slice(&lines[..stamp]);
    line.extend_from_slice(b"[WARN] ");
    line.extend_from_slice(message.as_bytes());
    line.push(b'\n');
    line
}
