//! The program in a real terminal.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test reports")]

use std::{
    num::NonZeroU16,
    process::Command,
    time::{Duration, Instant},
};

use portable_pty::PtySize;

use crate::session::{PATIENCE, ROWS, Session, append, base, settings};

mod foreign;
mod gone;
mod keys;
mod pipe;
mod session;
mod sources;

#[test]
fn follows_through_a_rollover_and_gives_the_terminal_back() {
    let mut session = Session::start(|base| {
        append(
            base,
            "2025-05-04__14-00",
            "app",
            "[14:00:00] [INFO] started\n",
        );
        append(base, "2025-05-04__14-00", "errors", "");
        // Made in advance, like the logger does.
        append(base, "2025-05-04__15-00", "app", "");
        append(base, "2025-05-04__15-00", "errors", "");
    });
    session.wait_for("INF app    started");
    assert_ne!(
        settings(&*session.master),
        session.settings,
        "keys come one by one"
    );
    session.wait_for("2025-05-04__14-00");
    assert!(session.screen.screen().alternate_screen());

    session.append("2025-05-04__14-00", "app", "[14:00:01] [INFO] going on\n");
    session.wait_for("going on");

    session.append(
        "2025-05-04__15-00",
        "errors",
        "[15:00:00] [ERROR] in a new folder\n",
    );
    session.wait_for("in a new folder");
    session.wait_for("── 2025-05-04__15-00 ──");

    // A folder that was not made in advance.
    session.append("2025-05-04__16-00", "app", "[16:00:00] \u{1b}[2Jhostile\n");
    session.wait_for("␛[2Jhostile");

    session.press("\t\t");
    session.wait_until("the tab of errors", |screen| {
        !screen.contents().contains("started")
    });
    session.press("?");
    session.wait_for("half a page down");
    session.press("?0");
    session.wait_for("started");

    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn an_empty_tree_is_waited_for() {
    let mut session = Session::start(|base| std::fs::create_dir(base).unwrap());
    session.wait_for("logs: no interval folders and no log files");
    session.append("2025-05-04", "app", "[14:00:00] there it is\n");
    session.wait_for("there it is");
    // Ctrl-c.
    session.press("\u{3}");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn a_signal_ends_it_and_gives_the_terminal_back() {
    let mut session = Session::start(|base| append(base, "2025-05-04", "app", "[14:00:00] one\n"));
    session.wait_for("one");
    let process = session.child.process_id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &process])
            .status()
            .unwrap()
            .success()
    );
    let status = session.ends();
    assert!(!status.success());
    assert!(
        status.signal().is_some(),
        "its parent sees what it died of: {status:?}"
    );
}

#[test]
fn it_can_be_put_aside_and_taken_up_again() {
    let mut session = Session::start(|base| append(base, "2025-05-04", "app", "[14:00:00] one\n"));
    session.wait_for("one");
    // Ctrl-z.
    session.press("\u{1a}");
    session.wait_until("the screen is given back", |screen| {
        !screen.alternate_screen()
    });
    // The settings follow the screen.
    let began = Instant::now();
    while settings(&*session.master) != session.settings {
        assert!(began.elapsed() < PATIENCE, "the settings are given back");
        if let Ok(bytes) = session.output.recv_timeout(Duration::from_millis(10)) {
            session.screen.process(&bytes);
        }
    }
    session.append("2025-05-04", "app", "[14:00:01] meanwhile\n");
    // It may not have stopped yet when it has restored the screen.
    let process = session.child.process_id().unwrap().to_string();
    while !session.screen.screen().alternate_screen() {
        assert!(
            Command::new("kill")
                .args(["-CONT", &process])
                .status()
                .unwrap()
                .success()
        );
        if let Ok(bytes) = session.output.recv_timeout(Duration::from_millis(50)) {
            session.screen.process(&bytes);
        }
    }
    session.wait_for("meanwhile");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn a_resize_is_followed() {
    let mut session = Session::start(|base| append(base, "2025-05-04", "app", "[14:00:00] one\n"));
    session.wait_for("one");
    let wide = "x".repeat(100);
    session.append("2025-05-04", "app", &format!("[14:00:01] {wide}end\n"));
    session.wait_for("xxx");
    let size = PtySize {
        rows: ROWS,
        cols: 140,
        ..PtySize::default()
    };
    session.screen.set_size(
        NonZeroU16::new(ROWS).unwrap(),
        NonZeroU16::new(140).unwrap(),
    );
    session.master.resize(size).unwrap();
    session.wait_for("xend");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn in_a_pipe_it_prints_and_ends() {
    let tree = tempfile::tempdir().unwrap();
    append(
        &base(&tree),
        "2025-05-04",
        "app",
        "[14:00:00] one\n[14:00:02] three\n",
    );
    append(&base(&tree), "2025-05-04", "errors", "[14:00:01] two\n");
    let run = |dir: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chronologix-view"));
        command.arg(dir).current_dir(tree.path()).output().unwrap()
    };
    let output = run("logs");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        output.stdout,
        b"[14:00:00] one\n[14:00:01] two\n[14:00:02] three\n"
    );
    let output = run("nowhere");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.starts_with("chronologix-view: nowhere: no such file or directory"),
        "{said}"
    );
    let output = run("--nonsense");
    assert_eq!(output.status.code(), Some(2));
}
