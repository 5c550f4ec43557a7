//! Statements with ids, wherever a statement may stand, without a warning.
#![deny(warnings, missing_docs, unreachable_pub)]

use chronologix::{StreamHandle, info, log};

/// Logs to a handle.
pub fn to_a_handle(handle: &StreamHandle) {
    log!(handle.clone().with([("user", "ann")])(id = "handle"), "x").detach();
}

/// Logs in a generic function.
pub fn in_a_generic<T: std::fmt::Display>(value: T) {
    info!(app(id = "generic", every = "5s"), "<>", value).detach();
}

mod inner {
    pub(crate) struct Order;

    impl Drop for Order {
        fn drop(&mut self) {
            chronologix::log!(app(id = "Order-dropped_1"), "dropped").detach();
        }
    }
}

#[chronologix::streams(app)]
fn main() {
    chronologix_streams::off();
    let _order = inner::Order;
    let log = |order: u32| log!(app(id = "closure"), order; "filled");
    log(1).detach();
    log(2).detach();
    in_a_generic(1);
    in_a_generic("x");
    // The same name, in lower case.
    log!(app(id = "Closure"), "filled").detach();
}
