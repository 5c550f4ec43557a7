//! What generated code may name, and nothing else. Not part of the public API.

#[cfg(any(test, feature = "testing"))]
pub use crate::testing::expect_catalogue as assert_catalogue;
pub use crate::{
    Colors, Config, Echo, FieldValue, Fields, Format, Level, LogFuture, Stream, StreamConfig,
    StreamHandle,
    codec::{
        arg::{Arg, FormattedArg, FormattedField, RawArg, RawField},
        encode::Formatted,
    },
    format::message::MessageWriter,
    frontend::{
        callsite::{Callsite, SourceFile},
        rate_limit::Throttle,
        submit::{compiles, enabled, passes, submit, submit_after},
    },
    stream::Declaration,
};
