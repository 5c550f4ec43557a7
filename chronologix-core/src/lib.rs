//! The engine of `chronologix`.

mod level;

pub mod layout;

pub use level::{Level, UnknownWord};
