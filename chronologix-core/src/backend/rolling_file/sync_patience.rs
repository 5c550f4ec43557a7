//! How many files failing syncs make.

#[cfg(test)]
mod tests;

/// When a failed sync leads to another file: once so many syncs in a row have succeeded, of a file
/// that is not trusted as well. After each such file they are twice as many.
///
/// The first failure leads to another file at once. On a device that refuses every second sync, the
/// files stay as few as the episodes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SyncPatience {
    /// Successful syncs since the last failure.
    succeeded: u32,
    /// Successful syncs before the next file.
    needed: u32,
}

impl SyncPatience {
    /// The most successful syncs that are waited for.
    pub(crate) const MOST: u32 = 16;

    /// Returns whether a failure leads to another file.
    pub(super) fn is_over(self) -> bool {
        self.succeeded >= self.needed
    }

    /// Notes that there is another file.
    pub(super) fn begin_again(&mut self) {
        self.succeeded = 0;
        self.needed = (self.needed * 2).clamp(1, Self::MOST);
    }

    /// Counts a sync.
    pub(super) fn note(&mut self, is_synced: bool) {
        if is_synced {
            self.succeeded = self.succeeded.saturating_add(1);
        } else if !self.is_over() {
            self.succeeded = 0;
        }
    }
}
