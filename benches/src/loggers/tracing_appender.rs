//! tracing with tracing-appender, set to wait for room instead of losing lines.

use std::{fmt, path::Path, sync::Arc};

use tracing_appender::non_blocking::{NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::{format::Writer, time::FormatTime};

use super::{Caller, Drained, Peer};
use crate::{
    Failure,
    counted_file::{CountedFile, LineCounter, Lines},
    order::Order,
    time_of_day,
};

/// The subscriber is installed for the whole process; this ends its worker.
pub(crate) struct TracingAppender {
    guard: WorkerGuard,
    /// Ending the worker while lines are queued loses them: its guard waits for a second at most.
    lines: Arc<Lines>,
}

pub(crate) struct Events(LineCounter);

/// The time of day with microseconds, in brackets as all others have it.
pub(super) struct TimeOfDay;

impl Peer for TracingAppender {
    type Caller = Events;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let lines = Arc::<Lines>::default();
        let file = CountedFile::open(&dir.join("app.log"), Arc::clone(&lines))?;
        let (writer, guard) = NonBlockingBuilder::default().lossy(false).finish(file);
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
        Ok(Events(LineCounter::new(&self.lines)))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        self.lines.wait();
        Ok(Drained::InFile)
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
        self.0.count();
    }

    fn end(self) -> Result<(), Failure> {
        self.0.end();
        Ok(())
    }
}

impl FormatTime for TimeOfDay {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_char('[')?;
        time_of_day::write_now(writer)?;
        writer.write_char(']')
    }
}
