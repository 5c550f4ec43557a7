//! How serious a record is, and which records a stream takes.

use std::str::FromStr;

use crate::{ParseError, word::display_word};

/// The level of a record. Records of `log!` have none.
///
/// Levels are ordered from [`Level::Trace`] to [`Level::Critical`].
///
/// # Three thresholds
///
/// A record with a level must pass all three thresholds of its stream:
/// - `compile_min_level` in `#[chronologix::streams(…)]`: records below it are not compiled;
/// - `min_level`, with which the logger starts;
/// - the level that `Logger::set_level` sets while the program runs.
///
/// ```
/// # use chronologix_schema as chronologix;
/// use chronologix::Level;
///
/// assert!(Level::Error > Level::Info);
/// assert_eq!("warn".parse(), Ok(Level::Warn));
/// assert_eq!("Warning".parse(), Ok(Level::Warn));
/// assert_eq!(Level::Critical.to_string(), "CRITICAL");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Every step, to find one fault.
    Trace = 1,
    /// What a developer wants to see.
    Debug = 2,
    /// What an operator wants to see.
    Info = 3,
    /// Something is odd, and the work goes on.
    Warn = 4,
    /// Something failed.
    Error = 5,
    /// The service cannot go on as it is.
    Critical = 6,
}

impl Level {
    /// All levels, least serious first.
    pub const ALL: [Self; 6] = [
        Self::Trace,
        Self::Debug,
        Self::Info,
        Self::Warn,
        Self::Error,
        Self::Critical,
    ];

    /// Returns the word as it stands in a line: `INFO`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }

    /// Returns a number that grows with the level. No level is 0.
    #[must_use]
    pub const fn number(level: Option<Self>) -> u8 {
        match level {
            Some(level) => level as u8,
            None => 0,
        }
    }

    /// Returns the level of a [`number`](Self::number).
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level as u8 == number)
    }

    /// Returns the level whose word in a line is exactly `word`.
    #[must_use]
    pub fn from_upper(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

display_word!(Level);

impl FromStr for Level {
    type Err = ParseError;

    /// Takes the words of a line in any case, and `warning` for `warn`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let level = match text.to_ascii_uppercase().as_str() {
            "WARNING" => Some(Self::Warn),
            word => Self::from_upper(word),
        };
        level.ok_or_else(|| {
            ParseError::new("level", text, "trace, debug, info, warn, error, critical")
        })
    }
}

/// Which records a stream takes, by their level.
///
/// ```
/// # use chronologix_schema as chronologix;
/// use chronologix::{Level, LevelFilter};
///
/// assert_eq!("warn".parse(), Ok(LevelFilter::From(Level::Warn)));
/// assert_eq!("off".parse(), Ok(LevelFilter::Off));
/// assert_eq!(LevelFilter::from(Level::Warn), LevelFilter::From(Level::Warn));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LevelFilter {
    /// All.
    #[default]
    All,
    /// Those of this level and above, and those without a level.
    From(Level),
    /// None, not even those without a level.
    Off,
}

impl LevelFilter {
    /// The number of [`LevelFilter::Off`]: above that of every level.
    const OFF: u8 = Level::Critical as u8 + 1;

    /// Returns the lowest [`Level::number`] that it lets pass.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::All => 0,
            Self::From(level) => level as u8,
            Self::Off => Self::OFF,
        }
    }

    /// Returns the filter of a [`number`](Self::number).
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        match Level::from_number(number) {
            Some(level) => Self::From(level),
            None if number == 0 => Self::All,
            None => Self::Off,
        }
    }
}

impl From<Level> for LevelFilter {
    fn from(level: Level) -> Self {
        Self::From(level)
    }
}

/// `None` is [`LevelFilter::All`].
impl From<Option<Level>> for LevelFilter {
    fn from(level: Option<Level>) -> Self {
        level.map_or(Self::All, Self::From)
    }
}

impl FromStr for LevelFilter {
    type Err = ParseError;

    /// Takes what [`Level`] takes, and `off`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.eq_ignore_ascii_case("off") {
            return Ok(Self::Off);
        }
        text.parse()
            .map(Self::From)
            .map_err(|_unknown: ParseError| {
                ParseError::new(
                    "level",
                    text,
                    "trace, debug, info, warn, error, critical, off",
                )
            })
    }
}
