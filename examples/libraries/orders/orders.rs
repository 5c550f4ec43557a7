//! A library that declares streams of its own. A program takes them in by `Config::include`.

use chronologix::{info, warn};

/// The streams of this library.
#[chronologix::streams(orders, refusals -> orders)]
#[derive(Debug)]
pub struct Logs;

/// Places an order, if there is anything in it.
#[must_use]
pub fn place(order: u64, items: u32) -> bool {
    if items == 0 {
        warn!(Logs::refusals, order; "there is nothing in it").detach();
        return false;
    }
    info!(Logs::orders, order, items; "placed").detach();
    true
}
