//! Sends the records of [chronologix](https://docs.rs/chronologix) log trees to an OpenTelemetry
//! receiver, each at least once. This crate is the program `chronologix-ship`.
//!
//! | to change | look in |
//! |---|---|
//! | an option | `cli`; one that a settings file has, too: the schema crate |
//! | what wins over what, variables of the environment | `settings` |
//! | how a record looks at the receiver | `otlp` |
//! | when a request is complete | `batch` |
//! | what becomes of a request after an answer, how long to wait | `retry` |
//! | HTTP, TLS, proxies, compression | `transport` |
//! | the threads of a run, the way of the cursor | `shipper` |
//! | the files in the state folder | `cursor`, `dead_letter`, `disk` |
//! | what is read of a tree | `tree_source` |
//! | `status`, `resend`, `/metrics` | `status`, `resend`, `monitoring` |
//! | closed folders in stores of objects | `objects` |
//!
//! `retry`, `otlp`, `batch` and `settings` are functions of their arguments.

mod batch;
mod cli;
mod clock;
mod cursor;
mod dead_letter;
mod disk;
mod error;
mod figures;
mod metrics;
mod monitoring;
mod notice;
#[cfg(feature = "objects")]
mod objects;
mod otlp;
mod resend;
mod retry;
mod settings;
mod shipper;
mod shipping;
mod source;
mod status;
mod transport;
mod tree_source;

pub use self::cli::run;
