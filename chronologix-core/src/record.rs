//! Room on the caller's side: what `log!` makes of its arguments, and what the caller gets back.
//!
//! The arguments of a record travel to the writer as words of eight bytes, together with the function that turns them
//! into text again: [`wire`] and [`encoding`] write and read them, [`value`] is what the writer formats, [`rendering`] what it
//! formats into, [`line`] the whole line. `loose` is for records
//! whose fields nobody knew when the program was compiled. [`submit`] puts a record into the calling thread's lane, [`future`] is what `log!` returns.
//!
//! Invariant: nothing here touches a file, or a lock that all callers share.

mod digits;
pub(crate) mod encoding;
mod float;
mod followed;
pub(crate) mod future;
pub(crate) mod line;
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) mod loose;
pub(crate) mod receipt;
pub(crate) mod rendering;
pub(crate) mod site;
pub(crate) mod submit;
pub(crate) mod value;
pub(crate) mod wire;

#[cfg(test)]
mod tests;
