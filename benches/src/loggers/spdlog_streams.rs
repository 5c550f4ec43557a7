//! spdlog-rs with three loggers on one pool; that of errors has two files.

use std::{path::Path, sync::Arc};

use spdlog::{Logger, ThreadPool};

use super::{
    Caller, Drained, Peer, StreamsCaller,
    spdlog_rs::{file, pooled},
};
use crate::{Failure, order::Order};

/// The loggers by stream.
pub(crate) struct Spdlog([Arc<Logger>; 3]);

pub(crate) struct Loggers([Arc<Logger>; 3]);

impl Peer for Spdlog {
    type Caller = Loggers;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let pool = ThreadPool::builder().build_arc()?;
        let app = file(dir, "app.log")?;
        Ok(Self([
            pooled(&pool, [Arc::clone(&app)])?,
            pooled(&pool, [file(dir, "errors.log")?, app])?,
            pooled(&pool, [file(dir, "audit.log")?])?,
        ]))
    }

    fn caller(&self) -> Result<Loggers, Failure> {
        Ok(Loggers(self.0.clone()))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        Ok(Drained::Unknown)
    }

    fn stop(self) -> Result<(), Failure> {
        // The last owner of the pool waits for its thread, the last of a file flushes it.
        for logger in self.0 {
            Arc::into_inner(logger).ok_or("a caller still holds a logger")?;
        }
        Ok(())
    }
}

impl Caller for Loggers {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        Caller::log(&mut self.0[0], order);
    }
}

impl StreamsCaller for Loggers {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        Caller::log(&mut self.0[stream], order);
    }
}
