//! Loggers without files: the console takes their place, so the writer waits for it as it waits for
//! a disk.

use std::{
    io::{Error, ErrorKind},
    path::Path,
};

use super::{retry::Operation, writer::Writer};
use crate::{DiskError, sinks::WriteError, stats::Counters};

impl Writer {
    /// Writes the lines of the batch to the console. Returns `false` if not all are written yet.
    /// The next call continues then.
    ///
    /// Once the reader of an output has gone, records with lines for it fail, and nothing waits for
    /// it: a program whose output is piped into `head` goes on.
    pub(super) fn write_to_console(&mut self) -> bool {
        let (bytes, written) = self.dispatcher.lines.sinks.write();
        Counters::add(&self.shared.counters.bytes_written, bytes);
        let Err((output, failure)) = written else {
            return true;
        };
        let failed = |error| DiskError::new("write to", Path::new(output), error);
        match failure {
            WriteError::Gone(error) => {
                let error = failed(error);
                let group = &mut self.group_commit;
                group.fail_batch(&self.shared, &self.merger, &error);
                self.errors.lose(&self.shared, &error);
                return true;
            }
            // A reader that pauses, such as a pager, is not reported.
            WriteError::Slow => {
                let why = Error::new(ErrorKind::TimedOut, "nothing reads it");
                self.errors.hold(&failed(why));
            }
            WriteError::Failed(error) => {
                let error = failed(error);
                self.errors.record(&self.shared, Operation::Write, &error);
            }
        }
        false
    }
}
