//! Tests of a program, as its own authors would write them: all log to the same declared streams,
//! at the same time, some with a test logger and some without one.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic, in its helping functions as well"
)]

// What a test with a logger of its own finds in it: what it logged, and nothing else.
mod with_logger;
// What a test without one gets: what a program gets that has started no logger.
mod without_logger;

/// The program under test.
#[chronologix::streams(app, errors -> app, audit(min_level = "info"))]
mod program {
    use chronologix::{error, info, log};

    pub(crate) fn order(number: u32) {
        log!(app, "order <>", number).detach();
        info!(audit, order = number; "accepted").detach();
        if number == 0 {
            error!(errors, "order <> is none", number).detach();
        }
    }
}

/// How often a test does what it does, so that it meets all others.
const ROUNDS: u32 = 50;
