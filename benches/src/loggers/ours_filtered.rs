//! chronologix with a stream that does not take what is logged.

use std::path::Path;

use chronologix::{Logger, debug};

use super::{Caller, Peer};
use crate::{Failure, order::Order};

#[chronologix::streams(quiet(min_level = "warn"))]
struct Streams;

/// A running logger.
pub(crate) struct OursFiltered(Logger);

pub(crate) struct Debugging;

impl Peer for OursFiltered {
    type Caller = Debugging;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let config = chronologix_streams::config().base_log_dir(dir);
        Ok(Self(config.start_blocking()?))
    }

    fn caller(&self) -> Result<Debugging, Failure> {
        Ok(Debugging)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Caller for Debugging {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let record = debug!(
            chronologix_streams::quiet,
            "order <> filled at <> for <>", order.number, order.price, order.name
        );
        record.detach();
    }
}
