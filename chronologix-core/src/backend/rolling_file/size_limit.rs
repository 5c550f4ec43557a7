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
    /// A file that is not larger has no record yet, but at most a header.
    pub(crate) header: u64,
}

impl SizeLimit {
    /// Returns how many bytes of `lines` the file takes, at least one, up to the end of a line.
    /// `None` if it does not even take a line: the next file is due. No line is split over two
    /// files: the rest of a line goes to the file that has its beginning, and a line that is longer
    /// than a file may be has a file to itself.
    pub(crate) fn capacity_for(self, lines: &[u8], is_mid_line: bool) -> Option<usize> {
        let all = lines.len();
        let Some(max) = self.max else {
            return Some(all);
        };
        let room = usize::try_from(max.saturating_sub(self.bytes)).unwrap_or(usize::MAX);
        if all <= room {
            return Some(all);
        }
        let end_of = |found: Option<usize>| found.map(|at| at + 1);
        if let Some(fitting) = end_of(lines[..room].iter().rposition(|byte| *byte == b'\n')) {
            return Some(fitting);
        }
        if self.bytes <= self.header || is_mid_line {
            let first = lines.iter().position(|byte| *byte == b'\n');
            return Some(end_of(first).unwrap_or(all));
        }
        None
    }

    /// Returns whether a file of this size takes anything.
    pub(crate) fn has_room(self, bytes: u64) -> bool {
        self.max.is_none_or(|max| bytes < max)
    }
}
