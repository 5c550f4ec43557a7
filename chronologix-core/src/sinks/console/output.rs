//! Stdout or stderr: the lines of a batch, the queue they go to, and the thread behind it.

use std::{
    io::{self, Write},
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use crate::{
    Level,
    worker::{Items, Worker},
};

/// Bytes that wait for the output. As much again is on its way there.
const CAPACITY: usize = 1 << 20;

/// How long the writer waits for an output at a time. Then it looks whether it has to end.
const PATIENCE: Duration = Duration::from_millis(500);

/// Why a batch is not shown.
#[derive(Debug)]
pub(crate) enum WriteError {
    /// Nothing will read this output any more.
    Gone(io::Error),
    /// It takes its time.
    Slow,
    Failed(io::Error),
}

/// How lines look.
#[derive(Clone, Copy, Debug)]
pub(super) struct LineKind {
    pub(super) has_colors: bool,
    pub(super) is_json: bool,
}

/// The writer's end of stdout or stderr.
#[derive(Debug)]
pub(super) struct Output {
    kind: LineKind,
    /// The writer waits until each batch is shown, so there is always room.
    pub(super) waits: bool,
    /// Bytes that it waits for.
    awaited: u64,
    /// Lines of this batch.
    batch: Vec<u8>,
    /// How many lines of this batch there are, with those that are only counted.
    lines: u64,
    /// There was no room when this batch began, so its lines are only counted.
    is_full: bool,
    queue: Arc<SharedQueue>,
    /// Its queue holds one signal that there is something to show. `None` if there is no thread.
    pub(super) worker: Option<Worker<()>>,
}

/// The queue, and what the writer waits for.
#[derive(Debug, Default)]
struct SharedQueue {
    lines: Mutex<LineQueue>,
    /// The thread has shown what it took, or failed.
    settled: Condvar,
}

#[derive(Debug, Default)]
struct LineQueue {
    lines: Vec<u8>,
    /// The writer waits for the lines, here or on their way.
    is_awaited: bool,
    /// Why they are not shown.
    failure: Option<io::Error>,
    /// Lines that came after `lines` and found no room.
    dropped: u64,
    /// The device has failed, or there is no thread: nothing more is shown.
    is_broken: bool,
}

impl Output {
    /// Starts the thread that writes to `device`.
    pub(super) fn open(device: Box<dyn Write + Send>, kind: LineKind, waits: bool) -> Self {
        let queue = Arc::<SharedQueue>::default();
        let shown = Arc::clone(&queue);
        let serve = move |signals: &mut Items<()>| serve(signals, &shown, device, kind, waits);
        let worker = Worker::spawn("chronologix-echo", 1, serve).ok();
        queue.lock().is_broken = worker.is_none();
        Self {
            kind,
            waits,
            awaited: 0,
            batch: Vec::new(),
            lines: 0,
            is_full: false,
            queue,
            worker,
        }
    }

    /// Counts a line that comes next. Returns whether there is room for it.
    pub(super) fn announce(&mut self) -> bool {
        if self.lines == 0 && self.is_full {
            self.is_full = !self.queue.lock().has_room_for(0);
        }
        self.lines += 1;
        !self.is_full
    }

    /// Adds a line, in the colour of its level.
    pub(super) fn push(&mut self, level: Option<Level>, line: &[u8]) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let color = color(level.filter(|_| self.kind.has_colors));
        let reset = if color.is_empty() { "" } else { "\x1b[0m" };
        self.batch.extend_from_slice(color.as_bytes());
        self.batch.extend_from_slice(text);
        self.batch.extend_from_slice(reset.as_bytes());
        self.batch.push(b'\n');
    }

    /// Shows the batch, however slow the device is, and returns its bytes. If that fails or takes
    /// long, the next call continues, unless the reader of the output has gone.
    pub(super) fn write(&mut self) -> Result<u64, WriteError> {
        if !self.waits || self.lines == 0 && self.awaited == 0 {
            return Ok(0);
        }
        let mut queue = self.queue.lock();
        if mem::take(&mut self.lines) > 0 && !queue.is_broken {
            self.awaited = self.batch.len() as u64;
            queue.is_awaited = true;
            mem::swap(&mut queue.lines, &mut self.batch);
        }
        queue.failure = None;
        drop(queue);
        self.signal();
        let is_waiting =
            |queue: &mut LineQueue| queue.is_awaited && queue.failure.is_none() && !queue.is_broken;
        let settled = &self.queue.settled;
        let waited = settled.wait_timeout_while(self.queue.lock(), PATIENCE, is_waiting);
        let (mut queue, _timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        let failure = queue.failure.take();
        if queue.is_broken {
            self.batch.clear();
            self.awaited = 0;
            return Err(WriteError::Gone(failure.unwrap_or_else(broken)));
        }
        match failure {
            Some(error) => Err(WriteError::Failed(error)),
            None if queue.is_awaited => Err(WriteError::Slow),
            None => Ok(mem::take(&mut self.awaited)),
        }
    }

    fn signal(&self) {
        // If the signal finds no room, an earlier one is still unseen.
        let _ = self.worker.as_ref().map(|worker| worker.try_send(()));
    }

    /// Passes on the batch. Returns how many of its lines were dropped.
    pub(super) fn end_batch(&mut self) -> u64 {
        if self.waits || self.lines == 0 {
            return 0;
        }
        let lines = mem::take(&mut self.lines);
        let mut queue = self.queue.lock();
        self.is_full |= !queue.has_room_for(self.batch.len());
        let dropped = if self.is_full { lines } else { 0 };
        if self.is_full {
            queue.dropped += lines;
        } else {
            if queue.dropped > 0 {
                queue.note_dropped(self.kind);
            }
            if queue.lines.is_empty() {
                mem::swap(&mut queue.lines, &mut self.batch);
            } else {
                queue.lines.extend_from_slice(&self.batch);
            }
        }
        drop(queue);
        self.batch.clear();
        self.signal();
        dropped
    }
}

/// Returns the escape sequence that turns on the colour of a level.
fn color(level: Option<Level>) -> &'static str {
    match level {
        Some(Level::Trace | Level::Debug) => "\x1b[2m",
        None | Some(Level::Info) => "",
        Some(Level::Warn) => "\x1b[33m",
        Some(Level::Error) => "\x1b[31m",
        Some(Level::Critical) => "\x1b[1;31m",
    }
}

/// Shows what comes, until the signals end or the device fails. A device that is waited for is
/// tried again with the next signal.
fn serve(
    signals: &mut Items<()>,
    queue: &SharedQueue,
    mut device: Box<dyn Write + Send>,
    kind: LineKind,
    waits: bool,
) {
    let mut lines = Vec::new();
    for () in signals {
        while queue.lock().take(&mut lines, kind) {
            let failure = show(&mut *device, &mut lines).err();
            let is_shown = failure.is_none();
            let mut queue_end = queue.lock();
            queue_end.is_awaited &= !is_shown;
            // The device may be a terminal that was closed. What follows is counted as dropped.
            queue_end.is_broken = failure.as_ref().is_some_and(|it| !waits || is_gone(it));
            queue_end.failure = failure;
            let is_broken = queue_end.is_broken;
            drop(queue_end);
            queue.settled.notify_one();
            if is_broken {
                return;
            }
            if !is_shown {
                break;
            }
        }
    }
}

/// Returns whether an output has failed for good: its reader has gone.
fn is_gone(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionReset, NotConnected};

    let kinds = [BrokenPipe, ConnectionReset, NotConnected];
    // `EIO`, on every Unix: the terminal was closed.
    let is_hung_up = cfg!(unix) && error.raw_os_error() == Some(5);
    kinds.contains(&error.kind()) || is_hung_up
}

fn broken() -> io::Error {
    io::ErrorKind::BrokenPipe.into()
}

/// Writes the lines, and removes what is written.
fn show(device: &mut dyn Write, lines: &mut Vec<u8>) -> io::Result<()> {
    let mut shown = 0;
    let outcome = loop {
        if shown == lines.len() {
            break device.flush();
        }
        match device.write(&lines[shown..]) {
            Ok(0) => break Err(io::ErrorKind::WriteZero.into()),
            Ok(bytes) => shown += bytes,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Err(error),
        }
    };
    lines.drain(..shown);
    outcome
}

impl SharedQueue {
    fn lock(&self) -> MutexGuard<'_, LineQueue> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LineQueue {
    /// A single batch is never too large. Once lines were dropped, half of the capacity must be
    /// free before lines are taken again, so that notes of dropped lines do not alternate with
    /// single lines.
    fn has_room_for(&self, bytes: usize) -> bool {
        let flows = self.dropped == 0 || self.lines.len() <= CAPACITY / 2;
        let fits = self.lines.is_empty() || self.lines.len() + bytes <= CAPACITY;
        !self.is_broken && flows && fits
    }

    /// Swaps what waits with `lines`, if these are all shown. Returns whether there is anything to
    /// do. Lines that are awaited may be in a buffer of the device.
    fn take(&mut self, lines: &mut Vec<u8>, kind: LineKind) -> bool {
        if !lines.is_empty() {
            return true;
        }
        if self.lines.is_empty() && self.dropped > 0 {
            self.note_dropped(kind);
        }
        mem::swap(&mut self.lines, lines);
        !lines.is_empty() || self.is_awaited
    }

    /// Adds a line that says how many lines are missing here.
    fn note_dropped(&mut self, kind: LineKind) {
        let dropped = mem::take(&mut self.dropped);
        let noun = if dropped == 1 { "line" } else { "lines" };
        let (before, after) = if kind.is_json {
            (r#"{"level":"WARN","message":""#, r#""}"#)
        } else {
            ("", "")
        };
        // The vector takes everything.
        let _ = writeln!(
            self.lines,
            "{before}chronologix: {dropped} {noun} not echoed here, because this output was too \
             slow; the log files have them{after}"
        );
    }
}
