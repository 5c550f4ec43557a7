//! The operations that are to fail.

use std::{io, path::Path};

use super::{FsOp, shown};

/// All faults of one file system.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    named: Vec<Fault>,
    /// Operations so far, failed ones included.
    operations: u64,
    /// The operations that fail by their number, and how.
    numbered: Option<(std::ops::Range<u64>, io::ErrorKind)>,
}

/// Operations of one kind on some paths that fail.
#[derive(Debug)]
struct Fault {
    op: FsOp,
    name: String,
    /// How many still succeed, and how many fail then.
    after: usize,
    times: usize,
    error: io::ErrorKind,
}

impl Faults {
    /// Makes `times` operations on files or folders whose path contains `name` fail, once `after`
    /// have succeeded.
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

    /// Makes `times` operations of any kind fail, once `after` have been done.
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

    /// Ends the failures with this error.
    pub(crate) fn end(&mut self, error: io::ErrorKind) {
        self.named.retain(|fault| fault.error != error);
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
        let path = shown(path);
        let is_due =
            |fault: &&mut Fault| fault.op == op && fault.times > 0 && path.contains(&fault.name);
        match self.named.iter_mut().find(is_due) {
            Some(fault) if fault.after > 0 => {
                fault.after -= 1;
                Ok(())
            }
            Some(fault) => {
                fault.times -= 1;
                Err(fault.error.into())
            }
            None => Ok(()),
        }
    }
}
