//! The few words this crate says by itself.

use std::{error::Error, fmt::Write as _};

#[cfg(all(test, unix))]
mod tests;

/// Writes one line to stderr: an error and its causes.
pub(crate) fn report(error: &(dyn Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    print(&text);
}

/// The most that is said at once, in bytes: what a pipe that has room takes without waiting for its reader (`PIPE_BUF` of `pipe(7)`).
const LONGEST: usize = 4096;

/// Writes one line to stderr, cut if need be. A stderr that is closed or full is nobody's fault, and is not waited for.
pub(crate) fn print(text: &str) {
    #[cfg(test)]
    if MUTED.get() {
        return;
    }
    write(line(text).as_bytes());
}

fn line(text: &str) -> String {
    let mut line = format!("chronologix: {text}");
    let mut ends = (0..LONGEST).rev();
    line.truncate(ends.find(|end| line.is_char_boundary(*end)).unwrap_or(0));
    line.push('\n');
    line
}

/// Past std's lock, which in a forked child may be held for ever, and which a program that panics while it prints holds as well.
#[cfg(unix)]
fn write(line: &[u8]) {
    write_at_once(rustix::stdio::stderr(), line);
}

/// Writes the line if that can be done without waiting.
#[cfg(unix)]
fn write_at_once(to: rustix::fd::BorrowedFd<'_>, line: &[u8]) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let mut polled = [PollFd::new(&to, PollFlags::OUT)];
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    if poll(&mut polled, Some(&now)).is_ok_and(|ready| ready > 0) {
        let _ = rustix::io::write(to, line);
    }
}

#[cfg(not(unix))]
fn write(line: &[u8]) {
    use std::io::Write as _;

    let _ = std::io::stderr().write_all(line);
}

#[cfg(test)]
thread_local! {
    static MUTED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// For tests that make trouble by the thousand: nothing is said on this thread any more.
#[cfg(test)]
pub(crate) fn mute() {
    MUTED.set(true);
}
