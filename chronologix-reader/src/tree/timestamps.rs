//! Dates lines: the date of the folder and the time of the timestamp.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, DurationRound as _, NaiveDateTime, TimeDelta, Timelike as _, Utc};
use chronologix_schema::layout::{
    Folder, Interval, LineTemplate, Manifest, TimeZone, TimestampFormat, TimestampParser,
    parse_json_line, parse_rfc3339,
};

use self::{offset_cache::OffsetCache, stamp_cache::StampCache};
use super::{
    file_facts::{FileFacts, in_latest_year},
    foreign::Foreign,
    lines::RawLine,
    repeated_hour::own::{RepeatedHours, StreamHour},
};
use crate::{
    formats::{Formats, LineFormat, Moment, Recent, strip_colours},
    line::{Key, LogLine, sequence},
    streams::StreamId,
};

mod offset_cache;
mod shown_twice;
mod stamp_cache;
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
pub struct TimestampReader {
    /// The parser for the format of the manifest.
    described: Option<TimestampParser>,
    /// The parser for everything else: trees without a manifest, and lines from before it was
    /// changed.
    guess: TimestampParser,
    /// Whether timestamps of that format say how far clocks are ahead of UTC.
    has_offsets: bool,
    /// The time zone of folder names. Unknown without a manifest.
    zone: Option<TimeZone>,
    /// The interval of the tree. Unknown without a manifest.
    interval: Option<Interval>,
    /// The starts of intervals whose names are not those of folders.
    taken: BTreeSet<NaiveDateTime>,
    /// The streams that the manifest describes. Their lines have its format.
    own: BTreeSet<StreamId>,
    /// The shapes of lines, where they are not the usual.
    templates: BTreeMap<StreamId, LineTemplate>,
    /// The units of the times that lines are in the order of, where they are coarser than those of
    /// the lines.
    units: BTreeMap<StreamId, TimeDelta>,
    /// How all other lines are read.
    foreign: Foreign,
    /// What single files tell of the dates of their lines.
    files: BTreeMap<(StreamId, u32), FileFacts>,
    /// The files of folders in which clocks show an hour twice.
    repeated: RepeatedHours,
}

/// Where a line begins.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinePlace {
    /// The number of the file.
    pub part: u32,
    /// The offset in it.
    pub at: u64,
}

impl TimestampReader {
    /// Returns the parser of a tree with this manifest, or without one.
    pub(crate) fn new(manifest: Option<&Manifest>, foreign: Foreign) -> Self {
        let zone = manifest.and_then(|described| TimeZone::described(&described.timezone).ok());
        let format =
            manifest.and_then(|described| TimestampFormat::parse(&described.timestamp_format).ok());
        let parser = |(format, zone)| TimestampParser::new(format, zone);
        Self {
            described: format.as_ref().zip(zone.clone()).map(parser),
            guess: TimestampParser::guess(),
            has_offsets: format.is_none_or(|format| format.has_offset()),
            zone,
            interval: manifest.and_then(|described| described.interval.parse().ok()),
            taken: BTreeSet::new(),
            own: BTreeSet::new(),
            templates: BTreeMap::new(),
            units: BTreeMap::new(),
            foreign,
            files: BTreeMap::new(),
            repeated: RepeatedHours::default(),
        }
    }

    /// Sets that the manifest describes a stream, and the shape of its lines.
    pub(crate) fn set_own(&mut self, stream: StreamId, template: Option<LineTemplate>) {
        self.own.insert(stream);
        self.templates
            .extend(template.map(|template| (stream, template)));
    }

    /// Sets the unit of the times that the lines of a stream are in the order of. Copies of a
    /// record have the same time only in the coarser unit of theirs.
    pub(crate) fn set_unit(&mut self, stream: StreamId, unit: Option<TimeDelta>) {
        self.units.extend(unit.map(|unit| (stream, unit)));
    }

    /// Returns by how much a time that lines are in the order of can be before their own.
    pub fn most_before_own(&self) -> TimeDelta {
        self.units.values().max().copied().unwrap_or_default()
    }

    /// Returns the time that a line of a stream with this timestamp is in the order of.
    pub(crate) fn in_unit(&self, own: DateTime<Utc>, stream: StreamId) -> DateTime<Utc> {
        let unit = self.units.get(&stream);
        unit.and_then(|unit| own.duration_trunc(*unit).ok())
            .unwrap_or(own)
    }

    /// Returns the formats of the lines of a stream, if they are not those of chronologix.
    pub(crate) fn formats(&self, stream: StreamId) -> Option<&'static Formats> {
        (!self.own.contains(&stream)).then(Foreign::formats)
    }

    /// Returns the zone of timestamps without an offset, in files of other loggers.
    pub(super) fn foreign_zone(&self) -> &TimeZone {
        &self.foreign.zone
    }

    /// Returns what single files tell of the dates of their lines.
    pub(super) fn files(&mut self) -> &mut BTreeMap<(StreamId, u32), FileFacts> {
        &mut self.files
    }

    /// Returns when a line in a format of its own was written.
    fn instant(
        &self,
        moment: Moment,
        stream: StreamId,
        folder: Folder,
        place: LinePlace,
        zones: &mut OffsetCache,
    ) -> Option<DateTime<Utc>> {
        let facts = self.files.get(&(stream, place.part));
        if let Some(facts) = facts.filter(|facts| facts.folder.is_none()) {
            let zone = &self.foreign.zone;
            let of = |moment| facts.instant(moment, place.at, zone);
            let (civil, kind): (_, fn(NaiveDateTime) -> Moment) = match moment {
                Moment::Civil(civil) => (civil, Moment::Civil),
                Moment::YearLess(civil) => (civil, Moment::YearLess),
                moment => return of(moment),
            };
            return zones.instant(place.part, civil, |civil| of(kind(civil)));
        }
        let folder = facts.and_then(|facts| facts.folder).unwrap_or(folder);
        let zone = self.zone.as_ref().unwrap_or(&TimeZone::UTC);
        let civil = match moment {
            Moment::Instant(instant) => return Some(instant),
            Moment::Civil(civil) => civil,
            Moment::TimeOfDay(time) => folder.start().date().and_time(time),
            Moment::YearLess(civil) => {
                let newest = folder.start().checked_add_signed(TimeDelta::days(1))?;
                in_latest_year(civil, newest)?
            }
        };
        zones.instant(place.part, civil, |civil| Some(zone.instant(civil)))
    }

    /// Returns whether the lines of a stream have a shape of their own.
    pub(crate) fn has_template(&self, stream: StreamId) -> bool {
        self.templates.contains_key(&stream)
    }

    /// Returns whether the lines of a stream are those of chronologix in their usual shape, so that
    /// they can be searched as they stand in the file.
    pub(crate) fn are_usual(&self, stream: StreamId) -> bool {
        self.own.contains(&stream) && !self.has_template(stream)
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

    /// Returns the time zone of folder names, if it is known.
    pub(crate) fn zone(&self) -> Option<TimeZone> {
        self.zone.clone()
    }

    /// Returns the time zone in which times are given and shown.
    pub fn zone_of_reader(&self) -> TimeZone {
        let of_files = || {
            let is_of_files = !self.files.is_empty();
            is_of_files.then(|| self.foreign.zone.clone())
        };
        self.zone().or_else(of_files).unwrap_or(TimeZone::UTC)
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

impl LineStart {
    /// Returns whether a record begins with the line for certain.
    pub(crate) fn is_beginning(&self) -> bool {
        match self.format {
            Some(format) => !format.continues(),
            None => self.own.is_some(),
        }
    }
}

/// Dates the lines of one stream in a folder, and assigns their keys.
#[derive(Clone, Debug)]
pub(crate) struct LineDater {
    /// The key of the last line.
    last: Key,
    /// Whether a record began before.
    has_begun: bool,
    /// The last timestamp. Most are similar to the one before.
    known: StampCache,
    /// The formats of the lines before.
    recent: Recent,
    /// The offset of the last time without one.
    zones: OffsetCache,
    /// The files of the stream, if clocks show an hour twice in the folder.
    repeated: Option<Arc<StreamHour>>,
}

/// What a line says of itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LineStart {
    /// The time of its timestamp.
    pub own: Option<DateTime<Utc>>,
    /// Its format, if it is not that of chronologix.
    pub format: Option<LineFormat>,
}

impl LineDater {
    /// Starts before the first line.
    pub(crate) fn new(folder: Folder, stream: StreamId, timestamps: &TimestampReader) -> Self {
        // The first part tells: later ones have later lines.
        let mut facts = timestamps.files.range((stream, 0)..=(stream, u32::MAX));
        let (instant, recent) = match facts.next() {
            Some((_, facts)) => (facts.start(), facts.recent()),
            None => (timestamps.start_or_guess(folder), Recent::default()),
        };
        Self {
            last: Key {
                folder,
                instant,
                stream,
                sequence: 0,
            },
            has_begun: false,
            known: StampCache::default(),
            recent,
            zones: OffsetCache::default(),
            repeated: timestamps.repeated.of_stream(folder, stream),
        }
    }

    /// Goes on behind lines up to this time, which were read before.
    pub(crate) fn go_on_from(&mut self, latest: DateTime<Utc>) {
        self.last.instant = self.last.instant.max(latest);
        self.has_begun = true;
    }

    /// Returns a key after the last line, for an incident.
    pub(crate) fn next_key(&mut self) -> Key {
        self.last.sequence += 1;
        self.last
    }

    /// Dates a line.
    pub(crate) fn date(
        &mut self,
        mut line: RawLine,
        part: u32,
        timestamps: &TimestampReader,
    ) -> LogLine {
        if let Some(usual) = timestamps.usual(&line.text, self.last.stream, self.last.folder) {
            line.text = usual.into();
        }
        let place = LinePlace { part, at: line.at };
        let start = self.read(&line.text, place, timestamps);
        let begins_record = self.advance(&start, part, timestamps);
        // If a file was truncated and written again, new lines still come after old ones.
        let sequence = sequence(part, line.at);
        self.last.sequence = sequence.max(self.last.sequence + 1);
        LogLine {
            key: self.last,
            text: line.text,
            raw: line.raw,
            own: start.own,
            format: start.format,
            begins_record,
            is_cut: line.is_cut,
            beyond: None,
        }
    }

    /// Returns whether the next lines mean the same to another dater.
    pub(crate) fn reads_like(&self, other: &Self, timestamps: &TimestampReader) -> bool {
        let formats = timestamps.formats(self.last.stream);
        let is_same = |formats: &Formats| formats.read_alike(&self.recent, &other.recent);
        self.has_begun == other.has_begun && formats.is_none_or(is_same)
    }

    /// Returns the time of the last line. Before the first, this is the start of the folder.
    pub(crate) fn latest(&self) -> DateTime<Utc> {
        self.last.instant
    }

    /// Skips a line that is dated elsewhere.
    pub(crate) fn see(&mut self, line: &[u8], place: LinePlace, timestamps: &TimestampReader) {
        self.pass(line, place, timestamps);
    }

    /// Moves behind a line that is read elsewhere. Returns what it says of itself, and whether a
    /// record begins with it.
    #[inline]
    pub(crate) fn pass(
        &mut self,
        line: &[u8],
        place: LinePlace,
        timestamps: &TimestampReader,
    ) -> (LineStart, bool) {
        let start = self.start(line, place, timestamps);
        let begins_record = self.advance(&start, place.part, timestamps);
        (start, begins_record)
    }

    /// Returns the time of a line by its own timestamp, if the order of lines follows it.
    pub(crate) fn stamp(
        &mut self,
        line: &[u8],
        place: LinePlace,
        timestamps: &TimestampReader,
    ) -> Option<DateTime<Utc>> {
        let own = self.start(line, place, timestamps).own;
        own.filter(|own| self.is_credible(*own, place.part, timestamps))
            .map(|own| timestamps.in_unit(own, self.last.stream))
    }

    /// Returns whether a record begins with a line.
    pub(crate) fn begins_record(
        &mut self,
        line: &[u8],
        place: LinePlace,
        timestamps: &TimestampReader,
    ) -> bool {
        let start = self.start(line, place, timestamps);
        self.is_beginning(&start)
    }

    fn is_beginning(&self, start: &LineStart) -> bool {
        // Without times and formats, nothing tells where records begin.
        start.is_beginning() || !self.has_begun
    }

    /// Returns what a line says of itself.
    pub(crate) fn start(
        &mut self,
        line: &[u8],
        place: LinePlace,
        timestamps: &TimestampReader,
    ) -> LineStart {
        let stream = self.last.stream;
        if let Some(formats) = timestamps.formats(stream) {
            return self.foreign(&strip_colours(line), place, formats, timestamps);
        }
        let own = if timestamps.has_template(stream) {
            let text = String::from_utf8_lossy(line);
            let usual = timestamps.usual(&text, stream, self.last.folder);
            usual.and_then(|usual| self.instant(&usual, place, timestamps))
        } else if let Some((instant, _)) = self.same_second(line) {
            Some(instant)
        } else if let Some(head) = head_of(line) {
            match str::from_utf8(head) {
                Ok(head) => self.instant(head, place, timestamps),
                Err(_) => self.instant(&String::from_utf8_lossy(head), place, timestamps),
            }
        } else {
            // Most others are continuations.
            None
        };
        LineStart { own, format: None }
    }

    /// Returns the time of a line that [`start`](Self::start) would find, if the line is of the
    /// usual shape and of the same second as the last one, and what stands behind the timestamp.
    pub(crate) fn same_second<'l>(&self, line: &'l [u8]) -> Option<(DateTime<Utc>, &'l [u8])> {
        self.known.of_line(line)
    }

    fn read(&mut self, text: &str, place: LinePlace, timestamps: &TimestampReader) -> LineStart {
        match timestamps.formats(self.last.stream) {
            Some(formats) => self.foreign(text.as_bytes(), place, formats, timestamps),
            None => LineStart {
                own: self.instant(text, place, timestamps),
                format: None,
            },
        }
    }

    fn foreign(
        &mut self,
        line: &[u8],
        place: LinePlace,
        formats: &'static Formats,
        timestamps: &TimestampReader,
    ) -> LineStart {
        let Some(head) = formats.head(line, &mut self.recent) else {
            // The manifest may have a format of timestamps that no other logger has.
            let own = matches!(line.first(), Some(b'[' | b'{'))
                .then(|| String::from_utf8_lossy(line))
                .and_then(|text| self.instant(&text, place, timestamps));
            return LineStart { own, format: None };
        };
        let Key { stream, folder, .. } = self.last;
        let own = head
            .moment
            .and_then(|moment| timestamps.instant(moment, stream, folder, place, &mut self.zones));
        LineStart {
            own,
            format: Some(LineFormat::of(formats, head)),
        }
    }

    /// Moves behind a line. Returns whether a record begins with it.
    fn advance(&mut self, start: &LineStart, part: u32, timestamps: &TimestampReader) -> bool {
        let begins_record = self.is_beginning(start);
        self.has_begun |= start.is_beginning();
        if let Some(own) = start
            .own
            .filter(|own| self.is_credible(*own, part, timestamps))
        {
            // A timestamp can go back if a thread was preempted. The order of the file stays.
            let own = timestamps.in_unit(own, self.last.stream);
            self.last.instant = self.last.instant.max(own);
        }
        begins_record
    }

    fn is_credible(&self, own: DateTime<Utc>, part: u32, timestamps: &TimestampReader) -> bool {
        let facts = timestamps.files.get(&(self.last.stream, part));
        facts.is_none_or(|facts| facts.is_credible(own))
    }

    /// Returns the time of a line in the format of chronologix.
    fn instant(
        &mut self,
        text: &str,
        place: LinePlace,
        timestamps: &TimestampReader,
    ) -> Option<DateTime<Utc>> {
        let facts = timestamps.files.get(&(self.last.stream, place.part));
        let folder = facts
            .and_then(|facts| facts.folder)
            .unwrap_or(self.last.folder);
        if text.starts_with('{') {
            let quick = text
                .strip_prefix(JSON_START)
                .and_then(|rest| rest.split_once('"'));
            let quick = quick.and_then(|(stamp, _)| parse_rfc3339(stamp));
            return quick.or_else(|| {
                let line = parse_json_line(text)?;
                line.timestamp
                    .or_else(|| timestamps.read(&line.stamp?, folder))
            });
        }
        let stamp = bracketed_timestamp(text)?;
        if let Some(hour) = &self.repeated
            && let Some(civil) = timestamps.ambiguous(stamp, folder)
        {
            let stream = self.last.stream;
            let mut civil_of = |line: &RawLine| timestamps.civil_of(&line.text, stream, folder);
            return Some(hour.instant(civil, place, &mut civil_of));
        }
        let parse = |stamp: &str| timestamps.read(stamp, folder);
        self.known.read(stamp, parse)
    }
}

/// Returns the part of a line of chronologix that has its timestamp: the first brackets, or the
/// whole of a JSON line.
fn head_of(line: &[u8]) -> Option<&[u8]> {
    match line.first()? {
        b'{' => Some(line),
        b'[' => {
            let mut ends = memchr::memchr_iter(b']', line);
            let end = ends.find(|end| line.get(end + 1) == Some(&b' '))?;
            line.get(..end + 2)
        }
        _ => None,
    }
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
