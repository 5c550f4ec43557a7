//! The engine of [`chronologix`](https://docs.rs/chronologix): use that crate.
//!
//! A record is made on the caller's thread ([`Record`], room `record`), travels through that thread's queue (room `queue`), and is
//! merged, formatted, written and synced by one writer thread per logger (room `engine`), which alone touches files (room `disk`). What
//! stands on disk is described by pure functions ([`layout`]) that the viewer shares.

mod clock;
mod config;
mod disk;
mod engine;
mod error;
mod exit;
mod level;
mod logger;
mod process;
mod queue;
mod record;
mod stats;
mod stderr;
mod stream;
mod teller;

#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod bench;
#[cfg(all(unix, feature = "testing"))]
#[doc(hidden)]
pub mod faults;
#[cfg(feature = "testing")]
#[doc(hidden)]
pub mod fuzz;
pub mod layout;
#[doc(hidden)]
pub mod private;

#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use config::{
    Config, ConfigError, ConfigProblem, StreamConfig,
    period::Period,
    words::{Durability, Format, Overflow},
};
pub use error::{DiskError, Error, LogError};
pub use layout::{Interval, Multiline};
pub use level::{Level, UnknownWord};
pub use logger::{FlushReport, Logger};
pub use record::{
    context::{InContext, in_context, in_context_blocking},
    fields::{FieldValue, Fields},
    future::{Record, RecordUntil},
    receipt::Receipt,
    secret::Secret,
};
pub use stats::Stats;
pub use stream::{Stream, StreamHandle};
