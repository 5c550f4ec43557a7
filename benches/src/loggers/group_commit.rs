//! Group commit written by hand: callers share one buffer and wait for the generation it is in; one
//! thread writes, and syncs if it shall.

use std::{
    fs::File,
    io::Write as _,
    mem,
    path::Path,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use tokio::sync::watch;

use super::{Caller, DurableCaller, Peer};
use crate::{Failure, order::Order, time_of_day::TimeOfDay};

/// The writer thread and what it shares with the callers.
pub(crate) struct GroupCommit<const SYNC: bool> {
    shared: Arc<Shared>,
    writer: JoinHandle<Result<(), Failure>>,
}

struct Shared {
    pending: Mutex<Pending>,
    /// Told that there is something to write, or that the end has come.
    work: Condvar,
    /// The last generation written, or on disk.
    done: watch::Sender<u64>,
    /// Told the same, for callers outside async.
    done_bell: (Mutex<u64>, Condvar),
}

struct Pending {
    lines: Vec<u8>,
    stamp: TimeOfDay,
    /// The number of the buffer now being filled.
    generation: u64,
    ended: bool,
}

pub(crate) struct Member {
    shared: Arc<Shared>,
    done: watch::Receiver<u64>,
}

impl Shared {
    fn pending(&self) -> MutexGuard<'_, Pending> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a line into the buffer. Gives the generation it is in.
    fn put(&self, order: &Order<'_>) -> Result<u64, Failure> {
        let mut pending = self.pending();
        let Pending { lines, stamp, .. } = &mut *pending;
        let first = lines.is_empty();
        write!(lines, "[{}] ", stamp.now())?;
        order.write_to(lines);
        lines.push(b'\n');
        let generation = pending.generation;
        drop(pending);
        if first {
            self.work.notify_one();
        }
        Ok(generation)
    }

    /// Writes, and syncs if it shall, until the end.
    fn work(&self, file: File, sync: bool) -> Result<(), Failure> {
        let outcome = self.write(file, sync);
        if outcome.is_err() {
            // No caller shall wait for lines that will not come. The check of the file misses them.
            self.tell(u64::MAX);
        }
        outcome
    }

    fn write(&self, mut file: File, sync: bool) -> Result<(), Failure> {
        let mut lines = Vec::new();
        loop {
            lines.clear();
            let mut pending = self
                .work
                .wait_while(self.pending(), |pending| {
                    pending.lines.is_empty() && !pending.ended
                })
                .unwrap_or_else(PoisonError::into_inner);
            if pending.lines.is_empty() {
                return Ok(());
            }
            mem::swap(&mut lines, &mut pending.lines);
            let generation = pending.generation;
            pending.generation += 1;
            drop(pending);
            file.write_all(&lines)?;
            if sync {
                file.sync_data()?;
            }
            self.tell(generation);
        }
    }

    /// Wakes those who wait for this generation.
    fn tell(&self, generation: u64) {
        self.done.send_replace(generation);
        let (done, bell) = &self.done_bell;
        *done.lock().unwrap_or_else(PoisonError::into_inner) = generation;
        bell.notify_all();
    }
}

impl<const SYNC: bool> Peer for GroupCommit<SYNC> {
    type Caller = Member;

    fn start(dir: &Path, _callers: usize) -> Result<Self, Failure> {
        let file = File::options()
            .append(true)
            .create(true)
            .open(dir.join("app.log"))?;
        let shared = Arc::new(Shared {
            pending: Mutex::new(Pending {
                lines: Vec::new(),
                stamp: TimeOfDay::default(),
                generation: 1,
                ended: false,
            }),
            work: Condvar::new(),
            done: watch::Sender::new(0),
            done_bell: (Mutex::new(0), Condvar::new()),
        });
        let writer = {
            let shared = Arc::clone(&shared);
            thread::Builder::new().spawn(move || shared.work(file, SYNC))?
        };
        Ok(Self { shared, writer })
    }

    fn caller(&self) -> Result<Member, Failure> {
        Ok(Member {
            shared: Arc::clone(&self.shared),
            done: self.shared.done.subscribe(),
        })
    }

    fn stop(self) -> Result<(), Failure> {
        self.shared.pending().ended = true;
        self.shared.work.notify_one();
        self.writer
            .join()
            .unwrap_or_else(|_| Err("the writer thread panicked".into()))
    }
}

impl Caller for Member {
    fn log(&mut self, order: &Order<'_>) {
        // A record that failed is missed in the file.
        let _ = self.shared.put(order);
    }
}

impl DurableCaller for Member {
    fn sync(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        let generation = self.shared.put(order)?;
        let (done, bell) = &self.shared.done_bell;
        let done = done.lock().unwrap_or_else(PoisonError::into_inner);
        drop(
            bell.wait_while(done, |done| *done < generation)
                .unwrap_or_else(PoisonError::into_inner),
        );
        Ok(())
    }

    async fn sync_async(&mut self, order: &Order<'_>) -> Result<(), Failure> {
        let generation = self.shared.put(order)?;
        self.done.wait_for(|done| *done >= generation).await?;
        Ok(())
    }
}
