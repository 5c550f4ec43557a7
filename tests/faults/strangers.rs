//! Programs that are unlike a service: they close their standard streams, change their user, fork
//! in many threads, or have a library between them and the system.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::{
    endings::built,
    lines::files,
    rounds,
    tools::{self, Tool, are_here},
};

/// A library that does something where the program says `act`.
fn acting(code: &str) -> String {
    format!(
        "#define _GNU_SOURCE
        #include <grp.h>
        #include <pthread.h>
        #include <sys/wait.h>
        #include <unistd.h>
        {code}"
    )
}

/// Has a program take these steps with a library before it. Returns what came of it, and the
/// numbers of whole records in the files of both streams.
#[track_caller]
fn run(base: &Path, before: &[&str], library: &str, steps: &[&str]) -> (Output, [usize; 2]) {
    let folder = tempfile::tempdir().unwrap();
    let library = tools::preload(folder.path(), "between", library);
    let preload = format!("LD_PRELOAD={}", library.display());
    let output = Command::new("timeout")
        .args(["-s", "KILL", "100"])
        .args(before)
        .args(["env", &preload])
        .arg(built("stranger"))
        .arg(base)
        .args(steps)
        .output()
        .unwrap();
    let counts = ["app", "audit"].map(|stream| {
        let texts = files(base, stream).into_iter().map(fs::read_to_string);
        let is_whole = |line: &str| {
            let message = line.split_once("] record ").unwrap_or_default().1;
            assert!(message.parse::<u64>().is_ok(), "{line:?}");
        };
        let count = |text: String| text.lines().map(is_whole).count();
        texts.map(|text| count(text.unwrap())).sum()
    });
    (output, counts)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn nothing_is_printed_into_a_log() {
    if !are_here("closed standard streams", &[Tool::Gcc]) {
        return;
    }
    let _machine = rounds::beside_others();
    let folder = tempfile::tempdir().unwrap();
    let close = acting("int getppid(void) { close(0); close(1); close(2); return 0; }");
    // The files of later loggers would have taken the numbers. The panic prints its message.
    let steps = ["act", "loggers:3", "log:100", "synced:5", "panic"];
    let (output, counts) = run(folder.path(), &[], &close, &steps);
    assert_eq!(output.status.code(), Some(101));
    assert_eq!(counts, [100, 5]);
    for at in 0..3 {
        let found = files(folder.path(), &format!("other{at}"));
        let text = fs::read_to_string(&found[0]).unwrap();
        assert!(text.ends_with(&format!("] record {at}\n")), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
    }
}

#[test]
fn a_program_that_has_given_up_its_rights_is_answered() {
    if !are_here("rights that are given up", &[Tool::Gcc, Tool::Root]) {
        return;
    }
    let _machine = rounds::beside_others();
    let folder = tempfile::tempdir().unwrap();
    let change =
        acting("int getppid(void) { return setgroups(0, 0) || setgid(12345) || setuid(12345); }");
    let steps = ["written:10", "act", "log:100", "synced:3", "stop"];
    let (output, counts) = run(folder.path(), &[], &change, &steps);
    let said = said(&output);
    assert!(output.status.success(), "{output:?}");
    assert!(said.contains("act 0\nacknowledged 0, errors ["), "{said}");
    assert!(said.contains("Permission denied"), "{said}");
    // What is open already is written to.
    assert_eq!(counts, [110, 0]);
}

#[test]
fn what_is_between_a_program_and_the_system_costs_no_record() {
    if !are_here("libraries in between", &[Tool::Gcc]) {
        return;
    }
    let _machine = rounds::beside_others();
    let interrupted = "#include <dlfcn.h>
        #include <errno.h>
        int next(void) { static unsigned number; return ++number % 2; }
        ssize_t write(int fd, const void *from, size_t bytes) {
            static ssize_t (*real)(int, const void *, size_t);
            if (!real) real = dlsym(RTLD_NEXT, \"write\");
            if (fd > 2 && next()) { errno = EINTR; return -1; }
            return real(fd, from, fd > 2 && bytes > 7 ? 7 : bytes);
        }
        int fdatasync(int fd) {
            static int (*real)(int);
            if (!real) real = dlsym(RTLD_NEXT, \"fdatasync\");
            if (next()) { errno = EINTR; return -1; }
            return real(fd);
        }";
    let forking = "static void *work(void *none) {
            for (int at = 0; at < 20; at++) {
                pid_t child = fork();
                if (child == 0) _exit(0);
                waitpid(child, 0, 0);
            }
            return none;
        }
        int getppid(void) {
            pthread_t threads[8];
            for (int at = 0; at < 8; at++) pthread_create(&threads[at], 0, work, 0);
            for (int at = 0; at < 8; at++) pthread_join(threads[at], 0);
            return 0;
        }";
    for (what, before, library) in [
        (
            "short and interrupted calls",
            &[][..],
            interrupted.to_owned(),
        ),
        ("forks in many threads", &[], forking.to_owned()),
        (
            "few descriptors",
            &["prlimit", "--nofile=16"],
            String::new(),
        ),
        (
            "a small stack",
            &["prlimit", "--stack=131072"],
            String::new(),
        ),
        (
            "no signals may wait",
            &["prlimit", "--sigpending=0", "--memlock=0"],
            String::new(),
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let steps = [
            "log:1000",
            "act",
            "spawn:3",
            "synced:20",
            "loggers:2",
            "stop",
        ];
        let steps = if before.contains(&"--nofile=16") {
            &steps[..4]
        } else {
            &steps[..]
        };
        let (output, counts) = run(folder.path(), before, &acting(&library), steps);
        assert!(output.status.success(), "{what}: {output:?}");
        assert!(
            said(&output).contains("acknowledged 20, errors []"),
            "{what}: {output:?}"
        );
        assert_eq!(counts, [1000, 20], "{what}");
    }
}
