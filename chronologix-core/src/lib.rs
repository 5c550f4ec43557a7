//! The implementation of [`chronologix`](https://docs.rs/chronologix): use that crate.
//!
//! `log!` encodes a record on the caller's thread (`frontend`, `codec`) into that thread's queue
//! (`queue`). One writer thread per logger merges the queues, formats lines, and writes and syncs
//! the files of open folders (`backend`). Closed folders are compressed and removed by `retention`.
//! The shape of a tree and the settings are described by `chronologix-schema`.

#![cfg_attr(
    not(feature = "internals"),
    allow(
        unreachable_pub,
        reason = "the feature shows these items to benches and fuzz targets"
    )
)]

#[cfg(not(any(unix, windows)))]
compile_error!(
    "chronologix needs threads and files of its own, and runs on Unix and Windows: on this target, \
     have its crates behind `[target.'cfg(any(unix, windows))'.dependencies]`"
);

mod backend;
mod clock;
mod codec;
mod config;
mod error;
mod error_reporter;
mod format;
mod frontend;
mod fs;
#[cfg(unix)]
mod libc_hooks;
mod logger;
mod process;
mod process_id;
#[cfg_attr(
    feature = "internals",
    expect(
        missing_docs,
        clippy::missing_errors_doc,
        clippy::must_use_candidate,
        reason = "only benches and fuzz targets see it"
    )
)]
mod queue;
mod retention;
mod sinks;
mod stats;
mod stderr;
mod stream;
#[cfg(windows)]
mod win32;
mod worker;

/// 64 bits that threads share: std's, or those of `portable-atomic` on processors that have none,
/// such as 32-bit PowerPC and Armv5.
#[cfg(not(target_has_atomic = "64"))]
use portable_atomic::AtomicU64;
#[cfg(target_has_atomic = "64")]
use std::sync::atomic::AtomicU64;

#[cfg(any(feature = "log", feature = "tracing"))]
pub mod bridge;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
#[doc(hidden)]
pub mod private;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

#[cfg(any(test, feature = "testing"))]
pub use crate::clock::ManualClock;
#[doc(hidden)]
pub use crate::config::IntoSetting;
pub use crate::config::{Config, StreamConfig};
pub use crate::error::{DiskError, Error, Incident, LogError};
pub use crate::logger::{FlushReport, Logger, handle::StreamHandle};
pub use crate::sinks::{Echo, Hook, HookOutcome, HookStats, HookTask, Record};
pub use crate::stats::{StatementStats, Statements, Stats};
pub use crate::stream::Stream;
pub use crate::{
    codec::fields::{FieldValue, Fields, FieldsIter},
    frontend::{
        context::{InContext, in_context, in_context_sync},
        future::{LogFuture, Receipt, ReceiptFuture},
        secret::Secret,
    },
};
pub use chronologix_schema::{
    Level, LevelFilter, ParseError,
    layout::{Interval, Multiline, Statement, StatementError, StatementField, ValueKind},
    settings::{
        CompressionSetting, ConfigError, ConfigProblem,
        options::{Colors, Compression, Durability, Format, Location, Overflow, RetainAfter},
        quantity::{ByteSize, Retention},
    },
};
