//! Lines that are JSON objects: which members have time, level and message.

use chrono::DateTime;
use chronologix_schema::Level;
use serde_json::Value;

use super::{Moment, Values, epoch, level, stamp};

pub(super) mod scanner;

/// The members of one logger's lines. A name with points is a path: a member of a member.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonLayout {
    /// Members that a line of this logger has.
    pub(super) needs: Vec<String>,
    /// Members with the time, the best first.
    pub(super) time: Vec<String>,
    /// Members with the level.
    pub(super) level: Vec<String>,
    /// Members with the message.
    pub(super) message: Vec<String>,
    /// Objects whose members are fields like those of the line.
    pub(super) flat: Vec<String>,
    /// The member that is a line of another logger.
    pub(super) inner: Option<String>,
    /// The level of lines that name none.
    pub(super) default_level: Option<Level>,
    /// Words for levels that only this format has.
    pub(super) levels: Vec<(Vec<u8>, Level)>,
    /// Whether numbers for levels are those of OpenTelemetry.
    pub(super) has_otel_numbers: bool,
}

/// What a line says before all its members were read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct JsonHead {
    /// The time.
    pub(super) moment: Option<Moment>,
    /// The level.
    pub(super) level: Option<Level>,
}

impl JsonLayout {
    /// Reads time and level. `None` if the line is not of this logger.
    pub(super) fn head(&self, line: &[u8]) -> Option<JsonHead> {
        let mut head = JsonHead::default();
        let mut missing = self.needs.len();
        let mut has_message = false;
        for (key, value) in scanner::members(line)? {
            missing -= usize::from(missing > 0 && self.needs.iter().any(|it| is(it, key)));
            if head.moment.is_none() {
                head.moment = at_any(&self.time, key, value).and_then(moment);
            }
            if head.level.is_none() {
                head.level = at_any(&self.level, key, value).and_then(|it| self.level_of(it));
            }
            if head.moment.is_some() && head.level.is_some() && missing == 0 {
                return Some(head);
            }
            has_message = has_message || at_any(&self.message, key, value).is_some();
        }
        let is_one = head.moment.is_some() || head.level.is_some() || has_message;
        head.level = head.level.or(self.default_level);
        (missing == 0 && is_one).then_some(head)
    }

    /// Reads everything.
    pub(super) fn values(&self, line: &[u8]) -> Option<Values> {
        let mut values = Values::default();
        // The best name for the message counts, wherever it stands.
        let mut paths = self.message.iter().map(String::as_bytes);
        let is_there = |path: &&[u8]| scanner::get(line, path).is_some_and(|it| it != b"null");
        let message = paths.find(is_there).unwrap_or_default();
        for (key, value) in scanner::members(line)? {
            self.add(key, value, message, &mut values);
        }
        values.level = values.level.or(self.default_level);
        Some(values)
    }

    /// Adds one member to the values of a line.
    fn add(&self, key: &[u8], value: &[u8], message: &[u8], values: &mut Values) {
        if self.take(key, value, message, values) {
            return;
        }
        if self.flat.iter().any(|path| is(path, key))
            && let Some(inner) = scanner::members(value)
        {
            for (name, value) in inner {
                let path = [key, b".", name].concat();
                if !self.take(&path, value, message, values) {
                    values.fields.push((unescaped(name), parsed(value)));
                }
            }
            return;
        }
        // What a path leads to is told, and the member that has it stays whole.
        let paths = self.time.iter().chain(&self.level).map(String::as_bytes);
        for path in paths.chain([message]) {
            if let Some(value) = scanner::within(key, value, path) {
                self.take(path, value, message, values);
            }
        }
        values.fields.push((unescaped(key), parsed(value)));
    }

    /// Takes a member that is the time, the level or the message. Returns whether it is.
    fn take(&self, path: &[u8], value: &[u8], message: &[u8], values: &mut Values) -> bool {
        let takes = |paths: &[String]| paths.iter().any(|it| is(it, path));
        if values.stamp.is_none() && takes(&self.time) && moment(value).is_some() {
            values.stamp = Some(plain(scanner::get(value, b"$date").unwrap_or(value)));
            return true;
        }
        if values.level.is_none() && takes(&self.level) {
            values.level = self.level_of(value);
            if values.level.is_some() {
                return true;
            }
        }
        let is_message = path == message;
        if is_message {
            values.message = plain(value);
        }
        is_message
    }

    /// Returns the level that a value names.
    fn level_of(&self, value: &[u8]) -> Option<Level> {
        let word = scanner::raw_string(value).unwrap_or(value);
        if let Some((_, level)) = self.levels.iter().find(|(own, _)| own == word) {
            return Some(*level);
        }
        match word {
            [] => None,
            [digit, ..] if digit.is_ascii_digit() => {
                let number = std::str::from_utf8(word).ok()?.parse().ok()?;
                match number {
                    _ if self.has_otel_numbers => level::otel(number),
                    0..=7 => level::syslog(number),
                    _ => level::pino(number),
                }
            }
            [letter] => level::letter(*letter),
            // MongoDB has five levels of debugging.
            [b'D', b'1'..=b'5'] => Some(Level::Debug),
            // `\u001b[32minfo\u001b[39m`: winston with colours.
            _ => level::word(between_colours(word)),
        }
    }
}

/// Returns whether a member has this name.
fn is(name: &str, key: &[u8]) -> bool {
    name.as_bytes() == key
}

/// Returns the value at the first of some paths that begins with this member.
fn at_any<'a>(paths: &[String], key: &[u8], value: &'a [u8]) -> Option<&'a [u8]> {
    paths
        .iter()
        .find_map(|path| scanner::within(key, value, path.as_bytes()))
}

/// Returns the word between escaped colours.
fn between_colours(word: &[u8]) -> &[u8] {
    let is_coloured = word.starts_with(b"\\u001b[") || word.starts_with(b"\\u001B[");
    let start = word
        .iter()
        .position(|byte| *byte == b'm')
        .filter(|_| is_coloured);
    let inner = start.map_or(word, |at| &word[at + 1..]);
    let end = memchr::memchr(b'\\', inner).filter(|_| is_coloured);
    end.map_or(inner, |at| &inner[..at])
}

/// Returns the time that a value says.
pub(super) fn moment(value: &[u8]) -> Option<Moment> {
    match value.first()? {
        b'"' => text_moment(scanner::raw_string(value)?),
        b'0'..=b'9' => epoch::read(value).map(Moment::Instant),
        b'{' => object_moment(value),
        _ => None,
    }
}

/// Returns the time that a text says as a whole.
pub(super) fn text_moment(text: &[u8]) -> Option<Moment> {
    if let Some(stamp) = stamp::read(text, 0) {
        return (stamp.end == text.len()).then_some(stamp.moment);
    }
    epoch::read(text).map(Moment::Instant)
}

/// Returns the time of `{"$date":"…"}` and `{"epochSecond":…,"nanoOfSecond":…}`.
fn object_moment(value: &[u8]) -> Option<Moment> {
    if let Some(date) = scanner::get(value, b"$date") {
        return moment(date);
    }
    let number = |names: [&[u8]; 2]| {
        let text = names.iter().find_map(|name| scanner::get(value, name))?;
        std::str::from_utf8(text).ok()?.parse::<i64>().ok()
    };
    let second = number([b"epochSecond", b"seconds"])?;
    let nanos = u32::try_from(number([b"nanoOfSecond", b"nanos"]).unwrap_or(0)).ok()?;
    DateTime::from_timestamp(second, nanos).map(Moment::Instant)
}

/// Returns a value as JSON. What is none stays text.
pub(super) fn parsed(value: &[u8]) -> Value {
    serde_json::from_slice(value)
        .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(value).into_owned()))
}

/// Returns a value as text, without the quotes of a string.
pub(super) fn plain(value: &[u8]) -> String {
    match parsed(value) {
        Value::String(text) => text,
        _ => String::from_utf8_lossy(value).into_owned(),
    }
}

/// Returns the text that is written between quotes.
pub(super) fn unescaped(raw: &[u8]) -> String {
    if !raw.contains(&b'\\') {
        return String::from_utf8_lossy(raw).into_owned();
    }
    plain(&[b"\"", raw, b"\""].concat())
}
