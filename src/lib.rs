#![doc = include_str!("docs/links.md")]
// Links of the README lead to the guide here: the first definition of a link applies.
#![doc = ""]
#![doc = include_str!("../README.md")]

/// Logs a record with the level `CRITICAL`; otherwise as [`log!`].
pub use chronologix_macros::critical;
/// Logs a record with the level `DEBUG`; otherwise as [`log!`].
pub use chronologix_macros::debug;
/// Logs a record with the level `ERROR`; otherwise as [`log!`].
pub use chronologix_macros::error;
#[doc = include_str!("docs/fields.md")]
pub use chronologix_macros::fields;
/// Logs a record with the level `INFO`; otherwise as [`log!`].
pub use chronologix_macros::info;
#[doc = include_str!("docs/log.md")]
pub use chronologix_macros::log;
#[doc = include_str!("docs/log_enabled.md")]
pub use chronologix_macros::log_enabled;
#[doc = include_str!("docs/streams.md")]
pub use chronologix_macros::streams;
/// Logs a record with the level `TRACE`; otherwise as [`log!`].
pub use chronologix_macros::trace;
/// Logs a record with the level `WARN`; otherwise as [`log!`].
pub use chronologix_macros::warn;

#[doc(inline)]
pub use chronologix_core::{
    ByteSize, Colors, Compression, CompressionSetting, Config, ConfigError, ConfigProblem,
    DiskError, Durability, Echo, Error, FieldValue, Fields, FlushReport, Format, Hook, HookOutcome,
    HookStats, HookTask, InContext, Incident, Interval, Level, LevelFilter, Location, LogError,
    LogFuture, Logger, Multiline, Overflow, ParseError, Receipt, ReceiptFuture, Record,
    RetainAfter, Retention, Secret, Statement, StatementError, StatementField, StatementStats,
    Statements, Stats, Stream, StreamConfig, StreamHandle, ValueKind, in_context, in_context_sync,
};

pub mod guide;
#[cfg(any(feature = "log", feature = "tracing"))]
pub use chronologix_core::bridge;
#[cfg(feature = "testing")]
#[doc = include_str!("docs/testing.md")]
pub mod testing {
    #[doc(inline)]
    pub use chronologix_core::testing::*;
    #[cfg(feature = "catalogue")]
    #[doc = include_str!("docs/assert_catalogue.md")]
    pub use chronologix_macros::assert_catalogue;
}

#[doc(hidden)]
pub mod __private {
    //! What generated code may name. Not part of the public API.
    pub use chronologix_core::private::*;
}
