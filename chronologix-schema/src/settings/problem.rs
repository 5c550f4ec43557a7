//! What is wrong with settings, and where it was read.

use std::{fmt, path::Path, sync::Arc};

use crate::word::debug_as_text;

/// Everything that is wrong with a configuration.
///
/// ```
/// # use chronologix_schema::settings::{ConfigError, ConfigProblem};
/// # let why = r#"unknown interval "7h"; allowed: 24h, 12h"#;
/// # let error = ConfigError::new(vec![ConfigProblem::new("interval", "7h", why)]);
/// assert_eq!(error.problems()[0].key(), "interval");
/// assert_eq!(
///     error.to_string(),
///     r#"invalid configuration: interval: unknown interval "7h"; allowed: 24h, 12h"#,
/// );
/// ```
///
/// Its `Debug` form is its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigError(Vec<ConfigProblem>);

/// One wrong setting. Its `Debug` form is its text.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigProblem {
    key: String,
    value: String,
    why: String,
    /// `None` if the program set it.
    location: Option<Location>,
}

/// Where a setting was read.
#[doc(hidden)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// A file as a whole.
    File(Arc<Path>),
    /// In a text, which may be that of a file. Line and column begin with 1.
    Text {
        /// The file.
        file: Option<Arc<Path>>,
        /// In lines.
        line: usize,
        /// In characters.
        column: usize,
    },
    /// An environment variable.
    Variable(String),
}

impl ConfigError {
    /// An error of these problems.
    #[doc(hidden)]
    #[must_use]
    pub fn new(problems: Vec<ConfigProblem>) -> Self {
        Self(problems)
    }

    /// An error of problems that were read in one place, in the order of that place, each once.
    #[doc(hidden)]
    #[must_use]
    pub fn in_order(mut problems: Vec<ConfigProblem>) -> Self {
        problems.sort_by_key(ConfigProblem::position);
        problems.dedup();
        Self(problems)
    }

    /// Returns the problems.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.0
    }
}

impl ConfigProblem {
    /// A problem with `value`. `why` names the value and what is allowed.
    #[doc(hidden)]
    #[must_use]
    pub fn new(key: impl Into<String>, value: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            value: value.into(),
            why: why.into(),
            location: None,
        }
    }

    /// Returns the same problem, under the key that it was found at.
    pub(super) fn at(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// Returns the same problem with where it was read.
    #[doc(hidden)]
    #[must_use]
    pub fn located(mut self, location: Option<Location>) -> Self {
        self.location = location;
        self
    }

    /// Returns the key, such as `interval` or `streams.audit.file`. It is empty if the problem is
    /// with a file as a whole.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the value as it was given.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns what is wrong with the value and what is allowed, without key and location.
    #[doc(hidden)]
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }

    /// Returns the settings file, if the setting was read from one that has a name.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        match self.location.as_ref()? {
            Location::File(file) => Some(file),
            Location::Text { file, .. } => file.as_deref(),
            Location::Variable(_) => None,
        }
    }

    /// Returns the line, if the setting was read from a text. The first line is 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.position().map(|(line, _)| line)
    }

    /// Returns the column, in characters, if the setting was read from a text. The first is 1.
    #[must_use]
    pub fn column(&self) -> Option<usize> {
        self.position().map(|(_, column)| column)
    }

    fn position(&self) -> Option<(usize, usize)> {
        match self.location.as_ref()? {
            Location::Text { line, column, .. } => Some((*line, *column)),
            Location::File(_) | Location::Variable(_) => None,
        }
    }

    /// Returns the environment variable, if the setting was read from one.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        match self.location.as_ref()? {
            Location::Variable(name) => Some(name),
            Location::File(_) | Location::Text { .. } => None,
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => file.display().fmt(f),
            Self::Text { file, line, column } => match file {
                Some(file) => write!(f, "{}:{line}:{column}", file.display()),
                None => write!(f, "line {line}, column {column}"),
            },
            Self::Variable(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = &self.location {
            write!(f, "{location}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.why)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid configuration: ")?;
        if let [problem] = self.0.as_slice() {
            return problem.fmt(f);
        }
        write!(f, "{} problems", self.0.len())?;
        let mut problems = self.0.iter();
        problems.try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

debug_as_text!(ConfigProblem);
debug_as_text!(ConfigError);

impl std::error::Error for ConfigError {}
