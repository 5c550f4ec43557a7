//! Lines that are JSON objects: which members have time, level and message.

use chrono::DateTime;
use chronologix_schema::Level;
use serde_json::Value;

use self::scanner::KnownMembers;
use super::{Moment, Values, epoch, level, stamp};

pub(super) mod scanner;

/// How the lines of one logger are read.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonLayout {
    /// What the members are for.
    names: JsonNames,
    /// The first bytes of the names of the time.
    time: FirstBytes,
    /// Those of the level.
    level: FirstBytes,
    /// Those of the message.
    message: FirstBytes,
    /// Those of the members that a line has, each.
    needs: FirstBytes,
}

/// The members of one logger's lines by their names. A name with points is a path: a member of a
/// member.
#[derive(Clone, Debug, Default)]
pub(super) struct JsonNames {
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

/// The first bytes of names, a bit each. Most names of a line differ in it from those that are
/// looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct FirstBytes(u128);

impl FirstBytes {
    /// Returns those of some names.
    fn of<'a>(names: impl Iterator<Item = &'a [u8]>) -> Self {
        names.fold(Self::default(), |all, name| Self(all.0 | Self::bit(name)))
    }

    /// Returns those of the members of a line.
    pub(super) fn of_members(members: &KnownMembers<'_>) -> Self {
        Self::of(members.iter().map(|(key, _)| key))
    }

    /// Returns the bit of a name.
    fn bit(name: &[u8]) -> u128 {
        name.first().map_or(0, |byte| 1 << (byte & 0x7f))
    }

    /// Returns whether a name can be one of these.
    fn has(self, name: &[u8]) -> bool {
        self.0 & Self::bit(name) != 0
    }
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
    /// Returns how lines with these members are read.
    pub(super) fn new(names: JsonNames) -> Self {
        let first = |names: &[String]| FirstBytes::of(names.iter().map(String::as_bytes));
        Self {
            time: first(&names.time),
            level: first(&names.level),
            message: first(&names.message),
            needs: first(&names.needs),
            names,
        }
    }

    /// Returns the member that is a line of another logger.
    pub(super) fn inner(&self) -> Option<&str> {
        self.names.inner.as_deref()
    }

    /// Returns whether it takes lines of any logger.
    pub(super) fn is_catch_all(&self) -> bool {
        self.names.needs.is_empty()
    }

    /// Returns whether a line with these members can be of this logger.
    pub(super) fn can_be(&self, members: FirstBytes) -> bool {
        self.needs.0 & members.0 == self.needs.0
    }

    /// Reads time and level. `None` if the line is not of this logger.
    pub(super) fn head<'a>(
        &self,
        members: impl Iterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Option<JsonHead> {
        let mut head = JsonHead::default();
        let mut missing = self.names.needs.len();
        let mut has_message = false;
        for (key, value) in members {
            if self.needs.has(key) && missing > 0 && has(&self.names.needs, key) {
                missing -= 1;
            }
            if self.time.has(key) && head.moment.is_none() {
                head.moment = at_any(&self.names.time, key, value).and_then(moment);
            }
            if self.level.has(key) && head.level.is_none() {
                head.level = at_any(&self.names.level, key, value).and_then(|it| self.level_of(it));
            }
            if head.moment.is_some() && head.level.is_some() && missing == 0 {
                return Some(head);
            }
            has_message = has_message
                || (self.message.has(key) && at_any(&self.names.message, key, value).is_some());
        }
        let is_one = head.moment.is_some() || head.level.is_some() || has_message;
        head.level = head.level.or(self.names.default_level);
        (missing == 0 && is_one).then_some(head)
    }

    /// Reads everything.
    pub(super) fn values(&self, line: &[u8]) -> Option<Values> {
        let mut values = Values::default();
        // The best name for the message counts, wherever it stands.
        let mut paths = self.names.message.iter().map(String::as_bytes);
        let is_there = |path: &&[u8]| scanner::get(line, path).is_some_and(|it| it != b"null");
        let message = paths.find(is_there).unwrap_or_default();
        for (key, value) in scanner::members(line)? {
            self.add(key, value, message, &mut values);
        }
        values.level = values.level.or(self.names.default_level);
        Some(values)
    }

    /// Adds one member to the values of a line.
    fn add(&self, key: &[u8], value: &[u8], message: &[u8], values: &mut Values) {
        if self.take(key, value, message, values) {
            return;
        }
        if has(&self.names.flat, key)
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
        // What a path leads to is taken as well, and the member that has it stays whole.
        let paths = self
            .names
            .time
            .iter()
            .chain(&self.names.level)
            .map(String::as_bytes);
        for path in paths.chain([message]) {
            if let Some(value) = scanner::within(key, value, path) {
                self.take(path, value, message, values);
            }
        }
        values.fields.push((unescaped(key), parsed(value)));
    }

    /// Takes a member that is the time, the level or the message. Returns whether it is.
    fn take(&self, path: &[u8], value: &[u8], message: &[u8], values: &mut Values) -> bool {
        if values.stamp.is_none() && has(&self.names.time, path) && moment(value).is_some() {
            values.stamp = Some(plain(scanner::get(value, b"$date").unwrap_or(value)));
            return true;
        }
        if values.level.is_none() && has(&self.names.level, path) {
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
        if let Some((_, level)) = self.names.levels.iter().find(|(own, _)| own == word) {
            return Some(*level);
        }
        match word {
            [] => None,
            [digit, ..] if digit.is_ascii_digit() => {
                let number = std::str::from_utf8(word).ok()?.parse().ok()?;
                match number {
                    _ if self.names.has_otel_numbers => level::otel(number),
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

/// Returns whether a member has one of these names.
fn has(names: &[String], key: &[u8]) -> bool {
    names.iter().any(|name| name.as_bytes() == key)
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
