//! slog with slog-async, set to wait for room. A drain of our own writes line by line, as slog's
//! own for files do.

use std::{cell::RefCell, fmt::Write as _, io::Write as _, path::Path, sync::Arc};

use slog::{Drain, Logger, Never, OwnedKVList, Record};
use slog_async::{Async, AsyncGuard, OverflowStrategy};

use super::{Caller, Drained, Peer, QUEUE};
use crate::{
    Failure,
    counted_file::{CountedFile, LineCounter, Lines},
    order::Order,
    time_of_day::TimeOfDay,
};

/// The root logger, and what ends its thread.
pub(crate) struct SlogAsync {
    logger: Logger,
    guard: AsyncGuard,
    lines: Arc<Lines>,
}

pub(crate) struct Records {
    logger: Logger,
    tally: LineCounter,
}

/// Only slog-async's thread uses it.
struct LineByLine(RefCell<Line>);

struct Line {
    file: CountedFile,
    text: String,
    stamp: TimeOfDay,
}

impl Drain for LineByLine {
    type Ok = ();
    type Err = Never;

    fn log(&self, record: &Record<'_>, _values: &OwnedKVList) -> Result<(), Never> {
        let Line { file, text, stamp } = &mut *self.0.borrow_mut();
        text.clear();
        // A record has no time of its own.
        let _ = writeln!(text, "[{}] {}", stamp.now(), record.msg());
        // A line that failed is missed in the file.
        let _ = file.write_all(text.as_bytes());
        Ok(())
    }
}

impl Peer for SlogAsync {
    type Caller = Records;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let lines = Arc::<Lines>::default();
        let line = Line {
            file: CountedFile::open(&dir.join("app.log"), Arc::clone(&lines))?,
            text: String::new(),
            stamp: TimeOfDay::default(),
        };
        let (drain, guard) = Async::new(LineByLine(RefCell::new(line)))
            .chan_size(QUEUE)
            .overflow_strategy(OverflowStrategy::Block)
            .build_with_guard();
        Ok(Self {
            logger: Logger::root(drain.fuse(), slog::o!()),
            guard,
            lines,
        })
    }

    fn caller(&self) -> Result<Records, Failure> {
        Ok(Records {
            logger: self.logger.clone(),
            tally: LineCounter::new(&self.lines),
        })
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

impl Caller for Records {
    #[inline]
    fn log(&mut self, order: &Order<'_>) {
        let Order {
            number,
            price,
            name,
        } = order;
        slog::info!(self.logger, "order {number} filled at {price} for {name}");
        self.tally.count();
    }

    fn end(self) -> Result<(), Failure> {
        self.tally.end();
        Ok(())
    }
}
