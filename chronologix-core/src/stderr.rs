//! The few words this crate says by itself.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, Write as _},
};

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
    let _ = io::stderr().write_all(format!("chronologix: {text}\n").as_bytes());
}
