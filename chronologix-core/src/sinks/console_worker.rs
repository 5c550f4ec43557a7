//! The queue in front of one screen, and the thread behind it.

use std::{
    fmt::Write as _,
    io::Write,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Instant,
};

use super::left;

/// Bytes that wait for the screen. As much again is on its way there.
const CAPACITY: usize = 1 << 20;

/// Lines on their way to a screen.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    queue: Mutex<Queue>,
    /// There is something to show, or nothing more will come.
    called: Condvar,
    /// The thread has ended.
    ended: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    lines: Vec<u8>,
    /// Lines that came after `lines` and found no room.
    dropped: u64,
    is_closed: bool,
    has_ended: bool,
}

impl Screen {
    /// A screen whose thread writes to `device`.
    pub(crate) fn open(device: Box<dyn Write + Send>) -> Arc<Self> {
        let screen = Arc::new(Self::default());
        let behind = Arc::clone(&screen);
        let thread = thread::Builder::new().name("chronologix-echo".to_owned());
        if thread.spawn(move || behind.show(device)).is_err() {
            // Then nothing is shown, and everything counted.
            screen.queue().has_ended = true;
        }
        screen
    }

    /// Takes a batch; it is empty or another one afterwards. `false` if there is no room.
    pub(crate) fn put(&self, batch: &mut Vec<u8>, lines: u64) -> bool {
        let mut queue = self.queue();
        let has_room = queue.has_room_for(batch.len());
        if has_room {
            if queue.dropped > 0 {
                queue.tell_dropped();
            }
            if queue.lines.is_empty() {
                std::mem::swap(&mut queue.lines, batch);
            } else {
                queue.lines.extend_from_slice(batch);
            }
            self.called.notify_one();
        } else {
            queue.dropped += lines;
        }
        has_room
    }

    /// Counts lines that were not even offered.
    pub(crate) fn skip(&self, lines: u64) {
        self.queue().dropped += lines;
        self.called.notify_one();
    }

    /// Whether a batch would be taken.
    pub(crate) fn has_room(&self) -> bool {
        self.queue().has_room_for(0)
    }

    /// Nothing more will come.
    pub(crate) fn close(&self) {
        self.queue().is_closed = true;
        self.called.notify_one();
    }

    /// Waits until everything is shown, or the deadline has come.
    pub(crate) fn wait(&self, deadline: Option<Instant>) {
        let goes_on = |queue: &mut Queue| !queue.has_ended;
        let _ = self
            .ended
            .wait_timeout_while(self.queue(), left(deadline), goes_on);
    }

    /// Shows what comes, until nothing more will, or the device refuses.
    fn show(&self, mut device: Box<dyn Write + Send>) {
        let mut lines = Vec::new();
        while self.wait_for_lines(&mut lines) {
            // A terminal that is gone is nobody's fault. What would have been shown is counted.
            if device
                .write_all(&lines)
                .and_then(|()| device.flush())
                .is_err()
            {
                break;
            }
            lines.clear();
        }
        self.queue().has_ended = true;
        self.ended.notify_all();
    }

    /// `false` if nothing more will come.
    fn wait_for_lines(&self, lines: &mut Vec<u8>) -> bool {
        let is_quiet =
            |queue: &mut Queue| queue.lines.is_empty() && queue.dropped == 0 && !queue.is_closed;
        let waited = self.called.wait_while(self.queue(), is_quiet);
        let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
        if queue.lines.is_empty() && queue.dropped > 0 {
            queue.tell_dropped();
        }
        std::mem::swap(&mut queue.lines, lines);
        !lines.is_empty()
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// A batch is never too large in itself. Once lines were dropped, half of the room must be free first, so that the screen does not
    /// tell of it again and again.
    fn has_room_for(&self, bytes: usize) -> bool {
        let flows = self.dropped == 0 || self.lines.len() <= CAPACITY / 2;
        let fits = self.lines.is_empty() || self.lines.len() + bytes <= CAPACITY;
        !self.has_ended && flows && fits
    }

    /// Says where lines are missing, and how many.
    fn tell_dropped(&mut self) {
        let dropped = std::mem::take(&mut self.dropped);
        let noun = if dropped == 1 { "line" } else { "lines" };
        let mut told = String::new();
        let _ = writeln!(
            told,
            "chronologix: {dropped} {noun} not echoed here, for this output was too slow; the files have them"
        );
        self.lines.extend_from_slice(told.as_bytes());
    }
}
