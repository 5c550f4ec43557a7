//! Sends the records of [chronologix](https://docs.rs/chronologix) log trees to an OpenTelemetry
//! receiver, each at least once.
#![allow(
    dead_code,
    unused_imports,
    reason = "the program that calls these rooms is not here yet"
)]

mod batch;
mod clock;
mod cursor;
mod dead_letter;
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
mod source;
mod transport;
