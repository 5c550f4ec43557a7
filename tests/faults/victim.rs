//! A process that is to suffer: this test binary once more, with a scene to play.

use std::{
    collections::HashSet,
    ffi::{OsStr, OsString},
    fmt::{Display, Write as _},
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crate::{
    crowd::now,
    rounds,
    script::{MARK, SCRIPT},
    tally::Tally,
    tools,
};

/// How long a victim may take to say or do what it should.
const DEADLINE: Duration = Duration::from_secs(120);

/// A victim before it is started.
#[must_use]
pub(crate) struct Casting {
    script: String,
    program: PathBuf,
    before: Vec<OsString>,
    environment: Vec<(String, String)>,
}

/// A victim that runs.
pub(crate) struct Victim {
    child: Child,
    /// Of the process that plays; `child` may be a tool around it.
    pub(crate) pid: u32,
    said: Receiver<String>,
    stdin: ChildStdin,
    stderr: Option<JoinHandle<String>>,
}

/// How a victim ended.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

impl Casting {
    /// A victim that plays this scene.
    pub(crate) fn of(scene: &str) -> Self {
        Self {
            script: scene.to_owned(),
            program: std::env::current_exe().unwrap(),
            before: Vec::new(),
            environment: Vec::new(),
        }
    }

    /// Sets a key of the script.
    pub(crate) fn with(mut self, key: &str, value: impl Display) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.script, "\n{key}={value}");
        self
    }

    /// Has this command run the victim; several are put in front of each other.
    pub(crate) fn under<W: AsRef<OsStr>>(mut self, command: &[W]) -> Self {
        let command = command.iter().map(OsString::from);
        self.before.splice(0..0, command);
        self
    }

    /// Plays in a copy of this program.
    pub(crate) fn program(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.program);
        self
    }

    pub(crate) fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    #[track_caller]
    pub(crate) fn start(self) -> Victim {
        let mut words = self.before;
        words.push(self.program.into());
        words.extend(
            [
                "--exact",
                "script::plays",
                "--nocapture",
                "--test-threads=1",
            ]
            .map(OsString::from),
        );
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .env(SCRIPT, self.script)
            .envs(self.environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (send, said) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // The harness may leave its own line open.
                if let Some((_, line)) = line.split_once(MARK) {
                    let _ = send.send(line.to_owned());
                }
            }
        });
        let mut err = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = err.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let mut victim = Victim {
            stdin: child.stdin.take().unwrap(),
            pid: child.id(),
            child,
            said,
            stderr: Some(stderr),
        };
        victim.pid = victim.hear("pid").parse().unwrap();
        victim
    }
}

impl Victim {
    /// Microseconds for which the writer of it could have run, and did not get a processor.
    pub(crate) fn kept_waiting(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.pid)).unwrap();
        let read = |path: &Path, name| fs::read_to_string(path.join(name)).unwrap_or_default();
        let mut writers = tasks
            .map(|task| task.unwrap().path())
            .filter(|task| read(task, "comm") == "chronologix\n");
        let writer = writers.next().unwrap();
        // Time on a processor, time waiting for one, and how often.
        let times = read(&writer, "schedstat");
        let waited = times
            .split(' ')
            .nth(1)
            .and_then(|time| time.parse::<u64>().ok());
        waited.unwrap_or_default() / 1_000
    }

    /// Waits for the line that begins with this word, and gives the rest of it.
    #[track_caller]
    pub(crate) fn hear(&mut self, word: &str) -> String {
        self.hear_within(word, DEADLINE)
            .unwrap_or_else(|| panic!("the victim did not say {word:?} in time"))
    }

    /// Waits for any line.
    #[track_caller]
    pub(crate) fn hear_any(&mut self) -> String {
        self.said.recv_timeout(DEADLINE).unwrap()
    }

    /// As [`Victim::hear`], or nothing after this time.
    #[track_caller]
    pub(crate) fn hear_within(&mut self, word: &str, time: Duration) -> Option<String> {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(left) {
                Ok(line) => {
                    let (first, rest) = line.split_once(' ').unwrap_or((&line, ""));
                    if first == word {
                        return Some(rest.to_owned());
                    }
                }
                Err(RecvTimeoutError::Timeout) => return None,
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.child.kill();
                    let ending = self.reap();
                    panic!("the victim ended before it said {word:?}: {ending:?}");
                }
            }
        }
    }

    /// Says a line to the victim.
    #[track_caller]
    pub(crate) fn tell(&mut self, line: &str) {
        self.stdin
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
    }

    /// Sends a signal to the process that plays.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        tools::run(&["kill", &format!("-{name}"), &self.pid.to_string()]);
    }

    /// Kills it as `kill -9` does, and waits until it is gone. Gives when that was, and what it had
    /// said on stderr.
    #[track_caller]
    pub(crate) fn kill(mut self) -> (u64, String) {
        if self.pid == self.child.id() {
            self.child.kill().unwrap();
        } else {
            self.signal("KILL");
        }
        let killed = now();
        (killed, self.reap().stderr)
    }

    /// Has a crowd stop before its last record, and waits until its logger has stopped.
    #[track_caller]
    pub(crate) fn stop(mut self) {
        self.tell("enough");
        self.hear("stopped");
        self.succeed();
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ending {
        let ended = rounds::until(|| self.child.try_wait().unwrap().is_some());
        if !ended {
            let _ = self.child.kill();
        }
        let ending = self.reap();
        assert!(ended, "the victim did not end: {ending:?}");
        ending
    }

    /// Waits for its end, which must be a success.
    #[track_caller]
    pub(crate) fn succeed(self) -> String {
        let ending = self.end();
        assert!(ending.status.success(), "{ending:?}");
        ending.stderr
    }

    fn reap(&mut self) -> Ending {
        let status = self.child.wait().unwrap();
        let stderr = self.stderr.take().map(|stderr| stderr.join().unwrap());
        Ending {
            status,
            stderr: stderr.unwrap_or_default(),
        }
    }
}

impl Drop for Victim {
    /// Whatever became of the test, nothing stays behind.
    fn drop(&mut self) {
        if self.stderr.is_some() {
            // A tool around the victim may leave it alive; the end of its input ends it.
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

/// stderr was told of this reason, and of each kind of failure once.
pub(crate) fn check_told(stderr: &str, reason: &str, tally: &mut Tally) {
    let lines = stderr.lines().collect::<Vec<_>>();
    let are_right = lines
        .iter()
        .all(|line| line.starts_with("chronologix: ") && line.contains(reason));
    let different = lines.iter().collect::<HashSet<_>>().len();
    let is_told = are_right && !lines.is_empty() && different == lines.len();
    tally.expect(is_told, || {
        format!("stderr was told, of {reason:?}: {lines:?}")
    });
}
