//! One mistake, one message: all that uses the declaration compiles.

use chronologix::{error, log};

#[chronologix::streams(app, errors -> app, audit(durability = "fsync") -> app)]
fn main() {
    let _config = chronologix_streams::config();
    log!(app, "<>", helper()).detach();
    error!(errors, "x").detach();
    log!(audit, "x").detach();
}

fn helper() -> u8 {
    1
}
