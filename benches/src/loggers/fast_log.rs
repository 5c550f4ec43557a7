//! `fast_log` with a bounded channel, which blocks when full. What its two threads have taken out
//! of it is bounded by nothing.

use std::path::Path;

use fast_log::{
    Config,
    appender::{Command, FastLogRecord, RecordFormat},
};

use super::{Drained, Peer, log_crate::LogCrate};
use crate::{Failure, time_of_day::TimeOfDay};

/// Records of its channel, as many as in its documentation.
const QUEUE: usize = 100_000;

/// The logger is installed for the whole process.
pub(crate) struct FastLog;

struct Lines;

impl RecordFormat for Lines {
    fn do_format(&self, record: &mut FastLogRecord) {
        if record.command == Command::CommandRecord {
            let mut stamp = TimeOfDay::default();
            record.formated = format!("[{}] {}\n", stamp.at(record.now), record.args);
        }
    }
}

impl Peer for FastLog {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = dir.join("app.log");
        let config = Config::new()
            .format(Lines)
            .chan_len(Some(QUEUE))
            .file(file.to_str().ok_or("not a path in UTF-8")?);
        fast_log::init(config)?;
        Ok(Self)
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        fast_log::flush()?.wait();
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        self.drain()?;
        Ok(fast_log::exit()?)
    }
}
