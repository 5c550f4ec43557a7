//! Room on the caller's side: what `log!` makes of its arguments, and what the caller gets back.
//!
//! The arguments of a record travel to the writer as words of eight bytes, together with the function that turns them
//! into text again: [`wire`] and [`encoding`] write and read them, [`value`] is what the writer formats, [`rendering`] what it
//! formats into, [`line`] the whole line. `loose` is for records
//! whose fields nobody knew when the program was compiled. [`submit`] puts a record into the calling thread's lane, [`future`] is what `log!` returns.
//!
//! Fields that records have in common ([`fields`], [`context`]) travel behind the arguments, where there are any: [`travelling`].
//!
//! Invariant: nothing here touches a file, or a lock that all callers share.

pub(crate) mod context;
mod digits;
pub(crate) mod encoding;
pub(crate) mod fields;
mod float;
mod followed;
pub(crate) mod future;
pub(crate) mod line;
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) mod loose;
pub(crate) mod receipt;
pub(crate) mod redactor;
pub(crate) mod rendering;
pub(crate) mod secret;
pub(crate) mod site;
pub(crate) mod submit;
pub(crate) mod throttle;
pub(crate) mod travelling;
pub(crate) mod value;
pub(crate) mod wire;

#[cfg(test)]
mod tests;
