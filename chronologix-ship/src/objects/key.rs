//! The keys of objects: Hive-style partitions, in UTC. Pure.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};

/// What the key of an object is made of.
#[derive(Clone, Debug)]
pub(crate) struct KeyParts<'a> {
    /// In front of all, without a slash at its ends. May be empty.
    pub(crate) prefix: &'a str,
    pub(crate) app: &'a str,
    pub(crate) host: &'a str,
    pub(crate) stream: &'a str,
    /// When the folder begins.
    pub(crate) start: DateTime<Utc>,
    /// The number of the file in its folder: 0 has none in its name.
    pub(crate) part: u32,
    /// What the object is: `log.zst`, `jsonl.zst` or `parquet`.
    pub(crate) suffix: &'static str,
}

/// Returns the key of an object. The same file has the same key whenever it is shipped.
///
/// Times are in UTC, because local folders repeat an hour when summer time ends. An interval of
/// less than an hour is in the name of the object.
pub(crate) fn key(parts: &KeyParts<'_>) -> String {
    let mut key = String::new();
    if !parts.prefix.is_empty() {
        key += parts.prefix;
        key.push('/');
    }
    let partitions = [
        ("app", parts.app),
        ("host", parts.host),
        ("stream", parts.stream),
    ];
    for (name, value) in partitions {
        key += name;
        key.push('=');
        push_value(&mut key, value);
        key.push('/');
    }
    key += &parts.start.format("dt=%Y-%m-%d/hour=%H/%H-%M").to_string();
    if parts.part > 0 {
        // Writing to a string does not fail.
        let _ = write!(key, ".{}", parts.part);
    }
    key.push('.');
    key += parts.suffix;
    key
}

/// Adds the value of a partition. What is not plain is written as Hive writes it, `%20`.
fn push_value(key: &mut String, value: &str) {
    // A partition without a value is one that engines leave out.
    let value = if value.is_empty() { "_" } else { value };
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            key.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(key, "%{byte:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
