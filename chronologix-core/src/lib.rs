//! The engine of [`chronologix`](https://docs.rs/chronologix): use that crate.
//!
//! A record is made on the caller's thread ([`Record`], room `record`), travels through that thread's queue (room `queue`), and is
//! merged, formatted, written and synced by one writer thread per logger (room `engine`), which alone touches open folders (room `disk`);
//! closed ones are compressed and removed by room `upkeep`. What stands on disk is described by pure functions ([`layout`]) that the viewer shares.

mod clock;
mod config;
mod disk;
mod engine;
mod error;
mod exit;
mod logger;
mod outlets;
mod process;
mod queue;
mod record;
mod stats;
mod stderr;
mod stream;
mod teller;
mod upkeep;

#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod bench;
#[cfg(any(feature = "log", feature = "tracing"))]
pub mod bridge;
#[cfg(all(unix, feature = "testing"))]
#[doc(hidden)]
pub mod faults;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzz;
#[doc(hidden)]
pub mod private;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use chronologix_schema::{
    Level, UnknownWord,
    layout::{Interval, Multiline},
    settings::{
        options::{Colors, Compression, Durability, Format, Overflow},
        period::Period,
        quantity::{ByteSize, Retention},
    },
};
#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use config::{Config, ConfigError, ConfigProblem, StreamConfig};
pub use error::{DiskError, Error, LogError};
pub use logger::{FlushReport, Logger};
pub use outlets::{Echo, Hook, HookOutcome, HookRecord, HookStats, HookTask};
pub use record::{
    context::{InContext, in_context, in_context_blocking},
    fields::{FieldValue, Fields},
    future::{Record, RecordUntil},
    receipt::Receipt,
    secret::Secret,
};
pub use stats::Stats;
pub use stream::{Stream, StreamHandle};
