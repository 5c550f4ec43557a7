//! When a file is full, and the next number is due.

#[cfg(test)]
mod tests;

/// How large a file may become, and how large it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimit {
    /// `None`: there is no limit.
    pub(crate) max: Option<u64>,
    /// The size when the file system was last asked, and what was written since. Kept only if there
    /// is a limit.
    pub(crate) bytes: u64,
}

/// How many of the next bytes a file takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Capacity {
    /// So many, at least one, up to the end of a line.
    Bytes(usize),
    /// Not even a line: the next file is due.
    Full,
}

impl SizeLimit {
    /// Returns how many bytes of `lines` the file takes. No line is split over two files: the rest
    /// of a line goes to the file that has its beginning, and a line that is longer than a file may
    /// be has a file to itself.
    pub(crate) fn capacity_for(self, lines: &[u8], is_mid_line: bool) -> Capacity {
        let all = lines.len();
        let Some(max) = self.max else {
            return Capacity::Bytes(all);
        };
        let room = usize::try_from(max.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        if all <= room {
            return Capacity::Bytes(all);
        }
        let end_of = |found: Option<usize>| found.map(|at| at + 1);
        if let Some(fitting) = end_of(lines[..room].iter().rposition(|byte| *byte == b'\n')) {
            return Capacity::Bytes(fitting);
        }
        if self.bytes == 0 || is_mid_line {
            let first = lines.iter().position(|byte| *byte == b'\n');
            return Capacity::Bytes(end_of(first).unwrap_or(all));
        }
        Capacity::Full
    }

    /// Returns whether a file of this size takes anything.
    pub(crate) fn has_room(self, bytes: u64) -> bool {
        self.max.is_none_or(|max| bytes < max)
    }
}
