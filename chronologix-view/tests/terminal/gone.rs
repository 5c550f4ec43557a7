//! Terminals that go away, and such that cannot draw.

use std::{
    fs,
    io::{Read as _, Write as _},
    sync::mpsc,
    thread,
};

use portable_pty::{CommandBuilder, ExitStatus, PtySize, native_pty_system};
use tempfile::TempDir;

use crate::session::{PATIENCE, append, base, command};

/// A tree of two lines.
fn tree() -> TempDir {
    let tree = tempfile::tempdir().unwrap();
    let lines = "[14:00:00] one\n[14:00:01] \u{1b}[31mtwo\n";
    append(&base(&tree), "2025-05-04", "app", lines);
    tree
}

/// Runs the program in a terminal. Hides a line, and closes the terminal when it is hidden.
fn close_while_running(command: CommandBuilder) -> ExitStatus {
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let mut seen = Vec::new();
    let mut wait_for = |text: &str| {
        let mut block = [0; 4096];
        while !String::from_utf8_lossy(&seen).contains(text) {
            let length = reader.read(&mut block).unwrap();
            seen.extend_from_slice(&block[..length]);
        }
    };
    wait_for("two");
    keys.write_all(b"!one\r").unwrap();
    wait_for("not /one/");
    drop((reader, keys, pair.master));
    let (sender, ended) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait().unwrap()));
    ended.recv_timeout(PATIENCE).unwrap()
}

#[test]
fn it_ends_with_its_terminal_and_keeps_its_session() {
    // With a controlling terminal a signal says so, without one only the terminal itself.
    for has_signal in [true, false] {
        let tree = tree();
        let mut command = command(&tree);
        command.set_controlling_tty(has_signal);
        let status = close_while_running(command);
        assert!(status.signal().is_some(), "{has_signal}: {status:?}");
        let sessions = tree.path().join("state/chronologix/sessions");
        assert_eq!(fs::read_dir(sessions).unwrap().count(), 1, "{has_signal}");
    }
}

#[test]
fn a_terminal_that_cannot_draw_gets_plain_lines() {
    for name in ["dumb", ""] {
        let tree = tree();
        let mut command = command(&tree);
        command.env("TERM", name);
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        let status = child.wait().unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let mut printed = Vec::new();
        // Ends with an error where a terminal has no end.
        let _ = reader.read_to_end(&mut printed);
        let printed = String::from_utf8(printed).unwrap();
        assert_eq!(printed, "[14:00:00] one\r\n[14:00:01] two\r\n");
        assert_eq!(status.exit_code(), 0);
    }
}

#[test]
fn no_colour_is_sent_where_none_is_wanted() {
    for (name, value) in [("TERM", "vt100"), ("NO_COLOR", "1")] {
        let tree = tree();
        let mut command = command(&tree);
        command.env(name, value);
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let mut keys = pair.master.take_writer().unwrap();
        let mut seen = String::new();
        let mut block = [0; 4096];
        while let Ok(length @ 1..) = reader.read(&mut block) {
            seen.push_str(&String::from_utf8_lossy(&block[..length]));
            if seen.contains("two") {
                keys.write_all(b"q").unwrap();
            }
        }
        assert_eq!(child.wait().unwrap().exit_code(), 0);
        // The default colours are 39 and 49.
        let codes = seen.split("\u{1b}[").filter_map(|rest| {
            let (codes, _) = rest.split_once('m')?;
            codes
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b';')
                .then_some(codes)
        });
        for code in codes.flat_map(|codes| codes.split(';')) {
            let is_colour = matches!(code.as_bytes(), [b'3' | b'4' | b'9', b'0'..=b'8'])
                || code.starts_with("10");
            assert!(!is_colour, "{name}={value}: {code}");
        }
    }
}
