//! Assertions about what was logged, and what they say when they fail.

use std::fmt::Write as _;

use super::TestLogger;
use crate::{Stream, StreamHandle};

/// How many lines a failed assertion shows.
const LAST_LINES: usize = 10;

/// Asserts that a line of a stream contains a text.
///
/// The stream is a bare name (`errors`), a name as a string, a [`StreamHandle`], or a constant of a
/// declaration.
///
/// ```
/// use chronologix_core::{Config, Level, testing::{TestLogger, assert_logged, assert_not_logged}};
///
/// let logger = TestLogger::start(Config::new())?;
/// logger.logger().stream("errors")?.log_at(Level::Error, format_args!("boom: {}", 7)).detach();
/// assert_logged!(logger, errors, "boom: 7");
/// assert_logged!(logger, "errors", "[ERROR] boom");
/// // `errors` is mirrored to `all`.
/// assert_logged!(logger, all, "boom");
/// assert_not_logged!(logger, all, "all is well");
/// # Ok::<(), chronologix_core::Error>(())
/// ```
///
/// # Panics
///
/// If there is no such line: the message shows the last lines of the stream, and in which other
/// streams the text stands.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_logged {
    ($logger:expr, $stream:ident, $text:expr $(,)?) => {
        $crate::testing::expect_logged(&$logger, ::core::stringify!($stream), &$text)
    };
    ($logger:expr, $stream:expr, $text:expr $(,)?) => {
        $crate::testing::expect_logged(
            &$logger,
            $crate::testing::StreamName::name_of(&$stream),
            &$text,
        )
    };
}

/// Asserts that no line of a stream contains a text; otherwise as
/// [`assert_logged!`](crate::testing::assert_logged).
///
/// # Panics
///
/// If there is such a line: the message shows it.
#[doc(hidden)]
#[macro_export]
macro_rules! __assert_not_logged {
    ($logger:expr, $stream:ident, $text:expr $(,)?) => {
        $crate::testing::expect_not_logged(&$logger, ::core::stringify!($stream), &$text)
    };
    ($logger:expr, $stream:expr, $text:expr $(,)?) => {
        $crate::testing::expect_not_logged(
            &$logger,
            $crate::testing::StreamName::name_of(&$stream),
            &$text,
        )
    };
}

/// What names a stream in an assertion.
pub trait StreamName {
    /// The name.
    fn name_of(&self) -> &str;
}

macro_rules! stream_names {
    ($($type:ty)*) => {$(
        impl StreamName for $type {
            fn name_of(&self) -> &str {
                self.as_ref()
            }
        }
    )*};
}

stream_names!(&str String Stream StreamHandle);

/// What `assert_logged!` calls.
///
/// # Panics
///
/// As the macro.
#[track_caller]
pub fn expect_logged(logger: &TestLogger, stream: &str, text: &(impl AsRef<str> + ?Sized)) {
    let text = text.as_ref();
    let stream = bare(stream);
    let lines = logger.lines(stream);
    if !lines.iter().any(|line| line.contains(text)) {
        let others = logger
            .names()
            .filter(|name| *name != stream)
            .map(|name| (name, logger.lines(name)));
        panic!("{}", missing(stream, text, &lines, others));
    }
}

/// What `assert_not_logged!` calls.
///
/// # Panics
///
/// As the macro.
#[track_caller]
pub fn expect_not_logged(logger: &TestLogger, stream: &str, text: &(impl AsRef<str> + ?Sized)) {
    let text = text.as_ref();
    let stream = bare(stream);
    let lines = logger.lines(stream);
    let found = lines.iter().filter(|line| line.contains(text));
    let found = found.collect::<Vec<_>>();
    if !found.is_empty() {
        let mut message = format!("`{stream}` has a line with {text:?}:");
        show(&mut message, &found);
        panic!("{message}");
    }
}

/// A name as it was declared: an identifier may have to be written as a raw one.
fn bare(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Why there is no such line, for people.
fn missing<'n>(
    stream: &str,
    text: &str,
    lines: &[String],
    others: impl Iterator<Item = (&'n str, Vec<String>)>,
) -> String {
    let mut message = format!("no line of `{stream}` has {text:?}; ");
    let _ = match lines.len() {
        0 => write!(message, "it has no lines"),
        all @ 1..=LAST_LINES => write!(message, "it has {all}:"),
        all => write!(message, "the last {LAST_LINES} of its {all}:"),
    };
    show(
        &mut message,
        &lines[lines.len().saturating_sub(LAST_LINES)..],
    );
    for (name, lines) in others {
        if let Some(line) = lines.iter().rfind(|line| line.contains(text)) {
            let _ = write!(message, "\nbut `{name}` has:\n  {line}");
        }
    }
    message
}

fn show(message: &mut String, lines: &[impl AsRef<str>]) {
    for line in lines {
        message.push_str("\n  ");
        message.push_str(line.as_ref());
    }
}
