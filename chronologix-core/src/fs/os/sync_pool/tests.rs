//! Several syncs at the same time.

use std::{
    io,
    sync::{Arc, Barrier},
    thread::{self, ThreadId},
};

use super::{MOST_THREADS, SyncPool};
use crate::fs::traits::{FileId, LogFile};

/// A file whose sync says by its error which it is, and on which thread it ran.
#[derive(Debug)]
struct Numbered {
    number: usize,
    /// Syncs that wait for each other.
    together: Option<Arc<Barrier>>,
}

impl LogFile for Numbered {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn sync(&mut self) -> io::Result<()> {
        if let Some(together) = &self.together {
            together.wait();
        }
        if self.number % 3 == 0 {
            let thread = thread::current().id();
            return Err(io::Error::other(format!("{} {thread:?}", self.number)));
        }
        Ok(())
    }

    fn len(&self) -> io::Result<u64> {
        Ok(self.number as u64)
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        Ok(None)
    }

    fn read_from(&mut self, _offset: u64) -> io::Result<Vec<u8>> {
        Ok(Vec::new())
    }

    fn id(&self) -> io::Result<FileId> {
        Ok((0, 0))
    }

    fn is_deleted(&self) -> io::Result<bool> {
        Ok(false)
    }
}

fn files(numbers: usize, together: Option<&Arc<Barrier>>) -> Vec<Box<dyn LogFile>> {
    let file = |number| {
        let together = together.cloned();
        Box::new(Numbered { number, together }) as Box<dyn LogFile>
    };
    (0..numbers).map(file).collect()
}

#[test]
fn each_file_comes_back_in_its_place_with_its_own_outcome() {
    let pool = SyncPool::default();
    for numbers in [0, 1, 2, 3, 4, 5, 300, 2] {
        let synced = pool.sync(files(numbers, None));
        assert_eq!(synced.len(), numbers);
        for (number, (file, outcome)) in synced.into_iter().enumerate() {
            assert_eq!(file.len().unwrap(), number as u64);
            let failure = outcome.err().map(|error| error.to_string());
            let prefix = format!("{number} ");
            assert_eq!(number % 3 == 0, failure.is_some());
            assert!(failure.is_none_or(|text| text.starts_with(&prefix)));
        }
    }
}

#[test]
fn syncs_run_at_the_same_time() {
    let pool = SyncPool::default();
    for _ in 0..100 {
        let together = Arc::new(Barrier::new(MOST_THREADS + 1));
        let synced = pool.sync(files(MOST_THREADS + 1, Some(&together)));
        assert_eq!(synced.len(), MOST_THREADS + 1);
    }
}

#[test]
fn one_file_is_synced_by_the_caller() {
    let pool = SyncPool::default();
    let synced = pool.sync(files(1, None)).remove(0);
    let own: ThreadId = thread::current().id();
    let failure = synced.1.unwrap_err().to_string();
    assert_eq!(failure, format!("0 {own:?}"));
    assert_eq!(pool.0.lock().unwrap().len(), 0, "no thread was started");
}
