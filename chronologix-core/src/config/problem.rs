//! What is wrong with a configuration, all of it.

use std::{convert::Infallible, fmt};

use crate::{UnknownWord, layout::UnknownInterval};

/// Everything that is wrong with a configuration.
///
/// ```
/// let error = chronologix_core::Config::new().interval("7h").validate().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"invalid configuration: interval: unknown interval "7h"; allowed: 24h, 12h, 6h, 3h, 1h, 30m, 15m, 5m"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(Vec<ConfigProblem>);

/// One wrong setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigProblem {
    key: String,
    value: String,
    why: String,
}

impl ConfigError {
    pub(crate) fn new(problems: Vec<ConfigProblem>) -> Self {
        Self(problems)
    }

    /// The problems, in the order of the settings.
    #[must_use]
    pub fn problems(&self) -> &[ConfigProblem] {
        &self.0
    }
}

impl ConfigProblem {
    /// `why` names the value and what would be right.
    pub(crate) fn new(key: &str, value: &str, why: &str) -> Self {
        Self {
            key: key.to_owned(),
            value: value.to_owned(),
            why: why.to_owned(),
        }
    }

    pub(crate) fn unknown_stream(key: &str, name: &str, known: &[&str]) -> Self {
        let why = format!(
            "there is no stream {name:?}; the streams are {}",
            known.join(", ")
        );
        Self::new(key, name, &why)
    }

    /// The same under the key it was found at.
    pub(crate) fn at(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// The key, such as `interval` or `streams.audit.file`.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value as it was given.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.key, self.why)
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid configuration: ")?;
        if let [problem] = self.0.as_slice() {
            return problem.fmt(f);
        }
        write!(f, "{} problems", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

impl std::error::Error for ConfigError {}

impl From<UnknownWord> for ConfigProblem {
    fn from(error: UnknownWord) -> Self {
        Self::new("", error.word(), &error.to_string())
    }
}

impl From<UnknownInterval> for ConfigProblem {
    fn from(error: UnknownInterval) -> Self {
        Self::new("", error.word(), &error.to_string())
    }
}

impl From<Infallible> for ConfigProblem {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
