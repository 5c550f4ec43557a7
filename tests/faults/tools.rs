//! The programs that faults are made with, and which of them are here.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use crate::{rounds, tally::say};

/// Something a test cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    /// To mount, and to become somebody else.
    Root,
    Strace,
    /// Mounts of one's own, without being root.
    Namespaces,
    Prlimit,
    Ext4,
    Xfs,
    Python,
    Faketime,
    Gcc,
}

/// Runs a command to which signals do what they do by default, whatever those who run these tests
/// had ignored.
pub(crate) const WITH_SIGNALS: [&str; 2] = ["env", "--default-signal"];

/// The library that shows a process another time.
pub(crate) const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

impl Tool {
    fn is_here(self) -> bool {
        match self {
            Self::Root => std::fs::metadata("/proc/self").unwrap().uid() == 0,
            Self::Strace => works(&["strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "true"]),
            Self::Namespaces => {
                works(&["nsenter", "--version"])
                    && works(&["unshare", "-Urm", "mount", "-t", "tmpfs", "t", "/tmp"])
            }
            Self::Prlimit => works(&["prlimit", "--nofile"]),
            Self::Ext4 => works(&["mkfs.ext4", "-V"]),
            Self::Xfs => works(&["mkfs.xfs", "-V"]),
            Self::Python => works(&["python3", "--version"]),
            Self::Gcc => works(&["gcc", "--version"]),
            Self::Faketime => Path::new(FAKETIME).exists(),
        }
    }
}

fn works(command: &[&str]) -> bool {
    let status = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

/// Whether a test can be run. If not, it says so; a full run fails then.
#[track_caller]
pub(crate) fn are_here(test: &str, tools: &[Tool]) -> bool {
    let missing = tools.iter().filter(|tool| !tool.is_here());
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() {
        return true;
    }
    say(&format!("SKIPPED {test}: {missing:?} missing here"));
    assert!(!rounds::are_full(), "{test}: {missing:?} missing");
    false
}

/// Runs a command that must succeed, and gives what it printed.
#[track_caller]
pub(crate) fn run(command: &[&str]) -> String {
    let output = Command::new(command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Compiles a library for `LD_PRELOAD`, whose code runs before the program's.
pub(crate) fn preload(folder: &Path, name: &str, code: &str) -> PathBuf {
    let [source, library] = ["c", "so"].map(|end| folder.join(format!("{name}.{end}")));
    std::fs::write(&source, code).unwrap();
    let paths = [&library, &source].map(|path| path.to_str().unwrap());
    run(&["gcc", "-shared", "-fPIC", "-o", paths[0], paths[1], "-ldl"]);
    library
}

/// strace, which does this to each of these calls: `error=EIO:when=3`, or `delay_exit=200ms`.
pub(crate) fn strace(call: &str, fault: &str) -> Vec<String> {
    let trace = format!("trace={call}");
    let inject = format!("inject={call}:{fault}");
    let options = ["strace", "-f", "--seccomp-bpf", "-o", "/dev/null"];
    let options = options.into_iter().chain(["-e", &trace, "-e", &inject]);
    options.map(str::to_owned).collect()
}
