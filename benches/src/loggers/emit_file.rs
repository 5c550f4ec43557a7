//! emit with `emit_file`. It never waits for room: when 10,000 lines are queued it drops them all.
//! Who must not lose lines has to flush before, and a flush syncs the file.

use std::{io::Write as _, path::Path, time::Duration};

use emit::{Emitter as _, setup::Init};
use emit_file::FileSet;

use super::{Caller, Drained, DurableCaller, Peer};
use crate::{Failure, order::Order, time_of_day::TimeOfDay};

/// Lines that all callers together may have queued before each of them has flushed.
const LINES: usize = 8_000;

/// How long a flush may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The runtime is installed for the whole process.
pub(crate) struct EmitFile {
    runtime: Init<'static, FileSet>,
    callers: usize,
}

pub(crate) struct Events {
    files: &'static FileSet,
    /// Lines before the next flush.
    left: usize,
    lines: usize,
    lost: bool,
}

impl Peer for EmitFile {
    type Caller = Events;

    fn start(dir: &Path, callers: usize) -> Result<Self, Failure> {
        let files = emit_file::set_with_writer(
            dir.join("app.log"),
            |line, event| {
                let mut stamp = TimeOfDay::default();
                let then = event.ts().map_or(Duration::ZERO, emit::Timestamp::to_unix);
                write!(line, "[{}] {}", stamp.since_epoch(then), event.msg())
            },
            b"\n",
        );
        let runtime = emit::setup().emit_to(files.spawn()).init();
        Ok(Self { runtime, callers })
    }

    fn caller(&self) -> Result<Events, Failure> {
        let lines = LINES / self.callers;
        Ok(Events {
            files: self.runtime.emitter(),
            left: lines,
            lines,
            lost: false,
        })
    }

    fn drain(&self) -> Result<Drained, Failure> {
        flush(self.runtime.emitter())?;
        Ok(Drained::InFile)
    }

    fn stop(self) -> Result<(), Failure> {
        flush(self.runtime.emitter())
    }
}

fn flush(files: &FileSet) -> Result<(), Failure> {
    if files.blocking_flush(PATIENCE) {
        Ok(())
    } else {
        Err("a flush failed".into())
    }
}

impl Caller for Events {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = *order;
        emit::info!("order {number} filled at {price} for {name}");
        self.left -= 1;
        if self.left == 0 {
            self.left = self.lines;
            self.lost |= flush(self.files).is_err();
        }
    }

    fn end(self) -> Result<(), Failure> {
        if self.lost {
            return Err("a flush failed".into());
        }
        Ok(())
    }
}

impl DurableCaller for Events {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        self.log(order);
        flush(self.files)
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        // There is no flush for tasks in the emitter itself.
        self.sync(order)
    }
}
