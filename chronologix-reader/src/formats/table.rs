//! The formats that are known out of the box. Of several that fit, the first counts.

use chronologix_schema::Level;

use super::format::LineRole;

mod json;
mod levels_only;
mod services;
mod systems;
mod text;
mod words;

pub(super) use self::{
    json::JSON,
    levels_only::LEVELS_ONLY,
    services::{BROAD, SERVICES},
    systems::SYSTEMS,
    text::TEXT,
};

/// A format of text lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct TextRow {
    /// Its name.
    pub(super) name: &'static str,
    /// The template of a line.
    pub(super) line: &'static str,
    /// How its timestamps are written, if not in a usual spelling.
    pub(super) timestamp: Option<&'static str>,
    /// The marks that only it has for levels.
    pub(super) levels: &'static [(&'static str, Level)],
    /// What its lines are in a record.
    pub(super) role: LineRole,
    /// Whether lines of formats before it fit as well.
    pub(super) is_broad: bool,
    /// Whether its messages can be lines of other loggers.
    pub(super) carries: bool,
}

impl TextRow {
    /// Returns a format by its name and the template of a line.
    const fn new(name: &'static str, line: &'static str) -> Self {
        Self {
            name,
            line,
            timestamp: None,
            levels: &[],
            role: LineRole::Begins,
            is_broad: false,
            carries: false,
        }
    }

    /// Sets how timestamps are written.
    const fn timestamp(self, pattern: &'static str) -> Self {
        Self {
            timestamp: Some(pattern),
            ..self
        }
    }

    /// Sets marks for levels.
    const fn levels(self, levels: &'static [(&'static str, Level)]) -> Self {
        Self { levels, ..self }
    }

    /// Says that lines of formats before it fit as well.
    const fn broad(self) -> Self {
        Self {
            is_broad: true,
            ..self
        }
    }

    /// Says that its messages can be lines of other loggers.
    const fn carries(self) -> Self {
        Self {
            carries: true,
            ..self
        }
    }

    /// Makes its lines the second ones of records that begin with a line of the same name.
    const fn second(self) -> Self {
        Self {
            role: LineRole::Second,
            ..self
        }
    }

    /// Makes its lines a part of the record before.
    const fn continues(self) -> Self {
        Self {
            role: LineRole::Continues,
            ..self
        }
    }
}
