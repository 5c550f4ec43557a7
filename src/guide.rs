//! Longer answers: what is promised when, how to run it, and where others' habits lead here.

/// What each durability promises, what it costs, and where the promise ends.
#[doc = include_str!("docs/durability.md")]
pub mod durability {}

/// Running it: services, containers, permissions, other programs in the tree, and what to look at when nothing is written.
#[doc = include_str!("docs/operations.md")]
pub mod operations {}

/// From `tracing-appender`, `flexi_logger`, `log4rs` and their like.
#[doc = include_str!("docs/coming_from.md")]
pub mod coming_from {}

/// Every key of a settings file, with what it takes.
#[cfg(feature = "toml")]
#[doc = include_str!("docs/config.md")]
pub mod config {}
