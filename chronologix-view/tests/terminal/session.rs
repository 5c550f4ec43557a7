//! The program in a pseudo-terminal: keys go in, and a screen comes out.

use std::{
    fs::{self, OpenOptions},
    io::{Read as _, Write},
    num::NonZeroU16,
    path::{Path, PathBuf},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// Long enough for a busy machine. Usually nothing waits that long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const ROWS: u16 = 12;
pub(crate) const COLUMNS: u16 = 80;

/// The program, its screen, and its tree.
pub(crate) struct Session {
    pub(crate) tree: TempDir,
    pub(crate) child: Box<dyn Child + Send + Sync>,
    pub(crate) master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    pub(crate) output: Receiver<Vec<u8>>,
    pub(crate) screen: vt100::Parser,
    /// The terminal settings before the program was started.
    pub(crate) settings: String,
}

impl Session {
    /// Starts the program on a tree that `prepare` writes.
    pub(crate) fn start(prepare: impl FnOnce(&Path)) -> Self {
        let tree = tempfile::tempdir().unwrap();
        prepare(&base(&tree));
        Self::again(tree, &[])
    }

    /// Starts the program on an existing tree, with more arguments.
    pub(crate) fn again(tree: TempDir, arguments: &[&str]) -> Self {
        let mut command = command(&tree);
        command.args(arguments);
        Self::run(tree, command)
    }

    /// Starts a command in the folder of a tree.
    pub(crate) fn run(tree: TempDir, command: CommandBuilder) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let settings = settings(&*pair.master);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        thread::spawn(move || {
            let mut block = [0; 4096];
            while let Ok(length @ 1..) = reader.read(&mut block) {
                if sender.send(block[..length].to_vec()).is_err() {
                    break;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        let size = |length| NonZeroU16::new(length).unwrap();
        let screen = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
        Self {
            tree,
            child,
            master: pair.master,
            keys,
            output,
            screen,
            settings,
        }
    }

    pub(crate) fn append(&self, folder: &str, stream: &str, lines: &str) {
        append(&base(&self.tree), folder, stream, lines);
    }

    pub(crate) fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Reads output until the screen is as expected.
    #[track_caller]
    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_so(self.screen.screen()) {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.screen.process(&bytes),
                Err(error) => {
                    panic!(
                        "{what}: {error}; on the screen:\n{}",
                        self.screen.screen().contents()
                    )
                }
            }
        }
    }

    /// Waits until these bytes were sent to the terminal.
    #[track_caller]
    pub(crate) fn wait_for_bytes(&mut self, wanted: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while !String::from_utf8_lossy(&seen).contains(wanted) {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left).unwrap();
            self.screen.process(&bytes);
            seen.extend(bytes);
        }
    }

    /// Waits until a text is not on the screen.
    #[track_caller]
    pub(crate) fn wait_until_gone(&mut self, text: &str) {
        self.wait_until(text, |screen| !screen.contents().contains(text));
    }

    #[track_caller]
    pub(crate) fn wait_for(&mut self, text: &str) {
        self.wait_until(text, |screen| screen.contents().contains(text));
    }

    /// Waits for the program to end and checks that the terminal is as it was.
    #[track_caller]
    pub(crate) fn ends(self) -> portable_pty::ExitStatus {
        self.ends_and_leaves_its_tree().0
    }

    /// Like the last, and returns the tree to start again.
    #[track_caller]
    pub(crate) fn ends_and_leaves_its_tree(mut self) -> (portable_pty::ExitStatus, TempDir) {
        self.wait_until("the screen is given back", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor()
        });
        let status = self.child.wait().unwrap();
        assert_eq!(settings(&*self.master), self.settings);
        (status, self.tree)
    }
}

/// Returns the program on a tree, independent of the user's own configuration.
pub(crate) fn command(tree: &TempDir) -> CommandBuilder {
    let mut command = independent(tree, env!("CARGO_BIN_EXE_chronologix-view"));
    command.arg("logs");
    command
}

/// Returns a program in the folder of a tree, independent of the user's own configuration.
pub(crate) fn independent(tree: &TempDir, program: &str) -> CommandBuilder {
    let mut command = CommandBuilder::new(program);
    command.cwd(tree.path());
    command.env("TERM", "xterm-256color");
    for name in ["COLORTERM", "NO_COLOR", "CHRONOLOGIX_DIR"] {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", tree.path().join("config"));
    command.env("XDG_STATE_HOME", tree.path().join("state"));
    command
}

/// Returns raw mode and all other settings of a terminal.
pub(crate) fn settings(terminal: &dyn MasterPty) -> String {
    format!(
        "{:?}",
        terminal.get_termios().expect("a terminal has settings")
    )
}

pub(crate) fn base(tree: &TempDir) -> PathBuf {
    tree.path().join("logs")
}

pub(crate) fn append(base: &Path, folder: &str, stream: &str, lines: &str) {
    let folder = base.join(folder);
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{stream}.log"));
    let mut file = OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .unwrap();
    file.write_all(lines.as_bytes()).unwrap();
}
