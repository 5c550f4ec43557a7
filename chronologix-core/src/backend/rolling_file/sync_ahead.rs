//! Files of one batch that are synced side by side, before the outcomes are looked at one by one.

use std::io;

use super::{RollingFile, file_state::FileState};
use crate::fs::traits::{FileSystem, LogFile};

/// What is left of an open file while it is away.
struct Lent<'a> {
    from: &'a mut RollingFile,
    ends_mid_line: bool,
    is_blocked: bool,
}

/// Syncs those of the files that have unsynced data, if there are several. [`RollingFile::sync`]
/// then finds the outcomes.
pub(crate) fn sync_ahead<'a>(
    fs: &dyn FileSystem,
    files: impl Iterator<Item = &'a mut RollingFile>,
) {
    let mut due = files.filter(|file| file.can_sync_ahead());
    let (Some(first), Some(second)) = (due.next(), due.next()) else {
        return;
    };
    let (mut lent, mut files) = (Vec::new(), Vec::new());
    for from in [first, second].into_iter().chain(due) {
        let state = std::mem::replace(&mut from.state, FileState::Closed);
        let FileState::Open {
            file,
            ends_mid_line,
            is_blocked,
        } = state
        else {
            from.state = state;
            continue;
        };
        files.push(file);
        lent.push(Lent {
            from,
            ends_mid_line,
            is_blocked,
        });
    }
    let synced = fs.sync_files(files);
    debug_assert_eq!(synced.len(), lent.len(), "every file comes back");
    for (lent, (file, outcome)) in lent.into_iter().zip(synced) {
        lent.take_back(file, outcome);
    }
}

impl Lent<'_> {
    fn take_back(self, file: Box<dyn LogFile>, outcome: io::Result<()>) {
        self.from.state = FileState::Open {
            file,
            ends_mid_line: self.ends_mid_line,
            is_blocked: self.is_blocked,
        };
        self.from.synced_ahead = Some(outcome);
    }
}

impl RollingFile {
    /// Returns whether the next sync is one of the open file, and of nothing before it.
    fn can_sync_ahead(&self) -> bool {
        self.is_unsynced && self.is_open() && self.earlier_failure.is_none()
    }
}
