//! Chronologix.
