//! Where the lines of a file go on in an hour that clocks show twice.

use std::{io, ops::Range};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chronologix_schema::layout::TimeZone;

use super::{Lines, OpenFile, RawLine, read_at};

pub(super) mod own;

#[cfg(test)]
mod tests;

/// The least that times go back when the hour begins once more. Threads that were preempted make
/// smaller steps.
const STEP_BACK: TimeDelta = TimeDelta::minutes(5);

/// The longest beginning of a line that is looked at.
const LONGEST: usize = 4 << 10;

/// The size of a read.
const BLOCK: usize = 64 << 10;

/// Where the second of two equal hours begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RepeatedHour {
    /// The times that clocks show twice.
    pub(super) civil: Range<NaiveDateTime>,
    /// The offset of the first line of the second hour.
    pub(super) begin: u64,
}

/// Returns the times that clocks show twice because of changes in a range.
pub(super) fn shown_twice(
    zone: &TimeZone,
    range: Range<DateTime<Utc>>,
) -> Vec<Range<NaiveDateTime>> {
    let mut found = Vec::new();
    let mut at = range.start;
    while let Some(change) = zone.next_change(at).filter(|change| *change < range.end) {
        let second = TimeDelta::seconds(1);
        let before = zone.civil(change - second) + second;
        let after = zone.civil(change);
        if after < before {
            found.push(after..before);
        }
        at = change;
    }
    found
}

impl RepeatedHour {
    /// Returns whether a line is one of the second hour.
    pub(super) fn has(&self, civil: NaiveDateTime, at: u64) -> bool {
        at >= self.begin && self.civil.contains(&civil)
    }

    /// Finds where times go back within those that clocks show twice. `civil_of` reads the time of
    /// a line.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be read.
    pub(super) fn find(
        file: &OpenFile,
        civil: Range<NaiveDateTime>,
        civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
    ) -> io::Result<Option<Self>> {
        let before = last_before(file, civil.start, civil_of)?;
        let mut last: Option<NaiveDateTime> = None;
        let mut begin = None;
        for_each_line(file, before, &mut |line| {
            let Some(time) = civil_of(line) else {
                return true;
            };
            let is_back = last.is_some_and(|last| last - time >= STEP_BACK);
            if is_back && civil.contains(&time) {
                begin = Some(line.at);
            }
            last = Some(time);
            begin.is_none() && time < civil.end
        })?;
        Ok(begin.map(|begin| Self { civil, begin }))
    }
}

/// Returns an offset before the first line of this time or later, near to it. Up to there, times
/// only go forward.
fn last_before(
    file: &OpenFile,
    time: NaiveDateTime,
    civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
) -> io::Result<u64> {
    let (mut before, mut after) = (0, file.state()?.length);
    while after - before > BLOCK as u64 {
        let middle = before + (after - before) / 2;
        match first_time(file, middle, civil_of)? {
            Some((at, found)) if found < time && at < after => before = at.max(middle),
            _ => after = middle,
        }
    }
    Ok(before)
}

/// Returns the time of the first line behind an offset that has one, and where it begins.
fn first_time(
    file: &OpenFile,
    offset: u64,
    civil_of: &mut dyn FnMut(&RawLine) -> Option<NaiveDateTime>,
) -> io::Result<Option<(u64, NaiveDateTime)>> {
    let mut found = None;
    for_each_line(file, offset, &mut |line| {
        found = civil_of(line).map(|time| (line.at, time));
        found.is_none()
    })?;
    Ok(found)
}

/// Passes on the lines that begin behind an offset, or at the beginning, until `look` returns
/// false.
fn for_each_line(
    file: &OpenFile,
    offset: u64,
    look: &mut dyn FnMut(&RawLine) -> bool,
) -> io::Result<()> {
    let mut block = vec![0; BLOCK];
    let mut state = Lines::new(LONGEST);
    let (mut lines, mut at) = (Vec::new(), offset);
    let mut is_inside = offset > 0;
    loop {
        let length = read_at(file, &mut block, at)?;
        let mut bytes = &block[..length];
        if length == 0 {
            lines.extend(state.finish());
        } else if is_inside {
            let Some(end) = memchr::memchr(b'\n', bytes) else {
                at += length as u64;
                continue;
            };
            is_inside = false;
            state.begin_at(at + end as u64 + 1);
            bytes = &bytes[end + 1..];
        } else if at == 0 {
            state.begin_at(0);
        }
        state.feed(bytes, &mut lines);
        at += length as u64;
        if !lines.drain(..).all(|line| look(&line)) || length == 0 {
            return Ok(());
        }
    }
}
