//! Stdout or stderr: the lines of a batch, the queue they go to, and the thread behind it.

use std::{
    io::Write,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::Receiver},
};

use crate::{Level, worker::Worker};

/// Bytes that wait for the output. As much again is on its way there.
const CAPACITY: usize = 1 << 20;

/// The writer's end of stdout or stderr.
#[derive(Debug)]
pub(super) struct Output {
    has_colors: bool,
    /// Lines of this batch.
    batch: Vec<u8>,
    /// How many lines of this batch there are, with those that are only counted.
    lines: u64,
    /// There was no room when this batch began, so its lines are only counted.
    is_full: bool,
    queue: Arc<Mutex<LineQueue>>,
    /// Its queue holds one signal that there is something to show. `None` if there is no thread.
    pub(super) worker: Option<Worker<()>>,
}

#[derive(Debug, Default)]
struct LineQueue {
    lines: Vec<u8>,
    /// Lines are JSON.
    is_json: bool,
    /// Lines that came after `lines` and found no room.
    dropped: u64,
    /// The device has failed, or there is no thread: nothing more is shown.
    is_broken: bool,
}

impl Output {
    /// Starts the thread that writes to `device`.
    pub(super) fn open(device: Box<dyn Write + Send>, has_colors: bool, is_json: bool) -> Self {
        let queue = Arc::new(Mutex::new(LineQueue {
            is_json,
            ..LineQueue::default()
        }));
        let shown = Arc::clone(&queue);
        let serve = move |signals| serve(&signals, &shown, device);
        let worker = Worker::spawn("chronologix-echo", 1, serve).ok();
        lock(&queue).is_broken = worker.is_none();
        Self {
            has_colors,
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
            self.is_full = !lock(&self.queue).has_room_for(0);
        }
        self.lines += 1;
        !self.is_full
    }

    /// Adds a line, in the colour of its level.
    pub(super) fn push(&mut self, level: Option<Level>, line: &[u8]) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let color = color(level.filter(|_| self.has_colors));
        let reset = if color.is_empty() { "" } else { "\x1b[0m" };
        self.batch.extend_from_slice(color.as_bytes());
        self.batch.extend_from_slice(text);
        self.batch.extend_from_slice(reset.as_bytes());
        self.batch.push(b'\n');
    }

    /// Passes on the batch. Returns how many of its lines were dropped.
    pub(super) fn end_batch(&mut self) -> u64 {
        let lines = mem::take(&mut self.lines);
        if lines == 0 {
            return 0;
        }
        let mut queue = lock(&self.queue);
        self.is_full |= !queue.has_room_for(self.batch.len());
        let dropped = if self.is_full { lines } else { 0 };
        if self.is_full {
            queue.dropped += lines;
        } else {
            if queue.dropped > 0 {
                queue.note_dropped();
            }
            if queue.lines.is_empty() {
                mem::swap(&mut queue.lines, &mut self.batch);
            } else {
                queue.lines.extend_from_slice(&self.batch);
            }
        }
        drop(queue);
        self.batch.clear();
        // If the signal finds no room, an earlier one is still unseen.
        let _ = self.worker.as_ref().map(|worker| worker.try_send(()));
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

/// Shows what comes, until the signals end or the device fails.
fn serve(signals: &Receiver<()>, queue: &Mutex<LineQueue>, mut device: Box<dyn Write + Send>) {
    let mut lines = Vec::new();
    for () in signals {
        while lock(queue).take(&mut lines) {
            // The device may be a terminal that was closed. What follows is counted as dropped.
            let shown = device.write_all(&lines).and_then(|()| device.flush());
            if shown.is_err() {
                lock(queue).is_broken = true;
                return;
            }
            lines.clear();
        }
    }
}

fn lock(queue: &Mutex<LineQueue>) -> MutexGuard<'_, LineQueue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Swaps what waits with the empty `lines`. Returns whether anything waited.
    fn take(&mut self, lines: &mut Vec<u8>) -> bool {
        if self.lines.is_empty() && self.dropped > 0 {
            self.note_dropped();
        }
        mem::swap(&mut self.lines, lines);
        !lines.is_empty()
    }

    /// Adds a line that says how many lines are missing here.
    fn note_dropped(&mut self) {
        let dropped = mem::take(&mut self.dropped);
        let noun = if dropped == 1 { "line" } else { "lines" };
        let (before, after) = if self.is_json {
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
