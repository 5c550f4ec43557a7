//! The keys of settings, as a file and the environment name them: what each takes, and where it
//! goes. A new key is a line in one of the two tables.

use std::{borrow::Cow, fmt::Display, str::FromStr, time::Duration};

use super::{EchoOptions, LoggerOptions, StreamOptions, quantity::parse_duration};

/// A key, and the field that gets its value.
#[derive(Debug)]
pub struct Key<T: 'static> {
    /// Its name, in a file and as a setter.
    pub name: &'static str,
    /// What it takes, in words. For a text, an example.
    allowed: &'static str,
    takes: Takes<T>,
}

/// The kind of value a key takes, and its setter.
#[derive(Debug)]
pub(super) enum Takes<T: 'static> {
    Text(fn(&mut T, &str) -> Taken),
    Count(fn(&mut T, usize)),
    /// A text, or a whole number, which is taken as its digits.
    Amount(fn(&mut T, &str) -> Taken),
    /// Any number of those. They replace all that were there.
    Amounts {
        clear: fn(&mut T),
        add: fn(&mut T, &str) -> Taken,
    },
    Mode(fn(&mut T, u32)),
    Flag(fn(&mut T, bool)),
    /// Names of streams. Each kind of source brings them together itself.
    Names,
    /// A table of other keys, which only a file has.
    Table,
}

pub(super) type Taken = Result<(), String>;

/// The keys of a logger.
#[rustfmt::skip] // A line a key.
pub const KEYS: &[Key<LoggerOptions>] = &[
    Key::text("base_log_dir", "logs", |o, text| parsed(text).map(|it| o.base_log_dir = it)),
    Key::new(NO_FILES, "true or false", Takes::Flag(|o, flag| o.no_files = flag)),
    Key::text("interval", "1h", |o, text| parsed(text).map(|it| o.interval = it)),
    Key::new(STREAMS, STREAMS_TAKE, Takes::Names),
    Key::new(MIRROR_MAP, MIRROR_MAP_TAKES, Takes::Names),
    Key::text("timestamp_format", "%H:%M:%S", |o, text| parsed(text).map(|it| o.timestamp_format = it)),
    Key::text("timezone", "UTC", |o, text| parsed(text).map(|it| o.timezone = it)),
    Key::text("min_level", "info", |o, text| parsed(text).map(|it| o.min_level = Some(it))),
    Key::text("filter", "info,hyper=warn", |o, text| parsed(text).map(|it| o.filter = it)),
    Key::text("overflow", "wait", |o, text| parsed(text).map(|it| o.overflow = it)),
    Key::new("queue_capacity", BYTES, Takes::Count(|o, bytes| o.queue_capacity = bytes)),
    Key::new("file_mode", "an octal number such as 0o600", Takes::Mode(|o, mode| o.file_mode = mode)),
    Key::new("dir_mode", "an octal number such as 0o700", Takes::Mode(|o, mode| o.dir_mode = mode)),
    Key::text("exit_timeout", "5s", |o, text| duration(text).map(|time| o.exit_timeout = time)),
    Key::new("flush_on_signals", TRUE_OR_FALSE, Takes::Flag(|o, flag| o.flush_on_signals = flag)),
    Key::new("retain", RETAIN_TAKES, Takes::Amounts { clear: |o| o.retain.clear(), add: |o, text| parsed(text).map(|it| o.retain.push(it)) }),
    Key::text("retain_after", "shipped", |o, text| parsed(text).map(|it| o.retain_after = it)),
    Key::text("compress", "zst", |o, text| parsed(text).map(|it| o.compress = Some(it))),
    Key::new("seal", TRUE_OR_FALSE, Takes::Flag(|o, flag| o.seal = flag)),
    Key::text("seal_key", "/etc/my_service/seal.pem", |o, text| parsed(text).map(|it| o.seal_key = Some(it))),
    Key::new("max_file_size", SIZE, Takes::Amount(|o, text| parsed(text).map(|it| o.max_file_size = Some(it)))),
    Key::new("file_header", TRUE_OR_FALSE, Takes::Flag(|o, flag| o.file_header = flag)),
    Key::text(ECHO, "stderr", |o, text| parsed(text).map(|it| o.echo.to = Some(it))),
    Key::new(SHIP, SHIP_TAKES, Takes::Table),
];

/// The keys of the echo.
#[rustfmt::skip] // A line a key.
pub const ECHO_KEYS: &[Key<EchoOptions>] = &[
    Key::text(ECHO_TO, "stderr", |o, text| parsed(text).map(|it| o.to = Some(it))),
    Key::text("min_level", "warn", |o, text| parsed(text).map(|it| o.min_level = Some(it))),
    Key::new(STREAMS, MIRROR_TAKES, Takes::Amounts { clear: |o| o.streams = Some(Vec::new()), add: |o, text| { o.streams.get_or_insert_default().push(text.to_owned()); Ok(()) } }),
    Key::text("colors", "never", |o, text| parsed(text).map(|it| o.colors = Some(it))),
    Key::text("format", "json", |o, text| parsed(text).map(|it| o.format = Some(it))),
];

/// The keys of a stream.
#[rustfmt::skip] // A line a key.
pub const STREAM_KEYS: &[Key<StreamOptions>] = &[
    Key::new(MIRROR, MIRROR_TAKES, Takes::Names),
    Key::text("durability", "synced", |o, text| parsed(text).map(|it| o.durability = Some(it))),
    Key::text("format", "json", |o, text| parsed(text).map(|it| o.format = Some(it))),
    Key::text("min_level", "info", |o, text| parsed(text).map(|it| o.min_level = Some(it))),
    Key::text("file", "name.log", |o, text| parsed(text).map(|it| o.file = Some(it))),
    Key::text("multiline", "indent", |o, text| parsed(text).map(|it| o.multiline = Some(it))),
    Key::text("overflow", "drop", |o, text| parsed(text).map(|it| o.overflow = Some(it))),
    Key::text("dedup", "10s", |o, text| duration(text).map(|time| o.dedup = Some(time))),
    Key::text("location", "module", |o, text| parsed(text).map(|it| o.location = Some(it))),
    Key::new("thread", TRUE_OR_FALSE, Takes::Flag(|o, flag| o.thread = Some(flag))),
    Key::new("ids", TRUE_OR_FALSE, Takes::Flag(|o, flag| o.ids = Some(flag))),
    Key::text("line", "{timestamp} {level} {module}: {message}{fields}", |o, text| parsed(text).map(|it| o.line = Some(it))),
    Key::text("keep", "trace", |o, text| parsed(text).map(|it| o.keep = Some(it))),
    Key::new("last", SIZE, Takes::Amount(|o, text| parsed(text).map(|it| o.last = Some(it)))),
    Key::text("every", "1m", |o, text| duration(text).map(|time| o.every = Some(time))),
];

/// The key of loggers without files. Its setter takes no value.
pub const NO_FILES: &str = "no_files";
/// The key of the echo: where it goes, or a table of [`ECHO_KEYS`].
pub const ECHO: &str = "echo";
/// The key in that table that says the same as a text in its place.
pub const ECHO_TO: &str = "to";
/// The key of the table of `chronologix-ship`.
pub const SHIP: &str = "ship";
/// The key whose tables are the streams.
pub const STREAMS: &str = "streams";
/// The key of all mirrors.
pub const MIRROR_MAP: &str = "mirror_map";
/// The key of one stream's mirrors.
pub const MIRROR: &str = "mirror";

pub(super) const STREAMS_TAKE: &str = "tables such as [streams.app], or an array of names";
pub(super) const MIRROR_MAP_TAKES: &str = r#"a table such as { errors = "app" }"#;
pub(super) const MIRROR_TAKES: &str = "the name of a stream, or an array of names";
pub(super) const SHIP_TAKES: &str = r#"a table such as { endpoint = "http://localhost:4318" }"#;
const TRUE_OR_FALSE: &str = "true or false";
const BYTES: &str = "a number of bytes such as 1048576";
pub(super) const SIZE: &str = r#"a string such as "100MiB", or a number of bytes"#;
const RETAIN_TAKES: &str =
    r#"a string such as "30d" or "10GiB", a number of folders such as 30, or an array of these"#;

/// A value as it was found.
#[derive(Clone, Copy, Debug)]
pub enum Given<'a> {
    /// A text.
    Text(&'a str),
    /// A whole number: as it was written, and its digits.
    Number {
        /// As it stands in the file.
        written: &'a str,
        /// Its digits.
        digits: &'a str,
        /// Their base.
        radix: u32,
    },
    /// `true` or `false`.
    Flag(bool),
    /// A value that no key takes: as it was written, if that fits in a line, and what it is.
    Other(&'a str, &'static str),
    /// The text of an environment variable, which has no type.
    Untyped(&'a str),
}

/// A value that a key has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, or the digits of a quantity.
    Text(String),
    /// A number.
    Number(u64),
    /// `true` or `false`.
    Flag(bool),
}

/// Returns the key of this name.
#[must_use]
pub fn find<T>(name: &str, keys: &'static [Key<T>]) -> Option<&'static Key<T>> {
    keys.iter().find(|key| key.name == name)
}

pub(super) fn parsed<V: FromStr<Err: Display>>(text: &str) -> Result<V, String> {
    text.parse().map_err(|error: V::Err| error.to_string())
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    parse_duration(text).map_err(|error| error.to_string())
}

impl<T> Key<T> {
    pub(super) const fn new(name: &'static str, allowed: &'static str, takes: Takes<T>) -> Self {
        Self {
            name,
            allowed,
            takes,
        }
    }

    pub(super) const fn text(
        name: &'static str,
        example: &'static str,
        set: fn(&mut T, &str) -> Taken,
    ) -> Self {
        Self::new(name, example, Takes::Text(set))
    }

    /// Gives a value to the field of this key.
    ///
    /// # Errors
    ///
    /// With what is wrong with the value, and what is allowed.
    pub fn set(&self, target: &mut T, given: Given<'_>) -> Result<Value, String> {
        let misfit = |fault: String| match self.takes {
            Takes::Text(_) => format!("{fault}; allowed: a string such as {:?}", self.allowed),
            _ => format!("{fault}; allowed: {}", self.allowed),
        };
        match self.takes {
            Takes::Text(set) => {
                let text = given.text().map_err(misfit)?;
                set(target, text)?;
                Ok(Value::Text(text.to_owned()))
            }
            Takes::Amount(set) | Takes::Amounts { add: set, .. } => {
                let text = given.amount().map_err(misfit)?;
                set(target, &text)?;
                Ok(Value::Text(text.into_owned()))
            }
            Takes::Count(set) => {
                let count = given.count().map_err(misfit)?;
                set(target, count);
                Ok(Value::Number(count as u64))
            }
            Takes::Mode(set) => {
                let mode = given.mode().map_err(misfit)?;
                set(target, mode);
                Ok(Value::Number(mode.into()))
            }
            Takes::Flag(set) => {
                let flag = given.flag().map_err(misfit)?;
                set(target, flag);
                Ok(Value::Flag(flag))
            }
            Takes::Names | Takes::Table => Err(misfit(given.kind())),
        }
    }

    /// Takes away the values that would stay beside the next one.
    pub(super) fn clear(&self, target: &mut T) {
        if let Takes::Amounts { clear, .. } = self.takes {
            clear(target);
        }
    }

    /// Returns whether the key takes any number of values.
    #[must_use]
    pub fn takes_several(&self) -> bool {
        matches!(self.takes, Takes::Amounts { .. })
    }

    /// Returns whether the key takes names of streams.
    #[must_use]
    pub fn takes_names(&self) -> bool {
        matches!(self.takes, Takes::Names)
    }

    /// Returns whether the key takes a table of other keys, which only a file has.
    #[must_use]
    pub fn takes_table(&self) -> bool {
        matches!(self.takes, Takes::Table)
    }
}

impl<'a> Given<'a> {
    fn text(self) -> Result<&'a str, String> {
        match self {
            Self::Text(text) | Self::Untyped(text) => Ok(text),
            _ => Err(self.kind()),
        }
    }

    fn count(self) -> Result<usize, String> {
        let (digits, radix) = match self {
            Self::Number { digits, radix, .. } => (digits, radix),
            Self::Untyped(text) if is_all_digits(text) => (text, 10),
            Self::Untyped(text) => return Err(format!("{text:?} is not a number")),
            _ => return Err(self.kind()),
        };
        let count = usize::from_str_radix(digits, radix).ok();
        count.ok_or_else(|| self.out_of_range())
    }

    fn amount(self) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Text(text) | Self::Untyped(text) => Ok(text.into()),
            Self::Number { digits, radix, .. } => {
                let number = u64::from_str_radix(digits, radix).ok();
                let digits = number.map(|number| number.to_string().into());
                digits.ok_or_else(|| self.out_of_range())
            }
            _ => Err(self.kind()),
        }
    }

    fn mode(self) -> Result<u32, String> {
        let digits = match self {
            Self::Number {
                digits, radix: 8, ..
            } => digits,
            Self::Number { written, .. } => return Err(format!("{written} is not octal")),
            Self::Text(text) | Self::Untyped(text) => text.strip_prefix("0o").unwrap_or(text),
            _ => return Err(self.kind()),
        };
        let mode = u32::from_str_radix(digits, 8).ok();
        mode.filter(|_| is_all_digits(digits))
            .ok_or_else(|| format!("{:?} is not an octal number", self.written()))
    }

    fn flag(self) -> Result<bool, String> {
        match self {
            Self::Flag(flag) => Ok(flag),
            Self::Untyped("true") => Ok(true),
            Self::Untyped("false") => Ok(false),
            Self::Untyped(text) => Err(format!("{text:?} is not a boolean")),
            _ => Err(self.kind()),
        }
    }

    /// Returns the value as it was written, as far as it fits in a line.
    pub(super) fn written(self) -> &'a str {
        match self {
            Self::Text(text) | Self::Untyped(text) => text,
            Self::Number { written, .. } | Self::Other(written, _) => written,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }

    /// Returns what the value is, for a key that takes something else.
    pub(super) fn kind(self) -> String {
        match self {
            Self::Text(text) => format!("{text:?} is a string"),
            Self::Untyped(text) => format!("{text:?}"),
            Self::Number { written, .. } => format!("{written} is a number"),
            Self::Flag(flag) => format!("{flag} is a boolean"),
            Self::Other("", kind) => kind.to_owned(),
            Self::Other(written, kind) => format!("{written} is {kind}"),
        }
    }

    fn out_of_range(self) -> String {
        format!("{} is out of range", self.written())
    }
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
