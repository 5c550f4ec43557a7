//! Syncs several files at the same time: the file system then saves them with one commit of its
//! journal, and the disk is asked to flush its cache about once.

use std::{
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use crate::{fs::traits::LogFile, worker::Worker};

#[cfg(test)]
mod tests;

/// Threads beside the caller's own. More files take turns.
const MOST_THREADS: usize = 3;

/// Files that wait for one of the threads.
const CAPACITY: usize = 64;

/// A file, and what came of its sync.
pub(super) type SyncedFile = (Box<dyn LogFile>, io::Result<()>);

/// Threads that sync files. They are started when there are several files for the first time.
#[derive(Debug, Default)]
pub(super) struct SyncPool(Mutex<Vec<Worker<SyncJob>>>);

#[derive(Debug)]
struct SyncJob {
    file: Box<dyn LogFile>,
    /// Its place among the files.
    at: usize,
    outcomes: Arc<Outcomes>,
}

/// What the threads and the caller share of one call.
#[derive(Debug, Default)]
struct Outcomes {
    synced: Mutex<Vec<(usize, SyncedFile)>>,
    one_more: Condvar,
}

impl SyncPool {
    /// Syncs all files, and returns each with its outcome, in order.
    pub(super) fn sync(&self, files: Vec<Box<dyn LogFile>>) -> Vec<SyncedFile> {
        let all = files.len();
        let outcomes = Arc::new(Outcomes::default());
        let mut own = Vec::new();
        {
            let mut workers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let wanted = all.saturating_sub(1);
            start_workers(&mut workers, wanted);
            // Threads that an earlier call has started for more files have nothing to do.
            let helpers = workers.len().min(wanted);
            for (at, file) in files.into_iter().enumerate() {
                let outcomes = Arc::clone(&outcomes);
                let job = SyncJob { file, at, outcomes };
                // The caller has its share, and what no thread takes.
                let taken = match workers[..helpers].get(at % (helpers + 1)) {
                    Some(worker) => worker.try_send(job),
                    None => Err(job),
                };
                own.extend(taken.err());
            }
        }
        own.into_iter().for_each(SyncJob::run);
        outcomes.wait_for(all)
    }
}

/// Starts as many threads as are missing. If the system has none, the caller does the work alone.
fn start_workers(workers: &mut Vec<Worker<SyncJob>>, wanted: usize) {
    while workers.len() < wanted.min(MOST_THREADS) {
        let started = Worker::spawn("chronologix-sync", CAPACITY, |jobs| {
            jobs.for_each(SyncJob::run);
        });
        let Ok(worker) = started else { break };
        workers.push(worker);
    }
}

impl SyncJob {
    fn run(mut self) {
        let outcome = self.file.sync();
        self.outcomes.lock().push((self.at, (self.file, outcome)));
        self.outcomes.one_more.notify_one();
    }
}

impl Outcomes {
    fn lock(&self) -> MutexGuard<'_, Vec<(usize, SyncedFile)>> {
        self.synced.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_for(&self, all: usize) -> Vec<SyncedFile> {
        let are_missing = |synced: &mut Vec<_>| synced.len() < all;
        let waited = self.one_more.wait_while(self.lock(), are_missing);
        let mut synced = waited.unwrap_or_else(PoisonError::into_inner);
        synced.sort_unstable_by_key(|(at, _)| *at);
        synced.drain(..).map(|(_, synced)| synced).collect()
    }
}
