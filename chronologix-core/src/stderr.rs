//! The few words this crate says by itself.

use std::{error::Error, fmt::Write as _};

/// Writes one line to stderr: an error and its causes.
pub(crate) fn tell(error: &(dyn Error + 'static)) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // Writing to a string cannot fail.
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    say(&text);
}

/// Writes one line to stderr. A stderr that is closed or full is nobody's fault.
pub(crate) fn say(text: &str) {
    #[cfg(test)]
    if MUTED.get() {
        return;
    }
    write(format!("chronologix: {text}\n").as_bytes());
}

/// Past std's lock, which in a forked child may be held for ever, and which a program that panics while it prints holds as well.
#[cfg(unix)]
fn write(line: &[u8]) {
    let _ = rustix::io::write(rustix::stdio::stderr(), line);
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
