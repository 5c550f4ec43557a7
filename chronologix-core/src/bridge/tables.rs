//! The routes of a bridge: those it began with, and all that replaced them.

use std::sync::{
    OnceLock,
    atomic::{AtomicU32, Ordering},
};

use super::routes::Table;

/// Tables, of which the last applies. Records find it without a lock: nothing is ever taken out, as
/// a record may still be among the rules of a table that was replaced.
#[derive(Debug)]
pub(super) struct Tables {
    first: Table,
    /// The tables from number 1. Chunk `n` has room for `2ⁿ` of them.
    others: [OnceLock<Box<[OnceLock<Table>]>>; u32::BITS as usize],
    /// The highest number that is given away. Its table may be on the way.
    given: AtomicU32,
    /// The number of the table that applies. 0 is the first.
    current: AtomicU32,
}

impl Tables {
    pub(super) fn new(first: Table) -> Self {
        Self {
            first,
            others: [const { OnceLock::new() }; u32::BITS as usize],
            given: AtomicU32::new(0),
            current: AtomicU32::new(0),
        }
    }

    /// Has a table apply from now on.
    pub(super) fn replace(&self, table: Table) {
        let number = self.given.fetch_add(1, Ordering::Relaxed) + 1;
        let chunk = number.ilog2();
        let tables = self.others[chunk as usize]
            .get_or_init(|| (0..1_u32 << chunk).map(|_| OnceLock::new()).collect());
        if tables[index(number, chunk)].set(table).is_ok() {
            // Of two calls at the same time, the one with the higher number comes last.
            self.current.fetch_max(number, Ordering::Release);
        }
    }

    /// Returns the table that applies.
    #[inline]
    pub(super) fn current(&self) -> &Table {
        let number = self.current.load(Ordering::Acquire);
        let other = number.checked_ilog2().and_then(|chunk| {
            let tables = self.others[chunk as usize].get()?;
            tables.get(index(number, chunk))?.get()
        });
        other.unwrap_or(&self.first)
    }
}

/// The place of a number in its chunk.
const fn index(number: u32, chunk: u32) -> usize {
    (number ^ 1 << chunk) as usize
}
