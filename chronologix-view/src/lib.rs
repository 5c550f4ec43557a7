//! The terminal viewer.
