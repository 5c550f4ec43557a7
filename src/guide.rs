//! Guide: promises, settings, operation, and the way here from other loggers.

/// What each durability promises, what it costs, and where the promise ends.
#[doc = include_str!("docs/durability.md")]
pub mod durability {}

/// Every setting with its default.
#[doc = include_str!("docs/settings.md")]
pub mod settings {}

/// Levels at run time, fields that many records share, secrets, and floods.
#[doc = include_str!("docs/levels.md")]
pub mod levels {}

/// Who made a line: ids, counts and the catalogue of log statements.
#[doc = include_str!("docs/statements.md")]
pub mod statements {}

/// Compression and removal of closed folders, and files of a limited size.
#[doc = include_str!("docs/retention.md")]
pub mod retention {}

/// The console, hooks, bridges from other facades, and loggers for tests.
#[doc = include_str!("docs/sinks.md")]
pub mod sinks {}

/// Logging in libraries: by another facade, to a handle, or to streams of their own.
#[doc = include_str!("docs/libraries.md")]
pub mod libraries {}

/// Running it: services, containers, permissions, other programs in the tree, troubleshooting.
#[doc = include_str!("docs/operations.md")]
pub mod operations {}

/// Latency, throughput and memory, beside other loggers.
#[doc = include_str!("docs/performance.md")]
pub mod performance {}

/// From `env_logger`, `fern`, `simplelog`, `slog`, `tracing-subscriber`, `log4rs`,
/// `tracing-appender`, `flexi_logger` and the Python package; and what has no counterpart.
#[doc = include_str!("docs/coming_from.md")]
pub mod coming_from {}

/// Every key of a settings file, with its values.
#[cfg(feature = "toml")]
#[doc = include_str!("docs/config.md")]
pub mod config {}
