//! Longer answers: what is promised when, and how to run it.

/// What each durability promises, what it costs, and where the promise ends.
#[doc = include_str!("docs/durability.md")]
pub mod durability {}

/// Running it: services, containers, permissions, other programs in the tree, and what to look at when nothing is written.
#[doc = include_str!("docs/operations.md")]
pub mod operations {}

/// Every key of a settings file, with what it takes.
#[cfg(feature = "toml")]
#[doc = include_str!("docs/config.md")]
pub mod config {}
