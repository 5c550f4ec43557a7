//! The formats that are known out of the box. Of several that fit, the first counts.

use chronologix_schema::Level;

mod json;
mod levels_only;
mod systems;
mod text;
mod words;

pub(super) use self::{json::JSON, levels_only::LEVELS_ONLY, systems::SYSTEMS, text::TEXT};

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
    /// Whether its lines tell more about the line before.
    pub(super) continues: bool,
    /// Whether it counts only behind a line of the format with the same name.
    pub(super) is_second: bool,
    /// Whether lines of formats before it fit as well.
    pub(super) is_broad: bool,
}

impl TextRow {
    /// Returns a format by its name and the template of a line.
    const fn new(name: &'static str, line: &'static str) -> Self {
        Self {
            name,
            line,
            timestamp: None,
            levels: &[],
            continues: false,
            is_second: false,
            is_broad: false,
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

    /// Makes its lines the second ones of records that begin with a line of the same name.
    const fn second(self) -> Self {
        Self {
            is_second: true,
            ..self.continues()
        }
    }

    /// Makes its lines a part of the record before.
    const fn continues(self) -> Self {
        Self {
            continues: true,
            ..self
        }
    }
}
