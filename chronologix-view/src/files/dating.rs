//! When a line was logged: the date of its folder and the time of its stamp.

use chronologix_core::layout::{
    Description, Folder, StampReader, TimestampFormat, parse_json_line, parse_text_line, zone,
};
use jiff::{Timestamp, tz::TimeZone};

use crate::{
    line::{Key, LogLine, sequence},
    streams::StreamId,
};

use super::lines::RawLine;

#[cfg(test)]
mod tests;

/// How the start of a JSON line looks that our own writer wrote.
const JSON_STAMP: &str = r#"{"timestamp":""#;

/// How the stamps of a tree are read.
#[derive(Clone, Debug)]
pub(crate) struct Stamps {
    /// As the tree describes itself.
    described: Option<StampReader>,
    /// For everything else: trees without a description, and lines from before it changed.
    guess: StampReader,
    /// The zone of the folder names; unknown in a tree without a description.
    zone: Option<TimeZone>,
}

impl Stamps {
    /// The stamps of a tree with this description, or of one without.
    pub(crate) fn new(description: Option<&Description>) -> Self {
        let zone = description.and_then(|described| zone(&described.timezone).ok());
        let described = description.zip(zone.clone()).and_then(|(described, zone)| {
            let format = TimestampFormat::parse(&described.timestamp_format).ok()?;
            Some(StampReader::new(&format, zone))
        });
        Self {
            described,
            guess: StampReader::guess(),
            zone,
        }
    }

    /// The zone of the folder names, if the tree says which that is.
    pub(crate) fn zone(&self) -> Option<TimeZone> {
        self.zone.clone()
    }

    /// When a folder's interval starts, if the tree says in which zone that is.
    pub(crate) fn start(&self, folder: Folder) -> Option<Timestamp> {
        start_in(folder, self.zone.as_ref()?)
    }

    fn read(&self, stamp: &str, folder: Folder) -> Option<Timestamp> {
        let described = self
            .described
            .as_ref()
            .and_then(|reader| reader.read(stamp, folder));
        described.or_else(|| self.guess.read(stamp, folder))
    }
}

/// When a folder's interval starts in a zone.
pub(crate) fn start_in(folder: Folder, zone: &TimeZone) -> Option<Timestamp> {
    folder
        .start()
        .to_zoned(zone.clone())
        .ok()
        .map(|start| start.timestamp())
}

/// Gives the lines of one stream and folder their keys.
#[derive(Debug)]
pub(crate) struct Dating {
    /// The key of the line before.
    last: Key,
    /// The stamp read last and what it meant; most stamps are those of the line before.
    known: Option<(Box<str>, Option<Timestamp>)>,
}

impl Dating {
    /// For a stream of which nothing was read yet.
    pub(crate) fn new(folder: Folder, stream: StreamId, stamps: &Stamps) -> Self {
        let instant = stamps
            .start(folder)
            .or_else(|| start_in(folder, &TimeZone::UTC));
        let instant = instant.unwrap_or(Timestamp::MIN);
        Self {
            last: Key {
                folder,
                instant,
                stream,
                sequence: 0,
            },
            known: None,
        }
    }

    /// A key after the last line, for something that happened now.
    pub(crate) fn next_key(&mut self) -> Key {
        self.last.sequence += 1;
        self.last
    }

    /// Dates a line of a file of the stream, and says whether it has a stamp of its own.
    pub(crate) fn date(&mut self, line: RawLine, part: u32, stamps: &Stamps) -> (LogLine, bool) {
        let own = self.instant(&line.text, stamps);
        if let Some(instant) = own {
            // A stamp may go back by the moment a thread was held; the order of the file stays.
            self.last.instant = self.last.instant.max(instant);
        }
        // Of a file that was cut short and filled again, new lines still come after the old ones.
        let place = sequence(part, line.at);
        self.last.sequence = place.max(self.last.sequence + 1);
        (
            LogLine {
                key: self.last,
                text: line.text,
                is_cut: line.is_cut,
            },
            own.is_some(),
        )
    }

    /// The time of the last line; before the first, the start of the folder.
    pub(crate) fn latest(&self) -> Timestamp {
        self.last.instant
    }

    /// Takes a line into account that is dated elsewhere.
    pub(crate) fn see(&mut self, line: &[u8], stamps: &Stamps) {
        if let Some(own) = self.stamp(line, stamps) {
            self.last.instant = self.last.instant.max(own);
        }
    }

    /// The time of a line by its own stamp alone.
    pub(crate) fn stamp(&mut self, line: &[u8], stamps: &Stamps) -> Option<Timestamp> {
        // Most lines are continuations or begin with one of these.
        match line.first()? {
            b'[' | b'{' => self.instant(&String::from_utf8_lossy(line), stamps),
            _ => None,
        }
    }

    fn instant(&mut self, text: &str, stamps: &Stamps) -> Option<Timestamp> {
        if text.starts_with('{') {
            let quick = text
                .strip_prefix(JSON_STAMP)
                .and_then(|rest| rest.split_once('"'));
            let quick = quick.and_then(|(stamp, _)| stamp.parse().ok());
            return quick.or_else(|| {
                let line = parse_json_line(text)?;
                line.timestamp
                    .or_else(|| stamps.read(&line.stamp?, self.last.folder))
            });
        }
        let stamp = parse_text_line(text).stamp?;
        match &self.known {
            Some((known, instant)) if **known == *stamp => *instant,
            _ => {
                let instant = stamps.read(stamp, self.last.folder);
                self.known = Some((stamp.into(), instant));
                instant
            }
        }
    }
}
