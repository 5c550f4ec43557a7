//! What a single file tells of the dates of its lines.

use std::{io, path::Path};

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, TimeZone};

use super::{
    Lines, OpenFile, RawLine, open_file,
    packed::read_beginning,
    read_at,
    repeated_hour::{RepeatedHour, shown_twice},
};
use crate::formats::{Formats, Moment, Recent};

#[cfg(test)]
mod tests;

/// How much later than the last modification of a file its timestamps are believed: clocks differ,
/// and so do zones.
const SLACK: TimeDelta = TimeDelta::days(1);

/// The least that a time of day falls at midnight. Less is a clock that was set back.
const MIDNIGHT_FALL: TimeDelta = TimeDelta::hours(12);

/// How long after a change of the clocks lines of the repeated hour may be added.
const STILL_ADDED: TimeDelta = TimeDelta::hours(3);

/// The bytes at the beginning that tell whether lines have times, and which.
const BEGINNING: usize = 64 << 10;

/// A read of the search for midnights.
const BLOCK: usize = 1 << 20;

/// The longest beginning of a line that is looked at.
const LONGEST: usize = 4 << 10;

/// What a file tells of the dates of its lines.
#[derive(Clone, Debug)]
pub(crate) struct FileFacts {
    /// The interval folder it lies in, which has the date.
    pub(super) folder: Option<Folder>,
    /// When it was modified last.
    modified: DateTime<Utc>,
    /// The latest time that is believed, known ahead because each line is compared with it.
    latest: DateTime<Utc>,
    /// When lines without any time before them were written, as far as is known.
    start: DateTime<Utc>,
    /// Where days begin, if the timestamps have no date.
    midnights: Option<Midnights>,
    /// Where hours begin that clocks show once more, in a file whose timestamps have no offset.
    repeated: Vec<RepeatedHour>,
    /// Up to when changes of the clocks have been looked for. `None` if none can matter.
    looked_for: Option<DateTime<Utc>>,
    /// The formats at the beginning, where some files name their columns.
    recent: Recent,
}

/// Where days begin in a file whose timestamps have no date.
#[derive(Clone, Debug, Default)]
struct Midnights {
    /// The offsets of the first lines of days, but of the first day.
    begins: Vec<u64>,
    /// The last time of day, if there is one.
    last: Option<NaiveTime>,
    /// Everything before was read.
    read: u64,
}

impl FileFacts {
    /// Returns what is known before the file is read.
    fn new(folder: Option<Folder>, modified: DateTime<Utc>) -> Self {
        Self {
            folder,
            modified,
            latest: latest(modified),
            start: DateTime::UNIX_EPOCH,
            midnights: None,
            repeated: Vec::new(),
            looked_for: None,
            recent: Recent::default(),
        }
    }

    /// Reads the beginning of a file. All of it if its timestamps have no date.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub(super) fn read(
        path: &Path,
        folder: Option<Folder>,
        modified: DateTime<Utc>,
        formats: &Formats,
        zone: &TimeZone,
    ) -> io::Result<Self> {
        let mut facts = Self::new(folder, modified);
        if folder.is_some() {
            return Ok(facts);
        }
        let beginning = read_beginning(path, BEGINNING)?;
        let (mut lines, mut state) = (Vec::new(), Lines::new(LONGEST));
        state.feed(&beginning, &mut lines);
        lines.extend(state.finish());
        let mut heads = lines
            .iter()
            .filter_map(|line| formats.head(line.text.as_bytes(), &mut facts.recent));
        match heads.find_map(|head| head.moment) {
            None => facts.start = modified,
            Some(Moment::TimeOfDay(_)) => {
                let mut midnights = Midnights::default();
                midnights.find(&open_file(path)?, formats)?;
                facts.midnights = Some(midnights);
            }
            Some(Moment::Instant(_)) => {}
            Some(moment) => {
                facts.looked_for = facts.instant(moment, 0, zone);
                facts.find_repeated(path, formats, zone)?;
            }
        }
        Ok(facts)
    }

    /// Finds where clocks were set back since the last look.
    fn find_repeated(&mut self, path: &Path, formats: &Formats, zone: &TimeZone) -> io::Result<()> {
        let end = self.modified + TimeDelta::minutes(1);
        let Some(start) = self.looked_for.filter(|start| *start < end) else {
            return Ok(());
        };
        let newest = zone.civil(self.latest);
        let mut recent = self.recent.clone();
        let mut civil_of = |line: &RawLine| {
            let head = formats.head(line.text.as_bytes(), &mut recent)?;
            match head.moment? {
                Moment::Civil(civil) => Some(civil),
                Moment::YearLess(civil) => in_latest_year(civil, newest),
                Moment::Instant(_) | Moment::TimeOfDay(_) => None,
            }
        };
        for civil in shown_twice(zone, start..end) {
            let found = RepeatedHour::find(&open_file(path)?, civil.clone(), &mut civil_of)?;
            self.repeated.retain(|known| known.civil != civil);
            self.repeated.extend(found);
        }
        // Lines of the last hours may still be added.
        self.looked_for = Some(start.max(self.modified - STILL_ADDED));
        Ok(())
    }

    /// Returns the instant of a civil time at an offset.
    fn civil_instant(&self, civil: NaiveDateTime, at: u64, zone: &TimeZone) -> DateTime<Utc> {
        if self.repeated.iter().any(|hour| hour.has(civil, at)) {
            zone.instants(civil).1
        } else {
            zone.instant(civil)
        }
    }

    /// Reads what was added to the file.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be read.
    pub(super) fn update(
        &mut self,
        path: &Path,
        modified: DateTime<Utc>,
        formats: &Formats,
        zone: &TimeZone,
    ) -> io::Result<()> {
        if modified == self.modified {
            return Ok(());
        }
        if let Some(midnights) = &mut self.midnights {
            midnights.find(&open_file(path)?, formats)?;
        }
        self.modified = modified;
        self.latest = latest(modified);
        self.find_repeated(path, formats, zone)
    }

    /// Returns the formats at the beginning of the file.
    pub(super) fn recent(&self) -> Recent {
        self.recent.clone()
    }

    /// Returns the time of lines before the first that has one.
    pub(super) fn start(&self) -> DateTime<Utc> {
        self.start
    }

    /// Returns whether the order of lines follows this time. One that is much later than the file
    /// is of a wrong clock, and must not take the lines behind it along.
    pub(super) fn is_credible(&self, instant: DateTime<Utc>) -> bool {
        instant <= self.latest
    }

    /// Returns when a line at this offset was written.
    pub(super) fn instant(
        &self,
        moment: Moment,
        at: u64,
        zone: &TimeZone,
    ) -> Option<DateTime<Utc>> {
        match moment {
            Moment::Instant(instant) => Some(instant),
            Moment::Civil(civil) => Some(self.civil_instant(civil, at, zone)),
            Moment::YearLess(civil) => {
                let newest = zone.civil(self.latest);
                Some(self.civil_instant(in_latest_year(civil, newest)?, at, zone))
            }
            Moment::TimeOfDay(time) => {
                let midnights = self.midnights.as_ref();
                let last = midnights
                    .and_then(|midnights| midnights.last)
                    .unwrap_or(time);
                let newest = zone.civil(self.modified + TimeDelta::minutes(1));
                let mut day = newest.date();
                if day.and_time(last) > newest {
                    day = day.pred_opt()?;
                }
                let begins = midnights.map_or(&[][..], |midnights| &midnights.begins);
                let after = begins.partition_point(|begin| *begin <= at);
                let days = i64::try_from(begins.len() - after).ok()?;
                let day = day.checked_sub_signed(TimeDelta::try_days(days)?)?;
                Some(zone.instant(day.and_time(time)))
            }
        }
    }
}

impl Midnights {
    /// Reads on to the end of the file.
    fn find(&mut self, file: &OpenFile, formats: &Formats) -> io::Result<()> {
        let mut block = vec![0; BLOCK];
        let (mut lines, mut state) = (Vec::new(), Lines::new(LONGEST));
        let mut recent = Recent::default();
        let mut at = self.read;
        state.begin_at(at);
        loop {
            let length = read_at(file, &mut block, at)?;
            if length == 0 {
                return Ok(());
            }
            at += length as u64;
            state.feed(&block[..length], &mut lines);
            if let Some(end) = memchr::memrchr(b'\n', &block[..length]) {
                self.read = at - (length - end - 1) as u64;
            }
            for line in lines.drain(..) {
                self.see(&line, formats, &mut recent);
            }
        }
    }

    fn see(&mut self, line: &RawLine, formats: &Formats, recent: &mut Recent) {
        let head = formats.head(line.text.as_bytes(), recent);
        let Some(Moment::TimeOfDay(time)) = head.and_then(|head| head.moment) else {
            return;
        };
        if self
            .last
            .is_some_and(|last| last.signed_duration_since(time) >= MIDNIGHT_FALL)
        {
            self.begins.push(line.at);
        }
        self.last = Some(time);
    }
}

/// Returns the latest time that is believed in a file that was modified then.
fn latest(modified: DateTime<Utc>) -> DateTime<Utc> {
    modified.checked_add_signed(SLACK).unwrap_or(modified)
}

/// Returns a date without a year in the latest year in which it is not after `newest`.
pub(super) fn in_latest_year(civil: NaiveDateTime, newest: NaiveDateTime) -> Option<NaiveDateTime> {
    let in_year = |year| {
        let date = NaiveDate::from_ymd_opt(year, civil.month(), civil.day())?;
        Some(date.and_time(civil.time())).filter(|found| *found <= newest)
    };
    // A 29 February is eight years apart at most.
    (0..=8).find_map(|back| in_year(newest.year() - back))
}
