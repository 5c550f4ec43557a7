//! The lines that this crate writes to stderr, and how durations stand in messages.

use std::{error::Error, fmt, time::Duration};

#[cfg(all(test, unix))]
mod tests;

/// Writes one line to stderr: an error and its causes, which is what `Debug` of this crate's errors
/// writes.
pub(crate) fn report(error: &impl Error) {
    print(&format!("{error:?}"));
}

/// A duration as it stands in messages: `5 s`, `1.5 ms`.
pub(crate) struct Shown(pub(crate) Duration);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{:?}", self.0);
        let unit = text.find(|c: char| !c.is_ascii_digit() && c != '.');
        let (number, unit) = text.split_at(unit.unwrap_or(text.len()));
        write!(f, "{number} {unit}")
    }
}

/// The longest line in bytes: what a pipe that has room takes without waiting for its reader
/// (`PIPE_BUF` of `pipe(7)`).
const LONGEST: usize = 4096;

/// Writes one line to stderr, cut if it is too long. If stderr is closed or full, the line is lost:
/// waiting for it could block the program.
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

/// Writes past std's lock, which in a forked child may be held for ever, and which a program that
/// panics while it prints holds as well.
#[cfg(unix)]
fn write(line: &[u8]) {
    write_at_once(rustix::stdio::stderr(), line);
}

/// Writes the line if that can be done without waiting.
#[cfg(unix)]
fn write_at_once(to: rustix::fd::BorrowedFd<'_>, line: &[u8]) {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};

    let mut polled = [PollFd::new(&to, PollFlags::OUT)];
    let now = Timespec::default();
    // Miri knows no `poll`.
    if cfg!(miri) || poll(&mut polled, Some(&now)).is_ok_and(|ready| ready > 0) {
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

/// Mutes this thread, for tests that cause errors by the thousand.
#[cfg(test)]
pub(crate) fn mute() {
    MUTED.set(true);
}
