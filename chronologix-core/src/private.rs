//! What generated code may name, and nothing else. Not part of the public API.

pub use crate::{
    Config, Durability, FieldValue, Fields, Format, Level, LogFuture, Multiline, Overflow, Stream,
    codec::{
        encode::{Formatted, Hole, HoleFormatted, HoleRaw},
        fields::{HoleShown, HoleTyped},
    },
    format::{
        message::{Rendering, Template},
        value::{Plain, Value},
    },
    frontend::{
        callsite::Site,
        rate_limit::Throttle,
        submit::{compiles, enabled, passes, submit, submit_after},
    },
    stream::{Declaration, StreamSpec},
};
