#![doc = include_str!("../README.md")]

/// Logs a record with the level `CRITICAL`; otherwise as [`log!`].
pub use chronologix_macros::critical;
/// Logs a record with the level `DEBUG`; otherwise as [`log!`].
pub use chronologix_macros::debug;
/// Logs a record with the level `ERROR`; otherwise as [`log!`].
pub use chronologix_macros::error;
/// Logs a record with the level `INFO`; otherwise as [`log!`].
pub use chronologix_macros::info;
#[doc = include_str!("docs/log.md")]
pub use chronologix_macros::log;
#[doc = include_str!("docs/streams.md")]
pub use chronologix_macros::streams;
/// Logs a record with the level `TRACE`; otherwise as [`log!`].
pub use chronologix_macros::trace;
/// Logs a record with the level `WARN`; otherwise as [`log!`].
pub use chronologix_macros::warn;

#[doc(inline)]
pub use chronologix_core::{
    Config, ConfigError, ConfigProblem, DiskError, Durability, Error, FlushReport, Format,
    Interval, Level, LogError, Logger, Multiline, Overflow, Receipt, Record, RecordUntil, Stats,
    Stream, StreamConfig, StreamHandle, UnknownWord,
};

/// Longer pages.
#[cfg(feature = "toml")]
pub mod _docs {
    #[doc = include_str!("docs/config.md")]
    pub mod config {}
}

#[doc(hidden)]
pub mod __private {
    //! What generated code may name. Not part of the public API.
    pub use chronologix_core::private::*;
}
