//! logforth with its asynchronous appender, which blocks when its queue is full.

use std::{io::Write as _, path::Path};

use log::LevelFilter;
use logforth::{
    Diagnostic, Error, Layout,
    append::{asynchronous::AsyncBuilder, file::FileBuilder},
    bridge::log::LogBridge,
    record::Record,
};

use super::{Drained, Peer, QUEUE, log_crate::LogCrate};
use crate::{Failure, time_of_day::TimeOfDay};

/// The logger is installed for the whole process.
pub(crate) struct Logforth;

/// The line all others write, without its end.
#[derive(Debug)]
struct Line;

impl Layout for Line {
    fn format(
        &self,
        record: &Record<'_>,
        _diagnostics: &[Box<dyn Diagnostic>],
    ) -> Result<Vec<u8>, Error> {
        let mut line = Vec::new();
        let mut stamp = TimeOfDay::default();
        // A vector takes everything.
        let _ = write!(line, "[{}] {}", stamp.at(record.time()), record.payload());
        Ok(line)
    }
}

impl Peer for Logforth {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = FileBuilder::new(dir, "app")
            .filename_suffix("log")
            .layout(Line)
            .build()?;
        let queue = AsyncBuilder::new("logforth")
            .buffered_lines_limit(Some(QUEUE))
            .overflow_block()
            .append(file)
            .build();
        let logger = logforth::core::builder()
            .dispatch(|dispatch| dispatch.append(queue))
            .build();
        log::set_boxed_logger(Box::new(LogBridge::new(logger)))?;
        log::set_max_level(LevelFilter::Info);
        Ok(Self)
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        log::logger().flush();
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        log::logger().flush();
        Ok(())
    }
}
