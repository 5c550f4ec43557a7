//! Lines of `key=value` pairs, and such pairs at the end of a message.

use chronologix_schema::Level;
use serde_json::{Number, Value};

use super::{Moment, Values, json, level};

#[cfg(test)]
mod tests;

/// Names of the time.
const TIME: [&[u8]; 7] = [
    b"time",
    b"ts",
    b"timestamp",
    b"t",
    b"@timestamp",
    b"date",
    b"datetime",
];

/// Names of the level.
const LEVEL: [&[u8]; 5] = [b"level", b"lvl", b"severity", b"log.level", b"at"];

/// Names of the message.
const MESSAGE: [&[u8]; 3] = [b"msg", b"message", b"event"];

/// How many pairs are looked at for time and level. Longer lines have them at the start.
const PAIRS: usize = 12;

/// The pairs of a text from left to right.
#[derive(Clone, Debug)]
struct Pairs<'a> {
    /// What was not read.
    rest: &'a [u8],
}

/// A pair as it is written.
#[derive(Clone, Copy, Debug)]
struct Pair<'a> {
    /// The name.
    key: &'a [u8],
    /// The value, without quotes, with its escapes.
    value: &'a [u8],
    /// Whether it has quotes.
    is_quoted: bool,
}

impl<'a> Iterator for Pairs<'a> {
    type Item = Pair<'a>;

    fn next(&mut self) -> Option<Pair<'a>> {
        let rest = self.rest.trim_ascii_start();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.-@/:".contains(byte);
        let length = rest.iter().take_while(is_name).count();
        let (key, behind) = rest.split_at(length);
        let behind = behind.strip_prefix(b"=").filter(|_| length > 0)?;
        let is_quoted = behind.first() == Some(&b'"');
        let (value, behind) = if is_quoted {
            let end = quote(&behind[1..])?;
            (&behind[1..=end], &behind[end + 2..])
        } else {
            let end = memchr::memchr(b' ', behind).unwrap_or(behind.len());
            behind.split_at(end)
        };
        // `a="b"c` is none.
        if !matches!(behind.first(), None | Some(b' ')) {
            return None;
        }
        self.rest = behind;
        Some(Pair {
            key,
            value,
            is_quoted,
        })
    }
}

/// Returns where the next quote stands that has no backslash before it.
fn quote(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let place = from + memchr::memchr2(b'"', b'\\', text.get(from..)?)?;
        if text[place] == b'"' {
            return Some(place);
        }
        from = place + 2;
    }
}

impl Pair<'_> {
    /// Returns the value with its type.
    fn typed(&self) -> Value {
        if self.is_quoted {
            return Value::String(json::unescaped(self.value));
        }
        typed(&String::from_utf8_lossy(self.value))
    }
}

/// Reads time and level of a line that begins with a pair. `None` if it has neither.
pub(super) fn head(line: &[u8]) -> Option<(Option<Moment>, Option<Level>)> {
    let mut moment = None;
    let mut level = None;
    for pair in (Pairs { rest: line }).take(PAIRS) {
        if moment.is_none() && TIME.contains(&pair.key) {
            moment = json::text_moment(pair.value);
        } else if level.is_none() && LEVEL.contains(&pair.key) {
            level = level_of(pair.value);
        }
        if moment.is_some() && level.is_some() {
            break;
        }
    }
    (moment.is_some() || level.is_some()).then_some((moment, level))
}

/// Returns the level that a value names.
fn level_of(value: &[u8]) -> Option<Level> {
    let number = std::str::from_utf8(value).ok()?.parse().ok();
    number.and_then(level::pino).or_else(|| level::word(value))
}

/// Reads everything.
pub(super) fn values(line: &[u8]) -> Values {
    let mut values = Values::default();
    let mut message = None;
    let mut pairs = Pairs { rest: line };
    for pair in &mut pairs {
        let is_time = values.stamp.is_none() && TIME.contains(&pair.key);
        if is_time && json::text_moment(pair.value).is_some() {
            values.stamp = Some(String::from_utf8_lossy(pair.value).into_owned());
            continue;
        }
        if values.level.is_none() && LEVEL.contains(&pair.key) {
            values.level = level_of(pair.value);
            if values.level.is_some() {
                continue;
            }
        }
        if message.is_none() && MESSAGE.contains(&pair.key) {
            message = Some(if pair.is_quoted {
                json::unescaped(pair.value)
            } else {
                String::from_utf8_lossy(pair.value).into_owned()
            });
            continue;
        }
        let key = String::from_utf8_lossy(pair.key).into_owned();
        values.fields.push((key, pair.typed()));
    }
    let rest = String::from_utf8_lossy(pairs.rest.trim_ascii());
    values.message = match message {
        Some(message) if rest.is_empty() => message,
        Some(message) => format!("{message} {rest}"),
        None => rest.into_owned(),
    };
    values
}

/// Splits `disk full free=0 path="/a b"` into the message and the fields at its end.
pub(super) fn split(message: &str) -> (&str, Vec<(String, Value)>) {
    let bytes = message.as_bytes();
    for equals in memchr::memchr_iter(b'=', bytes) {
        let blank = memchr::memrchr(b' ', &bytes[..equals]);
        let start = blank.map_or(0, |blank| blank + 1);
        let mut pairs = Pairs {
            rest: &bytes[start..],
        };
        let fields = (&mut pairs)
            .map(|pair| (String::from_utf8_lossy(pair.key).into_owned(), pair.typed()))
            .collect::<Vec<_>>();
        if !fields.is_empty() && pairs.rest.trim_ascii().is_empty() {
            return (message[..start].trim_end(), fields);
        }
    }
    (message, Vec::new())
}

/// Returns a value with the type that it looks like. Only what would be written the same is a
/// number: `007` is none.
pub(super) fn typed(text: &str) -> Value {
    match text {
        "true" => return Value::Bool(true),
        "false" => return Value::Bool(false),
        "null" => return Value::Null,
        _ => {}
    }
    let is_number = text.starts_with(|first: char| first.is_ascii_digit() || first == '-')
        && text.ends_with(|last: char| last.is_ascii_digit());
    if is_number {
        if let Ok(number) = text.parse::<i64>()
            && number.to_string() == text
        {
            return number.into();
        }
        let is_decimal = |letter: char| letter.is_ascii_digit() || letter == '.' || letter == '-';
        let has_zeros = text.trim_start_matches('-').starts_with('0')
            && !text.trim_start_matches('-').starts_with("0.");
        if text.contains('.')
            && text.chars().all(is_decimal)
            && !has_zeros
            && let Some(number) = text.parse().ok().and_then(Number::from_f64)
        {
            return Value::Number(number);
        }
    }
    Value::String(text.to_owned())
}
