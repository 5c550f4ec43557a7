//! Processes that fork, mask their signals, handle them, or log from odd places: nothing that was
//! acknowledged is lost, and the process behaves as it would without a logger.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use crate::{endings::built, lines::files, rounds, tools::WITH_SIGNALS};

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
