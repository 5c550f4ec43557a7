//! Processes that fork, mask their signals, handle them, or log from odd places: nothing that was
//! acknowledged is lost, and the process behaves as it would without a logger.

use std::{
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use crate::{
    endings::built,
    lines::files,
    rounds,
    tally::say,
    tools::{Tool, WITH_SIGNALS, are_here},
};

/// The program that these tests run.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| built("odd_process"))
}

/// Runs the program. Returns what came of it, and the messages in `app.log`.
#[track_caller]
fn run(before: &[&str], way: &str) -> (Output, Vec<String>) {
    let _machine = rounds::beside_others();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let [env, defaults] = WITH_SIGNALS;
    let output = Command::new(env)
        .args([defaults, "RUST_BACKTRACE=0"])
        .args(before)
        .arg(program())
        .args([way, base.to_str().unwrap()])
        .output()
        .unwrap();
    let files = files(&base, "app").into_iter();
    let texts = files.map(|file| std::fs::read_to_string(file).unwrap());
    let messages = texts.flat_map(|text| {
        let message = |line: &str| line.split_once("] ").unwrap().1.to_owned();
        text.lines().map(message).collect::<Vec<_>>()
    });
    (output, messages.collect())
}

#[test]
fn a_child_that_ends_right_after_its_first_record_loses_nothing() {
    for (way, end) in [
        ("child-exit", 0),
        ("child-SIGTERM", -15),
        ("child-abort", -6),
        ("child-panic", 101),
        ("child-thread", 0),
        ("grandchild", 0),
    ] {
        let (output, mut messages) = run(&[], way);
        let ended = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{way}: {output:?}");
        assert_eq!(ended, format!("ended {end}\n").repeat(100), "{way}");
        messages.sort();
        let mut expected = (1..=100)
            .map(|at| format!("child {at}"))
            .collect::<Vec<_>>();
        if way == "grandchild" {
            expected.extend(vec!["and again".to_owned(); 200]);
        }
        expected.sort();
        assert_eq!(messages, expected, "{way}: {} lines", messages.len());
    }
}

#[test]
fn threads_of_ours_leave_the_signals_of_the_process_to_the_program() {
    let (output, _) = run(&[], "masks");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    let (first, threads) = text.split_once('\n').unwrap();
    let bits = |signals: &[u32]| {
        signals
            .iter()
            .fold(0, |sum, signal| sum | 1 << (signal - 1))
    };
    let mut ours = Vec::new();
    for thread in threads.lines() {
        let (name, blocked) = thread.split_once(' ').unwrap();
        if name.starts_with("chronologix") {
            let blocked = u64::from_str_radix(blocked, 16).unwrap();
            // SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS.
            let faults = bits(&[4, 5, 6, 7, 8, 11, 31]);
            // SIGKILL, SIGSTOP, and those that C libraries keep for themselves.
            let others = bits(&[9, 19, 32, 33, 34]);
            assert_eq!(blocked | others, !faults, "{name} in\n{text}");
            ours.push(name);
        } else {
            assert_eq!(thread, first, "{text}");
        }
    }
    ours.sort_unstable();
    let expected = [
        "chronologix",
        "chronologix-ech",
        "chronologix-err",
        "chronologix-hoo",
        "chronologix-ret",
        "chronologix-sig",
    ];
    assert_eq!(ours, expected);
}

#[test]
fn process_1_of_a_container_ends_by_the_code_of_the_signal() {
    if !are_here("process 1", &[Tool::Root]) {
        return;
    }
    let unshare = ["unshare", "-fp", "--kill-child", "--mount-proc"];
    let in_time = ["timeout", "-s", "KILL", "60"];
    for signal in [1, 2, 3, 11, 15] {
        let set = format!("SIGNAL={signal}");
        let (inside, messages) = run(&[&in_time[..], &unshare, &["env", &set]].concat(), "signal");
        assert_eq!(inside.status.code(), Some(128 + signal), "{inside:?}");
        assert_eq!(messages, ["before"]);
        let (outside, messages) = run(&[&set], "signal");
        assert_eq!(outside.status.signal(), Some(signal), "{outside:?}");
        assert_eq!(messages, ["before"]);
    }
}

#[test]
fn a_program_that_takes_a_signal_after_the_logger_decides_what_happens() {
    for way in ["ctrl_c", "take-SIGABRT"] {
        let (output, messages) = run(&[], way);
        assert!(output.status.success(), "{way}: {output:?}");
        assert_eq!(messages, ["before 1", "after 1", "before 2", "after 2"]);
    }
}

#[test]
fn a_process_that_aborts_unasked_loses_nothing() {
    for way in [
        "abort-hook-before",
        "abort-hook-after",
        "abort-overflow",
        "abort-twice",
        "abort-now",
    ] {
        let (output, messages) = run(&[], way);
        assert_eq!(output.status.signal(), Some(6), "{way}: {output:?}");
        assert_eq!(messages.len(), 20_000, "{way}");
    }
}

#[test]
fn a_record_made_while_another_is_made_is_written_or_counted() {
    for way in ["timer", "allocator", "display"] {
        let (output, messages) = run(&["timeout", "-s", "KILL", "100"], way);
        assert!(output.status.success(), "{way}: {output:?}");
        let told = String::from_utf8(output.stdout).unwrap();
        let (made, refused) = told.trim().split_once(' ').unwrap();
        let [made, refused] = [made, refused].map(|count| count.parse::<usize>().unwrap());
        let lines = messages.len();
        say(&format!(
            "{way}: {made} records, {lines} lines, {refused} refused"
        ));
        assert_eq!(lines + refused, made, "{way}");
        assert!(refused == 0 || way != "display", "{refused}");
    }
}
