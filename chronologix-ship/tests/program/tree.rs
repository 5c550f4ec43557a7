//! A tree that a real logger writes, by a clock that goes where it is sent; and the program.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use chronologix_core::{Config, Level, Logger, testing::ManualClock};
use tempfile::TempDir;

/// A tree with a stream `app`, a stream `errors` that is mirrored to it, and a stream `audit` in
/// JSON.
pub(crate) struct Tree {
    /// Ends before its folder goes.
    logger: Logger,
    pub(crate) dir: TempDir,
    clock: ManualClock,
    written: usize,
}

impl Tree {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let start = "2025-05-04T14:00:00Z".parse().unwrap();
        let clock = ManualClock::at(start);
        let logger = Config::new()
            .base_log_dir(dir.path().join("logs"))
            .stream("app")
            .stream("errors")
            .stream(chronologix_core::StreamConfig::new("audit").format("json"))
            .mirror("errors", "app")
            .interval("5m")
            .timestamp_format("%H:%M:%S.%f")
            .clock(clock.clone())
            .start_blocking()
            .unwrap();
        Self {
            dir,
            clock,
            logger,
            written: 0,
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().join("logs")
    }

    /// Logs records with the next `count` numbers as messages, to all streams in turn, and returns
    /// when they are in the files.
    pub(crate) fn log(&mut self, count: usize) {
        for number in self.written..self.written + count {
            let stream = ["app", "errors", "app", "audit"][number % 4];
            let level = [Level::Info, Level::Error, Level::Debug, Level::Warn][number % 4];
            let stream = self.logger.stream(stream).unwrap();
            stream.log_at(level, format_args!("record {number}")).wait();
        }
        self.written += count;
        assert!(
            self.logger
                .flush_blocking(Duration::from_secs(60))
                .error
                .is_none()
        );
    }

    /// Returns how many records were logged.
    pub(crate) fn written(&self) -> usize {
        self.written
    }

    /// Goes on to the next interval folder.
    pub(crate) fn roll_over(&self) {
        self.clock.advance(Duration::from_secs(300));
    }
}

/// Returns the program for a tree, with nothing of the environment that tests run in.
pub(crate) fn program(tree: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_chronologix-ship"));
    command.env_clear().stdin(Stdio::null()).arg(tree);
    command
}

/// Returns the program for a tree and a receiver, which ends with the tree.
pub(crate) fn once(tree: &Path, url: &str) -> Command {
    let mut command = program(tree);
    command.args(["--once", "--endpoint", url]);
    command
}

/// Starts the program for a tree and a receiver, which follows the tree.
pub(crate) fn follow(tree: &Path, url: &str) -> Child {
    let mut command = program(tree);
    command.args(["--endpoint", url, "--batch-age", "10ms"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Returns what a program printed, with its exit code.
pub(crate) fn printed(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}
