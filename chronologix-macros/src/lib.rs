//! The macros of `chronologix`.
