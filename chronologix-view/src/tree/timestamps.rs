//! Dates lines: the date of the folder and the time of the timestamp.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Timelike as _, Utc};
use chronologix_schema::layout::{
    Folder, Interval, LineTemplate, Manifest, TimeZone, TimestampFormat, TimestampParser,
    parse_json_line, parse_rfc3339,
};

use crate::{
    line::{Key, LogLine, sequence},
    streams::StreamId,
};

use super::lines::RawLine;

#[cfg(test)]
mod tests;

/// The start of a JSON line as the writer of chronologix writes it.
const JSON_START: &str = r#"{"timestamp":""#;

/// How much later than its interval a folder may begin by its name, if something else had its own.
const MAX_LATER: TimeDelta = TimeDelta::minutes(15);

/// Between one name of a folder and the next.
const NEXT_NAME: TimeDelta = TimeDelta::minutes(5);

/// Parses the timestamps of a tree.
#[derive(Clone, Debug)]
pub(crate) struct TimestampReader {
    /// The parser for the format of the manifest.
    described: Option<TimestampParser>,
    /// The parser for everything else: trees without a manifest, and lines from before it was
    /// changed.
    guess: TimestampParser,
    /// The time zone of folder names. Unknown without a manifest.
    zone: Option<TimeZone>,
    /// The interval of the tree. Unknown without a manifest.
    interval: Option<Interval>,
    /// The starts of intervals whose names are not those of folders.
    taken: BTreeSet<NaiveDateTime>,
    /// Whether a date and time without brackets at the start of a line count, as in logs of other
    /// programs.
    takes_bare: bool,
    /// The shapes of lines, where they are not the usual.
    templates: BTreeMap<StreamId, LineTemplate>,
}

impl TimestampReader {
    /// Returns the parser of a tree with this manifest, or without one.
    pub(crate) fn new(manifest: Option<&Manifest>) -> Self {
        let zone = manifest.and_then(|described| TimeZone::described(&described.timezone).ok());
        let described = manifest.zip(zone.clone()).and_then(|(described, zone)| {
            let format = TimestampFormat::parse(&described.timestamp_format).ok()?;
            Some(TimestampParser::new(&format, zone))
        });
        Self {
            described,
            guess: TimestampParser::guess(),
            zone,
            interval: manifest.and_then(|described| described.interval.parse().ok()),
            taken: BTreeSet::new(),
            takes_bare: false,
            templates: BTreeMap::new(),
        }
    }

    /// Sets the shape of a stream's lines.
    pub(crate) fn set_template(&mut self, stream: StreamId, template: Option<LineTemplate>) {
        self.templates
            .extend(template.map(|template| (stream, template)));
    }

    /// Returns whether the lines of a stream have a shape of their own.
    pub(crate) fn has_template(&self, stream: StreamId) -> bool {
        self.templates.contains_key(&stream)
    }

    /// Returns a line of a stream in the usual shape, if it has another one.
    pub(crate) fn usual(&self, text: &str, stream: StreamId, folder: Folder) -> Option<String> {
        let is_timestamp = |text: &str| self.read(text, folder).is_some();
        self.templates.get(&stream)?.canonical(text, is_timestamp)
    }

    /// Sets the folders whose names something else has.
    pub(crate) fn set_taken(&mut self, taken: impl Iterator<Item = Folder>) {
        self.taken = taken.map(Folder::start).collect();
    }

    /// Accepts timestamps without brackets as well.
    pub(crate) fn with_bare(self) -> Self {
        Self {
            takes_bare: true,
            ..self
        }
    }

    /// Returns the time zone of folder names, if it is known.
    pub(crate) fn zone(&self) -> Option<TimeZone> {
        self.zone.clone()
    }

    /// Returns the start of a folder's interval, if its time zone is known.
    pub(crate) fn start(&self, folder: Folder) -> Option<DateTime<Utc>> {
        Some(self.zone.as_ref()?.instant(self.civil_start(folder)))
    }

    /// Returns the civil time at which a folder's interval starts. That is some minutes before its
    /// name if something else had the name of the interval.
    fn civil_start(&self, folder: Folder) -> NaiveDateTime {
        let named = folder.start();
        let minutes =
            |interval: Interval| (named.hour() * 60 + named.minute()) % interval.minutes();
        let late = self.interval.map_or(0, minutes);
        // A folder that is later was made before the interval was changed.
        let late = Some(TimeDelta::minutes(late.into())).filter(|late| *late <= MAX_LATER);
        let mut start = named - late.unwrap_or_default();
        // With short intervals, the next name is that of the next interval.
        let is_near = |earlier: &NaiveDateTime| {
            earlier.date() == named.date() && named - *earlier <= MAX_LATER
        };
        while let Some(earlier) = Some(start - NEXT_NAME).filter(is_near)
            && self.taken.contains(&earlier)
        {
            start = earlier;
        }
        start
    }

    /// Returns the start of a folder's interval. Assumes UTC if the time zone is unknown.
    pub(crate) fn start_or_guess(&self, folder: Folder) -> DateTime<Utc> {
        let guess = || self.civil_start(folder).and_utc();
        self.start(folder).unwrap_or_else(guess)
    }

    fn read(&self, stamp: &str, folder: Folder) -> Option<DateTime<Utc>> {
        let described = self
            .described
            .as_ref()
            .and_then(|reader| reader.read(stamp, folder));
        described.or_else(|| self.guess.read(stamp, folder))
    }
}

/// Dates the lines of one stream in a folder, and assigns their keys.
#[derive(Clone, Debug)]
pub(crate) struct LineDater {
    /// The key of the last line.
    last: Key,
    /// The last timestamp. Most are similar to the one before.
    known: TimestampCache,
}

impl LineDater {
    /// Starts before the first line.
    pub(crate) fn new(folder: Folder, stream: StreamId, timestamps: &TimestampReader) -> Self {
        // A single file may begin many days before it was last modified.
        let start = (!timestamps.takes_bare).then(|| timestamps.start_or_guess(folder));
        let instant = start.unwrap_or(DateTime::UNIX_EPOCH);
        Self {
            last: Key {
                folder,
                instant,
                stream,
                sequence: 0,
            },
            known: TimestampCache::default(),
        }
    }

    /// Returns a key after the last line, for an incident.
    pub(crate) fn next_key(&mut self) -> Key {
        self.last.sequence += 1;
        self.last
    }

    /// Dates a line. Returns it with whether it has a timestamp.
    pub(crate) fn date(
        &mut self,
        mut line: RawLine,
        part: u32,
        timestamps: &TimestampReader,
    ) -> (LogLine, bool) {
        if let Some(usual) = timestamps.usual(&line.text, self.last.stream, self.last.folder) {
            line.text = usual.into();
        }
        let own = self.instant(&line.text, timestamps);
        if let Some(instant) = own {
            // A timestamp can go back if a thread was preempted. The order of the file stays.
            self.last.instant = self.last.instant.max(instant);
        }
        // If a file was truncated and written again, new lines still come after old ones.
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

    /// Returns the time of the last line. Before the first, this is the start of the folder.
    pub(crate) fn latest(&self) -> DateTime<Utc> {
        self.last.instant
    }

    /// Skips a line that is dated elsewhere.
    pub(crate) fn see(&mut self, line: &[u8], timestamps: &TimestampReader) {
        if let Some(own) = self.stamp(line, timestamps) {
            self.last.instant = self.last.instant.max(own);
        }
    }

    /// Returns the time of a line by its own timestamp.
    pub(crate) fn stamp(
        &mut self,
        line: &[u8],
        timestamps: &TimestampReader,
    ) -> Option<DateTime<Utc>> {
        if timestamps.has_template(self.last.stream) {
            let text = String::from_utf8_lossy(line);
            let usual = timestamps.usual(&text, self.last.stream, self.last.folder)?;
            return self.instant(&usual, timestamps);
        }
        // Most lines are continuations, or begin with one of these.
        match line.first()? {
            b'[' | b'{' => self.instant(&String::from_utf8_lossy(line), timestamps),
            b'0'..=b'9' if timestamps.takes_bare => {
                self.instant(&String::from_utf8_lossy(line), timestamps)
            }
            _ => None,
        }
    }

    fn instant(&mut self, text: &str, timestamps: &TimestampReader) -> Option<DateTime<Utc>> {
        if text.starts_with('{') {
            let quick = text
                .strip_prefix(JSON_START)
                .and_then(|rest| rest.split_once('"'));
            let quick = quick.and_then(|(stamp, _)| parse_rfc3339(stamp));
            return quick.or_else(|| {
                let line = parse_json_line(text)?;
                line.timestamp
                    .or_else(|| timestamps.read(&line.stamp?, self.last.folder))
            });
        }
        let bare = || {
            timestamps
                .takes_bare
                .then(|| bare_timestamp(text))
                .flatten()
        };
        let stamp = bracketed_timestamp(text).or_else(bare)?;
        self.known.read(stamp, timestamps, self.last.folder)
    }
}

/// Caches the last timestamp and its meaning.
#[derive(Clone, Debug, Default)]
struct TimestampCache {
    text: String,
    instant: Option<DateTime<Utc>>,
    /// Its length without a trailing fraction, and the instant without that fraction.
    whole: Option<(usize, DateTime<Utc>)>,
}

impl TimestampCache {
    /// Returns the instant of a timestamp. Fast if only the fraction has changed.
    fn read(
        &mut self,
        stamp: &str,
        timestamps: &TimestampReader,
        folder: Folder,
    ) -> Option<DateTime<Utc>> {
        if self.text == stamp {
            return self.instant;
        }
        if let Some((length, whole)) = self.whole
            && stamp.as_bytes().get(..length) == self.text.as_bytes().get(..length)
            && let Some(nanos) = fraction(&stamp.as_bytes()[length..])
        {
            return whole.checked_add_signed(TimeDelta::nanoseconds(nanos));
        }
        self.instant = timestamps.read(stamp, folder);
        self.text.clear();
        self.text.push_str(stamp);
        let point = stamp.bytes().rposition(|byte| byte == b'.' || byte == b',');
        self.whole = point.zip(self.instant).and_then(|(point, instant)| {
            let nanos = fraction(&stamp.as_bytes()[point..])?;
            // It is a fraction only if the parser took it for one.
            let is_fraction = i64::from(instant.timestamp_subsec_nanos()) == nanos;
            let whole = instant.checked_sub_signed(TimeDelta::nanoseconds(nanos))?;
            is_fraction.then_some((point, whole))
        });
        self.instant
    }
}

/// Parses the nanoseconds of `.123456`. Fewer than three digits may mean something else.
fn fraction(text: &[u8]) -> Option<i64> {
    let (point, digits) = text.split_first()?;
    let is_number = digits.iter().all(u8::is_ascii_digit);
    if !matches!(point, b'.' | b',') || !is_number || !(3..=9).contains(&digits.len()) {
        return None;
    }
    let digit = |index: usize| i64::from(digits.get(index).map_or(0, |digit| digit - b'0'));
    Some((0..9).fold(0, |nanos, index| nanos * 10 + digit(index)))
}

/// Returns the text in the first brackets of a line, like [`parse_text_line`].
///
/// [`parse_text_line`]: chronologix_schema::layout::parse_text_line
fn bracketed_timestamp(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('[')?;
    let mut ends = memchr::memchr_iter(b']', rest.as_bytes());
    let end = ends.find(|end| rest.as_bytes().get(end + 1) == Some(&b' '))?;
    Some(&rest[..end])
}

/// Returns the timestamp of lines such as `2025-05-04T15:07:09.123Z INFO x` or `15:07:09,123 x`.
fn bare_timestamp(text: &str) -> Option<&str> {
    let is_of_timestamp = |byte: u8| byte.is_ascii_digit() || b"-:.,TtZz+".contains(&byte);
    let word = |text: &str| {
        text.bytes()
            .take_while(|byte| is_of_timestamp(*byte))
            .count()
    };
    let mut end = word(text);
    let is_date = end == "2025-05-04".len() && !text[..end].contains(':');
    if is_date && text[end..].starts_with(' ') {
        end += 1 + word(&text[end + 1..]);
    }
    let stamp = text[..end].trim_end_matches([':', '-', ',', '.']);
    stamp.contains(':').then_some(stamp)
}
