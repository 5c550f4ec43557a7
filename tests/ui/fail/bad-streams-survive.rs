//! A stream with a mistake of its own can be named all the same: no message comes from `main`.

use chronologix::log;

#[chronologix::streams(app, con, nul -> ap, App, audit = 5, my-stream)]
fn main() {
    log!(app, "x").detach();
    log!(con, "x").detach();
    log!(nul, "x").detach();
    log!(App, "x").detach();
    log!(my, "x").detach();
}
