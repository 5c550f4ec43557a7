//! `.chronologix.json`: what a tree says about itself.

use serde::{Deserialize, Serialize};

/// The name of the description in the base directory.
pub const MANIFEST_FILE: &str = ".chronologix.json";

/// The version of the tree that this crate writes.
pub const FORMAT_VERSION: u32 = 1;

/// Describes a tree: how folders are named, what the files in them are, and how lines are stamped.
///
/// ```
/// use chronologix_schema::layout::Manifest;
///
/// let description = Manifest::from_json(
///     r#"{"format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%T",
///         "streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []}]}"#,
/// )?;
/// assert_eq!(description.streams[0].file, "app.log");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Goes up when readers of the tree must change; now [`FORMAT_VERSION`].
    pub format_version: u32,
    /// The word of an [`Interval`](super::Interval).
    pub interval: String,
    /// What [`TimeZone::described`](super::TimeZone::described) takes.
    pub timezone: String,
    /// What [`TimestampFormat::parse`](super::TimestampFormat::parse) takes.
    pub timestamp_format: String,
    /// The streams, in the order of their declaration.
    #[serde(default)]
    pub streams: Vec<ManifestStream>,
}

/// One stream of a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestStream {
    /// The name it is logged to by.
    pub name: String,
    /// The name of its file in each interval folder.
    pub file: String,
    /// `text` or `json`.
    pub format: String,
    /// The names of the streams that get a copy of its records.
    #[serde(default)]
    pub mirror: Vec<String>,
}

impl Manifest {
    /// The text of the file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, strings and lists always have a form in JSON.
        let mut json = serde_json::to_string_pretty(self).unwrap_or_default();
        json.push('\n');
        json
    }

    /// Reads the text of the file; members it does not know are ignored.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or a member is missing or of another type.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Adds the streams that only the older description of the same directory has, so that loggers
    /// can share it.
    ///
    /// Streams of both are as `self` has them. A description of another version, interval, zone or
    /// timestamp format is dropped, as its streams could not be read by this one.
    #[must_use]
    pub fn merged_with(mut self, older: Option<Self>) -> Self {
        let Some(older) = older.filter(|older| older.is_like(&self)) else {
            return self;
        };
        for stream in older.streams {
            if self.streams.iter().all(|ours| ours.name != stream.name) {
                self.streams.push(stream);
            }
        }
        self
    }

    fn is_like(&self, other: &Self) -> bool {
        self.format_version == other.format_version
            && self.interval == other.interval
            && self.timezone == other.timezone
            && self.timestamp_format == other.timestamp_format
    }
}

#[cfg(test)]
mod tests;
