//! The lines on their way to a file.

/// Kept whole until they are where they should be, so that they can be written again elsewhere.
#[derive(Debug, Default)]
pub(crate) struct WriteBuffer {
    pub(crate) lines: Vec<u8>,
    /// Bytes of `lines` that the file has, and those before it that were full.
    pub(crate) done: usize,
    /// Bytes of `lines` that are in files that were full, and are written to no other.
    pub(crate) left: usize,
    /// Lines were written again, for they were in a file that could not be synced. Once is enough: a disk that refuses every sync would fill up.
    pub(crate) was_rewound: bool,
}

impl WriteBuffer {
    /// Whether the file has all of it.
    pub(crate) fn is_done(&self) -> bool {
        self.done == self.lines.len()
    }

    /// Lines that are not in the file.
    pub(crate) fn count_lines(&self) -> u64 {
        self.lines[self.done..]
            .split(|byte| *byte == b'\n')
            .skip(1)
            .count() as u64
    }

    /// Whether the file has a part of a line.
    pub(crate) fn is_mid_line(&self) -> bool {
        self.done < self.lines.len()
            && self.lines[..self.done]
                .last()
                .is_some_and(|byte| *byte != b'\n')
    }

    /// The file is another one than before: it gets no half lines.
    pub(crate) fn rewind_to_line(&mut self) {
        let written = &self.lines[..self.done];
        self.done = written
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
    }

    /// What the file had of it is lost: another gets it.
    pub(crate) fn rewind(&mut self) {
        self.done = self.left;
    }

    /// The file is full.
    pub(crate) fn leave(&mut self) {
        self.left = self.done;
    }

    /// Forgets all lines.
    pub(crate) fn clear(&mut self) {
        self.lines.clear();
        self.done = 0;
        self.left = 0;
        self.was_rewound = false;
    }
}
