//! The cursor outlives a power cut: what the program asks of the disk, in which order.

use std::{
    fs,
    io::Write as _,
    process::{Command, Stdio},
};

use crate::{
    receiver::Receiver,
    tree::{Tree, once},
};

/// What the program did, as strace has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Answered,
    SyncedAside,
    Replaced,
    SyncedFolder,
}

fn step(line: &str) -> Option<Step> {
    // A call that another thread interrupts is shown in two lines; the first has the arguments.
    let is_synced = line.contains("fsync(");
    let is_answer = line.contains("HTTP/1.1 200");
    match () {
        () if is_answer => Some(Step::Answered),
        () if is_synced && line.contains("cursor.json.new>") => Some(Step::SyncedAside),
        () if line.contains("rename") && line.contains("cursor.json\"") => Some(Step::Replaced),
        () if is_synced && line.contains("/state>") => Some(Step::SyncedFolder),
        () => None,
    }
}

#[test]
#[cfg(target_os = "linux")]
fn the_cursor_is_synced_renamed_and_synced_after_each_answer() {
    let is_there = Command::new("strace")
        .arg("-V")
        .stdout(Stdio::null())
        .status();
    if !is_there.is_ok_and(|it| it.success()) {
        // Not by way of the captured stderr: it is to be seen.
        let _ = writeln!(std::io::stderr(), "SKIPPED: no strace: run .ci/fault-tools");
        return;
    }
    let mut tree = Tree::new();
    tree.log(40);
    let receiver = Receiver::start([]);
    let state = tree.dir.path().join("state");
    let trace = tree.dir.path().join("trace");
    let program = once(&tree.path(), &receiver.url());
    let mut command = Command::new("strace");
    command.args([
        "-f",
        "-y",
        "-s",
        "64",
        "-e",
        "trace=fsync,rename,renameat,renameat2,recvfrom",
    ]);
    command
        .arg("-o")
        .arg(&trace)
        .arg(program.get_program())
        .args(program.get_args());
    command
        .args(["--batch-records", "10", "--state-dir"])
        .arg(&state);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let output = command.env_clear().env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{output:?}");

    let trace = fs::read_to_string(&trace).unwrap();
    let steps: Vec<_> = trace.lines().filter_map(step).collect();
    let kept = [Step::SyncedAside, Step::Replaced, Step::SyncedFolder];
    // Whether the cursor can be written is tried, and where the first run begins is kept.
    let expected = [&[Step::SyncedAside], &kept[..]].concat();
    assert_eq!(steps[..4], expected, "{trace}");
    let answers = steps[4..].chunks(4);
    assert_eq!(answers.len(), 4, "{trace}");
    for step in answers {
        assert_eq!(step, [&[Step::Answered], &kept[..]].concat(), "{trace}");
    }
}
