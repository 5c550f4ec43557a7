//! The line about lines that stand in two files of a stream.

use std::{fmt, ops::Range};

use super::{parse_json_line, parse_text_line};

/// What the first line of a numbered file says if the lines after it stand in an earlier file too.
///
/// A file whose sync failed is not written to again: its last lines are repeated in the next file.
///
/// ```
/// use chronologix_schema::layout::Repeat;
///
/// let message = "chronologix: bytes 120 to 360 of app.log are repeated here, its sync failed";
/// let repeat = Repeat::of_line(&format!("[15:07:09] [WARN] {message}")).expect("such a line");
/// assert_eq!((&*repeat.file, &repeat.bytes), ("app.log", &(120..360)));
/// assert_eq!(repeat.to_string(), message);
///
/// assert_eq!(Repeat::of_line("[15:07:09] [WARN] disk full"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// The name of the earlier file, in the same folder.
    pub file: String,
    /// The bytes of it that follow.
    pub bytes: Range<u64>,
}

const BEGIN: &str = "chronologix: bytes ";
const END: &str = " are repeated here, its sync failed";

impl Repeat {
    /// Reads a line, of text or JSON. `None` if it is another one.
    #[must_use]
    pub fn of_line(line: &str) -> Option<Self> {
        if line.starts_with('{') {
            return Self::parse(&parse_json_line(line)?.message);
        }
        Self::parse(parse_text_line(line).message)
    }

    fn parse(message: &str) -> Option<Self> {
        let rest = message.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let (bytes, file) = rest.split_once(" of ")?;
        let (begin, end) = bytes.split_once(" to ")?;
        let bytes = begin.parse().ok()?..end.parse().ok()?;
        let is_some = bytes.start < bytes.end;
        is_some.then(|| Self {
            file: file.to_owned(),
            bytes,
        })
    }
}

/// Writes the message.
impl fmt::Display for Repeat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, bytes } = self;
        write!(f, "{BEGIN}{} to {} of {file}{END}", bytes.start, bytes.end)
    }
}
