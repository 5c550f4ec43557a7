//! Loggers without files: the log is what stands on stdout, however the process ends.

#[cfg(unix)]
use std::io::Read as _;
use std::{
    fs,
    process::{Child, Command, Output, Stdio},
};

use tempfile::TempDir;

#[cfg(unix)]
use super::run::interrupt;
use super::run::path_of;

const RECORDS: usize = 20_000;

/// A run with pipes, which ends in this way.
fn start(dir: &TempDir, end: &str, environment: &[(&str, &str)]) -> Child {
    command(dir, end)
        .envs(environment.iter().copied())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

fn command(dir: &TempDir, end: &str) -> Command {
    let mut command = Command::new(path_of("container"));
    command.args([&RECORDS.to_string(), end]);
    command.current_dir(dir.path());
    command.envs([
        ("CHRONOLOGIX_NO_FILES", "true"),
        ("CHRONOLOGIX_ECHO", "stdout"),
    ]);
    command.stdin(Stdio::null()).stderr(Stdio::piped());
    command
}

/// What is on stdout, and that nothing is on disk.
#[track_caller]
fn shown(dir: &TempDir, output: &Output) -> Vec<String> {
    let files = fs::read_dir(dir.path()).unwrap().count();
    assert_eq!(files, 0);
    let text = std::str::from_utf8(&output.stdout).unwrap();
    assert!(text.ends_with('\n'), "no line is torn");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn every_end_of_the_process_shows_all_records() {
    for (end, code) in [
        ("return", Some(0)),
        ("exit", Some(3)),
        ("panic", Some(101)),
        ("abort", None),
    ] {
        if cfg!(windows) && end == "abort" {
            // Nothing runs at that end on Windows.
            continue;
        }
        let dir = tempfile::tempdir().unwrap();
        let output = start(&dir, end, &[]).wait_with_output().unwrap();
        assert_eq!(output.status.code(), code, "{end}");
        let lines = shown(&dir, &output);
        assert_eq!(lines.len(), RECORDS + 1, "{end}");
        // The stream has JSON; the console has text.
        assert!(
            lines[RECORDS].ends_with("] [ERROR] the last code=7"),
            "{end}"
        );
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("chronologix: "), "{end}: {stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_signal_shows_all_records_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(&dir, "wait", &[]);
    let mut stdout = child.stdout.take().unwrap();
    // The first byte is there. Others may be on their way.
    let mut text = vec![0];
    stdout.read_exact(&mut text).unwrap();
    interrupt(&child);
    stdout.read_to_end(&mut text).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    // Records that come after the signal are refused.
    assert!(!stderr.contains("not written"), "{stderr}");
    shown(
        &dir,
        &Output {
            stdout: text,
            ..output
        },
    );
}

#[cfg(unix)]
#[test]
fn a_forked_child_shows_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let output = start(&dir, "fork", &[]).wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let lines = shown(&dir, &output);
    let of_child = lines.iter().filter(|line| line.ends_with("of the child"));
    assert_eq!((of_child.count(), lines.len()), (1, RECORDS + 2));
}

#[test]
fn a_program_whose_reader_has_gone_comes_to_its_end_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let mut child = start(&dir, "return", &[]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let reported = stderr.matches("chronologix: cannot write to stdout");
    assert_eq!(reported.count(), 1, "{stderr}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_that_stays_full_ends_with_the_exit_timeout() {
    let dir = tempfile::tempdir().unwrap();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let mut command = command(&dir, "return");
    command.env("CHRONOLOGIX_EXIT_TIMEOUT", "10ms");
    // Nothing would be taken, and the program would wait for room.
    command.env("CHRONOLOGIX_OVERFLOW", "drop");
    let output = command.stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.contains("cannot write to stdout: No space left"),
        "{stderr}"
    );
    let lost = format!(
        "shutdown timed out after 10 ms: {} records not written to the console",
        RECORDS + 1
    );
    assert!(stderr.contains(&lost), "{stderr}");
}

#[test]
fn the_environment_says_what_is_shown_and_how() {
    let dir = tempfile::tempdir().unwrap();
    let environment = [
        ("CHRONOLOGIX_ECHO_MIN_LEVEL", "error"),
        ("CHRONOLOGIX_ECHO_FORMAT", "json"),
    ];
    let output = start(&dir, "return", &environment)
        .wait_with_output()
        .unwrap();
    let lines = shown(&dir, &output);
    let [line] = lines.as_slice() else {
        panic!("{lines:?}")
    };
    assert!(line.ends_with(r#""level":"ERROR","stream":"errors","message":"the last","code":7}"#));
}
