//! Where the engines are, and processes of them that end with the test.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use serde_json::Value;

/// The folder that `.ci/engines` printed, if it is not the usual one.
const ENGINES: &str = "CHRONOLOGIX_ENGINES";

/// How long anything here may take.
pub(crate) const DEADLINE: Duration = Duration::from_secs(120);

/// Runs SQL statements in the engine that the first argument names, and prints a list of columns
/// and rows for each. The statements come on stdin, as a list in JSON.
const RUN_STATEMENTS: &str = include_str!("run_statements.py");

/// Lets one test at a time start the streams declared at the root of this test binary.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The root of the repository.
pub(crate) fn workspace() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().unwrap().to_owned()
}

/// The path of an engine's program. `None` if it is not installed, which is said where it is seen.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let folder = env::var_os(ENGINES).map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| workspace().join("target/engines"));
    let path = folder.join("bin").join(program);
    if !path.exists() {
        skip(&format!("no {program}: run .ci/engines"));
        return None;
    }
    Some(path)
}

/// Whether Python has a module. If not, it says so.
pub(crate) fn has_module(python: &Path, module: &str) -> bool {
    let import = Command::new(python)
        .args(["-c", &format!("import {module}")])
        .stderr(Stdio::null())
        .status();
    let is_there = import.is_ok_and(|status| status.success());
    if !is_there {
        skip(&format!("no Python module {module}: run .ci/engines"));
    }
    is_there
}

/// Says that something is not tested. Not by way of the captured stderr: it is to be seen.
fn skip(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// The columns and the rows that a statement returned.
pub(crate) type Table = (Vec<String>, Vec<Vec<Value>>);

/// Runs statements in one session of an engine, in a folder. `None` for those that return nothing.
#[track_caller]
pub(crate) fn run_statements(
    python: &Path,
    engine: &str,
    folder: &Path,
    statements: &[&str],
) -> Vec<Option<Table>> {
    let mut child = Command::new(python)
        .args(["-c", RUN_STATEMENTS, engine])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    serde_json::to_writer(&mut stdin, statements).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{engine}: {statements:#?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A process of an engine, which ends with the test.
pub(crate) struct Engine(Child);

impl Engine {
    /// Starts an engine that runs until it is dropped. What it prints goes to a file.
    pub(crate) fn start(command: &mut Command, output: &Path) -> Self {
        let output = fs::File::create(output).unwrap();
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn();
        Self(child.unwrap())
    }

    /// Waits until something is so, while the engine runs.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_so() {
            let ended = self.0.try_wait().unwrap();
            assert!(ended.is_none(), "it ended before {what}: {ended:?}");
            assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
