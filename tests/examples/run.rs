//! Runs of an example, and the trees they leave.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

/// How long an example may take on the slowest of machines.
const DEADLINE: Duration = Duration::from_secs(60);

/// A run that ended.
pub(crate) struct Run {
    pub(crate) dir: TempDir,
    pub(crate) succeeded: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A run that goes on.
pub(crate) struct Running {
    dir: TempDir,
    pub(crate) child: Child,
    /// Open as long as the example is to wait for input.
    _stdin: Option<ChildStdin>,
    stdout: mpsc::Receiver<String>,
    stderr: thread::JoinHandle<String>,
    said: String,
}

impl Running {
    /// Starts an example in an empty directory and gives it all of its input, or none and leaves it
    /// waiting.
    #[track_caller]
    pub(crate) fn start(example: &str, arguments: &[&str], input: Option<&[u8]>) -> Self {
        Self::start_in(example, arguments, &[], input)
    }

    /// The same with variables of the environment.
    #[track_caller]
    pub(crate) fn start_with(
        example: &str,
        variables: &[(&str, &str)],
        input: Option<&[u8]>,
    ) -> Self {
        Self::start_in(example, &[], variables, input)
    }

    #[track_caller]
    fn start_in(
        example: &str,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: Option<&[u8]>,
    ) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(path_of(example))
            .args(arguments)
            .envs(variables.iter().copied())
            .current_dir(dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take();
        if let Some(input) = input {
            let (mut pipe, input) = (stdin.take().unwrap(), input.to_owned());
            // Fails if the example ends without reading.
            thread::spawn(move || drop(pipe.write_all(&input)));
        }
        let (lines, stdout) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            out.lines()
                .map_while(Result::ok)
                .try_for_each(|line| lines.send(line))
        });
        let mut err = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            err.read_to_string(&mut text)
                .map_or_else(|error| error.to_string(), |_| text)
        });
        Self {
            dir,
            child,
            _stdin: stdin,
            stdout,
            stderr,
            said: String::new(),
        }
    }

    /// The next line of the standard output.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn read_line(&mut self) -> String {
        let line = self.stdout.recv_timeout(DEADLINE).unwrap();
        self.said += &line;
        self.said.push('\n');
        line
    }

    /// Reads the standard output up to a line, or to its end. `false` if the line did not come.
    pub(crate) fn read_to(&mut self, wanted: Option<&str>) -> bool {
        let deadline = Instant::now() + DEADLINE;
        loop {
            match self
                .stdout
                .recv_timeout(deadline.saturating_duration_since(Instant::now()))
            {
                Ok(line) => {
                    self.said += &line;
                    self.said.push('\n');
                    if wanted == Some(line.as_str()) {
                        return true;
                    }
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => return wanted.is_none(),
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    self.child.kill().unwrap();
                    panic!("still running after {DEADLINE:?}; it said {:?}", self.said);
                }
            }
        }
    }

    /// Waits until it has ended.
    #[track_caller]
    pub(crate) fn end(mut self) -> Run {
        self.read_to(None);
        let status = self.child.wait().unwrap();
        Run {
            dir: self.dir,
            succeeded: status.success(),
            stdout: self.said,
            stderr: self.stderr.join().unwrap(),
        }
    }
}

impl Run {
    /// The lines of one file in all interval folders of a base directory, without their timestamps.
    #[track_caller]
    pub(crate) fn messages(&self, base: &str, file: &str) -> Vec<String> {
        let lines = self.lines(base, file);
        let message = |line: &String| line.split_once("] ").unwrap().1.to_owned();
        lines.iter().map(message).collect()
    }

    /// The lines of one file in all interval folders of a base directory.
    #[track_caller]
    pub(crate) fn lines(&self, base: &str, file: &str) -> Vec<String> {
        let mut lines = Vec::new();
        for folder in folders(&self.dir.path().join(base)) {
            let text = fs::read_to_string(folder.join(file)).unwrap();
            assert!(text.is_empty() || text.ends_with('\n'), "torn: {text:?}");
            lines.extend(text.lines().map(str::to_owned));
        }
        lines
    }

    /// How many lines each file of a base directory has, over all interval folders.
    #[track_caller]
    pub(crate) fn counts(&self, base: &str) -> BTreeMap<String, usize> {
        let mut files = BTreeMap::new();
        for folder in folders(&self.dir.path().join(base)) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                let text = fs::read_to_string(path).unwrap();
                *files.entry(name).or_default() += text.lines().count();
            }
        }
        files
    }

    /// What lies in the directory it ran in.
    pub(crate) fn names(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.dir.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into())
            .collect()
    }
}

/// Runs an example without arguments or input; it must succeed in silence on stderr.
#[track_caller]
pub(crate) fn run(example: &str) -> Run {
    run_with(example, &[], b"")
}

/// Runs an example; it must succeed in silence on stderr.
#[track_caller]
pub(crate) fn run_with(example: &str, arguments: &[&str], input: &[u8]) -> Run {
    let run = Running::start(example, arguments, Some(input)).end();
    assert!(run.succeeded, "{}", run.stderr);
    assert_eq!(run.stderr, "");
    run
}

/// The binary of an example: `target/debug/examples/…`, next to `target/debug/deps/<this test>`.
#[track_caller]
pub(crate) fn path_of(example: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let path = profile
        .join("examples")
        .join(format!("{example}{}", env::consts::EXE_SUFFIX));
    assert!(
        path.exists(),
        "no {}: `cargo build --examples` makes it",
        path.display()
    );
    path
}

/// The interval folders of a base directory, oldest first.
#[track_caller]
pub(crate) fn folders(base: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(base).unwrap().map(|entry| entry.unwrap());
    let mut folders: Vec<_> = entries
        .filter(|entry| entry.file_type().unwrap().is_dir())
        .map(|entry| entry.path())
        .collect();
    folders.sort();
    folders
}

/// What [`Run::counts`] is expected to give.
#[track_caller]
pub(crate) fn counted<const N: usize>(counts: [(&str, usize); N]) -> BTreeMap<String, usize> {
    counts.map(|(file, lines)| (file.to_owned(), lines)).into()
}

/// Does what Ctrl-C does.
#[cfg(unix)]
#[track_caller]
pub(crate) fn interrupt(child: &Child) {
    let killed = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(killed.unwrap().success());
}
