//! What a victim knows to be true, written down where its death does not reach.

use std::{
    fs::{File, OpenOptions},
    os::unix::fs::FileExt,
    path::Path,
};

/// Bytes of one entry.
const ENTRY: u64 = 8;

/// Bits of the number of a record, where there is an entry for each.
const RECORDS: u32 = 24;

/// One number a thread: that of its last acknowledged record; or one a record. A kill cannot take
/// back what stands in the page cache.
pub(crate) struct Ledger(File);

impl Ledger {
    /// Opens it, empty if it is new.
    pub(crate) fn open(path: &Path) -> Self {
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        Self(options.open(path).unwrap())
    }

    /// A thread's number is now this.
    pub(crate) fn note(&self, thread: u64, number: u64) {
        let entry = number.to_le_bytes();
        self.0.write_all_at(&entry, thread * ENTRY).unwrap();
    }

    /// The numbers of the first so many threads.
    pub(crate) fn read(&self, threads: u64) -> Vec<u64> {
        let number = |thread| {
            let mut entry = [0; 8];
            // Behind the end of the file nothing was noted yet.
            match self.0.read_exact_at(&mut entry, thread * ENTRY) {
                Ok(()) => u64::from_le_bytes(entry),
                Err(_) => 0,
            }
        };
        (0..threads).map(number).collect()
    }

    /// A record was acknowledged at this time. For a ledger of its own.
    pub(crate) fn note_time(&self, thread: u64, number: u64, time: u64) {
        self.note(thread << RECORDS | number, time);
    }

    /// When a record was acknowledged.
    pub(crate) fn time(&self, thread: u64, number: u64) -> Option<u64> {
        let mut entry = [0; 8];
        let place = (thread << RECORDS | number) * ENTRY;
        self.0.read_exact_at(&mut entry, place).ok()?;
        Some(u64::from_le_bytes(entry)).filter(|time| *time > 0)
    }

    /// The sum of the numbers.
    pub(crate) fn total(&self, threads: u64) -> u64 {
        self.read(threads).iter().sum()
    }
}
