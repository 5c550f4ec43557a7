//! spdlog-rs with its pool of one thread. Its queue blocks when full; its file sink buffers as much
//! as std does.

use std::{path::Path, sync::Arc};

use spdlog::{
    ErrorHandler, Logger, ThreadPool,
    formatter::{PatternFormatter, pattern},
    sink::{AsyncPoolSink, FileSink, OverflowPolicy},
};

use super::{Caller, Drained, Peer};
use crate::{Failure, order::Order};

/// A logger with one file.
pub(crate) struct SpdlogRs(Arc<Logger>);

/// A file below `dir` that gets whole lines of the form all others have.
pub(super) fn file(dir: &Path, name: &str) -> Result<Arc<FileSink>, Failure> {
    let lines = PatternFormatter::new(pattern!(
        "[{hour}:{minute}:{second}.{microsecond}] {payload}{eol}"
    ));
    Ok(FileSink::builder()
        .path(dir.join(name))
        .formatter(lines)
        .build_arc()?)
}

/// Puts the pool's queue in front of these files.
pub(super) fn pooled(
    pool: &Arc<ThreadPool>,
    files: impl IntoIterator<Item = Arc<FileSink>>,
) -> Result<Arc<Logger>, Failure> {
    let mut sink = AsyncPoolSink::builder()
        .thread_pool(Arc::clone(pool))
        .overflow_policy(OverflowPolicy::Block)
        // A line that failed is missed in the file.
        .error_handler(ErrorHandler::new(drop));
    for file in files {
        sink = sink.sink(file);
    }
    Ok(Logger::builder().sink(sink.build_arc()?).build_arc()?)
}

impl Peer for SpdlogRs {
    type Caller = Arc<Logger>;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let pool = ThreadPool::builder().build_arc()?;
        Ok(Self(pooled(&pool, [file(dir, "app.log")?])?))
    }

    fn caller(&self) -> Result<Arc<Logger>, Failure> {
        Ok(Arc::clone(&self.0))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        // A flush is one more task in the queue, and nothing reports when it was done.
        Ok(Drained::Unknown)
    }

    fn stop(self) -> Result<(), Failure> {
        // The last owner waits for the pool's thread and flushes the file.
        Arc::into_inner(self.0).ok_or("a caller still holds the logger")?;
        Ok(())
    }
}

impl Caller for Arc<Logger> {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        spdlog::info!(logger: self, "order {number} filled at {price} for {name}");
    }
}
