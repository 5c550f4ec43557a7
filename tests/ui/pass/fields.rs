//! Fields in every form, with and without a level; guards the grammar, and the order of evaluation.

use chronologix::{critical, debug, error, info, log, trace, warn};

#[derive(Debug)]
struct State;

#[chronologix::streams(audit)]
fn main() {
    let dir = tempfile::tempdir().unwrap();
    let logger = chronologix_streams::config().base_log_dir(dir.path()).start_blocking().unwrap();
    let (id, user, state) = (7, String::from("ann"), State);
    let mut order = Vec::new();
    let mut next = |number: u32| {
        order.push(number);
        number
    };

    log!(audit, order = id, user:% = user, state:? = state; "filled <>", 3).wait();
    log!(audit, id, user, state:?; "all by their own names").wait();
    log!(audit, user:%, user2:display = user, s1:debug = state, s2:?=state; "long forms").wait();
    log!(audit, "http.status" = 200, "http.path":% = "/", r#type = 1, match = 2,; "{id}").wait();
    log!(audit, a = next(1), b:? = next(2); "{last} <> {}", next(3), next(4), last = next(5)).wait();
    trace!(audit, id; "x").wait();
    debug!(audit, id; "x").wait();
    info!(audit, id; "x").wait();
    warn!(audit, id; "x").wait();
    error!(audit, id; "x").wait();
    critical!(audit, id = if id > 3 { 1 } else { 2 }; "x").wait();

    logger.stop_blocking().unwrap();
    assert_eq!(order, [1, 2, 3, 4, 5]);
    let text = std::fs::read_to_string(dir.path().join("current/audit.log")).unwrap();
    let written: Vec<_> = text.lines().map(|line| line.split_once("] ").unwrap().1).collect();
    assert_eq!(
        written,
        [
            "filled 3 order=7 user=ann state=State",
            "all by their own names id=7 user=ann state=State",
            "long forms user=ann user2=ann s1=State s2=State",
            "7 http.status=200 http.path=/ type=1 match=2",
            "5 3 4 a=1 b=2",
            "[TRACE] x id=7",
            "[DEBUG] x id=7",
            "[INFO] x id=7",
            "[WARN] x id=7",
            "[ERROR] x id=7",
            "[CRITICAL] x id=1",
        ],
    );
}
