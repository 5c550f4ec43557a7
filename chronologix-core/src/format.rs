//! From a decoded record to the bytes of a line.
//!
//! [`value`] is one argument, [`message`] the message with its fields, [`line`] the whole line.

pub(crate) mod float;
pub(crate) mod line;
pub(crate) mod message;
pub(crate) mod number;
pub(crate) mod redact;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod value;
