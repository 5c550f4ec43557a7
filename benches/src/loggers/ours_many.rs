//! chronologix with as many streams as are asked for, made at runtime.

use std::path::Path;

use chronologix::{Config, Logger, StreamHandle};

use super::{Caller, Drained, Peer, StreamsCaller, ours};
use crate::{Failure, order::Order};

/// A running logger, and how many streams it has.
pub(crate) struct OursMany {
    logger: Logger,
    streams: usize,
}

/// The handles by stream.
pub(crate) struct Handles(Vec<StreamHandle>);

fn name(stream: usize) -> String {
    format!("stream-{stream}")
}

impl Peer for OursMany {
    type Caller = Handles;

    fn start(dir: &Path, streams: usize) -> Result<Self, Failure> {
        let config = Config::new()
            .base_log_dir(dir)
            .streams((0..streams).map(name))
            .timestamp_format("%H:%M:%S.%f");
        Ok(Self {
            logger: config.start_blocking()?,
            streams,
        })
    }

    fn caller(&self) -> Result<Handles, Failure> {
        let handles = (0..self.streams).map(|stream| self.logger.stream(&name(stream)));
        Ok(Handles(handles.collect::<Result<_, _>>()?))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        ours::drain(&self.logger)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.logger.stop_blocking()?)
    }
}

impl Caller for Handles {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        self.log_to(0, order);
    }
}

impl StreamsCaller for Handles {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        Caller::log(&mut self.0[stream], order);
    }
}
