//! Regular expressions that match single lines, and can search whole blocks of lines.

use std::{fmt, ops::Range};

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::{ParserBuilder, hir::Look};

use crate::line::LogLine;

#[cfg(test)]
mod tests;

/// The most memory of a compiled expression.
const LARGEST: usize = 8 << 20;

/// Whether letter case matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Case {
    /// Only if the expression contains an upper-case letter.
    #[default]
    Smart,
    /// It matters.
    Sensitive,
    /// It does not matter.
    Insensitive,
}

/// A regular expression.
#[derive(Clone)]
pub struct LineRegex {
    text: Box<str>,
    case: Case,
    regex: Regex,
    /// Whether it uses `\A` or `\z`, so that lines must be matched one by one.
    is_for_single_lines: bool,
}

impl LineRegex {
    /// Compiles a regular expression. `^` and `$` match at line ends.
    ///
    /// # Errors
    ///
    /// Fails if it is invalid or too large.
    pub fn new(text: &str, case: Case) -> Result<Self, BadRegex> {
        let is_insensitive = match case {
            Case::Smart => !has_upper_case(text),
            Case::Sensitive => false,
            Case::Insensitive => true,
        };
        let regex = RegexBuilder::new(text)
            .multi_line(true)
            .crlf(true)
            .case_insensitive(is_insensitive)
            .size_limit(LARGEST)
            .build();
        Ok(Self {
            text: text.into(),
            case,
            regex: regex.map_err(|error| BadRegex::new(&error))?,
            is_for_single_lines: asks_for_ends(text),
        })
    }

    /// Returns the regular expression that matches this text only.
    pub fn escape(text: &str) -> String {
        regex::escape(text)
    }

    /// Returns the source text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns whether a line matches.
    pub fn is_match(&self, line: &str) -> bool {
        self.regex.is_match(line.as_bytes())
    }

    /// Returns whether the bytes of a line match.
    pub(crate) fn is_match_raw(&self, line: &[u8]) -> bool {
        self.regex.is_match(line)
    }

    /// Returns whether the part of a line matches that is not kept, as far as it was looked for.
    pub fn is_match_beyond(&self, line: &LogLine) -> bool {
        line.beyond
            .as_ref()
            .is_some_and(|beyond| self.is_match(&beyond.text))
    }

    /// Returns the matches in a line, without empty ones.
    pub fn spans<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex
            .find_iter(line.as_bytes())
            .map(|found| found.range())
            // A match of single bytes may be inside a character.
            .filter(|span| !span.is_empty() && line.get(span.clone()).is_some())
    }

    /// Returns the first line in `block`, from `from` on, that matches. A block consists of whole
    /// lines, but the last may lack its end. `from` must be the start of a line.
    pub(crate) fn next_line(&self, block: &[u8], mut from: usize) -> Option<Range<usize>> {
        while self.is_for_single_lines && from < block.len() {
            let end = memchr::memchr(b'\n', &block[from..]).map_or(block.len(), |end| from + end);
            if self.regex.is_match(&block[from..end]) {
                return Some(from..end);
            }
            from = end + 1;
        }
        while from < block.len() {
            let found = self.regex.find_at(block, from)?;
            // A match across lines only counts if its first line matches alone.
            let start = memchr::memrchr(b'\n', &block[from..found.start()])
                .map_or(from, |end| from + end + 1);
            let end = memchr::memchr(b'\n', &block[found.start()..])
                .map_or(block.len(), |end| found.start() + end);
            if start == block.len() {
                return None;
            }
            if found.end() <= end || self.regex.is_match(&block[start..end]) {
                return Some(start..end);
            }
            from = end + 1;
        }
        None
    }
}

/// Returns whether the expression uses the ends of the text instead of those of a line.
fn asks_for_ends(text: &str) -> bool {
    let mut parser = ParserBuilder::new().multi_line(true).utf8(false).build();
    parser.parse(text).is_ok_and(|parsed| {
        let looks = parsed.properties().look_set();
        looks.contains(Look::Start) || looks.contains(Look::End)
    })
}

/// Returns whether the expression has an upper-case letter outside of classes such as `\W`.
fn has_upper_case(text: &str) -> bool {
    let mut is_escaped = false;
    text.chars().any(|letter| {
        let counts = letter.is_uppercase() && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        counts
    })
}

impl PartialEq for LineRegex {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.case) == (&other.text, other.case)
    }
}

impl Eq for LineRegex {}

impl fmt::Debug for LineRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

/// The reason if a regular expression is too large.
const TOO_LARGE: &str = "too large";

/// An invalid regular expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRegex {
    reason: Box<str>,
}

impl BadRegex {
    fn new(error: &regex::Error) -> Self {
        let reason = match error {
            regex::Error::CompiledTooBig(_) => TOO_LARGE.to_owned(),
            // The last line has the reason. Those before it point at the position.
            other => {
                let whole = other.to_string();
                let last = whole.lines().last().unwrap_or_default();
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
        };
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for BadRegex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.reason {
            TOO_LARGE => f.write_str("regex too large"),
            reason => write!(f, "invalid regex: {reason}"),
        }
    }
}

impl std::error::Error for BadRegex {}
