//! chronologix behind the `log` crate and behind tracing, by its bridges.

use std::path::Path;

use chronologix::{
    Config, Logger,
    bridge::{self, Routes},
};

use super::{Caller, Drained, Peer, log_crate::LogCrate, ours};
use crate::{Failure, order::Order};

/// The bridge is installed for the whole process.
pub(crate) struct OursLog(Logger);

/// The subscriber is installed for the whole process.
pub(crate) struct OursTracing(Logger);

/// Logs by `tracing::info!`.
pub(crate) struct Events;

fn start(dir: &Path) -> Result<Logger, Failure> {
    let config = Config::new()
        .base_log_dir(dir)
        .stream("app")
        .timestamp_format("%H:%M:%S.%f");
    Ok(config.start_blocking()?)
}

fn routes() -> Routes {
    Routes::new("app").without_target()
}

impl Peer for OursLog {
    type Caller = LogCrate;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let logger = start(dir)?;
        bridge::log::install(&logger, routes())?;
        Ok(Self(logger))
    }

    fn caller(&self) -> Result<LogCrate, Failure> {
        Ok(LogCrate)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        ours::drain(&self.0)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Peer for OursTracing {
    type Caller = Events;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let logger = start(dir)?;
        bridge::tracing::install(&logger, routes())?;
        Ok(Self(logger))
    }

    fn caller(&self) -> Result<Events, Failure> {
        Ok(Events)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        ours::drain(&self.0)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.0.stop_blocking()?)
    }
}

impl Caller for Events {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        tracing::info!("order {number} filled at {price} for {name}");
    }
}
