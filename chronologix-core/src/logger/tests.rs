//! The logger as a whole, on a disk in memory and with a clock that goes where it is sent.

mod context;
mod durability;
mod endings;
mod failures;
mod file_headers;
mod file_sizes;
mod flight_recorder;
mod full_queue;
mod levels;
mod life;
mod order;
mod preallocation;
mod rollover;

use std::{
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use super::start_on;
use crate::{
    Config, Error, Logger, ManualClock, config::tests::samples::config, fs::tests::sim::SimFs,
    queue::block_on::block_on,
};

/// 2025-05-04 14:30:00 UTC, in nanoseconds since 1970.
const HALF_PAST_TWO: i64 = 1_746_369_000 * 1_000_000_000;

const HOUR: Duration = Duration::from_secs(3600);

/// A logger on a disk in memory whose base is `/base`.
struct Bench {
    fs: SimFs,
    clock: ManualClock,
    logger: Logger,
}

impl Bench {
    fn new() -> Self {
        Self::with(config())
    }

    fn with(config: Config) -> Self {
        Self::on(&SimFs::with_folder("/base"), config).unwrap()
    }

    fn on(fs: &SimFs, config: Config) -> Result<Self, Error> {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
        let config = config.clock(clock.clone());
        let logger = block_on(start_on(config, Box::new(fs.clone())))?;
        Ok(Self {
            fs: fs.clone(),
            clock,
            logger,
        })
    }

    fn log(&self, stream: &str, message: &str) -> crate::LogFuture {
        self.logger
            .stream(stream)
            .unwrap()
            .log(format_args!("{message}"))
    }

    /// Logs a record and asks for its sync in such a way that the writer finds both in one round.
    fn log_and_ask(&self, stream: &str, message: &str) -> crate::frontend::future::ReceiptFuture {
        self.fs.hold();
        self.log("audit", "holds the writer").detach();
        self.fs.wait_until_held();
        let mut record = self.log(stream, message).synced();
        assert!(poll_once(&mut record).is_pending());
        self.fs.release();
        record
    }

    fn flush(&self) {
        block_on(self.logger.flush());
    }

    fn stop(&self) {
        self.logger.stop_blocking().unwrap();
    }

    /// The messages in a file below the base, without their timestamps.
    #[track_caller]
    fn messages(&self, path: &str) -> Vec<String> {
        messages(&self.fs, path)
    }
}

/// The messages in a file below `/base`, without their timestamps.
#[track_caller]
fn messages(fs: &SimFs, path: &str) -> Vec<String> {
    let text = fs
        .text(&format!("/base/{path}"))
        .unwrap_or_else(|| panic!("no file {path}"));
    let message = |line: &str| {
        line.split_once("] ")
            .map_or(line, |(_, rest)| rest)
            .to_owned()
    };
    text.lines().map(message).collect()
}

/// Polls a future once.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    struct Deaf;
    impl Wake for Deaf {
        fn wake(self: Arc<Self>) {}
    }
    let waker = Waker::from(Arc::new(Deaf));
    std::pin::Pin::new(future).poll(&mut Context::from_waker(&waker))
}
