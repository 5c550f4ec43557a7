//! What is looked for: a regular expression that is matched against single lines, but can be run
//! over whole blocks of them.

use std::{fmt, ops::Range};

use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::{ParserBuilder, hir::Look};

#[cfg(test)]
mod tests;

/// A regular expression that cannot take more memory than this once compiled.
const LARGEST: usize = 8 << 20;

/// Whether upper and lower case are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) enum Case {
    /// They are, unless the pattern itself has an upper-case letter.
    #[default]
    Smart,
    /// They differ.
    Sensitive,
    /// They are the same.
    Insensitive,
}

/// A regular expression.
#[derive(Clone)]
pub(crate) struct Pattern {
    text: Box<str>,
    case: Case,
    regex: Regex,
    /// Whether it asks for the ends of the whole text (`\A`, `\z`), so that only single lines can be
    /// matched.
    is_for_single_lines: bool,
}

impl Pattern {
    /// Compiles a regular expression; `^` and `$` are the ends of a line.
    ///
    /// # Errors
    ///
    /// When it is none, or one that is too large.
    pub(crate) fn new(text: &str, case: Case) -> Result<Self, BadPattern> {
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
            regex: regex.map_err(|error| BadPattern::new(text, &error))?,
            is_for_single_lines: asks_for_ends(text),
        })
    }

    /// A pattern that matches this text and nothing else.
    ///
    /// # Errors
    ///
    /// When the text is too large.
    #[cfg(test)]
    pub(crate) fn literal(text: &str, case: Case) -> Result<Self, BadPattern> {
        Self::new(&regex::escape(text), case)
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether a line matches.
    pub(crate) fn is_match(&self, line: &str) -> bool {
        self.regex.is_match(line.as_bytes())
    }

    /// Where a line matches, to be shown; empty matches are left out.
    pub(crate) fn spans<'a>(&'a self, line: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
        self.regex
            .find_iter(line.as_bytes())
            .map(|found| found.range())
            // A match of single bytes may lie inside a character.
            .filter(|span| !span.is_empty() && line.get(span.clone()).is_some())
    }

    /// The first line in `block`, from `from` on, that may match, and by its bytes does. A block
    /// holds whole lines, of which the last may lack its end; `from` is the start of one.
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
            // What spans lines in the block matches none of them, unless it does so alone.
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

/// Whether the ends of the whole text stand in it, not those of a line.
fn asks_for_ends(text: &str) -> bool {
    let mut parser = ParserBuilder::new().multi_line(true).utf8(false).build();
    parser.parse(text).is_ok_and(|parsed| {
        let looks = parsed.properties().look_set();
        looks.contains(Look::Start) || looks.contains(Look::End)
    })
}

/// Whether there is an upper-case letter that is not part of a class such as `\W`.
fn has_upper_case(text: &str) -> bool {
    let mut is_escaped = false;
    text.chars().any(|letter| {
        let counts = letter.is_uppercase() && !is_escaped;
        is_escaped = letter == '\\' && !is_escaped;
        counts
    })
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.case) == (&other.text, other.case)
    }
}

impl Eq for Pattern {}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "/{}/", self.text)
    }
}

/// Why something is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BadPattern {
    text: Box<str>,
    reason: Box<str>,
}

impl BadPattern {
    fn new(text: &str, error: &regex::Error) -> Self {
        let reason = match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            // The last line says what is wrong; those before draw the place.
            other => {
                let whole = other.to_string();
                let last = whole.lines().last().unwrap_or_default();
                last.strip_prefix("error: ").unwrap_or(last).to_owned()
            }
        };
        Self {
            text: text.into(),
            reason: reason.into(),
        }
    }
}

impl BadPattern {
    /// What is wrong, for where the text itself is seen anyway.
    pub(crate) fn reason(&self) -> &str {
        &self.reason
    }
}

impl fmt::Display for BadPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no regular expression: {}",
            self.text, self.reason
        )
    }
}

impl std::error::Error for BadPattern {}
