//! Room on the caller's side: what `log!` makes of its arguments, and what the caller gets back.
//!
//! The arguments of a record travel to the writer as words of eight bytes, together with the function that turns them
//! into text again: [`encode`] and [`encoding`] write and read them, [`value`] is what the writer formats, [`message`] what it
//! formats into, [`line`] the whole line. `loose` is for records
//! whose fields nobody knew when the program was compiled. [`submit`] puts a record into the calling thread's queue, [`future`] is what `log!` returns.
//!
//! Fields that records have in common ([`fields`], [`context`]) travel behind the arguments, where there are any: [`field_codec`].
//!
//! Invariant: nothing here touches a file, or a lock that all callers share.

pub(crate) mod callsite;
pub(crate) mod rate_limit;

pub(crate) mod context;
mod followed;
pub(crate) mod future;
pub(crate) mod receipt;
pub(crate) mod secret;
pub(crate) mod submit;
