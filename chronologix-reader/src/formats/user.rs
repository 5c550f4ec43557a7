//! Formats that a user describes.

use std::collections::BTreeMap;

use chronologix_schema::Level;

use super::{
    Format, Kind,
    format::LineRole,
    json::{JsonLayout, JsonNames},
    layout::Layout,
    level,
};

#[cfg(test)]
mod tests;

/// A format in the words of a settings file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "query",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub struct FormatEntry {
    /// Its name.
    pub name: String,
    /// The template of a text line: `{timestamp} [{thread}] {level} {logger} - {message}`.
    #[cfg_attr(feature = "query", serde(default))]
    pub line: Option<String>,
    /// How timestamps are written, in the words of `strftime`, if not in a usual spelling.
    #[cfg_attr(feature = "query", serde(default))]
    pub timestamp: Option<String>,
    /// The members of a JSON line instead of a template.
    #[cfg_attr(feature = "query", serde(default))]
    pub(crate) json: Option<JsonEntry>,
    /// Words, letters or marks for levels: `E = "error"`.
    #[cfg_attr(feature = "query", serde(default))]
    pub levels: BTreeMap<String, String>,
    /// What a line that continues the one before begins with, if it could be taken for a new one.
    #[cfg_attr(feature = "query", serde(default))]
    pub(crate) continuation: Option<String>,
}

/// The members of a JSON line. Names with points are paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(
    feature = "query",
    derive(serde::Deserialize),
    serde(deny_unknown_fields)
)]
pub(crate) struct JsonEntry {
    /// The member with the time.
    pub time: String,
    /// The member with the level.
    #[cfg_attr(feature = "query", serde(default))]
    pub level: Option<String>,
    /// The member with the message.
    #[cfg_attr(feature = "query", serde(default))]
    pub message: Option<String>,
}

impl FormatEntry {
    /// Checks the format.
    ///
    /// # Errors
    ///
    /// Fails with the name of the format and what is wrong.
    pub fn check(&self) -> Result<(), String> {
        self.clone().compile().map(drop)
    }

    /// Compiles the format.
    ///
    /// # Errors
    ///
    /// Fails with the name of the format and what is wrong.
    pub(super) fn compile(self) -> Result<Format, String> {
        let name = self.name.clone();
        self.kind()
            .map_err(|problem| format!("format \"{name}\": {problem}"))
    }

    fn kind(self) -> Result<Format, String> {
        let levels = self.levels.iter().map(|(own, word)| {
            let level = level::word(word.as_bytes());
            let level = level.ok_or_else(|| format!("\"{word}\" is not a level"))?;
            Ok((own.clone().into_bytes(), level))
        });
        let levels = levels.collect::<Result<Vec<(Vec<u8>, Level)>, String>>()?;
        let kind = match (self.line, self.json) {
            (Some(line), None) => {
                Kind::Layout(Layout::parse(&line, self.timestamp.as_deref(), levels)?)
            }
            (None, Some(_)) if self.timestamp.is_some() => {
                return Err("timestamp belongs to line, not to json".to_owned());
            }
            (None, Some(json)) => Kind::Json(JsonLayout::new(JsonNames {
                needs: vec![first_member(&json.time)],
                time: vec![json.time],
                level: json.level.into_iter().collect(),
                message: json.message.into_iter().collect(),
                levels,
                ..JsonNames::default()
            })),
            _ => return Err("give it either line or json".to_owned()),
        };
        if self.continuation.as_deref() == Some("") {
            return Err("continuation is empty".to_owned());
        }
        Ok(Format {
            name: self.name,
            kind,
            role: LineRole::Begins,
            second: None,
            is_broad: false,
            carries: false,
            continuation: self.continuation.map(String::into_bytes),
        })
    }
}

/// Returns the member of the line that a path begins with.
fn first_member(path: &str) -> String {
    path.split('.').next().unwrap_or(path).to_owned()
}
