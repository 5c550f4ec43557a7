//! Reads the log trees of [chronologix](https://docs.rs/chronologix), and logs of other programs:
//! pages, merges and follows them. It never writes.
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
//!
//! Only `tree`, `tail` and `query` do I/O. All others are functions of their arguments.

#![allow(
    clippy::len_without_is_empty,
    clippy::missing_errors_doc,
    clippy::must_use_candidate,
    clippy::return_self_not_must_use,
    reason = "most of what is public is so for the viewer alone, by `viewer`"
)]

mod formats;
mod line;
mod merge;
mod patterns;
mod query;
mod record;
mod streams;
mod tail;
#[cfg(test)]
mod tests;
mod tree;
#[doc(hidden)]
pub mod viewer;
