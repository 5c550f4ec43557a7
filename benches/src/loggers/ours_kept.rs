//! chronologix with a stream that keeps in memory what it does not take.

use std::path::Path;

use chronologix::{Logger, trace};

use super::{Caller, Drained, Peer, ours::drain};
use crate::{Failure, order::Order};

#[chronologix::streams(recorder(min_level = "info", keep = "trace", last = "64MiB"))]
struct Streams;

/// A running logger. What it has kept is written when it is drained.
pub(crate) struct OursKept(Logger);

pub(crate) struct Tracing;

impl Peer for OursKept {
    type Caller = Tracing;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let config = chronologix_streams::config()
            .base_log_dir(dir)
            .timestamp_format("%H:%M:%S.%f");
        Ok(Self(config.start_blocking()?))
    }

    fn caller(&self) -> Result<Tracing, Failure> {
        Ok(Tracing)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        self.0.dump("recorder")?;
        drain(&self.0)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Caller for Tracing {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let record = trace!(
            chronologix_streams::recorder,
            "order <> filled at <> for <>", order.number, order.price, order.name
        );
        record.detach();
    }
}
