//! The options of one stream.

use super::ConfigProblem;
use chronologix_schema::layout::Multiline;

use crate::{Durability, Format, Level, Overflow, Period};

/// One stream of a [`Config`](crate::Config): a name, and options where the defaults do not fit.
///
/// ```
/// use chronologix_core::{Level, StreamConfig};
///
/// let audit = StreamConfig::new("audit")
///     .durability("synced")
///     .format("json")
///     .file("audit.jsonl")
///     .min_level(Level::Info);
/// # chronologix_core::Config::new().stream(audit).validate().unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a stream must be given to a `Config`"]
pub struct StreamConfig {
    pub(crate) name: String,
    pub(crate) durability: Option<Durability>,
    pub(crate) format: Option<Format>,
    pub(crate) min_level: Option<Level>,
    pub(crate) file: Option<String>,
    pub(crate) multiline: Option<Multiline>,
    pub(crate) overflow: Option<Overflow>,
    pub(crate) dedup: Option<Period>,
    pub(crate) problems: Vec<ConfigProblem>,
}

/// A setter that takes the value or its word, and keeps what it cannot take for the check.
macro_rules! word_setter {
    ($(#[$doc:meta])* $name:ident: $type:ty) => {
        $(#[$doc])*
        pub fn $name<V>(mut self, $name: V) -> Self
        where
            V: TryInto<$type>,
            V::Error: Into<ConfigProblem>,
        {
            match $name.try_into() {
                Ok(value) => self.$name = Some(value),
                Err(error) => {
                    let key = format!("streams.{}.{}", self.name, stringify!($name));
                    self.problems.push(error.into().at(&key));
                }
            }
            self
        }
    };
}

impl StreamConfig {
    /// A stream with every option at its default.
    ///
    /// A name is 1 to 64 of `A-Z a-z 0-9 _ -`, and not that of a Windows device.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            durability: None,
            format: None,
            min_level: None,
            file: None,
            multiline: None,
            overflow: None,
            dedup: None,
            problems: Vec::new(),
        }
    }

    word_setter! {
        /// When an awaited record of this stream is ready. Default: `queued`.
        durability: Durability
    }

    word_setter! {
        /// How its lines look: `text` (the default) or `json`.
        format: Format
    }

    word_setter! {
        /// The lowest level it takes. Records without a level are always taken, and so are copies mirrored from other
        /// streams. Default: all levels.
        min_level: Level
    }

    word_setter! {
        /// What a newline in a message becomes: `escape` (the default) writes `\n`, `indent` a newline and a tab.
        multiline: Multiline
    }

    word_setter! {
        /// What happens when a queue is full. Default: that of the [`Config`](crate::Config).
        overflow: Overflow
    }

    word_setter! {
        /// Equal records in a row are written as one: the first as it is, and one line tells how often it was repeated (`chronologix: last
        /// message of app repeated 12 times`) when another record comes, and at the latest after this time: `"10s"`, or a
        /// [`Duration`](std::time::Duration). Default: every record is written.
        ///
        /// Records are equal if level, message and fields are. Each interval folder has the message itself. A record that was only counted is
        /// acknowledged with the message it repeats, so this is for streams whose durability is `queued`.
        dedup: Period
    }

    /// The name of its file, without any folder. Default: the stream's name and `.log`.
    pub fn file(mut self, name: impl Into<String>) -> Self {
        self.file = Some(name.into());
        self
    }
}

impl StreamConfig {
    /// The name of its file.
    pub(super) fn file_name(&self) -> String {
        self.file
            .clone()
            .unwrap_or_else(|| format!("{}.log", self.name))
    }
}

impl From<&str> for StreamConfig {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for StreamConfig {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}
