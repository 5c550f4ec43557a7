//! What generated code may name, and nothing else. Not part of the public API.

pub use crate::{
    Config, Durability, FieldValue, Fields, Format, Level, Multiline, Overflow, Record, Stream,
    record::{
        fields::{HoleShown, HoleTyped},
        rendering::{Rendering, Template},
        site::Site,
        submit::{compiles, enabled, passes, submit, submit_after},
        throttle::Throttle,
        value::{Plain, Value},
        wire::{Formatted, Hole, HoleFormatted, HoleRaw},
    },
    stream::{Declaration, StreamSpec},
};
