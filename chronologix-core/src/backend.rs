//! The writer: one thread per logger that takes records, merges, formats, writes, syncs and
//! acknowledges.
//!
//! The loop is in [`writer`]. Nothing is taken from the queues while an earlier line is unwritten, so
//! that what the writer holds is bounded. Nothing is acknowledged before it is true.

pub(crate) mod dedup;
pub(crate) mod dispatch;
pub(crate) mod group_commit;
pub(crate) mod idle;
pub(crate) mod merge;
pub(crate) mod open_folder;
pub(crate) mod retry;
pub(crate) mod rolling_file;
pub(crate) mod rollover;
pub(crate) mod shared;
pub(crate) mod shutdown;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod write_buffer;
pub(crate) mod writer;
