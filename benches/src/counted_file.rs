//! A file that counts the lines it got, for loggers that cannot tell when all of theirs are
//! written.

use std::{
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

/// How often is looked whether all lines are there.
const PACE: Duration = Duration::from_micros(100);

/// Lines called for and lines in the file.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    logged: AtomicU64,
    written: AtomicU64,
}

/// The lines one caller called for, told at its end so that callers do not meet in between.
#[derive(Debug)]
pub(crate) struct LineCounter {
    lines: Arc<Lines>,
    logged: u64,
}

impl LineCounter {
    pub(crate) fn new(lines: &Arc<Lines>) -> Self {
        Self {
            lines: Arc::clone(lines),
            logged: 0,
        }
    }

    #[inline]
    pub(crate) fn count(&mut self) {
        self.logged += 1;
    }

    pub(crate) fn end(self) {
        self.lines.logged.fetch_add(self.logged, Ordering::Release);
    }
}

impl Lines {
    /// Waits until each line called for is in the file.
    pub(crate) fn wait(&self) {
        while self.written.load(Ordering::Acquire) < self.logged.load(Ordering::Acquire) {
            thread::sleep(PACE);
        }
    }
}

/// The file. Each write must be one whole line.
#[derive(Debug)]
pub(crate) struct CountedFile {
    file: File,
    lines: Arc<Lines>,
}

impl CountedFile {
    pub(crate) fn open(path: &Path, lines: Arc<Lines>) -> io::Result<Self> {
        let file = File::options().append(true).create(true).open(path)?;
        Ok(Self { file, lines })
    }
}

impl io::Write for CountedFile {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.file.write_all(line)?;
        self.lines.written.fetch_add(1, Ordering::Release);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
