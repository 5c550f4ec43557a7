//! chronologix with something beside its files that is broken: a hook, or the standard output.

use std::{future, marker::PhantomData, path::Path};

use chronologix::{Config, Echo, Hook, Logger, log};
use rustix::{fd::OwnedFd, pipe::pipe, stdio};

use super::{Caller, Drained, Peer, ours::drain};
use crate::{Failure, order::Order};

#[chronologix::streams(app)]
struct Streams;

/// A running logger with one sink, `B`.
pub(crate) struct OursSinks<B> {
    logger: Logger,
    sink: PhantomData<B>,
    _stdout: Option<BlockedStdout>,
}

/// What is broken.
pub(crate) trait Broken: Sized {
    fn add_to(config: Config) -> Config;

    /// What the process itself needs for that.
    fn prepare() -> Result<Option<BlockedStdout>, Failure> {
        Ok(None)
    }
}

/// A hook that never comes back.
pub(crate) struct SleepingHook;
/// A hook that panics at each record.
pub(crate) struct PanickingHook;
/// A standard output without a reader.
pub(crate) struct Stdout;

/// The other end of a standard output that is soon full.
pub(crate) struct BlockedStdout {
    _nobody_reads: OwnedFd,
}

impl Broken for SleepingHook {
    fn add_to(config: Config) -> Config {
        config.hook(Hook::new("sleeps", |_record| future::pending::<()>()))
    }
}

fn always_panics() -> impl Future<Output = ()> {
    future::poll_fn(|_context| panic!("as always"))
}

impl Broken for PanickingHook {
    fn add_to(config: Config) -> Config {
        config.hook(Hook::new("panics", |_record| always_panics()))
    }

    fn prepare() -> Result<Option<BlockedStdout>, Failure> {
        // Or else the text of each panic is what is measured.
        std::panic::set_hook(Box::new(|_panic| {}));
        Ok(None)
    }
}

impl Broken for Stdout {
    fn add_to(config: Config) -> Config {
        config.echo(Echo::stdout())
    }

    fn prepare() -> Result<Option<BlockedStdout>, Failure> {
        let (read, write) = pipe()?;
        stdio::dup2_stdout(&write)?;
        Ok(Some(BlockedStdout {
            _nobody_reads: read,
        }))
    }
}

impl<B: Broken> Peer for OursSinks<B> {
    type Caller = Waiting;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let stdout = B::prepare()?;
        let config = chronologix_streams::config()
            .base_log_dir(dir)
            .timestamp_format("%H:%M:%S.%f");
        Ok(Self {
            logger: B::add_to(config).start_blocking()?,
            sink: PhantomData,
            _stdout: stdout,
        })
    }

    fn caller(&self) -> Result<Waiting, Failure> {
        Ok(Waiting)
    }

    fn drain(&self) -> Result<Drained, Failure> {
        drain(&self.logger)
    }

    fn stop(self) -> Result<(), Failure> {
        Ok(self.logger.stop_blocking()?)
    }
}

/// Every record waits for room.
pub(crate) struct Waiting;

impl Caller for Waiting {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let record = log!(
            chronologix_streams::app,
            "order <> filled at <> for <>",
            order.number,
            order.price,
            order.name
        );
        // What became of it, the lines in the file tell.
        let _ = record.wait();
    }
}
