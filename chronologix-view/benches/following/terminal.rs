//! A program in a pseudo-terminal: keys go in, and a screen comes out, both with their times.

use std::{
    io::{Read as _, Write},
    num::NonZeroU16,
    path::Path,
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::process::{memory, processor};

const ROWS: u16 = 40;
const COLUMNS: u16 = 120;

/// Longer than anything may take.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    started: Instant,
    /// Bytes sent to the terminal so far.
    pub(crate) sent: usize,
}

impl Terminal {
    /// Starts a program with a clean environment.
    pub(crate) fn start(program: &str, arguments: &[&Path], home: &Path) -> Self {
        let size = PtySize {
            rows: ROWS,
            cols: COLUMNS,
            ..PtySize::default()
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env("TERM", "xterm-256color");
        for name in ["COLORTERM", "NO_COLOR", "CHRONOLOGIX_DIR", "LESS"] {
            command.env_remove(name);
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, home);
        }
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (sender, output) = mpsc::channel();
        let keys = pair.master.take_writer().unwrap();
        let started = Instant::now();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        thread::spawn(move || {
            let mut block = vec![0; 1 << 16];
            while let Ok(length @ 1..) = reader.read(&mut block) {
                if sender
                    .send((Instant::now(), block[..length].to_vec()))
                    .is_err()
                {
                    break;
                }
            }
        });
        let size = |length| NonZeroU16::new(length).unwrap();
        Self {
            child,
            _master: pair.master,
            keys,
            output,
            screen: vt100::Parser::new(size(ROWS), size(COLUMNS), 0),
            started,
            sent: 0,
        }
    }

    pub(crate) fn press(&mut self, keys: &str) -> Instant {
        let pressed = Instant::now();
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
        pressed
    }

    pub(crate) fn shows(&self, text: &str) -> bool {
        self.screen.screen().contents().contains(text)
    }

    pub(crate) fn contents(&self) -> String {
        self.screen.screen().contents()
    }

    /// Reads the next output and returns its time, or `None` if there is none until then.
    pub(crate) fn next(&mut self, until: Instant) -> Option<Instant> {
        let left = until.saturating_duration_since(Instant::now());
        let (at, bytes) = self.output.recv_timeout(left).ok()?;
        self.sent += bytes.len();
        self.screen.process(&bytes);
        Some(at)
    }

    /// Waits until the screen is as expected, and returns the time.
    pub(crate) fn wait_until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) -> Instant {
        let mut at = Instant::now();
        let deadline = at + PATIENCE;
        while !is_so(self) {
            at = self.next(deadline).unwrap_or_else(|| {
                panic!("{what}; on the screen:\n{}", self.contents());
            });
        }
        at
    }

    pub(crate) fn wait_for(&mut self, text: &str) -> Instant {
        self.wait_until(text, |terminal| terminal.shows(text))
    }

    /// Returns the time since the start.
    pub(crate) fn since_start(&self, at: Instant) -> Duration {
        at.duration_since(self.started)
    }

    /// Returns the seconds of processor time so far.
    pub(crate) fn processor(&self) -> f64 {
        processor(&self.id())
    }

    /// Returns the peak memory so far.
    pub(crate) fn memory(&self) -> String {
        memory(&self.id())
    }

    fn id(&self) -> String {
        self.child.process_id().unwrap_or_default().to_string()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
