//! The hour that clocks show twice, in the folders of a tree whose timestamps have no offset.

use std::{
    collections::BTreeMap,
    io,
    ops::Range,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, TimeZone};

use super::{for_each_line, last_before, shown_twice};
use crate::{
    streams::StreamId,
    tree::{LinePlace, OpenFile, RawLine, open_file, packed::lock},
};

#[cfg(test)]
mod tests;

/// The least that times go back where the hour begins once more. The writer sorts lines by their
/// time, so that other steps are short.
const STEP_BACK: TimeDelta = TimeDelta::minutes(1);

/// The longest interval of a folder, with the hour that a day can be longer.
const LONGEST_FOLDER: TimeDelta = TimeDelta::hours(26);

/// How far is read beyond a line, so that those behind it need no read of their own.
const AHEAD: u64 = 1 << 20;

type StreamHours = BTreeMap<(Folder, StreamId), Arc<StreamHour>>;

/// The streams of those folders in which clocks show an hour twice. There are one or two a year.
#[derive(Clone, Debug, Default)]
pub(in crate::tree) struct RepeatedHours(Arc<Mutex<StreamHours>>);

/// The files of a stream in such a folder.
#[derive(Debug)]
pub(in crate::tree) struct StreamHour {
    zone: TimeZone,
    civil: Range<NaiveDateTime>,
    known: Mutex<KnownLines>,
}

/// Where a file is read.
#[derive(Clone, Debug)]
pub(in crate::tree) enum HourFile {
    /// In its tree.
    Path(PathBuf),
    /// Somewhere else.
    Content(OpenFile),
}

/// What is known of the lines of the files.
#[derive(Debug, Default)]
struct KnownLines {
    /// The files, by number.
    files: BTreeMap<u32, HourFile>,
    /// Where the second hour begins, if it does so up to a line that was asked for.
    begin: Option<(u32, u64)>,
    /// The last line that was looked at.
    read: (u32, u64),
    /// Its time.
    last: Option<NaiveDateTime>,
}

impl HourFile {
    fn open(self) -> io::Result<OpenFile> {
        match self {
            Self::Path(path) => open_file(&path),
            Self::Content(file) => Ok(file),
        }
    }
}

impl RepeatedHours {
    /// Returns the times that clocks show twice in a folder that begins at this time.
    pub(in crate::tree) fn of_folder(
        folder: Folder,
        zone: &TimeZone,
    ) -> Option<Range<NaiveDateTime>> {
        let start = zone.instant(folder.start());
        let mut hours = shown_twice(zone, start..start + LONGEST_FOLDER).into_iter();
        hours.find(|hour| hour.end > folder.start())
    }

    /// Adds a file of a stream in such a folder.
    pub(in crate::tree) fn add_file(
        &self,
        folder: Folder,
        stream: StreamId,
        (part, file): (u32, HourFile),
        (civil, zone): (Range<NaiveDateTime>, &TimeZone),
    ) {
        let mut streams = lock(&self.0);
        let hour = streams.entry((folder, stream)).or_insert_with(|| {
            Arc::new(StreamHour {
                zone: zone.clone(),
                civil,
                known: Mutex::default(),
            })
        });
        lock(&hour.known).files.insert(part, file);
    }

    /// Returns the files of a stream, if it is in such a folder.
    pub(in crate::tree) fn of_stream(
        &self,
        folder: Folder,
        stream: StreamId,
    ) -> Option<Arc<StreamHour>> {
        lock(&self.0).get(&(folder, stream)).cloned()
    }
}

impl StreamHour {
    /// Returns when a line with a time that clocks show twice was written. `civil_of` reads the
    /// times of lines.
    pub(in crate::tree) fn instant(
        &self,
        civil: NaiveDateTime,
        place: LinePlace,
        civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
    ) -> DateTime<Utc> {
        let place = (place.part, place.at);
        let mut known = lock(&self.known);
        if known.begin.is_none() && known.read < place {
            known.read_to(place, &self.civil, civil_of);
        }
        let (first, last) = self.zone.instants(civil);
        match known.begin {
            Some(begin) if begin <= place => last,
            _ => first,
        }
    }
}

impl KnownLines {
    /// Reads lines up to a place and beyond, unless the second hour begins before. What cannot be
    /// read is passed over: reading the lines themselves reports it.
    fn read_to(
        &mut self,
        place: (u32, u64),
        civil: &Range<NaiveDateTime>,
        civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
    ) {
        let files = self.files.range(self.read.0..=place.0);
        let files: Vec<_> = files.map(|(part, file)| (*part, file.clone())).collect();
        for (part, file) in files {
            let Ok(file) = file.open() else {
                continue;
            };
            let read = self.read_file(part, &file, place, civil, civil_of);
            if read.is_ok() && self.begin.is_some() {
                break;
            }
        }
    }

    /// Reads lines of a file. The last one may still be being written, so that the second hour is
    /// found only up to the place.
    fn read_file(
        &mut self,
        part: u32,
        file: &OpenFile,
        place: (u32, u64),
        civil: &Range<NaiveDateTime>,
        civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
    ) -> io::Result<()> {
        let mut from = if part == self.read.0 { self.read.1 } else { 0 };
        if from == 0 && self.last.is_none() {
            // Up to the hour, times only go forward.
            from = last_before(file, civil.start, civil_of)?;
        }
        let end = (place.0, place.1.saturating_add(AHEAD));
        // The newline before a line leads to it.
        for_each_line(file, from.saturating_sub(1), &mut |line| {
            let at = (part, line.at);
            if at > end {
                return false;
            }
            let Some(time) = civil_of(line) else {
                return true;
            };
            let is_back = self.last.is_some_and(|last| last - time >= STEP_BACK);
            let is_begin = is_back && civil.contains(&time);
            if is_begin && at > place {
                return false;
            }
            self.begin = is_begin.then_some(at);
            (self.read, self.last) = (at, Some(time));
            !is_begin
        })
    }
}
