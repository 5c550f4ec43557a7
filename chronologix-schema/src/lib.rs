//! What a log tree looks like on disk, and what settings are. Pure: nothing here reads a clock or
//! waits, and no file is opened but the system's time zone data.
//!
//! The writer, the macros and the viewer of [`chronologix`](https://docs.rs/chronologix) share this
//! crate, so that all of them follow the same rules.

pub mod layout;
pub mod level;
pub mod settings;
mod word;

pub use self::{
    level::{Level, LevelFilter},
    word::ParseError,
};
