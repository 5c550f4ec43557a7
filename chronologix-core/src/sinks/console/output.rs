//! The queue in front of stdout or stderr, and the thread behind it.

use std::{
    io::Write,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc::Receiver},
    time::Instant,
};

use crate::{sinks::time_left, worker::Worker};

/// Bytes that wait for the output. As much again is on its way there.
const CAPACITY: usize = 1 << 20;

/// Lines on their way to stdout or stderr.
#[derive(Debug)]
pub(super) struct Output {
    queue: Arc<Mutex<LineQueue>>,
    /// Its queue holds one signal that there is something to show. `None` if there is no thread.
    worker: Option<Worker<()>>,
}

#[derive(Debug, Default)]
struct LineQueue {
    lines: Vec<u8>,
    /// Lines that came after `lines` and found no room.
    dropped: u64,
    /// The device has failed, or there is no thread: nothing more is shown.
    is_broken: bool,
}

impl Output {
    /// Starts the thread that writes to `device`.
    pub(super) fn open(device: Box<dyn Write + Send>) -> Self {
        let queue = Arc::<Mutex<LineQueue>>::default();
        let shown = Arc::clone(&queue);
        let serve = move |signals| serve(&signals, &shown, device);
        let worker = Worker::spawn("chronologix-echo", 1, serve).ok();
        lock(&queue).is_broken = worker.is_none();
        Self { queue, worker }
    }

    /// Takes a batch, which is empty or another one afterwards. Returns whether there was room.
    pub(super) fn push(&self, batch: &mut Vec<u8>, lines: u64) -> bool {
        let mut queue = lock(&self.queue);
        let has_room = queue.has_room_for(batch.len());
        if has_room {
            if queue.dropped > 0 {
                queue.note_dropped();
            }
            if queue.lines.is_empty() {
                mem::swap(&mut queue.lines, batch);
            } else {
                queue.lines.extend_from_slice(batch);
            }
        } else {
            queue.dropped += lines;
        }
        drop(queue);
        self.signal();
        has_room
    }

    /// Counts lines that were dropped before they reached the queue.
    pub(super) fn skip(&self, lines: u64) {
        lock(&self.queue).dropped += lines;
        self.signal();
    }

    /// Returns whether a batch would be taken.
    pub(super) fn has_room(&self) -> bool {
        lock(&self.queue).has_room_for(0)
    }

    /// Lets the thread end once it has shown everything.
    pub(super) fn close(&mut self) {
        if let Some(worker) = &mut self.worker {
            worker.close();
        }
    }

    /// Waits until everything is shown, or the deadline has come.
    pub(super) fn join(&self, deadline: Option<Instant>) {
        if let Some(worker) = &self.worker {
            worker.join(time_left(deadline));
        }
    }

    /// Wakes the thread. If the signal finds no room, an earlier one is still unseen.
    fn signal(&self) {
        let _ = self.worker.as_ref().map(|worker| worker.try_send(()));
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
        // The vector takes everything.
        let _ = writeln!(
            self.lines,
            "chronologix: {dropped} {noun} not echoed here, because this output was too slow; \
             the log files have them"
        );
    }
}
