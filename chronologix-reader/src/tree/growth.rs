//! Which folder grows, if its name does not tell.
//!
//! Usually it is the last. It is not after a start with a wrong clock, after a longer interval was
//! set during the day, or after the time zone was moved west.

use std::{fs, path::Path};

use chrono::{DateTime, TimeDelta, Timelike as _, Utc};
use chronologix_schema::layout::{Folder, Interval};

use super::{Tree, instant_of};

#[cfg(test)]
mod tests;

/// How much later than now a modification time may be. A later one is of a wrong clock.
const SLACK: TimeDelta = TimeDelta::minutes(1);

impl Tree {
    /// Returns the folder that grows: this one, which is the usual, unless something else was
    /// written later.
    pub(crate) fn growing(&self, usual: Folder, now: DateTime<Utc>) -> Folder {
        if !self.has_intervals() {
            return usual;
        }
        let has_started = self.start_is_by(usual, now);
        let others = [self.linked(), self.latest_by(now), self.covering(usual)];
        let is_odd = |other: &Folder| {
            *other != usual && (!has_started || self.covering(usual) == Some(*other))
        };
        let mut odd = others.into_iter().flatten().filter(is_odd).peekable();
        if odd.peek().is_none() {
            return usual;
        }
        let written = |folder: Folder| self.written(folder).filter(|at| *at <= now + SLACK);
        let newest = odd.max_by_key(|other| written(*other));
        newest
            .filter(|newest| written(*newest) > written(usual))
            .unwrap_or(usual)
    }

    /// Returns the folder with the newest lines: the last, unless another one grows.
    pub fn newest(&self) -> Option<Folder> {
        let last = self.folders().last()?;
        Some(self.growing(*last, self.refreshed))
    }

    /// Returns the folder of a whole day that goes on beside those of shorter intervals.
    fn covering(&self, folder: Folder) -> Option<Folder> {
        let day = Folder::parse(&folder.start().date().to_string())?;
        let is_one = day != folder && self.interval() == Some(Interval::Hour24);
        (is_one && self.folders().binary_search(&day).is_ok()).then_some(day)
    }

    /// Returns this folder and those whose intervals overlap with its own, in order. They are left
    /// by a change of the interval, or clocks show an hour twice in them.
    pub(crate) fn overlapping(&self, folder: Folder) -> &[Folder] {
        if let Some(found) = self.entered_twice(folder) {
            return found;
        }
        let start = folder.start();
        let day = Some(start.date().to_string());
        let usual = self.interval().map(|interval| {
            let minute = start.hour() * 60 + start.minute();
            let first = minute - minute % interval.minutes();
            format!("{}__{:02}-{:02}", start.date(), first / 60, first % 60)
        });
        let spans = [
            (day, Interval::Hour24.minutes()),
            (usual, self.interval().map_or(0, Interval::minutes)),
        ];
        let folders = self.folders();
        let found = spans.into_iter().find_map(|(name, minutes)| {
            let first = folders.binary_search(&Folder::parse(&name?)?).ok()?;
            let end = folders[first].start() + TimeDelta::minutes(minutes.into());
            let after = folders.partition_point(|other| other.start() < end);
            folders.get(first..after)
        });
        let itself = || {
            let first = folders.partition_point(|other| *other < folder);
            let after = folders.partition_point(|other| *other <= folder);
            &folders[first..after]
        };
        found.unwrap_or_else(itself)
    }

    /// Returns the folders of an hour that clocks show twice, if this is one of several.
    fn entered_twice(&self, folder: Folder) -> Option<&[Folder]> {
        let hour = self.timestamps().repeated_hour(folder)?;
        let minutes = self.interval()?.minutes();
        let before = TimeDelta::minutes(i64::from(minutes) - 1);
        let folders = self.folders();
        let first = folders.partition_point(|other| other.start() + before < hour.start);
        let after = folders.partition_point(|other| other.start() < hour.end);
        let found = folders.get(first..after)?;
        (found.len() > 1 && found.contains(&folder)).then_some(found)
    }

    /// Returns the interval of the manifest.
    fn interval(&self) -> Option<Interval> {
        self.manifest()?.interval.parse().ok()
    }

    /// Returns the folder that the link `current` names.
    fn linked(&self) -> Option<Folder> {
        let base = self.base().path();
        let name = |path: &Path| path.file_name()?.to_str().and_then(Folder::parse);
        let link = fs::read_link(base.join("current")).ok();
        let folder = link.as_deref().and_then(name).or_else(|| {
            let text = fs::read_to_string(base.join("current.txt")).ok()?;
            Folder::parse(text.trim())
        })?;
        let found = self.folders().binary_search(&folder);
        found.is_ok().then_some(folder)
    }

    /// Returns the latest folder whose interval has started.
    fn latest_by(&self, now: DateTime<Utc>) -> Option<Folder> {
        let mut last = self.folders().iter().rev();
        last.find(|folder| self.start_is_by(**folder, now)).copied()
    }

    fn start_is_by(&self, folder: Folder, now: DateTime<Utc>) -> bool {
        self.timestamps().start_or_guess(folder) <= now
    }

    /// Returns when a file in a folder was written last.
    fn written(&self, folder: Folder) -> Option<DateTime<Utc>> {
        let path = self.base().path().join(folder.name());
        let files = fs::read_dir(path).ok()?.flatten();
        let found = files.filter_map(|entry| entry.metadata().ok());
        let filled = found.filter(|found| found.is_file() && found.len() > 0);
        let times = filled.filter_map(|found| found.modified().ok().and_then(instant_of));
        times.max()
    }
}
