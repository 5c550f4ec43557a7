//! How serious a record is.

use std::{fmt, str::FromStr};

/// The level of a record; `log!` records have none.
///
/// Levels are ordered from [`Level::Trace`] to [`Level::Critical`].
///
/// # Below a floor nothing is compiled
///
/// A declared stream has three thresholds, and a record with a level must pass all of them: `compile_min_level` in
/// `#[chronologix::streams(…)]`, below which a `log!` is no part of the program; `min_level`, with which the logger starts; and what
/// [`Logger::set_level`](crate::Logger::set_level) makes of it while the program runs.
///
/// ```
/// use chronologix_schema::Level;
///
/// assert!(Level::Error > Level::Info);
/// assert_eq!("warn".parse(), Ok(Level::Warn));
/// assert_eq!(Level::Critical.to_string(), "CRITICAL");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Every step, for finding one fault.
    Trace = 1,
    /// What a developer wants to see.
    Debug = 2,
    /// What an operator wants to see.
    Info = 3,
    /// Something is odd; the work goes on.
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

    /// The word as it stands in a line: `INFO`.
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

    /// As a number that grows with the level; 0 is below all.
    pub const fn number(level: Option<Self>) -> u8 {
        match level {
            Some(level) => level as u8,
            None => 0,
        }
    }

    /// The level of such a number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level as u8 == number)
    }

    /// The level whose word, exactly as it stands in a line, is `word`.
    #[must_use]
    pub fn from_upper(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Level {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_upper(&text.to_ascii_uppercase()).ok_or_else(|| {
            UnknownWord::new("level", text, "trace, debug, info, warn, error, critical")
        })
    }
}

impl TryFrom<&str> for Level {
    type Error = UnknownWord;

    fn try_from(text: &str) -> Result<Self, UnknownWord> {
        text.parse()
    }
}

/// A word that is none of the allowed ones.
///
/// ```
/// let error = "loud".parse::<chronologix_schema::Level>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"unknown level "loud"; allowed: trace, debug, info, warn, error, critical"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownWord {
    what: &'static str,
    word: String,
    allowed: String,
}

impl UnknownWord {
    /// A word that is none of the allowed ones of a setting.
    #[must_use]
    pub fn new(what: &'static str, word: &str, allowed: &str) -> Self {
        Self {
            what,
            word: word.to_owned(),
            allowed: allowed.to_owned(),
        }
    }
}

impl UnknownWord {
    /// The word itself.
    #[must_use]
    pub fn word(&self) -> &str {
        &self.word
    }
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "unknown {} {:?}; allowed: {}",
            self.what, self.word, self.allowed
        )
    }
}

impl std::error::Error for UnknownWord {}
