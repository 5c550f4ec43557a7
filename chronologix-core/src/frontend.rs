//! What runs on the caller's thread: from `log!` into the thread's queue, and what the caller gets.
//!
//! [`submit`] stamps a record, encodes its arguments and pushes them, together with the number of
//! its [`callsite`], into one of the [`thread_queues`]. [`future`] is what `log!` returns.
//! [`context`] adds fields, and [`dynamic`] is for records of other facades.
//!
//! Invariant: nothing here touches a file, or a lock that all callers share.

#[cfg(any(test, feature = "testing"))]
pub(crate) mod binding;
pub(crate) mod callsite;
pub(crate) mod context;
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) mod dynamic;
#[cfg(any(feature = "log", feature = "tracing"))]
pub(crate) mod facade;
pub(crate) mod future;
pub(crate) mod preallocate;
pub(crate) mod rate_limit;
pub(crate) mod reentry;
pub(crate) mod secret;
pub(crate) mod submit;
pub(crate) mod thread_queues;
