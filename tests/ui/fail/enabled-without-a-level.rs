//! What `log_enabled!` asks is about a stream and a level.

use chronologix::{Level, log_enabled};

#[chronologix::streams(app, audit)]
fn main() {
    let _ = log_enabled!(app);
    let _ = log_enabled!(adit, Level::Info);
    let _ = log_enabled!(app, "info");
    let _ = log_enabled!(5 + 1, Level::Info);
}
