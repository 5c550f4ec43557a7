//! `flexi_logger` in the two of its modes that do not write line by line. Neither loses a line: the
//! channel of the one has no bound, and the other writes on the caller's thread.

use std::{io, marker::PhantomData, path::Path};

use flexi_logger::{DeferredNow, FileSpec, LoggerHandle, WriteMode};
use log::Record;

use super::{Drained, Peer, log_crate::LogCrate};
use crate::Failure;

/// The logger is installed for the whole process; this ends its threads.
pub(crate) struct FlexiLogger<M> {
    handle: LoggerHandle,
    mode: PhantomData<M>,
}

/// A mode of writing.
pub(crate) trait Mode {
    const MODE: WriteMode;
    /// What a flush comes to.
    const DRAINED: Drained;
}

/// A thread of its own writes.
pub(crate) struct ByThread;

impl Mode for ByThread {
    const MODE: WriteMode = WriteMode::Async;
    // A flush is one more message to the thread, and nothing reports when it was done.
    const DRAINED: Drained = Drained::Unknown;
}

/// Callers share a buffer by a mutex, and the one that fills it writes it.
pub(crate) struct ByCallers;

impl Mode for ByCallers {
    const MODE: WriteMode = WriteMode::BufferAndFlush;
    const DRAINED: Drained = Drained::InFile;
}

fn line(
    out: &mut dyn io::Write,
    now: &mut DeferredNow,
    record: &Record<'_>,
) -> Result<(), io::Error> {
    write!(out, "[{}] {}", now.format("%H:%M:%S%.6f"), record.args())
}

impl<M: Mode> Peer for FlexiLogger<M> {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = FileSpec::default()
            .directory(dir)
            .basename("app")
            .suppress_timestamp();
        let handle = flexi_logger::Logger::try_with_str("info")?
            .log_to_file(file)
            .format(line)
            .write_mode(M::MODE)
            .start()?;
        Ok(Self {
            handle,
            mode: PhantomData,
        })
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        self.handle.flush();
        Ok(M::DRAINED)
    }

    fn stop(self) -> Result<(), Failure> {
        self.handle.shutdown();
        Ok(())
    }
}
