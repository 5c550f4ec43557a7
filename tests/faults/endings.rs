//! The end of a process in every way but `kill -9`: what was queued is written, and at a panic or a
//! crash what was kept in memory.

use std::{
    fs,
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
    sync::LazyLock,
    time::Instant,
};

use crate::{
    lines::files,
    rounds,
    tally::{Tally, say},
    tools::{self, Tool, WITH_SIGNALS},
};

const RECORDS: u64 = 200_000;

/// How a process ended: by itself, or by a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Code(i32),
    Signal(i32),
}

#[test]
fn no_record_is_lost_on_the_way_out() {
    let _machine = rounds::beside_others();
    let program = built("ends");
    for (way, end, told) in [
        ("return", End::Code(0), "return from main"),
        ("drop", End::Code(0), "return from main, handle dropped"),
        ("exit", End::Code(0), "exit(0)"),
        ("thread", End::Code(0), "exit(0) from another thread"),
        ("panic", End::Code(101), "panic"),
        ("SIGTERM", End::Signal(15), "SIGTERM"),
        ("SIGINT", End::Signal(2), "SIGINT"),
        ("SIGHUP", End::Signal(1), "SIGHUP"),
        ("SIGQUIT", End::Signal(3), "SIGQUIT"),
        ("abort", End::Signal(6), "abort()"),
        ("crash", End::Signal(11), "SIGSEGV, a write to nowhere"),
        ("SIGSEGV", End::Signal(11), "SIGSEGV, sent"),
    ] {
        check(&program, way, end, told);
    }
}

#[test]
fn a_panic_that_aborts_loses_nothing() {
    if !rounds::are_full() {
        say("SKIPPED panic=abort: it builds everything once more; CHRONOLOGIX_FAULTS=full does");
        return;
    }
    let _machine = rounds::beside_others();
    let abort = format!("profile.{PROFILE}.panic=\"abort\"");
    let options = ["--profile", PROFILE, "--config", &abort];
    let program = build("ends", &options, &target().join("panic-abort"));
    check(&program, "panic", End::Signal(6), "panic=abort");
}

#[test]
fn a_panic_hook_that_is_set_after_the_start_loses_nothing_where_panics_abort() {
    let _machine = rounds::beside_others();
    let folder = tempfile::tempdir().unwrap();
    let program = built_to_abort(folder.path());
    for way in ["set", "taken", "panics", "thread", "drop", "catch"] {
        let shown = format!("a panic hook after the start: {way}");
        check(&program, way, End::Signal(6), &shown);
    }
}

#[test]
fn what_is_kept_in_memory_costs_no_call_of_the_system() {
    // What could be about a file, or wake the writer.
    const CALLS: &str = "trace=openat,read,write,writev,pwrite64,fsync,fdatasync,futex,poll,ppoll";

    let _machine = rounds::beside_others();
    if !tools::are_here("records kept in memory", &[Tool::Strace]) {
        return;
    }
    let program = built("ends");
    let calls = |records: &str| {
        let folder = tempfile::tempdir().unwrap();
        let [base, trace] = ["logs", "trace"].map(|name| folder.path().join(name));
        let mut strace = Command::new("strace");
        strace.args(["-f", "-y", "-e", CALLS, "-o"]);
        strace.arg(&trace).arg(&program).arg("keep").arg(&base);
        succeed(strace.arg(records));
        let calls = fs::read_to_string(trace).unwrap();
        let is_ours = |line: &&str| line.contains("/logs/") && line.contains("write");
        let written = calls.lines().filter(is_ours);
        let written = written.filter(|line| !line.contains(".chronologix"));
        assert_eq!(written.collect::<Vec<_>>(), [""; 0]);
        let sizes = files(&base, "recorder")
            .into_iter()
            .chain(files(&base, "recorder.kept"));
        assert_eq!(sizes.map(|it| it.metadata().unwrap().len()).sum::<u64>(), 0);
        calls.lines().count()
    };
    let [few, many] = ["10", "500000"].map(calls);
    // How often the threads wait for each other at the start and at the end is chance.
    assert!(many < few + 40, "{few} calls, and {many} with more records");
}

/// The profile this was built with.
const PROFILE: &str = if cfg!(debug_assertions) {
    "dev"
} else {
    "release"
};

/// Where this was built.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Builds one of the programs beside these tests, as they were built.
#[track_caller]
pub(crate) fn built(program: &str) -> PathBuf {
    build(program, &["--profile", PROFILE], &target())
}

/// Builds a program. `cargo test` has done so, unless it was asked for these tests alone.
#[track_caller]
fn build(program: &str, options: &[&str], target: &Path) -> PathBuf {
    let _messages = cargo_build(program, options, target);
    let folder = if PROFILE == "dev" { "debug" } else { PROFILE };
    target.join(folder).join("examples").join(program)
}

/// Builds a program, and returns what Cargo says on stdout.
#[track_caller]
fn cargo_build(program: &str, options: &[&str], target: &Path) -> String {
    // From where `cargo test` is run, so that features and therefore all that was built are the
    // same.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    // Fifty million records take their time where nothing is optimised.
    let fast = format!("profile.{PROFILE}.package.chronologix-core.opt-level=2");
    let fast = rounds::are_full().then_some(["--config", &fast]);
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--example", program, "--target-dir"])
        .arg(target)
        .args(options)
        .args(fast.into_iter().flatten())
        .current_dir(root);
    succeed(&mut cargo)
}

/// Compiles `aborts` alone to abort when it panics. What it is linked with was built to unwind, and
/// is there already.
#[track_caller]
fn built_to_abort(folder: &Path) -> PathBuf {
    let options = ["--profile", PROFILE, "--message-format", "json"];
    let messages = cargo_build("aborts", &options, &target());
    let library = messages.lines().find_map(|message| {
        let message = serde_json::from_str::<serde_json::Value>(message).ok()?;
        let is_ours = message["target"]["name"] == "chronologix";
        let files = message["filenames"].as_array().filter(|_| is_ours)?;
        let mut files = files
            .iter()
            .filter_map(|file| Some(PathBuf::from(file.as_str()?)));
        files.find(|file| file.extension().is_some_and(|end| end == "rlib"))
    });
    let library = library.unwrap();
    // Either beside the folder of what it is linked with, or in it.
    let [beside, inside] = [library.with_file_name("deps"), library.with_file_name("")];
    let program = folder.join("aborts");
    let mut rustc = Command::new("rustc");
    rustc
        .args(["--edition", "2024", "-C", "panic=abort", "--extern"])
        .arg(format!("chronologix={}", library.display()))
        .args([beside, inside].map(|it| format!("-Ldependency={}", it.display())))
        .arg("-o")
        .arg(&program)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("faults/programs/aborts.rs"));
    succeed(&mut rustc);
    program
}

/// Runs a compiler, and returns what is on stdout.
#[track_caller]
fn succeed(command: &mut Command) -> String {
    let built = command.output().unwrap();
    let told = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{told}");
    String::from_utf8_lossy(&built.stdout).into_owned()
}

#[track_caller]
fn check(program: &Path, way: &str, end: End, told: &str) {
    let begun = Instant::now();
    let rounds = rounds::either(1, 20);
    let tally = rounds::play(rounds, 2, |_| end_once(program, way, end));
    let shown = ["ends", "records", "lines", "missing"];
    tally.report(told, &shown, begun);
}

fn end_once(program: &Path, way: &str, end: End) -> Tally {
    let mut tally = Tally::default();
    let folder = tempfile::tempdir().unwrap();
    let base = folder.path().join("logs");
    let records = rounds::either(RECORDS / 4, RECORDS);
    let [env, defaults] = WITH_SIGNALS;
    let output = Command::new(env)
        .arg(defaults)
        .arg(program)
        .args([way, base.to_str().unwrap(), &records.to_string()])
        .output()
        .unwrap();
    let lines = lines(&files(&base, "app"));
    tally.add("ends", 1);
    tally.add("records", records);
    tally.add("lines", lines);
    tally.add("missing", records.saturating_sub(lines));
    tally.expect(lines == records, || format!("{lines} lines"));
    let is_asked = match end {
        End::Code(code) => code == 101,
        End::Signal(signal) => [6, 11].contains(&signal),
    };
    let kept = self::lines(&files(&base, "recorder.kept"));
    let expected = if is_asked { records } else { 0 };
    tally.expect(kept == expected, || format!("{kept} kept lines"));
    let ended = ended(output.status);
    tally.expect(ended == end, || format!("{ended:?} and not {end:?}"));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_quiet = !stderr.contains("chronologix:");
    tally.expect(is_quiet, || format!("it said {stderr:?}"));
    tally
}

fn ended(status: ExitStatus) -> End {
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Code(code),
        (None, signal) => End::Signal(signal.unwrap_or_default()),
    }
}

/// Counts the records, which must be numbered from one on without a gap.
fn lines(files: &[PathBuf]) -> u64 {
    // Made once, for there are millions of lines to compare.
    static EXPECTED: LazyLock<Vec<String>> = LazyLock::new(|| {
        let record = |number| format!("record {number} of those that nobody waits for");
        (1..=RECORDS).map(record).collect()
    });
    let mut expected = EXPECTED.iter();
    let mut found = 0;
    for file in files {
        for line in fs::read_to_string(file).unwrap().lines() {
            // Behind `[14:57:30.000000] `, and the level of those that were kept.
            let message = line.get(18..);
            let message = message.map(|it| it.strip_prefix("[TRACE] ").unwrap_or(it));
            if message != expected.next().map(String::as_str) {
                return found;
            }
            found += 1;
        }
    }
    found
}
