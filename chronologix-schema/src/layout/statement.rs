//! `.chronologix.statements.jsonl`: the log statements whose records a tree has, one a line.

use serde_core::{
    de::DeserializeOwned,
    ser::{Serialize, SerializeStruct, Serializer},
};
use serde_json::{Value, from_str, from_value};
use std::{error::Error, fmt};

use super::push_json_string;
use crate::{Level, word::words};

/// The name of the catalogue of statements in the base directory.
pub const STATEMENTS_FILE: &str = ".chronologix.statements.jsonl";

/// One log statement of a program, as the catalogue of a tree has it.
///
/// ```
/// # use chronologix_schema::layout as chronologix;
/// use chronologix::{Statement, ValueKind};
///
/// let line = r#"{"id": "5f0c5d80e6", "stream": "audit", "level": "WARN",
///     "template": "order {} rejected", "arguments": ["integer"],
///     "fields": [{"key": "user", "kind": "text"}],
///     "crate": "shop", "module": "shop::orders", "file": "src/orders.rs", "line": 42}"#;
/// let statement = Statement::from_json(line)?;
/// assert_eq!(statement.arguments, [ValueKind::Integer]);
/// # Ok::<(), chronologix::StatementError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Stays the same while crate, stream and template do, or the name that the source pins.
    pub id: String,
    /// The name of the stream that it logs to.
    pub stream: String,
    /// `None` for a `log!` without a level.
    pub level: Option<Level>,
    /// The text of the message, with `{}` for each argument; `{{` and `}}` are braces.
    pub template: String,
    /// What each argument of the message is.
    pub arguments: Vec<ValueKind>,
    /// The fields, in the order in which a line has them.
    pub fields: Vec<StatementField>,
    /// The crate, by its name in Rust: `web_shop`.
    pub crate_name: String,
    /// The path of the module.
    pub module: String,
    /// The source file, as the compiler names it.
    pub file: String,
    /// The line in that file, from 1.
    pub line: u32,
}

/// Why a text is no line of a catalogue of statements. Its `Debug` form is its text.
///
/// ```
/// # use chronologix_schema::layout as chronologix;
/// let error = chronologix::Statement::from_json("{}").unwrap_err();
/// assert!(error.to_string().starts_with("not a line of a catalogue of statements: "));
/// ```
pub struct StatementError(serde_json::Error);

impl fmt::Display for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a line of a catalogue of statements: {}", self.0)
    }
}

impl fmt::Debug for StatementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Error for StatementError {}

/// A field that each record of a [`Statement`] has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementField {
    /// Its key.
    pub key: String,
    /// What its value is.
    pub kind: ValueKind,
}

words! {
    /// What a value of a statement is. What a reader does not know is [`ValueKind::Any`].
    chronologix_schema::layout: ValueKind, "kind of value":
    /// Anything that can be formatted.
    Any = "any",
    /// A number without a fraction.
    Integer = "integer",
    /// A number that may have one.
    Float = "float",
    /// `true` or `false`.
    Bool = "bool",
    /// A text.
    Text = "text",
}

impl Statement {
    /// Returns the id of a statement that pins none: ten hexadecimal digits.
    ///
    /// It is the 64-bit FNV-1a hash of the three, each ended by a zero byte, folded to 40 bits.
    /// Of 10,000 statements two have one id with a probability of 0.005 %.
    ///
    /// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>, "Changing the FNV hash size".
    ///
    /// ```
    /// use chronologix_schema::layout::Statement;
    ///
    /// assert_eq!(Statement::id_of("shop", "audit", "order {} rejected"), "9ad6d427c6");
    /// ```
    #[must_use]
    pub fn id_of(crate_name: &str, stream: &str, template: &str) -> String {
        const BITS: u32 = 40;
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for text in [crate_name, stream, template] {
            for byte in text.bytes().chain([0]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        }
        format!("{:010x}", (hash >> BITS) ^ (hash & ((1 << BITS) - 1)))
    }

    /// Returns the line of the catalogue, without its newline.
    #[must_use]
    pub fn to_json(&self) -> String {
        // By hand: a second kind of serializer would make every program that logs larger.
        let mut line = Vec::new();
        text(&mut line, r#"{"id":"#, &self.id);
        text(&mut line, r#","stream":"#, &self.stream);
        match self.level {
            Some(level) => text(&mut line, r#","level":"#, level.as_str()),
            None => line.extend_from_slice(br#","level":null"#),
        }
        text(&mut line, r#","template":"#, &self.template);
        line.extend_from_slice(br#","arguments":["#);
        for (at, kind) in self.arguments.iter().enumerate() {
            text(&mut line, if at > 0 { "," } else { "" }, kind.as_str());
        }
        line.extend_from_slice(br#"],"fields":["#);
        for (at, field) in self.fields.iter().enumerate() {
            let comma = if at > 0 { "," } else { "" };
            line.extend_from_slice(comma.as_bytes());
            text(&mut line, r#"{"key":"#, &field.key);
            text(&mut line, r#","kind":"#, field.kind.as_str());
            line.push(b'}');
        }
        text(&mut line, r#"],"crate":"#, &self.crate_name);
        text(&mut line, r#","module":"#, &self.module);
        text(&mut line, r#","file":"#, &self.file);
        line.extend_from_slice(format!(r#","line":{}}}"#, self.line).as_bytes());
        String::from_utf8_lossy(&line).into_owned()
    }

    /// Reads a line of the catalogue; members it does not know are ignored.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or a member is missing or of another type. A kind of value that
    /// it does not know is [`ValueKind::Any`].
    pub fn from_json(text: &str) -> Result<Self, StatementError> {
        let mut root: Value = from_str(text).map_err(StatementError)?;
        let level: Option<String> = member(&mut root, "level")?;
        let kinds: Vec<String> = member(&mut root, "arguments")?;
        let fields: Vec<Value> = member(&mut root, "fields")?;
        Ok(Self {
            id: member(&mut root, "id")?,
            stream: member(&mut root, "stream")?,
            level: level.and_then(|word| word.parse().ok()),
            template: member(&mut root, "template")?,
            arguments: kinds.iter().map(|word| kind_of(word)).collect(),
            fields: fields
                .into_iter()
                .map(StatementField::from_value)
                .collect::<Result<_, _>>()?,
            crate_name: member(&mut root, "crate")?,
            module: member(&mut root, "module")?,
            file: member(&mut root, "file")?,
            line: member(&mut root, "line")?,
        })
    }
}

impl StatementField {
    fn from_value(mut value: Value) -> Result<Self, StatementError> {
        let kind: String = member(&mut value, "kind")?;
        Ok(Self {
            key: member(&mut value, "key")?,
            kind: kind_of(&kind),
        })
    }
}

/// Appends a string behind what stands before it.
#[inline(never)]
fn text(line: &mut Vec<u8>, before: &str, text: &str) {
    line.extend_from_slice(before.as_bytes());
    push_json_string(line, text);
}

fn kind_of(word: &str) -> ValueKind {
    word.parse().unwrap_or_default()
}

/// Takes a member out of an object. One that is missing is read as `null`.
fn member<T: DeserializeOwned>(from: &mut Value, key: &str) -> Result<T, StatementError> {
    let value = from.get_mut(key).map(Value::take).unwrap_or_default();
    from_value(value).map_err(StatementError)
}

// By hand: the structs do not justify building `serde_derive` in every program that logs.

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let kinds: Vec<&str> = self.arguments.iter().map(|kind| kind.as_str()).collect();
        let mut to = to.serialize_struct("Statement", 10)?;
        to.serialize_field("id", &self.id)?;
        to.serialize_field("stream", &self.stream)?;
        to.serialize_field("level", &self.level.map(Level::as_str))?;
        to.serialize_field("template", &self.template)?;
        to.serialize_field("arguments", &kinds)?;
        to.serialize_field("fields", &self.fields)?;
        to.serialize_field("crate", &self.crate_name)?;
        to.serialize_field("module", &self.module)?;
        to.serialize_field("file", &self.file)?;
        to.serialize_field("line", &self.line)?;
        to.end()
    }
}

impl Serialize for StatementField {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut to = to.serialize_struct("StatementField", 2)?;
        to.serialize_field("key", &self.key)?;
        to.serialize_field("kind", self.kind.as_str())?;
        to.end()
    }
}

#[cfg(test)]
mod tests;
