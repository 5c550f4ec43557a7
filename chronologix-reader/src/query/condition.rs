//! Conditions on fields: `status>=500 and not path~^/health`. Pure.
//!
//! ```text
//!   condition  = all ("or" all)*
//!   all        = one ("and" one)*
//!   one        = "not" one | "(" condition ")" | FIELD | FIELD OPERATOR VALUE
//!              | "pattern" "=" PATTERN | "pattern" "!=" PATTERN
//!   OPERATOR   = "=" | "!=" | ">" | ">=" | "<" | "<=" | "~" | "!~"
//! ```

use std::{borrow::Cow, cmp::Ordering, fmt, sync::Arc};

use chronologix_schema::Level;
use serde_json::Value;

use super::{line_regex::LineRegex, values::LineValues};
use crate::{
    patterns::{Catalogue, PatternMatcher},
    streams::{StreamId, StreamNames},
};
pub use parser::{BadCondition, quoted};

mod parser;

#[cfg(test)]
mod tests;

/// What asks for the pattern of a message. A field of this name is `fields.pattern`.
pub const PATTERN: &str = "pattern";

/// A condition on the fields of a record.
#[derive(Clone)]
pub struct Condition {
    text: Box<str>,
    root: Clause,
    /// The names of streams, if they are known.
    streams: Option<StreamNames>,
}

/// A part of a condition.
#[derive(Clone, Debug)]
enum Clause {
    Any(Vec<Clause>),
    All(Vec<Clause>),
    Not(Box<Clause>),
    /// The record has the field.
    Has(Field),
    /// The field compares to the value in one of these ways.
    Compare(Field, &'static [Ordering], Operand),
    /// The field matches.
    Matches(Field, LineRegex),
    /// The message is of the pattern.
    OfPattern(Box<PatternMatcher>),
}

/// A field by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// The level.
    Level,
    /// The stream.
    Stream,
    /// The message without its fields.
    Message,
    /// Any other. Dots lead into nested objects.
    Named(Box<str>),
}

/// The value to compare with.
#[derive(Clone, Debug)]
struct Operand {
    text: Box<str>,
    /// Its number, if it is one.
    number: Option<f64>,
    /// Its seconds, if it is a duration: `250ms`.
    seconds: Option<f64>,
    /// Its level, if the field is the level.
    level: Option<Level>,
}

impl Condition {
    /// Returns the condition that a field has this value, or has not.
    pub fn of_field(name: &str, value: &str, is_equal: bool) -> Result<Self, BadCondition> {
        let operator = if is_equal { "=" } else { "!=" };
        let text = format!("{}{operator}{}", quoted(name), quoted(value));
        text.parse()
    }

    /// Returns the condition that a message is of a pattern, by the id of a statement or by the
    /// text of the pattern, or is not.
    pub fn of_pattern(name: &str, is_equal: bool) -> Result<Self, BadCondition> {
        Self::of_field(PATTERN, name, is_equal)
    }

    /// Returns the source text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text of the condition that this one does not hold.
    pub(crate) fn inverted_text(&self) -> String {
        match self.root {
            Clause::Any(_) | Clause::All(_) => format!("not ({})", self.text),
            _ => format!("not {}", self.text),
        }
    }

    /// Sets the names of streams, for conditions on the stream.
    #[must_use]
    pub fn with_streams(self, streams: StreamNames) -> Self {
        Self {
            streams: Some(streams),
            ..self
        }
    }

    /// Returns whether it asks for the pattern of a message.
    pub fn asks_for_pattern(&self) -> bool {
        self.root.any(&|node| matches!(node, Clause::OfPattern(_)))
    }

    /// Sets the log statements that are known, for conditions on the pattern.
    #[must_use]
    pub fn with_statements(mut self, catalogue: &Arc<Catalogue>) -> Self {
        self.root.learn(catalogue);
        self
    }

    /// Returns whether the condition holds for a line of this stream.
    pub fn holds(&self, values: &LineValues<'_>, stream: Option<StreamId>) -> bool {
        if !self.root.asks_for_stream() {
            return self.root.holds(values);
        }
        let name = self.streams.as_ref().zip(stream);
        let name = name.and_then(|(streams, stream)| streams.name(stream));
        self.root.holds(&values.clone().of_stream(name.as_deref()))
    }
}

impl Clause {
    /// Returns whether this or a part of it is as wanted.
    fn any(&self, is_wanted: &dyn Fn(&Self) -> bool) -> bool {
        let of_parts = || match self {
            Self::Any(nodes) | Self::All(nodes) => nodes.iter().any(|node| node.any(is_wanted)),
            Self::Not(node) => node.any(is_wanted),
            _ => false,
        };
        is_wanted(self) || of_parts()
    }

    fn asks_for_stream(&self) -> bool {
        self.any(&|node| match node {
            Self::Has(field) | Self::Compare(field, ..) | Self::Matches(field, _) => {
                *field == Field::Stream
            }
            node => matches!(node, Self::OfPattern(_)),
        })
    }

    fn learn(&mut self, catalogue: &Arc<Catalogue>) {
        match self {
            Self::Any(nodes) | Self::All(nodes) => {
                for node in nodes {
                    node.learn(catalogue);
                }
            }
            Self::Not(node) => node.learn(catalogue),
            Self::OfPattern(matcher) => {
                **matcher = matcher.clone().with_statements(Arc::clone(catalogue));
            }
            Self::Has(_) | Self::Compare(..) | Self::Matches(..) => {}
        }
    }

    fn holds(&self, record: &LineValues<'_>) -> bool {
        match self {
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(record)),
            Self::All(nodes) => nodes.iter().all(|node| node.holds(record)),
            Self::Not(node) => !node.holds(record),
            Self::Has(field) => field.is_in(record),
            Self::Compare(Field::Level, wanted, operand) => {
                let levels = record.level().zip(operand.level);
                levels.is_some_and(|(level, other)| wanted.contains(&level.cmp(&other)))
            }
            Self::Compare(field, wanted, operand) => {
                let is_wanted = |value: &Value| {
                    let ordering = operand.ordering_of(value);
                    ordering.is_some_and(|ordering| wanted.contains(&ordering))
                };
                field.value(record).is_some_and(|value| is_wanted(&value))
            }
            Self::Matches(field, pattern) => {
                let value = field.value(record);
                value.is_some_and(|value| pattern.is_match(&text_of(&value)))
            }
            Self::OfPattern(matcher) => {
                let stream = record.stream().unwrap_or_default();
                matcher.is_match(stream, record.level(), &record.message())
            }
        }
    }
}

impl Field {
    /// Returns the field of this name.
    pub fn named(name: &str) -> Self {
        match name {
            "level" => Self::Level,
            "stream" => Self::Stream,
            "message" => Self::Message,
            name => Self::Named(name.into()),
        }
    }

    /// Returns the name.
    pub fn name(&self) -> &str {
        match self {
            Self::Level => "level",
            Self::Stream => "stream",
            Self::Message => "message",
            Self::Named(name) => name,
        }
    }

    fn is_in(&self, record: &LineValues<'_>) -> bool {
        match self {
            Self::Level => record.level().is_some(),
            _ => self.value(record).is_some(),
        }
    }

    /// Returns the value that a record has.
    pub fn value<'a>(&self, record: &'a LineValues<'_>) -> Option<Cow<'a, Value>> {
        let text = |text: &str| Some(Cow::Owned(Value::from(text)));
        match self {
            Self::Level => text(record.level()?.as_str()),
            Self::Stream => text(record.stream()?),
            Self::Message => text(&record.values().message),
            Self::Named(name) => {
                let nested = || record.field(name.strip_prefix("fields.")?);
                record.field(name).or_else(nested).map(Cow::Borrowed)
            }
        }
    }
}

impl Operand {
    fn new(text: &str) -> Self {
        Self {
            text: text.into(),
            number: number(text),
            seconds: seconds(text),
            level: None,
        }
    }

    /// Compares a value to the operand. Numbers and durations compare to their like only, anything
    /// else as text.
    fn ordering_of(&self, value: &Value) -> Option<Ordering> {
        let text = text_of(value);
        if let Some(other) = self.number {
            let own = value.as_f64().or_else(|| number(&text));
            return own?.partial_cmp(&other);
        }
        if let Some(other) = self.seconds {
            return seconds(&text)?.partial_cmp(&other);
        }
        Some((*text).cmp(&*self.text))
    }
}

/// Returns a value as text. A string has no quotes.
pub fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// Returns the number that a text is, or the seconds of a duration.
pub(super) fn size(text: &str) -> Option<f64> {
    number(text).or_else(|| seconds(text))
}

/// Parses a number such as `-1.5e3`. Words such as `inf` are text.
fn number(text: &str) -> Option<f64> {
    let first = text
        .strip_prefix(['-', '+'])
        .unwrap_or(text)
        .bytes()
        .next()?;
    let is_number = first.is_ascii_digit() || first == b'.';
    is_number.then(|| text.parse().ok())?
}

/// Parses a duration such as `250ms`, `1.5s` and `1h30m`.
fn seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut sum = 0.0;
    while !rest.is_empty() {
        let is_of_number = |letter: char| letter.is_ascii_digit() || letter == '.';
        let digits = rest.find(|letter| !is_of_number(letter))?;
        let (count, after) = rest.split_at(digits);
        let word = after.find(is_of_number).unwrap_or(after.len());
        let (unit, after) = after.split_at(word);
        let size = match unit {
            "ns" => 1e-9,
            "us" | "µs" | "μs" => 1e-6,
            "ms" => 1e-3,
            "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        sum += count.parse::<f64>().ok()? * size;
        rest = after;
    }
    (!text.is_empty()).then_some(sum)
}

impl PartialEq for Condition {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Condition {}

impl fmt::Debug for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.text)
    }
}
