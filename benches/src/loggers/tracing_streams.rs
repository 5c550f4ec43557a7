//! tracing with three files chosen by the event's target, each with a worker of its own.

use std::{path::Path, sync::Arc};

use tracing_appender::non_blocking::{NonBlocking, NonBlockingBuilder, WorkerGuard};
use tracing_subscriber::fmt::writer::MakeWriterExt as _;

use super::{Caller, Drained, Peer, StreamsCaller, tracing_appender::TimeOfDay};
use crate::{
    Failure,
    counted_file::{CountedFile, LineCounter, Lines},
    order::Order,
    workloads::mirrored::{APP, ERRORS},
};

/// The subscriber is installed for the whole process; this ends its workers.
pub(crate) struct Tracing {
    guards: [WorkerGuard; 3],
    lines: Arc<Lines>,
}

pub(crate) struct Events(LineCounter);

fn worker(
    dir: &Path,
    name: &str,
    lines: &Arc<Lines>,
) -> Result<(NonBlocking, WorkerGuard), Failure> {
    let file = CountedFile::open(&dir.join(name), Arc::clone(lines))?;
    Ok(NonBlockingBuilder::default().lossy(false).finish(file))
}

impl Peer for Tracing {
    type Caller = Events;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let lines = Arc::<Lines>::default();
        let (app, app_guard) = worker(dir, "app.log", &lines)?;
        let (errors, errors_guard) = worker(dir, "errors.log", &lines)?;
        let (audit, audit_guard) = worker(dir, "audit.log", &lines)?;
        let files = app
            .with_filter(|event| event.target() != "audit")
            .and(errors.with_filter(|event| event.target() == "errors"))
            .and(audit.with_filter(|event| event.target() == "audit"));
        let subscriber = tracing_subscriber::fmt()
            .with_writer(files)
            .with_ansi(false)
            .with_target(false)
            .with_level(false)
            .with_timer(TimeOfDay)
            .finish();
        tracing::subscriber::set_global_default(subscriber)?;
        Ok(Self {
            guards: [app_guard, errors_guard, audit_guard],
            lines,
        })
    }

    fn caller(&self) -> Result<Events, Failure> {
        Ok(Events(LineCounter::new(&self.lines)))
    }

    fn drain(&self) -> Result<Drained, Failure> {
        self.lines.wait();
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        drop(self.guards);
        Ok(())
    }
}

impl Caller for Events {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        self.log_to(APP, order);
    }

    fn end(self) -> Result<(), Failure> {
        self.0.end();
        Ok(())
    }
}

impl StreamsCaller for Events {
    #[inline]
    fn log_to(&mut self, stream: usize, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        self.0.count();
        match stream {
            APP => tracing::info!(target: "app", "order {number} filled at {price} for {name}"),
            ERRORS => {
                tracing::info!(target: "errors", "order {number} filled at {price} for {name}");
                self.0.count();
            }
            _ => tracing::info!(target: "audit", "order {number} filled at {price} for {name}"),
        }
    }
}
