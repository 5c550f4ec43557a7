//! What travels through a queue: arguments and fields, as words of eight bytes.
//!
//! [`encode`] and [`encoding`] write and read arguments. Fields that records have in common
//! ([`fields`]) travel behind the arguments ([`field_codec`]). `dynamic` is for records of other
//! facades, whose fields are not known when the program is compiled.

#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) mod dynamic;
pub(crate) mod encode;
pub(crate) mod encoding;
pub(crate) mod field_codec;
pub(crate) mod fields;
