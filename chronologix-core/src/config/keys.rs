//! The keys of a settings file and of the environment, each with the setter it goes to. A new key is a line in one of the two tables.

use std::{borrow::Cow, time::Duration};

use super::{Config, ConfigProblem, StreamConfig};
use chronologix_schema::settings::period::milliseconds;
use chronologix_schema::settings::suggest::nearest;

/// A key: what it is called, what it takes, and where that goes.
#[derive(Debug)]
pub(super) struct Key<T> {
    pub(super) name: &'static str,
    /// What it takes, in words.
    allowed: &'static str,
    takes: Takes<T>,
}

/// What kind of value a key takes, and the setter it goes to.
#[derive(Debug)]
enum Takes<T> {
    Text(fn(T, &str) -> T),
    Count(fn(T, usize) -> T),
    /// A text, or a whole number, which is the same as its digits.
    Amount(fn(T, &str) -> T),
    /// As many of those as there are, in place of all that the setter was given before.
    Amounts {
        forget: fn(T) -> T,
        add: fn(T, &str) -> T,
    },
    Mode(fn(T, u32) -> T),
    Time(fn(T, Duration) -> T),
    Flag(fn(T, bool) -> T),
    /// Names of streams. Whoever reads the settings brings them together.
    Names,
}

/// The keys of a logger.
#[rustfmt::skip] // A line a key.
pub(super) const KEYS: &[Key<Config>] = &[
    Key::text("base_log_dir", r#"a string such as "logs""#, |c, text| c.base_log_dir(text)),
    Key::text("interval", r#"a string such as "1h""#, |c, text| c.interval(text)),
    Key::names(STREAMS, STREAMS_TAKE),
    Key::names(MIRROR_MAP, MIRROR_MAP_TAKES),
    Key::text("timestamp_format", r#"a string such as "%H:%M:%S""#, Config::timestamp_format),
    Key::text("timezone", r#"a string such as "UTC""#, |c, text| c.timezone(text)),
    Key::text("overflow", r#"a string such as "wait""#, |c, text| c.overflow(text)),
    Key::count("queue_capacity", "a number of bytes such as 1048576", Config::queue_capacity),
    Key::mode("file_mode", "an octal number such as 0o600", Config::file_mode),
    Key::mode("dir_mode", "an octal number such as 0o700", Config::dir_mode),
    Key::time("exit_timeout", r#"a string such as "5s"; the units are ms, s, m, h"#, Config::exit_timeout),
    Key::flag("flush_on_signals", "true or false", Config::flush_on_signals),
    Key::amounts("retain", RETAIN_TAKES, Config::retain_all, |c, rule| c.retain(rule)),
    Key::text("compress", r#"a string such as "zst""#, |c, text| c.compress(text)),
    Key::amount("max_file_size", r#"a string such as "100MiB", or a number of bytes"#, |c, size| c.max_file_size(size)),
    Key::text("echo", r#"a string such as "stderr""#, |c, text| c.echo(text)),
];

/// The keys of a stream.
#[rustfmt::skip] // A line a key.
pub(super) const STREAM_KEYS: &[Key<StreamConfig>] = &[
    Key::names(MIRROR, MIRROR_TAKES),
    Key::text("durability", r#"a string such as "synced""#, |s, text| s.durability(text)),
    Key::text("format", r#"a string such as "json""#, |s, text| s.format(text)),
    Key::text("min_level", r#"a string such as "info""#, |s, text| s.min_level(text)),
    Key::text("file", r#"a string such as "name.log""#, |s, text| s.file(text)),
    Key::text("multiline", r#"a string such as "indent""#, |s, text| s.multiline(text)),
    Key::text("overflow", r#"a string such as "drop""#, |s, text| s.overflow(text)),
    Key::text("dedup", r#"a string such as "10s""#, |s, text| s.dedup(text)),
];

/// The key whose tables are the streams.
pub(super) const STREAMS: &str = "streams";
/// The key of all mirrors.
pub(super) const MIRROR_MAP: &str = "mirror_map";
/// The key of one stream's mirrors.
pub(super) const MIRROR: &str = "mirror";

pub(super) const STREAMS_TAKE: &str = "tables such as [streams.app], or an array of names";
pub(super) const STREAM_TAKES: &str = r#"a table of options, such as { format = "json" }"#;
pub(super) const MIRROR_MAP_TAKES: &str = r#"a table such as { errors = "app" }"#;
pub(super) const MIRROR_TAKES: &str = "the name of a stream, or an array of names";
const RETAIN_TAKES: &str =
    r#"a string such as "30d" or "10GiB", a number of folders such as 30, or an array of these"#;

/// A value as it was found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Given<'a> {
    Text(&'a str),
    /// A whole number: as it was written, and its digits.
    Number {
        written: &'a str,
        digits: &'a str,
        radix: u32,
    },
    Flag(bool),
    /// Something that no key takes: as it was written, if that fits in a line, and what it is.
    Other(&'a str, &'static str),
    /// The text of an environment variable, which has no kind.
    Untyped(&'a str),
}

impl<T> Key<T> {
    const fn text(name: &'static str, allowed: &'static str, set: fn(T, &str) -> T) -> Self {
        Self::new(name, allowed, Takes::Text(set))
    }

    const fn count(name: &'static str, allowed: &'static str, set: fn(T, usize) -> T) -> Self {
        Self::new(name, allowed, Takes::Count(set))
    }

    const fn amount(name: &'static str, allowed: &'static str, set: fn(T, &str) -> T) -> Self {
        Self::new(name, allowed, Takes::Amount(set))
    }

    const fn amounts(
        name: &'static str,
        allowed: &'static str,
        forget: fn(T) -> T,
        add: fn(T, &str) -> T,
    ) -> Self {
        Self::new(name, allowed, Takes::Amounts { forget, add })
    }

    const fn mode(name: &'static str, allowed: &'static str, set: fn(T, u32) -> T) -> Self {
        Self::new(name, allowed, Takes::Mode(set))
    }

    const fn time(name: &'static str, allowed: &'static str, set: fn(T, Duration) -> T) -> Self {
        Self::new(name, allowed, Takes::Time(set))
    }

    const fn flag(name: &'static str, allowed: &'static str, set: fn(T, bool) -> T) -> Self {
        Self::new(name, allowed, Takes::Flag(set))
    }

    const fn names(name: &'static str, allowed: &'static str) -> Self {
        Self::new(name, allowed, Takes::Names)
    }

    const fn new(name: &'static str, allowed: &'static str, takes: Takes<T>) -> Self {
        Self {
            name,
            allowed,
            takes,
        }
    }

    /// Gives a value to its setter. A value of the wrong kind becomes a problem under `path`, the key in full.
    pub(super) fn set(
        &self,
        target: T,
        given: Given<'_>,
        path: &str,
        problems: &mut Vec<ConfigProblem>,
    ) -> T {
        let fault = match self.takes {
            Takes::Text(set) => match given.text() {
                Ok(text) => return set(target, text),
                Err(fault) => fault,
            },
            Takes::Count(set) => match given.count() {
                Ok(count) => return set(target, count),
                Err(fault) => fault,
            },
            Takes::Amount(set) | Takes::Amounts { add: set, .. } => match given.amount() {
                Ok(amount) => return set(target, &amount),
                Err(fault) => fault,
            },
            Takes::Mode(set) => match given.mode() {
                Ok(mode) => return set(target, mode),
                Err(fault) => fault,
            },
            Takes::Time(set) => match given.time() {
                Ok(time) => return set(target, time),
                Err(fault) => fault,
            },
            Takes::Flag(set) => match given.flag() {
                Ok(flag) => return set(target, flag),
                Err(fault) => fault,
            },
            Takes::Names => given.kind(),
        };
        let why = format!("{fault}; allowed: {}", self.allowed);
        problems.push(ConfigProblem::new(path, given.written(), &why));
        target
    }

    /// Takes from a setter what it was given so far, if that would stay beside what it is given next.
    pub(super) fn forget(&self, target: T) -> T {
        match self.takes {
            Takes::Amounts { forget, .. } => forget(target),
            _ => target,
        }
    }

    /// Whether it takes any number of values.
    pub(super) fn takes_several(&self) -> bool {
        matches!(self.takes, Takes::Amounts { .. })
    }

    /// Whether it takes names of streams.
    pub(super) fn takes_names(&self) -> bool {
        matches!(self.takes, Takes::Names)
    }
}

/// The problem with a value that is of the wrong kind. `path` is the key in full.
pub(super) fn misfit(path: &str, allowed: &str, given: Given<'_>) -> ConfigProblem {
    let why = format!("{}; allowed: {allowed}", given.kind());
    ConfigProblem::new(path, given.written(), &why)
}

/// The problem with a key that there is not. `path` is the key in full.
pub(super) fn unknown<T>(name: &str, path: &str, keys: &[Key<T>]) -> ConfigProblem {
    let names = keys.iter().map(|key| key.name);
    let meant = match nearest(name, names.clone()) {
        Some(meant) => format!("did you mean {meant}? "),
        None => String::new(),
    };
    let names = names.collect::<Vec<_>>().join(", ");
    ConfigProblem::new(path, "", &format!("unknown key; {meant}allowed: {names}"))
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
            Self::Untyped(text) => return Err(format!("{text:?} is no number")),
            _ => return Err(self.kind()),
        };
        usize::from_str_radix(digits, radix)
            .map_err(|_huge| format!("{} is out of range", self.written()))
    }

    fn amount(self) -> Result<Cow<'a, str>, String> {
        match self {
            Self::Text(text) | Self::Untyped(text) => Ok(text.into()),
            Self::Number { digits, radix, .. } => u64::from_str_radix(digits, radix)
                .map(|number| number.to_string().into())
                .map_err(|_huge| format!("{} is out of range", self.written())),
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
            .ok_or_else(|| format!("{:?} is no octal number", self.written()))
    }

    fn time(self) -> Result<Duration, String> {
        let (Self::Text(text) | Self::Untyped(text)) = self else {
            return Err(self.kind());
        };
        let time = milliseconds(text).map(Duration::from_millis);
        time.ok_or_else(|| format!("{text:?} is no duration"))
    }

    fn flag(self) -> Result<bool, String> {
        match self {
            Self::Flag(flag) => Ok(flag),
            Self::Untyped("true") => Ok(true),
            Self::Untyped("false") => Ok(false),
            Self::Untyped(text) => Err(format!("{text:?} is neither")),
            _ => Err(self.kind()),
        }
    }

    /// The value as it was written, as far as it fits in a line.
    fn written(self) -> &'a str {
        match self {
            Self::Text(text) | Self::Untyped(text) => text,
            Self::Number { written, .. } | Self::Other(written, _) => written,
            Self::Flag(true) => "true",
            Self::Flag(false) => "false",
        }
    }

    /// What it is, for whoever takes something else.
    fn kind(self) -> String {
        match self {
            Self::Text(text) => format!("{text:?} is a string"),
            Self::Untyped(text) => format!("{text:?}"),
            Self::Number { written, .. } => format!("{written} is a number"),
            Self::Flag(flag) => format!("{flag} is a boolean"),
            Self::Other("", kind) => kind.to_owned(),
            Self::Other(written, kind) => format!("{written} is {kind}"),
        }
    }
}

fn is_all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
