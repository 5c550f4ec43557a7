//! A checked configuration. No other part of the crate checks it again.

use std::{fmt, path::PathBuf, time::Duration};

use chronologix_schema::{
    layout::{
        FORMAT_VERSION, Interval, Manifest, ManifestStream, Multiline, TimeZone, TimestampFormat,
    },
    settings::filter::Filter,
};

use crate::{
    CompressionSetting, Durability, Format, Level, LevelFilter, Overflow, RetainAfter, Retention,
    format::{line::LineLayout, redact::Redactor},
    sinks::SinkSettings,
};

/// A checked configuration.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Absolute. Without files, it is for messages alone.
    pub(crate) base: PathBuf,
    /// The sinks are all there is.
    pub(crate) no_files: bool,
    pub(crate) interval: Interval,
    pub(crate) zone: TimeZone,
    pub(crate) timestamp_format: TimestampFormat,
    /// At least one. A stream's index is its place here. Behind them stand those that only a dump
    /// writes to.
    pub(crate) streams: Vec<StreamSettings>,
    /// How many streams records are logged to.
    pub(crate) logged: usize,
    /// What is taken of single streams, targets and modules.
    pub(crate) filter: Filter,
    pub(crate) queue_capacity: usize,
    pub(crate) modes: Modes,
    /// Looks at each field.
    pub(crate) redactor: Option<Redactor>,
    /// How long an end tries to write when the disk fails.
    pub(crate) exit_timeout: Duration,
    /// Signals that end the process flush first.
    pub(crate) flush_on_signals: bool,
    /// How long closed folders are kept.
    pub(crate) retain: Vec<Retention>,
    /// When they may be removed.
    pub(crate) retain_after: RetainAfter,
    /// How closed folders are compressed.
    pub(crate) compress: Option<CompressionSetting>,
    /// How closed folders are sealed. `None`: they are not.
    pub(crate) seal: Option<SealSettings>,
    /// In bytes.
    pub(crate) max_file_size: Option<u64>,
    /// Each file begins with a line that tells it from all others.
    pub(crate) file_header: bool,
    /// What gets records besides their files.
    pub(crate) sinks: SinkSettings,
    /// The settings file whose levels may be read again.
    #[cfg(feature = "toml")]
    pub(crate) reload: Option<std::sync::Arc<super::reload::Reload>>,
}

/// How closed folders are sealed.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "seal"),
    expect(dead_code, reason = "it is refused without the feature")
)]
pub(crate) struct SealSettings {
    /// Signs each seal.
    pub(crate) key: Option<SealKey>,
}

/// A private key.
#[derive(Clone)]
#[cfg_attr(
    not(feature = "seal"),
    expect(dead_code, reason = "it is refused without the feature")
)]
pub(crate) struct SealKey(pub(crate) [u8; 32]);

/// Without the key.
impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

/// Unix modes of what is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Modes {
    pub(crate) file: u32,
    pub(crate) dir: u32,
}

/// How a stream keeps records in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KeepSettings {
    /// The lowest level that is kept.
    pub(crate) level: Level,
    /// The bytes of the last of them.
    pub(crate) last: u64,
    /// The pause after they were written because of an error.
    pub(crate) every: Duration,
    /// The index of the stream that they are written to.
    pub(crate) dumped_to: u16,
}

/// One stream of a checked configuration.
#[derive(Clone, Debug)]
pub(crate) struct StreamSettings {
    pub(crate) name: String,
    pub(crate) file: String,
    pub(crate) format: Format,
    pub(crate) multiline: Multiline,
    /// The records it takes, as far as no filter says otherwise.
    pub(crate) taken: LevelFilter,
    pub(crate) durability: Durability,
    pub(crate) overflow: Overflow,
    /// How long equal records in a row are counted before a line reports them.
    pub(crate) dedup: Option<Duration>,
    pub(crate) layout: LineLayout,
    /// How it keeps records that it does not take.
    pub(crate) keep: Option<KeepSettings>,
    /// Indexes of the streams whose files get its records: itself, then its mirrors, each once.
    pub(crate) targets: Vec<u16>,
}

impl Settings {
    /// Returns the streams that records are logged to.
    pub(crate) fn logged_streams(&self) -> &[StreamSettings] {
        self.streams.get(..self.logged).unwrap_or(&self.streams)
    }

    /// Returns whether a stream keeps records in memory.
    pub(crate) fn keeps(&self) -> bool {
        self.streams.iter().any(|stream| stream.keep.is_some())
    }

    /// Returns what `.chronologix.json` says of the tree.
    pub(crate) fn describe(&self) -> Manifest {
        let name = |index: &u16| self.streams[usize::from(*index)].name.clone();
        let describe = |stream: &StreamSettings| ManifestStream {
            name: stream.name.clone(),
            file: stream.file.clone(),
            format: stream.format.as_str().to_owned(),
            line: stream.layout.template.as_ref().map(ToString::to_string),
            mirror: stream.targets[1..].iter().map(name).collect(),
        };
        Manifest {
            format_version: FORMAT_VERSION,
            interval: self.interval.as_str().to_owned(),
            timezone: self.zone.name().to_owned(),
            timestamp_format: self.timestamp_format.as_str().to_owned(),
            streams: self.streams.iter().map(describe).collect(),
            seals: None,
        }
    }
}
