//! What a disk in memory was told to refuse.

use std::{io, path::Path};

/// What can be made to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FsOp {
    CreateFolders,
    Open,
    Append,
    Sync,
    SyncFolder,
    Read,
    Replace,
    Point,
    /// At what stands at a path, at what is open, or at its last byte.
    Look,
    LockGuard,
    Remove,
    Rename,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    named: Vec<Fault>,
    /// Operations so far, whatever became of them.
    operations: u64,
    /// The operations by number that fail, whatever they are, and how.
    numbered: Option<(std::ops::Range<u64>, io::ErrorKind)>,
}

#[derive(Debug)]
struct Fault {
    op: FsOp,
    name: String,
    /// Operations that still succeed, then operations that fail.
    after: usize,
    times: usize,
    error: io::ErrorKind,
}

impl Faults {
    /// Makes operations on files or folders whose path contains `name` fail: `times` of them, once `after` have succeeded.
    pub(crate) fn add(
        &mut self,
        op: FsOp,
        name: &str,
        after: usize,
        times: usize,
        error: io::ErrorKind,
    ) {
        self.named.push(Fault {
            op,
            name: name.to_owned(),
            after,
            times,
            error,
        });
    }

    /// Makes operations fail whatever they are: the next after `after` others, and `times` in all.
    pub(crate) fn add_numbered(&mut self, after: u64, times: u64, error: io::ErrorKind) {
        let first = self.operations + after + 1;
        self.numbered = Some((first..first.saturating_add(times), error));
    }

    pub(crate) fn operations(&self) -> u64 {
        self.operations
    }

    pub(crate) fn clear(&mut self) {
        self.named.clear();
        self.numbered = None;
    }

    pub(crate) fn check(&mut self, op: FsOp, path: &Path) -> io::Result<()> {
        self.operations += 1;
        if let Some((numbers, error)) = &self.numbered {
            if numbers.contains(&self.operations) {
                return Err((*error).into());
            }
        }
        if self.named.is_empty() {
            return Ok(());
        }
        let path = path.to_string_lossy();
        let due = |failure: &&mut Fault| {
            failure.op == op && failure.times > 0 && path.contains(&failure.name)
        };
        match self.named.iter_mut().find(due) {
            Some(failure) if failure.after > 0 => {
                failure.after -= 1;
                Ok(())
            }
            Some(failure) => {
                failure.times -= 1;
                Err(failure.error.into())
            }
            None => Ok(()),
        }
    }
}
