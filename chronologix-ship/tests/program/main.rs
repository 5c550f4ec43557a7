//! The program as its users run it: a real tree, written by a real logger, and a receiver on
//! loopback that decodes what it gets.

// Signals end it, and strace looks at it.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

mod cursor;
mod kills;
mod receiver;
mod refusals;
mod rotel;
mod sending;
mod tls;
mod tree;
