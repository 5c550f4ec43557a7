//! The view settings that are kept from one run to the next, as data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::{
    columns::{FieldColumn, StampStyle},
    zone::ZoneChoice,
};
use crate::{line::rfc3339, theme::ThemeName};

/// The view settings of a tree. Streams are kept by name.
#[expect(clippy::struct_excessive_bools, reason = "each is a setting by itself")]
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Session {
    /// The lowest level that is shown.
    pub(crate) level: Option<String>,
    /// The number of context lines.
    pub(crate) context: u64,
    /// Whether long lines are wrapped.
    pub(crate) wrap: bool,
    /// Whether each record is shown that says the same as the one before.
    pub(crate) repeats: bool,
    /// Whether lines have the colours that stand in the files.
    pub(crate) log_colors: bool,
    /// The theme, if it was chosen by key.
    pub(crate) theme: Option<ThemeName>,
    /// How times are written.
    pub(crate) time_format: StampStyle,
    /// In which zone they are shown.
    pub(crate) time_zone: ZoneChoice,
    /// The fields in columns of their own.
    pub(crate) columns: Vec<FieldColumn>,
    /// Whether the list of streams is shown.
    pub(crate) sidebar: bool,
    /// Whether the histogram is shown.
    pub(crate) histogram: bool,
    /// Streams hidden in the merged view.
    pub(crate) hidden: Vec<String>,
    /// Highlighted patterns.
    pub(crate) highlights: Vec<String>,
    /// The filters.
    pub(crate) filters: Vec<SavedFilter>,
    /// The filters by fields.
    #[serde(rename = "where")]
    pub(crate) fields: Vec<SavedFieldFilter>,
    /// Bookmarked lines.
    pub(crate) marks: Vec<SavedMark>,
}

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedFilter {
    /// Whether it keeps the lines that match, or drops them.
    pub(crate) keep: bool,
    /// Whether it is on.
    pub(crate) on: bool,
    /// The regular expression.
    pub(crate) pattern: String,
}

/// A saved filter by fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedFieldFilter {
    /// Whether it keeps the records that the condition holds for, or drops them.
    pub(crate) keep: bool,
    /// Whether it is on.
    pub(crate) on: bool,
    /// The condition.
    pub(crate) condition: String,
}

/// A saved bookmark.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SavedMark {
    /// The name of its folder.
    pub(crate) folder: String,
    /// The name of its stream.
    pub(crate) stream: String,
    /// When it was logged.
    #[serde(serialize_with = "write_time")]
    pub(crate) time: DateTime<Utc>,
    /// Its sequence in the files of the stream.
    pub(crate) place: u64,
}

fn write_time<S: Serializer>(time: &DateTime<Utc>, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_str(&rfc3339(*time))
}

impl Session {
    /// Returns whether there is nothing to save.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
