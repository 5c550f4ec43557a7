//! The keys of a settings file: what each takes, and what it must be like. A new key is a line in one of the two tables.

use toml::de::{DeInteger, DeValue};

use super::{
    Value, amounts,
    period::milliseconds,
    rules::{self, Verdict},
    timestamp,
    words::DEDUP,
};

/// A key.
pub(super) struct Key {
    pub(super) name: &'static str,
    /// What it takes, in words.
    allowed: &'static str,
    takes: Takes,
}

enum Takes {
    Text(fn(&str) -> Verdict),
    Count(fn(u64) -> Verdict),
    /// A text, or a whole number, which is the same as its digits.
    Amount(fn(&str) -> Verdict),
    /// As many of those as there are.
    Amounts(fn(&str) -> Verdict),
    /// With the bits it must have.
    Mode(u32),
    Time,
    Flag,
    /// Names of streams, which are brought together elsewhere.
    Names,
}

/// The keys of a logger, each the name of a setter.
#[rustfmt::skip] // A line a key.
pub(super) const KEYS: &[Key] = &[
    Key::new("base_log_dir", r#"a string such as "logs""#, Takes::Text(rules::path)),
    Key::new("interval", r#"a string such as "1h""#, Takes::Text(rules::interval)),
    Key::new(STREAMS, STREAMS_TAKE, Takes::Names),
    Key::new(MIRROR_MAP, MIRROR_MAP_TAKES, Takes::Names),
    Key::new("timestamp_format", r#"a string such as "%H:%M:%S""#, Takes::Text(timestamp::check)),
    Key::new("timezone", r#"a string such as "UTC""#, Takes::Text(rules::timezone)),
    Key::new("overflow", r#"a string such as "wait""#, Takes::Text(rules::overflow)),
    Key::new("queue_capacity", "a number of bytes such as 1048576", Takes::Count(rules::queue_capacity)),
    Key::new("file_mode", "an octal number such as 0o600", Takes::Mode(0o600)),
    Key::new("dir_mode", "an octal number such as 0o700", Takes::Mode(0o700)),
    Key::new("exit_timeout", r#"a string such as "5s"; the units are ms, s, m, h"#, Takes::Time),
    Key::new("flush_on_signals", "true or false", Takes::Flag),
    Key::new("retain", RETAIN_TAKES, Takes::Amounts(amounts::retention)),
    Key::new(COMPRESS, r#"a string such as "zst""#, Takes::Text(rules::compression)),
    Key::new("max_file_size", r#"a string such as "100MiB", or a number of bytes"#, Takes::Amount(amounts::file_size)),
    Key::new("echo", r#"a string such as "stderr""#, Takes::Text(rules::echo)),
];

/// The keys of a stream, each the name of an option.
#[rustfmt::skip] // A line a key.
pub(super) const STREAM_KEYS: &[Key] = &[
    Key::new(MIRROR, MIRROR_TAKES, Takes::Names),
    Key::new("durability", r#"a string such as "synced""#, Takes::Text(|text| rules::option("durability", text))),
    Key::new("format", r#"a string such as "json""#, Takes::Text(|text| rules::option("format", text))),
    Key::new("min_level", r#"a string such as "info""#, Takes::Text(|text| rules::option("min_level", text))),
    Key::new("file", r#"a string such as "name.log""#, Takes::Text(|_checked_later| Ok(()))),
    Key::new("multiline", r#"a string such as "indent""#, Takes::Text(|text| rules::option("multiline", text))),
    Key::new("overflow", r#"a string such as "drop""#, Takes::Text(rules::overflow)),
    Key::new(DEDUP, r#"a string such as "10s""#, Takes::Text(amounts::period)),
];

/// The key whose tables are the streams.
pub(super) const STREAMS: &str = "streams";
/// The key of all mirrors.
pub(super) const MIRROR_MAP: &str = "mirror_map";
/// The key of one stream's mirrors.
pub(super) const MIRROR: &str = "mirror";
/// The key that closed folders are compressed by.
pub(super) const COMPRESS: &str = "compress";

pub(super) const STREAMS_TAKE: &str = "tables such as [streams.app], or an array of names";
pub(super) const STREAM_TAKES: &str = r#"a table of options, such as { format = "json" }"#;
pub(super) const MIRROR_MAP_TAKES: &str = r#"a table such as { errors = "app" }"#;
pub(super) const MIRROR_TAKES: &str = "the name of a stream, or an array of names";
const RETAIN_TAKES: &str =
    r#"a string such as "30d" or "10GiB", a number of folders such as 30, or an array of these"#;

impl Key {
    const fn new(name: &'static str, allowed: &'static str, takes: Takes) -> Self {
        Self {
            name,
            allowed,
            takes,
        }
    }

    /// Whether it takes any number of values.
    pub(super) fn takes_several(&self) -> bool {
        matches!(self.takes, Takes::Amounts(_))
    }

    /// What a value means, or why it cannot be taken. `written` is the value as it stands in the file.
    pub(super) fn value(&self, value: &DeValue<'_>, written: &str) -> Result<Value, String> {
        let misfit = |fault: &str| format!("{fault}; allowed: {}", self.allowed);
        match (&self.takes, value) {
            (
                Takes::Text(check) | Takes::Amount(check) | Takes::Amounts(check),
                DeValue::String(text),
            ) => {
                check(text)?;
                Ok(Value::Text(text.to_string()))
            }
            (Takes::Amount(check) | Takes::Amounts(check), DeValue::Integer(number)) => {
                let digits = natural(number, written).map_err(|fault| misfit(&fault))?;
                let digits = digits.to_string();
                check(&digits)?;
                Ok(Value::Text(digits))
            }
            (Takes::Count(check), DeValue::Integer(number)) => {
                let count = natural(number, written).map_err(|fault| misfit(&fault))?;
                check(count)?;
                Ok(Value::Count(count))
            }
            (Takes::Mode(needed), DeValue::Integer(_) | DeValue::String(_)) => {
                let mode = octal(value, written).map_err(|fault| misfit(&fault))?;
                rules::mode(mode, *needed)?;
                Ok(Value::Mode(mode))
            }
            (Takes::Time, DeValue::String(text)) => {
                let time = milliseconds(text);
                let time = time.ok_or_else(|| misfit(&format!("{text:?} is no duration")))?;
                Ok(Value::Milliseconds(time))
            }
            (Takes::Flag, DeValue::Boolean(flag)) => Ok(Value::Flag(*flag)),
            _ => Err(misfit(&kind(value, written))),
        }
    }
}

fn natural(number: &DeInteger<'_>, written: &str) -> Result<u64, String> {
    let natural = u64::from_str_radix(number.as_str(), number.radix());
    natural.map_err(|_huge| format!("{written} is out of range"))
}

fn octal(value: &DeValue<'_>, written: &str) -> Result<u32, String> {
    let text = match value {
        DeValue::Integer(number) if number.radix() == 8 => number.as_str(),
        DeValue::String(text) => text,
        _ => return Err(format!("{written} is not octal")),
    };
    let shown = value.as_str().unwrap_or(written);
    rules::octal(text).ok_or_else(|| format!("{shown:?} is no octal number"))
}

/// What a value is, for a key that takes something else.
pub(super) fn kind(value: &DeValue<'_>, written: &str) -> String {
    match value {
        DeValue::String(text) => format!("{text:?} is a string"),
        DeValue::Integer(_) => format!("{written} is a number"),
        DeValue::Float(_) => format!("{written} is a float"),
        DeValue::Boolean(flag) => format!("{flag} is a boolean"),
        DeValue::Datetime(_) => format!("{written} is a date"),
        // These may be long.
        DeValue::Array(_) => "an array".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

/// What is wrong with a key that there is not.
pub(super) fn unknown(name: &str, keys: &[Key]) -> String {
    let names = keys.iter().map(|key| key.name);
    let meant = match super::nearest(name, names.clone()) {
        Some(meant) => format!("did you mean {meant}? "),
        None => String::new(),
    };
    let names = names.collect::<Vec<_>>().join(", ");
    format!("unknown key; {meant}allowed: {names}")
}
