//! Timestamp formats: strftime as in Python, parsed once, at configuration.

use std::{fmt, str::FromStr};

use super::escape;
use crate::word::{debug_as_text, display_word};

/// The text of the preset that stands for [`RFC3339`].
const PRESET: &str = "rfc3339";
const RFC3339: &str = "%Y-%m-%dT%H:%M:%S.%f%:z";
const DEFAULT: &str = "%H:%M:%S";

/// What an error lists.
const ALLOWED: &str = "%a %A %b %B %c %d %D %e %f %F %G %H %I %j %m %M %p %R %s %S %T %u %U %V %w \
                       %W %x %X %y %Y %z %:z %Z %%; %-d and the like for a number without zeros; \
                       or the word rfc3339";

/// How the stamp of a line is written: a strftime format with the meaning it has in Python.
///
/// `%f` is microseconds, six digits. Names of days and months, `%c`, `%x`, `%X` and `%p` are those
/// of the C locale. `rfc3339` stands for date, time, microseconds and offset.
///
/// ```
/// use chronologix_schema::layout::TimestampFormat;
///
/// let format = TimestampFormat::parse("%d.%m. %H:%M:%S.%f")?;
/// assert_eq!(format.as_str(), "%d.%m. %H:%M:%S.%f");
/// assert_eq!(TimestampFormat::default().as_str(), "%H:%M:%S");
///
/// let error = TimestampFormat::parse("%H:%Q").unwrap_err();
/// assert!(error.to_string().contains("unknown directive %Q at byte 3; allowed: %a %A"));
/// # Ok::<(), chronologix_schema::layout::BadTimestampFormat>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimestampFormat {
    /// As the user wrote it.
    text: String,
    /// What it says, composite directives taken apart.
    items: Vec<Item>,
}

/// The names of the C locale.
pub(super) const WEEKDAYS: [&str; 7] = [
    "Sunday",
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A part of a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// Stands for itself.
    Literal(String),
    /// A directive that is not made of others, by its letter; `:` is `%:z`.
    Field { letter: char, padding: Padding },
}

/// Whether a number keeps its leading zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    Usual,
    /// `%-d`
    None,
}

impl TimestampFormat {
    /// Reads a format.
    ///
    /// # Errors
    ///
    /// For an empty text, an unknown or unfinished directive, and control characters, which could
    /// end the line or hide it.
    pub fn parse(text: &str) -> Result<Self, BadTimestampFormat> {
        let meaning = if text == PRESET { RFC3339 } else { text };
        let text = text.to_owned();
        match read_items(meaning) {
            Ok(items) => Ok(Self { text, items }),
            Err((at, fault)) => Err(BadTimestampFormat { text, at, fault }),
        }
    }

    /// The format as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the format of JSON lines: `2025-05-04T15:07:09.250000+02:00`.
    #[must_use]
    pub fn rfc3339() -> Self {
        Self::of(PRESET, RFC3339)
    }

    /// Returns whether timestamps say which of two equal hours they mean: by an offset, an
    /// abbreviation of the zone, or as seconds since 1970.
    ///
    /// ```
    /// use chronologix_schema::layout::TimestampFormat;
    ///
    /// assert!(TimestampFormat::rfc3339().has_offset());
    /// assert!(TimestampFormat::parse("%H:%M:%S %Z")?.has_offset());
    /// assert!(!TimestampFormat::parse("%H:%M:%S")?.has_offset());
    /// # Ok::<(), chronologix_schema::layout::BadTimestampFormat>(())
    /// ```
    #[must_use]
    pub fn has_offset(&self) -> bool {
        self.items
            .iter()
            .any(|item| matches!(item, Item::Field { letter, .. } if "z:Zs".contains(*letter)))
    }

    /// A format of this crate, and what it stands for.
    fn of(text: &str, meaning: &str) -> Self {
        Self {
            text: text.to_owned(),
            items: read_items(meaning).unwrap_or_default(),
        }
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn into_items(self) -> Vec<Item> {
        self.items
    }
}

impl Default for TimestampFormat {
    /// `%H:%M:%S`
    fn default() -> Self {
        Self::of(DEFAULT, DEFAULT)
    }
}

display_word!(TimestampFormat);

impl FromStr for TimestampFormat {
    type Err = BadTimestampFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// A text that is no timestamp format, and where it goes wrong. Its `Debug` form is its text.
#[derive(Clone, PartialEq, Eq)]
pub struct BadTimestampFormat {
    text: String,
    /// The byte of the text at which the fault lies.
    at: usize,
    fault: Fault,
}

#[derive(Clone, PartialEq, Eq)]
enum Fault {
    Empty,
    /// A character that [`escape`] would change, or a tab.
    Control(char),
    /// With its `%`.
    UnknownDirective(String),
    /// The `%` is the last character.
    Unfinished,
}

impl fmt::Display for BadTimestampFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text, at, fault } = self;
        write!(f, "bad timestamp format {text:?}: ")?;
        match fault {
            Fault::Empty => f.write_str("it is empty")?,
            Fault::Control(control) => {
                return write!(f, "control character {control:?} at byte {at}");
            }
            Fault::UnknownDirective(directive) => {
                write!(f, "unknown directive {directive} at byte {at}")?;
            }
            Fault::Unfinished => write!(f, "unfinished directive % at byte {at} (%% is a %)")?,
        }
        write!(f, "; allowed: {ALLOWED}")
    }
}

debug_as_text!(BadTimestampFormat);

impl std::error::Error for BadTimestampFormat {}

fn read_items(text: &str) -> Result<Vec<Item>, (usize, Fault)> {
    if text.is_empty() {
        return Err((0, Fault::Empty));
    }
    let is_bad = |(_, c): &(usize, char)| c.is_control() || escape::is_forbidden(*c);
    if let Some((at, control)) = text.char_indices().find(is_bad) {
        return Err((at, Fault::Control(control)));
    }
    let mut items = Vec::new();
    read_into(&mut items, text)?;
    Ok(items)
}

fn read_into(items: &mut Vec<Item>, text: &str) -> Result<(), (usize, Fault)> {
    let mut rest = text;
    while let Some(percent) = rest.find('%') {
        let (literal, directive) = rest.split_at(percent);
        push_literal(items, literal);
        rest = read_directive(items, directive)
            .map_err(|fault| (text.len() - directive.len(), fault))?;
    }
    push_literal(items, rest);
    Ok(())
}

/// Reads the directive at the start of `text` and returns what follows it.
fn read_directive<'a>(items: &mut Vec<Item>, text: &'a str) -> Result<&'a str, Fault> {
    let mut rest = text.chars();
    rest.next(); // the %
    let first = rest.next().ok_or(Fault::Unfinished)?;
    let flag = Some(first).filter(|flag| matches!(flag, '-' | ':'));
    let letter = flag.map_or(first, |_| rest.next().unwrap_or(' '));
    match (flag, letter) {
        (None, '%') => push_literal(items, "%"),
        (
            None | Some('-'),
            'd' | 'e' | 'G' | 'H' | 'I' | 'j' | 'm' | 'M' | 's' | 'S' | 'u' | 'U' | 'V' | 'w' | 'W'
            | 'y' | 'Y',
        )
        | (None, 'a' | 'A' | 'b' | 'B' | 'f' | 'p' | 'z' | 'Z') => {
            let padding = flag.map_or(Padding::Usual, |_| Padding::None);
            items.push(Item::Field { letter, padding });
        }
        (Some(':'), 'z') => items.push(Item::Field {
            letter: ':',
            padding: Padding::Usual,
        }),
        (None, letter) if composite(letter).is_some() => {
            read_into(items, composite(letter).unwrap_or_default()).map_err(|(_, fault)| fault)?;
        }
        _ => {
            let length = text.len() - rest.as_str().len();
            return Err(Fault::UnknownDirective(text[..length].to_owned()));
        }
    }
    Ok(rest.as_str())
}

/// What a directive that is made of others stands for in the C locale.
fn composite(letter: char) -> Option<&'static str> {
    match letter {
        'c' => Some("%a %b %e %H:%M:%S %Y"),
        'D' | 'x' => Some("%m/%d/%y"),
        'F' => Some("%Y-%m-%d"),
        'R' => Some("%H:%M"),
        'T' | 'X' => Some("%H:%M:%S"),
        _ => None,
    }
}

fn push_literal(items: &mut Vec<Item>, text: &str) {
    if text.is_empty() {
        return;
    }
    if let Some(Item::Literal(literal)) = items.last_mut() {
        literal.push_str(text);
    } else {
        items.push(Item::Literal(text.to_owned()));
    }
}

#[cfg(test)]
mod tests;
