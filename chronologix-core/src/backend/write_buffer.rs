//! The lines of one batch on their way to one file.

use std::ops::Range;

/// Lines for a file. They are kept until the batch is committed, so that they can be written again
/// to another file.
#[derive(Debug, Default)]
pub(crate) struct WriteBuffer {
    pub(crate) lines: Vec<u8>,
    /// Bytes of `lines` that are in the file, or in full files before it.
    pub(crate) written: usize,
    /// Bytes of `lines` that are in full files, and are not written again.
    sealed: usize,
    attempt: Attempt,
}

/// How often the lines were written. After a failed sync they are written again, but only once: a
/// disk that refuses every sync would fill up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Attempt {
    #[default]
    First,
    Second,
    /// The second file could not be synced either, so some lines are durable nowhere.
    Lost,
}

impl WriteBuffer {
    pub(crate) fn is_written(&self) -> bool {
        debug_assert!(self.sealed <= self.written && self.written <= self.lines.len());
        self.written == self.lines.len()
    }

    /// Returns where the line that begins at `from` ends, with those that continue it.
    pub(crate) fn end_of_line(&self, from: usize) -> usize {
        let mut ends = (from..self.lines.len()).filter(|at| self.lines[*at] == b'\n');
        let is_last = |at: &usize| self.lines.get(at + 1) != Some(&b'\t');
        ends.find(is_last).map_or(self.lines.len(), |at| at + 1)
    }

    /// Gives up what is written of a line that is not there as a whole. Returns its bytes.
    pub(crate) fn give_up_torn_line(&mut self) -> &[u8] {
        let (mut end, written) = (0, self.written);
        while end <= written && end < self.lines.len() {
            self.written = end;
            end = self.end_of_line(end);
        }
        if end <= written {
            self.written = end;
        }
        &self.lines[self.written..written]
    }

    /// Returns the bytes of `lines` that the file they are in has now.
    pub(crate) fn in_file(&self) -> Range<usize> {
        self.sealed..self.written
    }

    /// Returns whether a part of a line is in the file.
    pub(crate) fn is_mid_line(&self) -> bool {
        let last = self.lines[..self.written].last();
        self.written < self.lines.len() && last.is_some_and(|byte| *byte != b'\n')
    }

    /// Goes back to the beginning of a line, because another file follows.
    pub(crate) fn rewind_to_line(&mut self) {
        let mut written = self.lines[..self.written].iter();
        let newline = written.rposition(|byte| *byte == b'\n');
        self.written = newline.map_or(0, |at| at + 1);
    }

    /// Goes back to the first line of the file, because the file is lost.
    pub(crate) fn rewind(&mut self) {
        self.written = self.sealed;
    }

    /// Goes back to the first line of the file, because the file could not be synced.
    pub(crate) fn rewind_for_second_attempt(&mut self) {
        if self.attempt == Attempt::First {
            self.attempt = Attempt::Second;
        }
        self.rewind();
    }

    /// Takes note that the file is full and that the next lines are for another one.
    pub(crate) fn seal(&mut self) {
        self.sealed = self.written;
    }

    /// The same, if the full file could not be synced. Its lines are written again the first time.
    /// Returns whether they are.
    pub(crate) fn seal_unsynced(&mut self) -> bool {
        let is_first = self.attempt == Attempt::First;
        if is_first {
            self.rewind_for_second_attempt();
        } else {
            self.attempt = Attempt::Lost;
            self.seal();
        }
        is_first
    }

    /// Returns whether lines were lost since the last call.
    pub(crate) fn take_lost(&mut self) -> bool {
        let is_lost = self.attempt == Attempt::Lost;
        if is_lost {
            self.attempt = Attempt::Second;
        }
        is_lost
    }

    /// Forgets all lines, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.written = 0;
        self.sealed = 0;
        self.attempt = Attempt::First;
    }
}
