//! `.chronologix.json`: what a tree says about itself.

use serde_core::{
    de::{DeserializeOwned, Error as _},
    ser::{Serialize, SerializeStruct, Serializer},
};
use serde_json::{Error, Value};

use super::Digest;

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
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub streams: Vec<ManifestStream>,
    /// The last seal, if folders of the tree are sealed.
    pub seals: Option<SealHead>,
}

/// The head of the chain of seals: the last [`SealLink`](super::SealLink).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealHead {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub digest: Digest,
}

/// One stream of a [`Manifest`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ManifestStream {
    /// The name it is logged to by.
    pub name: String,
    /// The name of its file in each interval folder.
    pub file: String,
    /// `text` or `json`.
    pub format: String,
    /// The shape of its lines, if it is not the usual one: what
    /// [`LineTemplate`](super::LineTemplate) takes.
    pub line: Option<String>,
    /// The names of the streams that get a copy of its records.
    pub mirror: Vec<String>,
}

impl Manifest {
    /// The text of the file.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, strings and lists always have a form in JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Reads the text of the file; members it does not know are ignored.
    ///
    /// # Errors
    ///
    /// When the text is not JSON, or a member is missing or of another type.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let mut root = serde_json::from_str(text)?;
        let streams: Option<Vec<Value>> = take(&mut root, "streams")?;
        let streams = streams
            .into_iter()
            .flatten()
            .map(ManifestStream::from_value);
        Ok(Self {
            format_version: required(&mut root, "format_version")?,
            interval: required(&mut root, "interval")?,
            timezone: required(&mut root, "timezone")?,
            timestamp_format: required(&mut root, "timestamp_format")?,
            streams: streams.collect::<Result<_, _>>()?,
            // A tree is readable whatever its head is. To look at that is what seals are for.
            seals: take(&mut root, "seals")?.and_then(|head| SealHead::from_value(head).ok()),
        })
    }

    /// Adds the streams that only the older description of the same directory has, so that loggers
    /// can share it.
    ///
    /// Streams of both are as `self` has them. A description of another version, interval, zone or
    /// timestamp format is dropped, as its streams could not be read by this one. The chain of
    /// seals goes on whatever has changed.
    #[must_use]
    pub fn merged_with(mut self, older: Option<Self>) -> Self {
        self.seals = self.seals.or(older.as_ref().and_then(|older| older.seals));
        let older = older.filter(|older| older.is_like(&self));
        for stream in older.into_iter().flat_map(|older| older.streams) {
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

// By hand: the three structs do not justify building `serde_derive` in every program that logs.

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut to = to.serialize_struct("Manifest", 5 + usize::from(self.seals.is_some()))?;
        to.serialize_field("format_version", &self.format_version)?;
        to.serialize_field("interval", &self.interval)?;
        to.serialize_field("timezone", &self.timezone)?;
        to.serialize_field("timestamp_format", &self.timestamp_format)?;
        to.serialize_field("streams", &self.streams)?;
        if let Some(seals) = &self.seals {
            to.serialize_field("seals", seals)?;
        }
        to.end()
    }
}

impl Serialize for SealHead {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut to = to.serialize_struct("SealHead", 2)?;
        to.serialize_field("number", &self.number)?;
        to.serialize_field("digest", &self.digest.to_string())?;
        to.end()
    }
}

impl SealHead {
    fn from_value(mut value: Value) -> Result<Self, Error> {
        let digest: String = required(&mut value, "digest")?;
        Ok(Self {
            number: required(&mut value, "number")?,
            digest: digest.parse().map_err(Error::custom)?,
        })
    }
}

impl Serialize for ManifestStream {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut to = to.serialize_struct("ManifestStream", 4 + usize::from(self.line.is_some()))?;
        to.serialize_field("name", &self.name)?;
        to.serialize_field("file", &self.file)?;
        to.serialize_field("format", &self.format)?;
        if let Some(line) = &self.line {
            to.serialize_field("line", line)?;
        }
        to.serialize_field("mirror", &self.mirror)?;
        to.end()
    }
}

impl ManifestStream {
    fn from_value(mut value: Value) -> Result<Self, Error> {
        Ok(Self {
            name: required(&mut value, "name")?,
            file: required(&mut value, "file")?,
            format: required(&mut value, "format")?,
            line: take(&mut value, "line")?.unwrap_or_default(),
            mirror: take(&mut value, "mirror")?.unwrap_or_default(),
        })
    }
}

fn required<T: DeserializeOwned>(from: &mut Value, key: &'static str) -> Result<T, Error> {
    take(from, key)?.ok_or_else(|| Error::missing_field(key))
}

fn take<T: DeserializeOwned>(from: &mut Value, key: &str) -> Result<Option<T>, Error> {
    let value = from.get_mut(key).map(Value::take);
    value.map(serde_json::from_value).transpose()
}

#[cfg(test)]
mod tests;
