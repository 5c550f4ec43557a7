//! Where a setting was read, so that what is wrong with it can be found.

use std::{fmt, path::Path, sync::Arc};

use super::ConfigProblem;

/// Where a setting was read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "toml"),
    expect(dead_code, reason = "then there are no settings files")
)]
pub(super) enum Place {
    /// A file as a whole.
    File(Arc<Path>),
    /// In a text, which may be that of a file. Both numbers begin with 1.
    Text {
        file: Option<Arc<Path>>,
        line: usize,
        column: usize,
    },
    /// An environment variable.
    Variable(String),
}

impl Place {
    pub(super) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(file) => Some(file),
            Self::Text { file, .. } => file.as_deref(),
            Self::Variable(_) => None,
        }
    }

    pub(super) fn position(&self) -> Option<(usize, usize)> {
        match self {
            Self::Text { line, column, .. } => Some((*line, *column)),
            Self::File(_) | Self::Variable(_) => None,
        }
    }

    pub(super) fn variable(&self) -> Option<&str> {
        match self {
            Self::Variable(name) => Some(name),
            Self::File(_) | Self::Text { .. } => None,
        }
    }
}

impl fmt::Display for Place {
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

/// Where each setting was read.
#[derive(Debug, Default)]
pub(super) struct Origins(Vec<Origin>);

#[derive(Debug)]
struct Origin {
    /// The key of a problem that would lie here, or that key and the value.
    subject: String,
    /// The key as it was written.
    key: String,
    place: Place,
    /// A problem was found here already.
    is_spent: bool,
}

impl Origins {
    /// A setting was read. `subject` is the key that a problem with it has, or that key and the value with a `.` between.
    pub(super) fn note(&mut self, subject: String, key: &str, place: &Place) {
        self.0.push(Origin {
            subject,
            key: key.to_owned(),
            place: place.clone(),
            is_spent: false,
        });
    }

    /// Puts a problem where the setting was read, if it was read here.
    pub(super) fn locate(&mut self, problem: ConfigProblem) -> ConfigProblem {
        if problem.place().is_some() {
            return problem;
        }
        let key = problem.key().to_owned();
        let with_value = format!("{key}.{}", problem.value());
        let found = self.take(&with_value).or_else(|| self.take(&key));
        if let Some((key, place)) = found {
            return problem.at(&key).in_place(place);
        }
        // A stream that says nothing of its file still has one.
        let table = key.rsplit_once('.').map(|(table, _)| table);
        match table.and_then(|table| self.take(table)) {
            Some((_, place)) => problem.in_place(place),
            None => problem,
        }
    }

    /// Key and place of a subject. Two mirrors may have the same name wrong: each is taken once, in the order of the problems.
    fn take(&mut self, subject: &str) -> Option<(String, Place)> {
        let is_meant = |origin: &&mut Origin| origin.subject == subject;
        let mut meant = self.0.iter_mut().filter(is_meant);
        let first = meant.next()?;
        let origin = if first.is_spent {
            meant.find(|origin| !origin.is_spent).unwrap_or(first)
        } else {
            first
        };
        origin.is_spent = true;
        Some((origin.key.clone(), origin.place.clone()))
    }
}
