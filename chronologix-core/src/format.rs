//! From a decoded record to the bytes of a line.
//!
//! [`value`] is one argument, [`message`] the message with its fields, [`line`] the whole line.
//! [`number`] and [`float`] write digits, and [`redact`] replaces values.

pub(crate) mod float;
pub(crate) mod line;
pub(crate) mod message;
pub(crate) mod number;
pub(crate) mod redact;
pub(crate) mod value;
