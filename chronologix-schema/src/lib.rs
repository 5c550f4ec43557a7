//! What a log tree looks like on disk, and what settings are. Pure: nothing here opens a file,
//! reads a clock or waits.
//!
//! The writer, the macros and the viewer of [`chronologix`](https://docs.rs/chronologix) share this
//! crate, so that all of them follow the same rules.

pub mod layout;
pub mod level;
pub mod settings;
mod word;

pub use self::{level::Level, word::ParseError};
