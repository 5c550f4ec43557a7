//! chronologix, by its macros.

use std::{marker::PhantomData, path::Path, time::Duration};

use chronologix::{LogFuture, Logger, log};

use super::{Caller, Drained, DurableCaller, Peer};
use crate::{Failure, order::Order};

/// The streams.
#[chronologix::streams(app, audit(durability = "synced"))]
struct Streams;

/// How long a drain may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running logger whose callers treat their records in the way `W`.
pub(crate) struct Ours<W> {
    logger: Logger,
    way: PhantomData<W>,
}

/// Records of stream `app` wait for room.
pub(crate) struct Waiting;
/// Records of stream `app` are left alone.
pub(crate) struct Detached;
/// Records go to stream `audit`, whose every record is synced.
pub(crate) struct Synced;
/// Records go to stream `app`, each asked to be synced.
pub(crate) struct Asked;
/// Records go to stream `app`, each asked to be written.
pub(crate) struct Written;

/// Waits until every byte is in the files.
pub(super) fn drain(logger: &Logger) -> Result<Drained, Failure> {
    match logger.flush_blocking(PATIENCE).remaining {
        0 => Ok(Drained::InFile),
        remaining => Err(format!("{remaining} records remain after a flush").into()),
    }
}

impl<W: Way> Peer for Ours<W> {
    type Caller = W;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let logger = chronologix_streams::config()
            .base_log_dir(dir)
            .timestamp_format("%H:%M:%S.%f")
            .start_blocking()?;
        Ok(Self {
            logger,
            way: PhantomData,
        })
    }

    fn caller(&self) -> Result<W, Failure> {
        Ok(W::NEW)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        drain(&self.logger)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.logger.stop_blocking()?)
    }
}

/// A way to treat records.
pub(crate) trait Way: Caller {
    const NEW: Self;
}

#[inline]
fn app(order: &Order<'_>) -> LogFuture {
    log!(
        chronologix_streams::app,
        "order <> filled at <> for <>",
        order.number,
        order.price,
        order.name
    )
}

#[inline]
fn audit(order: &Order<'_>) -> LogFuture {
    log!(
        chronologix_streams::audit,
        "order <> filled at <> for <>",
        order.number,
        order.price,
        order.name
    )
}

impl Way for Waiting {
    const NEW: Self = Self;
}

impl Caller for Waiting {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        // What became of it, the lines in the file tell.
        let _ = app(order).wait();
    }

    #[inline]
    async fn log_async(&mut self, order: &Order<'_>) {
        let _ = app(order).await;
    }
}

impl Way for Detached {
    const NEW: Self = Self;
}

impl Caller for Detached {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        app(order).detach();
    }
}

impl Way for Synced {
    const NEW: Self = Self;
}

impl Caller for Synced {
    fn log(&mut self, order: &Order<'_>) {
        audit(order).detach();
    }
}

impl DurableCaller for Synced {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(audit(order).wait().into_result()?)
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(audit(order).await.into_result()?)
    }
}

impl Way for Asked {
    const NEW: Self = Self;
}

impl Caller for Asked {
    fn log(&mut self, order: &Order<'_>) {
        app(order).detach();
    }
}

impl DurableCaller for Asked {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(app(order).synced().wait()?)
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(app(order).synced().await?)
    }
}

impl Way for Written {
    const NEW: Self = Self;
}

impl Caller for Written {
    fn log(&mut self, order: &Order<'_>) {
        app(order).detach();
    }
}

impl DurableCaller for Written {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(app(order).written().wait()?)
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        Ok(app(order).written().await?)
    }
}
