//! Stdout and stderr as devices: how they are written to, and whether they take colours.
//!
//! They are written to past std's handles. A `println!` of the program that blocks holds the lock
//! of those, `print!` panics when the other end is closed, and in a forked child the lock may be
//! held for ever. There is one exception: libtest, the harness of `cargo test`, shows the output of
//! a test only if it fails, and captures only what std's `print!` macros write on threads that the
//! test has started. So a test program (its file is in cargo's `deps` and ends in a hash) uses
//! these macros, and a panic of theirs is caught.

use std::{
    env,
    ffi::{OsStr, OsString},
    io::{self, IsTerminal as _, Write},
    path::Path,
};

use crate::Colors;

/// Opens stdout (0) or stderr (1).
pub(super) fn device(output: usize) -> Box<dyn Write + Send> {
    let is_test = env::current_exe().is_ok_and(|path| is_test_program(&path));
    match (is_test, output) {
        (true, _) => Box::new(Printed(output)),
        #[cfg(unix)]
        (false, 0) => Box::new(Direct(rustix::stdio::stdout())),
        #[cfg(unix)]
        (false, _) => Box::new(Direct(rustix::stdio::stderr())),
        #[cfg(not(unix))]
        (false, 0) => Box::new(io::stdout()),
        #[cfg(not(unix))]
        (false, _) => Box::new(io::stderr()),
    }
}

/// Returns whether cargo has built this program to be run by `cargo test`:
/// `target/debug/deps/name-0123456789abcdef`.
fn is_test_program(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::file_name);
    let stem = path.file_stem().and_then(OsStr::to_str).unwrap_or("");
    let is_hash = |end: &str| end.len() == 16 && end.bytes().all(|byte| byte.is_ascii_hexdigit());
    folder == Some(OsStr::new("deps")) && stem.rsplit_once('-').is_some_and(|(_, end)| is_hash(end))
}

/// Returns whether lines on this output are coloured.
pub(super) fn has_colors(colors: Colors, output: usize) -> bool {
    let is_terminal = match output {
        0 => io::stdout().is_terminal(),
        _ => io::stderr().is_terminal(),
    };
    decide(colors, is_terminal, |name| env::var_os(name))
}

/// Decides by the program first, then by the environment, where `NO_COLOR` comes first.
fn decide(
    colors: Colors,
    is_terminal: bool,
    environment: impl Fn(&str) -> Option<OsString>,
) -> bool {
    let is_set = |name| environment(name).is_some_and(|value| !value.is_empty());
    let is = |name, value| environment(name).is_some_and(|set| set == value);
    // Windows' own terminal has no TERM.
    let is_able = || is_set("TERM") && !is("TERM", "dumb") || is_set("WT_SESSION");
    match colors {
        Colors::Always => true,
        Colors::Never => false,
        Colors::Auto if is_set("NO_COLOR") => false,
        Colors::Auto if is_set("CLICOLOR_FORCE") && !is("CLICOLOR_FORCE", "0") => true,
        _ => is_terminal && !is("CLICOLOR", "0") && is_able(),
    }
}

/// Writes by std's `print!` macros.
struct Printed(usize);

impl Write for Printed {
    #[expect(
        clippy::print_stdout,
        clippy::print_stderr,
        reason = "libtest captures nothing else"
    )]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        let print = || match self.0 {
            0 => print!("{text}"),
            _ => eprint!("{text}"),
        };
        match std::panic::catch_unwind(print) {
            Ok(()) => Ok(bytes.len()),
            Err(_) => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to the file descriptor itself.
#[cfg(unix)]
struct Direct(rustix::fd::BorrowedFd<'static>);

#[cfg(unix)]
impl Write for Direct {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::io::Errno;

        loop {
            match rustix::io::write(self.0, bytes) {
                Err(Errno::INTR) => {}
                // A process that shares the descriptor has made it non-blocking.
                Err(Errno::AGAIN) => {
                    match poll(&mut [PollFd::new(&self.0, PollFlags::OUT)], None) {
                        Ok(_) | Err(Errno::INTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
