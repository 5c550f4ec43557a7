//! Chronologix.

pub use chronologix_core::*;
#[doc(hidden)]
pub use chronologix_core::private as __private;
