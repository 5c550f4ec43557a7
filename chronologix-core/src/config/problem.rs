//! What is wrong with a configuration, all of it.

use std::{convert::Infallible, fmt, path::Path};

use super::place::Place;
use chronologix_schema::{layout::UnknownInterval, settings::suggest::nearest};

use crate::UnknownWord;

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
    /// Where it was read, unless the program said it.
    place: Option<Place>,
}

impl ConfigError {
    pub(crate) fn new(problems: Vec<ConfigProblem>) -> Self {
        Self(problems)
    }

    pub(super) fn into_problems(self) -> Vec<ConfigProblem> {
        self.0
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
            place: None,
        }
    }

    pub(crate) fn unknown_stream(key: &str, name: &str, known: &[&str]) -> Self {
        let meant = match nearest(name, known.iter().copied()) {
            Some(meant) => format!("did you mean {meant}? "),
            None => String::new(),
        };
        let known = known.join(", ");
        let why = format!("there is no stream {name:?}; {meant}the streams are {known}");
        Self::new(key, name, &why)
    }

    pub(super) fn declared_twice(name: &str, first: &str) -> Self {
        let why = format!(
            "{name:?} is declared twice (as {first:?} before); names must differ in more than case"
        );
        Self::new("streams", name, &why)
    }

    /// The same under the key it was found at.
    pub(crate) fn at(mut self, key: &str) -> Self {
        key.clone_into(&mut self.key);
        self
    }

    /// The same with where it was read.
    pub(super) fn in_place(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    pub(super) fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The key, such as `interval` or `streams.audit.file`. Empty if what is wrong is the file as a whole.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The value as it was given.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The settings file it stands in, if it was read from one that has a name.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.place()?.file()
    }

    /// Line and column of the text it stands in, if it was read from one. Both begin with 1; columns are characters.
    #[must_use]
    pub fn position(&self) -> Option<(usize, usize)> {
        self.place()?.position()
    }

    /// The environment variable it comes from, if it does.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        self.place()?.variable()
    }
}

impl fmt::Display for ConfigProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
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
