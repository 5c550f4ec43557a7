//! What ends a run: one clear error, its exit code, nothing lost and nothing marked.

use std::{fs, net::TcpListener, path::Path, process::Command};

use crate::{
    receiver::{Receiver, Reply},
    tree::{Tree, once, printed, program},
};

/// Runs a program that must fail: its exit code and the one line that it prints.
#[track_caller]
fn failure(command: &mut Command) -> (i32, String) {
    let (code, out, err) = printed(&command.output().unwrap());
    assert_eq!(out, "");
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(lines.len(), 1, "{err}");
    (code.unwrap(), lines[0].to_owned())
}

/// Checks that a later run still sends everything.
fn is_unmarked(tree: &Tree) {
    let receiver = Receiver::start([]);
    let output = once(&tree.path(), &receiver.url()).output().unwrap();
    let expected = format!("sent {} records\n", tree.written());
    assert_eq!(printed(&output), (Some(0), expected, String::new()));
}

#[test]
fn credentials_that_are_refused() {
    let mut tree = Tree::new();
    tree.log(8);
    for status in [401, 403] {
        let receiver = Receiver::start([Reply::Status(status, "", b"who are you?".to_vec())]);
        let found = failure(&mut once(&tree.path(), &receiver.url()));
        let expected = format!(
            "chronologix-ship: cannot send to {}/v1/logs: status {status}: who are you?; \
             the header with its credentials is set by `headers`",
            receiver.url()
        );
        assert_eq!(found, (1, expected));
    }
    is_unmarked(&tree);
}

#[test]
fn a_path_that_is_none_of_the_receivers() {
    let mut tree = Tree::new();
    tree.log(8);
    let receiver = Receiver::start([Reply::Status(404, "", Vec::new())]);
    let (code, line) = failure(&mut once(&tree.path(), &receiver.url()));
    assert_eq!(code, 1);
    assert!(
        line.ends_with("status 404; is the path right? Logs usually go to /v1/logs"),
        "{line}"
    );
    is_unmarked(&tree);
}

#[test]
fn a_host_that_does_not_exist() {
    let mut tree = Tree::new();
    tree.log(8);
    let found = failure(&mut once(&tree.path(), "http://receiver.invalid:4318"));
    assert_eq!(found.0, 1);
    let start = "chronologix-ship: cannot send to http://receiver.invalid:4318/v1/logs: ";
    assert!(
        found.1.starts_with(start) && found.1.contains("is the name of the host right?"),
        "{}",
        found.1
    );
    is_unmarked(&tree);
}

#[test]
fn an_address_that_is_none() {
    let mut tree = Tree::new();
    tree.log(8);
    let (code, line) = failure(&mut once(&tree.path(), "localhost:4317"));
    assert_eq!(code, 2);
    assert!(
        line.contains("--endpoint: \"localhost:4317\" is no address of a receiver"),
        "{line}"
    );
}

#[test]
fn a_tree_that_is_not_there_gets_no_state() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("missing");
    let (code, line) = failure(&mut once(&missing, "http://localhost:1"));
    assert_eq!(code, 1);
    assert!(
        line.contains(&format!("cannot read the tree {}", missing.display())),
        "{line}"
    );
    assert!(!missing.exists());
}

#[test]
fn a_cursor_of_another_tree() {
    let (mut one, mut other) = (Tree::new(), Tree::new());
    one.log(8);
    other.log(8);
    let receiver = Receiver::start([]);
    let state = one.dir.path().join("state");
    let state = ["--state-dir", state.to_str().unwrap()];
    let output = once(&one.path(), &receiver.url())
        .args(state)
        .output()
        .unwrap();
    assert_eq!(printed(&output).0, Some(0));
    let (code, line) = failure(once(&other.path(), &receiver.url()).args(state));
    assert_eq!(code, 1);
    assert!(line.contains("cursor.json cannot be used: "), "{line}");
    assert!(line.contains("another tree"), "{line}");
    assert_eq!(receiver.count(), 8);
    is_unmarked(&other);
}

#[test]
fn a_cursor_that_is_damaged() {
    let mut tree = Tree::new();
    tree.log(8);
    let state = tree.path().join(".chronologix-ship");
    fs::create_dir(&state).unwrap();
    fs::write(state.join("cursor.json"), "{").unwrap();
    let receiver = Receiver::start([]);
    let (code, line) = failure(&mut once(&tree.path(), &receiver.url()));
    assert_eq!(code, 1);
    assert!(
        line.contains("cursor.json cannot be used: it is not JSON"),
        "{line}"
    );
    assert_eq!(receiver.count(), 0);
}

/// A disk that takes no byte more stands for a full one and for one without permission: root may
/// write everywhere.
#[test]
#[cfg(target_os = "linux")]
fn a_cursor_that_cannot_be_written_is_found_before_anything_is_sent() {
    let mut tree = Tree::new();
    tree.log(8);
    let state = tree.dir.path().join("state");
    fs::create_dir(&state).unwrap();
    std::os::unix::fs::symlink("/dev/full", state.join("cursor.json.new")).unwrap();
    let receiver = Receiver::start([]);
    let mut command = once(&tree.path(), &receiver.url());
    let (code, line) = failure(command.args(["--state-dir", state.to_str().unwrap()]));
    assert_eq!(code, 1);
    assert!(line.contains("cannot write the cursor"), "{line}");
    assert!(line.contains("No space left on device"), "{line}");
    assert_eq!(receiver.count(), 0);
}

#[test]
fn a_second_shipper() {
    let mut tree = Tree::new();
    tree.log(8);
    let receiver = Receiver::start([]);
    let mut first = crate::tree::follow(&tree.path(), &receiver.url());
    receiver.wait_for(8);
    let (code, line) = failure(&mut once(&tree.path(), &receiver.url()));
    first.kill().unwrap();
    first.wait().unwrap();
    assert_eq!(code, 1);
    assert!(
        line.contains("another process sends the records of this tree"),
        "{line}"
    );
}

#[test]
fn a_port_for_metrics_that_is_taken() {
    let mut tree = Tree::new();
    tree.log(8);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = once(&tree.path(), "http://localhost:1");
    let (code, line) = failure(command.args(["--listen", &address]));
    assert_eq!(code, 1);
    assert!(
        line.starts_with(&format!("chronologix-ship: cannot listen on {address}: ")),
        "{line}"
    );
}

#[test]
fn settings_that_are_wrong_are_named_all_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("chronologix.toml");
    fs::write(&file, "[ship]\nendpont = \"x\"\ntimeout = \"0s\"\n").unwrap();
    let output = program(Path::new("logs"))
        .arg("--config")
        .arg(&file)
        .output()
        .unwrap();
    let (code, _, err) = printed(&output);
    assert_eq!(code, Some(2));
    assert!(
        err.contains("ship.endpont: unknown key; did you mean endpoint?"),
        "{err}"
    );
    assert!(
        err.contains("ship.timeout: 0s; allowed: a duration above 0"),
        "{err}"
    );
}

#[test]
fn an_option_that_does_not_exist() {
    let output = program(Path::new("logs")).arg("--onc").output().unwrap();
    let (code, out, err) = printed(&output);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains("--onc"), "{err}");
}
