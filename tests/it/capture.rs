//! The echo under libtest, whose harness captures what a test prints.

use std::{env, process::Command};

use chronologix::{Config, Echo};

/// Set for the run of this binary in which the scene is played.
const SCENE: &str = "CHRONOLOGIX_CAPTURE_SCENE";

/// What the scene does not do outside of the test below.
#[test]
fn scene() {
    if env::var_os(SCENE).is_none() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let logger = Config::new()
        .base_log_dir(dir.path())
        .echo(Echo::stdout())
        .start_blocking()
        .unwrap();
    let all = logger.stream("all").unwrap();
    all.log(format_args!("echoed within a test")).wait();
    logger.stop_blocking().unwrap();
}

/// What the scene prints when the harness is given this argument.
fn printed(argument: &str) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args(["capture::scene", "--exact", argument])
        .env(SCENE, "1")
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_echoed_is_shown_with_the_test_that_started_the_logger_and_else_not_at_all() {
    let quiet = printed("--test-threads=1");
    assert!(!quiet.contains("echoed within a test"), "{quiet}");
    let shown = printed("--show-output");
    let after = shown.split_once("---- capture::scene stdout ----");
    let text = after.unwrap_or_else(|| panic!("{shown}")).1;
    assert!(text.contains("] echoed within a test\n"), "{shown}");
}
