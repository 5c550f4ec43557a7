//! Reads the log trees of [chronologix](https://docs.rs/chronologix), and logs of other programs:
//! merges and follows them. It never writes.
//!
//! [`LogTree`] is where to begin. [`LogTree::records`] reads what is there, and
//! [`LogTree::follow`] goes on with what is written, with a [`Cursor`] that a program can keep.
//!
#![doc = include_str!("../docs/promises.md")]
//!
//! # The rooms of this crate
//!
//! | to change | look in |
//! |---|---|
//! | what counts as a folder or a file of a tree, lines and their timestamps | `tree` |
//! | what lines of other programs look like | `formats` |
//! | the order of lines, folding of mirrored copies | `line`, `merge` |
//! | how new lines, files and folders are noticed | `tail` |
//! | pages, jumps, search and counts anywhere in the tree | `query` |
//! | which lines are shown | `query/filter` |
//! | which messages are of one statement | `patterns` |
//! | whether a sealed tree is as it was | `verify` |
//! | what programs get: records, and following with a cursor | `records`, `follow` |
//!
//! Only `tree`, `tail`, `query`, `follow` and `verify` do I/O. All others are functions of their
//! arguments.

#![allow(
    clippy::len_without_is_empty,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "most of what is public is so for the viewer alone, by `viewer`"
)]
#![cfg_attr(
    not(feature = "query"),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "for `query` and the viewer"
    )
)]

mod error;
mod follow;
mod formats;
mod line;
mod log_record;
mod log_tree;
#[cfg(feature = "query")]
mod merge;
#[cfg(feature = "query")]
mod patterns;
#[cfg(feature = "query")]
mod query;
mod record;
#[cfg(feature = "query")]
mod records;
mod streams;
#[cfg(feature = "query")]
mod tail;
#[cfg(test)]
mod tests;
mod tree;
#[cfg(feature = "seal")]
mod verify;
#[cfg(feature = "query")]
#[doc(hidden)]
pub mod viewer;

pub use chronologix_schema::Level;

#[cfg(feature = "query")]
pub use self::records::Records;
#[cfg(feature = "seal")]
pub use self::verify::{Finding, FindingKind, UnsealedFolder, Verification, VerifyOptions};
pub use self::{
    error::TreeError,
    follow::{FileRecords, FollowCursor as Cursor, FollowIncident, IncidentKind, TreeFollower},
    log_record::{FieldValue, LogRecord, Position, RecordParts},
    log_tree::LogTree,
    tree::FileContent,
};
