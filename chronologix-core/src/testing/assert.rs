//! Assertions about what was logged, and what they say when they fail.

use std::{cmp::Reverse, collections::BTreeMap, fmt::Write as _};

use super::TestLogger;
use crate::{Stream, StreamHandle};

/// How many lines a failed assertion shows, and how many threads.
const SHOWN: usize = 5;

/// Asserts that a line of a stream contains a text.
///
/// The stream is a bare name (`errors`), a name as a string, a [`StreamHandle`], or a constant of a
/// declaration.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Config, Level, testing::{TestLogger, assert_logged, assert_not_logged}};
///
/// let logger = TestLogger::start(Config::new())?;
/// logger.logger().stream("errors")?.log_at(Level::Error, format_args!("boom: {}", 7)).detach();
/// assert_logged!(logger, errors, "boom: 7");
/// assert_logged!(logger, "errors", "[ERROR] boom");
/// // `errors` is mirrored to `all`.
/// assert_logged!(logger, all, "boom");
/// assert_not_logged!(logger, all, "all is well");
/// # Ok::<(), chronologix::Error>(())
/// ```
///
/// # Panics
///
/// If there is no such line: the message shows the lines of the stream that come nearest to the
/// text, in which other streams it stands, and which records were refused because their thread is
/// not [bound](crate::testing::TestLogger::bind) to a test logger.
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
    if lines.iter().any(|line| line.contains(text)) {
        return;
    }
    let mut message = missing(stream, text, &lines);
    for name in logger.names().filter(|name| *name != stream) {
        let lines = logger.lines(name);
        if let Some(line) = lines.iter().rfind(|line| line.contains(text)) {
            let _ = write!(message, "\nbut `{name}` has:\n  {line}");
        }
    }
    add_refused(&mut message, logger.bound.refused());
    panic!("{message}");
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
fn missing(stream: &str, text: &str, lines: &[String]) -> String {
    let mut message = format!("no line of `{stream}` has {text:?}; ");
    let _ = match lines.len() {
        0 => write!(message, "it has no lines"),
        1 => write!(message, "it has 1:"),
        all @ 2..=SHOWN => write!(message, "it has {all}, the nearest first:"),
        all => write!(message, "the nearest {SHOWN} of its {all}:"),
    };
    let text = text.chars().collect::<Vec<_>>();
    // Of lines that are equally far, the newer first.
    let mut nearest = lines.iter().rev().collect::<Vec<_>>();
    nearest.sort_by_cached_key(|line| distance(&text, line));
    nearest.truncate(SHOWN);
    show(&mut message, &nearest);
    message
}

/// Returns how many letters of a text are to be changed, added or left out to make it a part of a
/// line: the algorithm of Sellers. That of Levenshtein would count what else is in the line.
fn distance(text: &[char], line: &str) -> usize {
    // Of the first letters of the text, to a part of the line that ends here.
    let mut costs = (0..=text.len()).collect::<Vec<_>>();
    let mut best = text.len();
    for letter in line.chars() {
        // A part may begin anywhere, so the first cost is always 0.
        let mut diagonal = 0;
        for (at, expected) in text.iter().enumerate() {
            let replaced = diagonal + usize::from(*expected != letter);
            diagonal = costs[at + 1];
            costs[at + 1] = replaced.min(diagonal + 1).min(costs[at] + 1);
        }
        best = best.min(costs[text.len()]);
    }
    best
}

/// Adds which records were refused in threads that no test logger is bound to.
fn add_refused(message: &mut String, refused: BTreeMap<Option<String>, u64>) {
    if refused.is_empty() {
        return;
    }
    message.push_str(
        "\nrecords refused meanwhile, in threads without a test logger (see `TestLogger::bind`):",
    );
    let mut threads = refused.into_iter().collect::<Vec<_>>();
    // Most tests run in a thread that has their name. That of the missing line may have none.
    threads.sort_by_key(|(name, records)| (name.is_some(), Reverse(*records)));
    for (name, records) in threads.iter().take(SHOWN) {
        let _ = match name {
            Some(name) => write!(message, "\n  {records} in `{name}`"),
            None => write!(message, "\n  {records} in threads without a name"),
        };
    }
    if let Some(others @ [_, ..]) = threads.get(SHOWN..) {
        let records = others.iter().map(|(_, records)| records).sum::<u64>();
        let _ = write!(message, "\n  {records} in other threads");
    }
}

fn show(message: &mut String, lines: &[impl AsRef<str>]) {
    for line in lines {
        message.push_str("\n  ");
        message.push_str(line.as_ref());
    }
}
