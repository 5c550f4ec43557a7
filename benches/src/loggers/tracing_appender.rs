//! tracing with tracing-appender, set to wait for room instead of losing lines.

use std::{
    fmt,
    fs::File,
    io,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::{format::Writer, time::FormatTime};

use super::{Caller, Peer};
use crate::{Failure, order::Order, stamp};

/// The subscriber is installed for the whole process; this ends its worker.
pub(crate) struct TracingAppender {
    guard: WorkerGuard,
    lines: Arc<Lines>,
}

/// Lines called for and lines in the file. Ending the worker while lines are queued loses them: its guard waits for a second at most.
#[derive(Default)]
struct Lines {
    logged: AtomicU64,
    written: AtomicU64,
}

/// The file, counting the lines it got.
struct Counting(File, Arc<Lines>);

pub(crate) struct Events {
    lines: Arc<Lines>,
    logged: u64,
}

/// The time of day with microseconds, in brackets as all others have it.
struct TimeOfDay;

impl Peer for TracingAppender {
    type Caller = Events;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = File::options()
            .append(true)
            .create(true)
            .open(dir.join("app.log"))?;
        let lines = Arc::<Lines>::default();
        let (writer, guard) = NonBlockingBuilder::default()
            .lossy(false)
            .finish(Counting(file, Arc::clone(&lines)));
        let subscriber = tracing_subscriber::fmt()
            .with_writer(writer)
            .with_ansi(false)
            .with_target(false)
            .with_level(false)
            .with_timer(TimeOfDay)
            .finish();
        tracing::subscriber::set_global_default(subscriber)?;
        Ok(Self { guard, lines })
    }

    fn caller(&self) -> Result<Events, Failure> {
        Ok(Events {
            lines: Arc::clone(&self.lines),
            logged: 0,
        })
    }

    fn drain(&self) -> Result<(), Failure> {
        while self.lines.written.load(Ordering::Acquire) < self.lines.logged.load(Ordering::Acquire)
        {
            thread::sleep(Duration::from_micros(100));
        }
        Ok(())
    }

    fn stop(self) -> Result<(), Failure> {
        drop(self.guard);
        Ok(())
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
        self.logged += 1;
    }

    fn end(self) -> Result<(), Failure> {
        self.lines.logged.fetch_add(self.logged, Ordering::Release);
        Ok(())
    }
}

impl io::Write for Counting {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // The worker hands over one whole line at a time.
        self.0.write_all(line)?;
        self.1.written.fetch_add(1, Ordering::Release);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_char('[')?;
        stamp::write_now(writer)?;
        writer.write_char(']')
    }
}
