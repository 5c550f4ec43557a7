//! The writer: one thread per logger that takes records from the queues, formats, writes and syncs
//! them, and acknowledges them.
//!
//! ```text
//! merge ─► dispatch (dedup) ─► rollover ─► open_folder ─► rolling_file ─► group_commit
//! ```
//!
//! The loop is in [`writer`]. A round brings what all queues hold into one order ([`merge`]), makes
//! lines of it ([`dispatch`]) and puts them into the buffers of the folders they belong to
//! ([`rollover`]). Each file gets one write ([`rolling_file`]). What must be synced is synced, and
//! only then do callers get their answer ([`group_commit`]). What streams have kept in memory is
//! written in front of the record that asks for it (`dump`). Between two rounds the writer waits
//! ([`idle`]).

pub(crate) mod catalogue;
mod console;
pub(crate) mod dedup;
pub(crate) mod dispatch;
mod dump;
pub(crate) mod group_commit;
pub(crate) mod idle;
pub(crate) mod merge;
pub(crate) mod open_folder;
pub(crate) mod retry;
pub(crate) mod rolling_file;
pub(crate) mod rollover;
pub(crate) mod shared;
pub(crate) mod shutdown;
mod statements;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod write_buffer;
pub(crate) mod writer;
