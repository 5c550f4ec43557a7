//! chronologix without its macros: the caller formats, the queue carries the finished message.

use std::path::Path;

use chronologix::{Config, Logger, StreamHandle};

use super::{Caller, Drained, Peer, ours};
use crate::{Failure, order::Order};

/// A running logger with one stream.
pub(crate) struct OursHandle(Logger);

impl Peer for OursHandle {
    type Caller = StreamHandle;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let config = Config::new()
            .base_log_dir(dir)
            .stream("app")
            .timestamp_format("%H:%M:%S.%f");
        Ok(Self(config.start_blocking()?))
    }

    fn caller(&self) -> Result<StreamHandle, Failure> {
        Ok(self.0.stream("app")?)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        ours::drain(&self.0)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Caller for StreamHandle {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        // What became of it, the lines in the file tell.
        let _ = StreamHandle::log(
            self,
            format_args!("order {number} filled at {price} for {name}"),
        )
        .wait();
    }
}
