//! The writer, one round at a time on this thread: what it tells whom, and when.

pub(crate) mod dedup;
pub(crate) mod dispatch;
pub(crate) mod retry;
pub(crate) mod rolling_files;
pub(crate) mod rollover;

mod acknowledgements;
mod catalogue;
// Not run in models, and long in being compiled for them.
#[cfg(not(loom))]
mod crash_model;
mod deletions;
mod ended_threads;
mod failed_syncs;
mod full_disk;
mod sharing;
mod statements;

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::writer::{Round, SharedState, Writer};
use crate::{
    Config, LogError, LogFuture, ManualClock, StreamHandle,
    config::tests::samples::config,
    frontend::future::ReceiptFuture,
    fs::{tests::sim::SimFs, traits::FileSystem},
    logger::share,
    queue::command::Command,
};

/// 2025-05-04 14:30:00 UTC, in nanoseconds since 1970.
const HALF_PAST_TWO: i64 = 1_746_369_000 * 1_000_000_000;

const HOUR: Duration = Duration::from_secs(3600);

const APP: &str = "2025-05-04__14-00/app.log";
const ERRORS: &str = "2025-05-04__14-00/errors.log";
const AUDIT: &str = "2025-05-04__14-00/audit.log";

/// A writer without a thread.
struct Desk {
    fs: SimFs,
    clock: ManualClock,
    shared: Arc<SharedState>,
    writer: Writer,
}

impl Desk {
    fn new() -> Self {
        Self::with(config())
    }

    fn with(config: Config) -> Self {
        let fs = SimFs::with_folder("/base");
        Self::on(&fs, Box::new(fs.clone()), config)
    }

    /// `door` is the way to `fs`.
    fn on(fs: &SimFs, door: Box<dyn FileSystem>, config: Config) -> Self {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp_nanos(HALF_PAST_TWO));
        let config = config.clock(clock.clone());
        let shared = Arc::new(share(config.check().unwrap(), &config));
        let writer = Writer::open(Arc::clone(&shared), door).unwrap();
        Self {
            fs: fs.clone(),
            clock,
            shared,
            writer,
        }
    }

    fn round(&mut self) -> Round {
        self.writer.round()
    }

    /// Rounds until there is nothing to do.
    #[track_caller]
    fn settle(&mut self) {
        for _ in 0..10 {
            if self.round() == Round::Idle {
                return;
            }
        }
        panic!("the writer does not come to rest");
    }

    fn stream(&self, name: &str) -> StreamHandle {
        let streams = &self.shared.settings.streams;
        let index = streams.iter().position(|stream| stream.name == name);
        let index = index.unwrap().try_into().unwrap();
        StreamHandle {
            queues: Arc::clone(&self.shared.queues),
            name: name.into(),
            index,
            context: None,
        }
    }

    fn log(&self, stream: &str, message: &str) -> LogFuture {
        self.stream(stream).log(format_args!("{message}"))
    }

    /// Asks for a flush; the answer says whether it was given.
    fn flush(&self) -> impl FnMut() -> bool + use<> {
        let commands = &self.shared.queues.channel.commands;
        let mut answer = commands.send(Command::Flush).unwrap();
        move || poll_once(&mut answer).is_some()
    }

    fn text(&self, path: &str) -> Option<String> {
        self.fs.text(&format!("/base/{path}"))
    }

    /// The messages in a file below `/base`, without their timestamps.
    #[track_caller]
    fn messages(&self, path: &str) -> Vec<String> {
        let text = self.text(path).unwrap_or_else(|| panic!("no file {path}"));
        let message = |line: &str| match line.split_once("] ") {
            Some((_, rest)) => rest.to_owned(),
            None => line.to_owned(),
        };
        text.lines().map(message).collect()
    }

    /// The interval folders there are.
    fn folders(&self) -> Vec<String> {
        let mut names = self.fs.list("/base");
        names.retain(|name| name.starts_with("20"));
        names
    }
}

/// Polls once; gives what is ready.
fn poll_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    match Pin::new(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    }
}

/// Asks for a durability; it must not be reached yet.
#[track_caller]
fn pending(mut record: ReceiptFuture) -> ReceiptFuture {
    let outcome = poll_once(&mut record);
    assert!(outcome.is_none(), "{outcome:?}");
    record
}

#[track_caller]
fn ready(mut record: ReceiptFuture) -> Result<(), LogError> {
    poll_once(&mut record).expect("the record is not ready")
}
