//! What becomes of an echo outside: read, not read, gone.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::run::{folders, path_of};

/// What no test should have to wait for.
const LONG: Duration = Duration::from_secs(60);

/// A run whose stdout and stderr are pipes.
fn start(dir: &TempDir, records: u32, environment: &[(&str, &str)]) -> Child {
    Command::new(path_of("echoes"))
        .arg(records.to_string())
        .current_dir(dir.path())
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lines in the file, and lines that were not echoed.
fn outcome(dir: &Path) -> (usize, usize) {
    let lines = folders(&dir.join("logs"))
        .iter()
        .map(|folder| {
            fs::read_to_string(folder.join("app.log"))
                .unwrap()
                .lines()
                .count()
        })
        .sum();
    let dropped = fs::read_to_string(dir.join("echo_dropped")).unwrap();
    (lines, dropped.parse().unwrap())
}

/// Runs it to its end without reading anything; gives what is in the pipe then, unless its other
/// end is to be closed at once.
#[track_caller]
fn run_unread(dir: &TempDir, records: u32, closes: bool) -> Option<ChildStdout> {
    let mut child = start(dir, records, &[]);
    let stdout = child.stdout.take().filter(|_| !closes);
    let stderr = child.stderr.take().filter(|_| !closes);
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(child.wait()));
    assert!(end.recv_timeout(LONG).unwrap().unwrap().success());
    drop(stderr);
    stdout
}

#[test]
fn an_echo_that_is_read_is_what_the_file_has_split_by_level() {
    let dir = tempfile::tempdir().unwrap();
    let output = start(&dir, 2, &[]).wait_with_output().unwrap();
    let messages = |bytes: &[u8]| {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let message = |line: &str| line.split_once("] ").unwrap().1.to_owned();
        text.lines().map(message).collect::<Vec<_>>()
    };
    let expected =
        [0, 1].map(|number| format!("[INFO] record {number} of those that nobody may ever see"));
    assert_eq!(messages(&output.stdout), expected);
    assert_eq!(messages(&output.stderr), ["[WARN] the last"]);
    assert_eq!(outcome(dir.path()), (3, 0));
}

#[test]
fn colours_in_a_pipe_must_be_forced_and_may_be_forbidden() {
    let force = ("CLICOLOR_FORCE", "1");
    for (environment, has_colors) in [
        ([force].as_slice(), true),
        (&[force, ("NO_COLOR", "1")], false),
        (&[], false),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let output = start(&dir, 0, environment).wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(text.starts_with("\x1b[33m["), has_colors, "{text:?}");
        assert_eq!(text.ends_with("the last\x1b[0m\n"), has_colors, "{text:?}");
    }
}

#[test]
fn a_pipe_that_nobody_reads_holds_nothing_up() {
    const RECORDS: u32 = 100_000;
    let dir = tempfile::tempdir().unwrap();
    let stdout = run_unread(&dir, RECORDS, false);
    let (lines, dropped) = outcome(dir.path());
    assert_eq!(lines, RECORDS as usize + 1);
    // The pipe takes 64 KiB, the queue and the thread behind it a megabyte each, of more than 6
    // that there are.
    assert!(dropped > 50_000, "{dropped}");
    let mut text = String::new();
    stdout.unwrap().read_to_string(&mut text).unwrap();
    assert!(text.contains("] [INFO] record 0 of those"));
}

#[test]
fn a_pipe_whose_reader_has_gone_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    run_unread(&dir, 1000, true);
    assert_eq!(outcome(dir.path()).0, 1001);
}
