//! Applies changes of the tree to the state.

use std::sync::Arc;

use chronologix_schema::{Level, layout::TimeZone};

use super::Model;
use crate::{
    line::{Key, LogLine},
    merge::Fold,
    query::{Request, Verdict, View},
    streams::Streams,
    tail::{Change, Incident},
};

impl Model {
    /// Adds streams that were found in old folders.
    pub(crate) fn learn(&mut self, streams: Streams) {
        if streams.len() > self.streams.len() {
            self.set_streams(streams);
        }
    }

    /// Sets the streams. Streams of old folders that the follower does not know are kept.
    fn set_streams(&mut self, mut streams: Streams) {
        for known in self.streams.ids().skip(streams.len()) {
            streams.id(self.streams.name(known));
        }
        self.streams = streams;
        for stream in self.streams.ids() {
            self.names.id(self.streams.name(stream));
        }
        self.weigh();
        self.fit_panes();
    }

    /// Applies a change.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Streams(streams, manifest) => {
                let zone = manifest.as_ref().map(|manifest| &manifest.timezone);
                let zone = zone.and_then(|zone| TimeZone::described(zone).ok());
                if let Some(zone) = zone {
                    self.zones.set_log(zone);
                }
                self.manifest = manifest;
                self.set_streams(streams);
            }
            Change::Opened(cuts) => self.open(&cuts),
            Change::Current(folder) => (self.folder, self.waiting) = (Some(folder), None),
            Change::Lines(lines) => {
                for line in lines {
                    self.remove_unfinished(&line);
                    self.add(&Arc::new(line));
                }
                self.is_opening = false;
                self.read_shown();
            }
            Change::Unfinished(lines) => {
                for line in lines {
                    self.remove_unfinished(&line);
                    self.add_unfinished(&Arc::new(line));
                }
            }
            Change::Incident(key, name, incident) => self.mark(key, &name, &incident),
            Change::Waiting(waiting) => self.waiting = Some(waiting),
            Change::Ended => self.has_ended = true,
            Change::Polling(reason) => self.polling = Some(reason),
        }
    }

    /// Marks the lines of visible tabs as read.
    pub(crate) fn read_shown(&mut self) {
        for (index, stream_stats) in self.stream_stats.iter_mut().enumerate() {
            let tab = index + 1;
            let is_merged = self.tab == 0 || self.other == Some(0);
            let is_hidden =
                Self::stream_of(tab).is_some_and(|stream| self.row_match.hidden.contains(&stream));
            if self.tab == tab || self.other == Some(tab) || (is_merged && !is_hidden) {
                (stream_stats.unread, stream_stats.unread_errors) = (0, 0);
            }
        }
    }

    fn open(&mut self, cuts: &[Key]) {
        self.panes.clear();
        self.lines.clear();
        self.stream_stats.clear();
        self.levels.clear();
        self.unfinished.clear();
        self.fold = Fold::default();
        self.is_opening = true;
        self.fit_panes();
        (self.fetch, self.aligned) = (None, None);
        self.horizon = cuts.iter().map(|key| (key.folder, key.instant)).max();
        self.count_all();
    }

    /// Says how often records count that are found in several of the visible streams.
    fn weigh(&mut self) {
        let shown = self.row_match.view(None, &self.streams).streams;
        self.counts.weigh(self.streams.weights(shown.as_deref()));
    }

    /// Requests the number of records over time, for all and for those that the filter keeps.
    pub(crate) fn count_all(&mut self) {
        self.weigh();
        let filter = self.row_match.view(None, &self.streams).filter;
        let view = View {
            streams: None,
            filter,
        };
        self.queries.ask(Request::Histogram { view });
    }

    fn add(&mut self, line: &Arc<LogLine>) {
        let index = line.key.stream.index();
        let (Some(pane), Some(stream_stats)) = (
            self.panes.get_mut(index + 1),
            self.stream_stats.get_mut(index),
        ) else {
            return;
        };
        if line.begins_record {
            self.levels[index] = line.level();
        }
        let level = self.levels[index];
        pane.add(line, level, &self.row_match);
        self.newest = self.newest.max(line.own);
        self.lines[index] += u64::from(line.begins_record);
        let is_error = line.begins_record && level >= Some(Level::Error);
        stream_stats.errors += u64::from(is_error);
        if !self.is_opening && line.begins_record {
            stream_stats.unread += 1;
            stream_stats.unread_errors += u64::from(is_error);
            stream_stats.rate.add(self.second);
            let verdict = self
                .row_match
                .filter
                .judge(&std::iter::once(&**line), level);
            let is_hit = verdict == Verdict::Kept;
            self.counts.add(line.key, level, is_hit);
        }
        if self.horizon <= Some((line.key.folder, line.key.instant)) {
            self.panes[0].merge(line, level, &mut self.fold, &self.streams, &self.row_match);
        }
    }

    /// Shows a last line without a line end. It is not counted before it is finished.
    fn add_unfinished(&mut self, line: &Arc<LogLine>) {
        let key = line.key;
        let before = self.levels.get(key.stream.index()).copied().flatten();
        let level = if line.begins_record {
            line.level()
        } else {
            before
        };
        for tab in [0, key.stream.index() + 1] {
            if let Some(pane) = self.panes.get_mut(tab) {
                pane.add_unfinished(line, level, &self.row_match);
            }
        }
        self.unfinished.insert((key.folder, key.stream), key);
    }

    /// Removes the unfinished line that this line of the same stream replaces.
    fn remove_unfinished(&mut self, line: &LogLine) {
        let (folder, stream) = (line.key.folder, line.key.stream);
        if let Some(key) = self.unfinished.remove(&(folder, stream)) {
            for tab in [0, stream.index() + 1] {
                if let Some(pane) = self.panes.get_mut(tab) {
                    pane.remove_unfinished(key);
                }
            }
        }
    }

    fn mark(&mut self, key: Key, name: &str, incident: &Incident) {
        let text: Arc<str> = format!("{name} {incident}").into();
        self.notice = Some(text.to_string());
        self.panes[0].mark(key, &text, &self.row_match);
        if let Some(pane) = self.panes.get_mut(key.stream.index() + 1) {
            pane.mark(key, &text, &self.row_match);
        }
    }
}
