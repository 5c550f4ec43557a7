//! The fields at the end of a text line: `disk full free=0 path="/a b"`.

use chronologix_schema::layout::quoted_length;
use serde_json::{Number, Value};

#[cfg(test)]
mod tests;

/// Digits that always fit into a number of 64 bits.
const SHORT: usize = 19;

/// A field as it stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TextField {
    /// Its name.
    pub name: String,
    /// Its value, without quotes and escapes.
    pub value: String,
    /// Whether the value has quotes.
    pub is_quoted: bool,
}

impl TextField {
    /// Returns name and value, the value with its type. A value in quotes is a string.
    pub(crate) fn typed(self) -> (String, Value) {
        let bare = if self.is_quoted {
            None
        } else {
            bare_value(&self.value)
        };
        (self.name, bare.unwrap_or(Value::String(self.value)))
    }
}

/// Returns a field by its name, among those that `own` finds. Dots lead into nested objects and
/// lists.
pub fn field_by_name<'v>(own: &dyn Fn(&str) -> Option<&'v Value>, name: &str) -> Option<&'v Value> {
    // A name may have dots, too: the longest that is a field leads on.
    own(name).or_else(|| {
        name.rmatch_indices('.').find_map(|(dot, _)| {
            let outer = own(&name[..dot])?;
            let member = |name: &str| match outer {
                Value::Object(members) => members.get(name),
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                _ => None,
            };
            field_by_name(&member, &name[dot + 1..])
        })
    })
}

/// Parses a boolean or a number as JSON has them. `007` and `1.2.3` are text.
fn bare_value(text: &str) -> Option<Value> {
    match text {
        "true" => return Some(Value::Bool(true)),
        "false" => return Some(Value::Bool(false)),
        _ => {}
    }
    if !text.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
        return None;
    }
    if text.len() <= SHORT && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let is_number = text == "0" || !text.starts_with('0');
        return is_number.then(|| text.parse::<u64>().ok().map(Value::from))?;
    }
    let number: Number = text.parse().ok()?;
    // A larger number would lose digits.
    let is_long = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'-')
        && number.is_f64();
    (!is_long).then_some(Value::Number(number))
}

/// Splits a message from the fields at its end.
pub(crate) fn split_fields(text: &str) -> (&str, Vec<TextField>) {
    let mut start = 0;
    while let Some(first) = next_field(text, start) {
        match fields(text, first) {
            Ok(fields) => return (text[..first].trim_end(), fields),
            // No field before this one can be the first: it would be followed by what is none.
            Err(at) => start = at + 1,
        }
    }
    (text, Vec::new())
}

/// Returns where the next word begins, from `from` on, that can be a field.
fn next_field(text: &str, mut from: usize) -> Option<usize> {
    loop {
        let equals = from + memchr::memchr(b'=', text.as_bytes().get(from..)?)?;
        let start = match text[..equals].strip_suffix('"') {
            Some(name) => name.rfind('"')?,
            None => text[..equals].rfind(' ').map_or(0, |blank| blank + 1),
        };
        let is_word = start == 0 || text[..start].ends_with(' ');
        if start >= from && start < equals && is_word {
            return Some(start);
        }
        from = equals + 1;
    }
}

/// Parses text that consists of fields only, from `at` on. Fails with the start of what is none.
fn fields(text: &str, mut at: usize) -> Result<Vec<TextField>, usize> {
    let mut fields = Vec::new();
    while at < text.len() {
        let (field, rest) = field(&text[at..]).ok_or(at)?;
        fields.push(field);
        at = text.len() - rest.len();
    }
    Ok(fields)
}

/// Parses one field. Returns it with the text after the blank behind it.
fn field(text: &str) -> Option<(TextField, &str)> {
    let (name, rest) = if let Some((name, rest)) = quoted(text) {
        (name, rest.strip_prefix('=')?)
    } else {
        let (name, rest) = text.split_once('=')?;
        let is_of_name = |letter: char| letter.is_alphanumeric() || "_.-".contains(letter);
        let is_name = !name.is_empty() && name.chars().all(is_of_name);
        (is_name.then(|| name.to_owned())?, rest)
    };
    if let Some((value, rest)) = quoted(rest) {
        let rest = if rest.is_empty() {
            rest
        } else {
            rest.strip_prefix(' ')?
        };
        let field = TextField {
            name,
            value,
            is_quoted: true,
        };
        return Some((field, rest));
    }
    if rest.starts_with('"') {
        // A quote that is never closed.
        return None;
    }
    let (value, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    let field = TextField {
        name,
        value: value.to_owned(),
        is_quoted: false,
    };
    Some((field, rest))
}

/// Parses text in quotes. Returns it without its escapes, and the text behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    if !text.starts_with('"') {
        return None;
    }
    let (quoted, rest) = text.split_at(quoted_length(text)?);
    Some((unescape(&quoted[1..quoted.len() - 1]), rest))
}

/// Unescapes the text between quotes.
fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        rest = &rest[at..];
        let (letter, length) = escaped(rest).unwrap_or(('\\', 1));
        plain.push(letter);
        rest = &rest[length..];
    }
    plain + rest
}

/// Returns the character of an escape that the text begins with, and the length of the escape.
/// `None` if it is none that chronologix writes: it is kept as written.
fn escaped(text: &str) -> Option<(char, usize)> {
    let of_code = |code: &str, length| {
        let letter = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
        Some((letter, length))
    };
    match text.as_bytes().get(1)? {
        b'n' => Some(('\n', 2)),
        b't' => Some(('\t', 2)),
        b'r' => Some(('\r', 2)),
        b'"' => Some(('"', 2)),
        b'\\' => Some(('\\', 2)),
        b'x' => of_code(text.get(2..4)?, 4),
        b'u' => {
            let (code, _) = text.get(2..)?.strip_prefix('{')?.split_once('}')?;
            of_code(code, code.len() + 4)
        }
        _ => None,
    }
}
