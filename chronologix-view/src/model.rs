//! Everything that is on screen, as data. Changes of the tree come in here; keys in `update`.

use std::sync::Arc;

use chronologix_core::layout::{Description, Folder};
use jiff::Timestamp;

use self::{buffer::Limit, pane::Pane};
use crate::{
    follow::{Change, Incident, Waiting},
    line::{Key, LogLine},
    merge::Fold,
    streams::{StreamId, Streams},
};

pub(crate) mod buffer;
pub(crate) mod pane;
pub(crate) mod scroll;

#[cfg(test)]
mod tests;

/// The most rows of one tab.
const ROWS: usize = 50_000;

/// What the rows of all tabs may take together.
const BYTES: usize = 32 << 20;

/// The least that one tab may take.
const LEAST_BYTES: usize = 256 << 10;

/// What the viewer knows and shows.
#[derive(Debug)]
pub(crate) struct Model {
    /// The base folder, as the user gave it.
    pub(crate) base: String,
    /// How the tree describes itself, if it does.
    pub(crate) description: Option<Description>,
    /// The current interval folder.
    pub(crate) folder: Option<Folder>,
    /// The streams of the tree.
    pub(crate) streams: Streams,
    /// The tabs: all streams merged, then each by itself.
    pub(crate) panes: Vec<Pane>,
    /// Lines seen, by stream.
    pub(crate) lines: Vec<u64>,
    /// The tab that is shown.
    pub(crate) tab: usize,
    /// Rows of lines on the screen.
    pub(crate) page: u64,
    /// Why there is nothing to follow.
    pub(crate) waiting: Option<Waiting>,
    /// Why files are looked at regularly instead of on events.
    pub(crate) polling: Option<String>,
    /// What happened to a file last.
    pub(crate) notice: Option<String>,
    /// Whether the keys are shown.
    pub(crate) has_help: bool,
    /// Which lines are copies.
    fold: Fold,
    /// Of earlier lines some streams are left out, so the merged view begins here.
    horizon: Option<(Folder, Timestamp)>,
}

impl Model {
    /// Before anything is known of the tree in `base`.
    pub(crate) fn new(base: String) -> Self {
        let mut model = Self {
            base,
            description: None,
            folder: None,
            streams: Streams::default(),
            panes: Vec::new(),
            lines: Vec::new(),
            tab: 0,
            page: 1,
            waiting: None,
            polling: None,
            notice: None,
            has_help: false,
            fold: Fold::default(),
            horizon: None,
        };
        model.fit_panes();
        model
    }

    /// The tab that is shown.
    pub(crate) fn pane(&self) -> &Pane {
        &self.panes[self.tab]
    }

    /// The tab that is shown, to be moved in.
    pub(crate) fn pane_mut(&mut self) -> &mut Pane {
        &mut self.panes[self.tab]
    }

    /// Takes in a change of the tree.
    pub(crate) fn apply(&mut self, change: Change) {
        match change {
            Change::Streams(streams, description) => {
                (self.streams, self.description) = (streams, description);
                self.fit_panes();
            }
            Change::Opened(cuts) => self.open(&cuts),
            Change::Current(folder) => (self.folder, self.waiting) = (Some(folder), None),
            Change::Lines(lines) => lines.into_iter().for_each(|line| self.add(&Arc::new(line))),
            Change::Incident(key, name, incident) => self.mark(key, &name, &incident),
            Change::Waiting(waiting) => self.waiting = Some(waiting),
            Change::Polling(reason) => self.polling = Some(reason),
        }
    }

    fn open(&mut self, cuts: &[Key]) {
        self.panes.clear();
        self.lines.clear();
        self.fold = Fold::default();
        self.fit_panes();
        self.horizon = cuts.iter().map(|key| (key.folder, key.instant)).max();
        let text: Arc<str> = "earlier lines are not loaded; --plain prints them all".into();
        for cut in cuts {
            // Just before the first line there is.
            let before = Key {
                sequence: 0,
                ..*cut
            };
            if let Some(pane) = self.panes.get_mut(cut.stream.index() + 1) {
                pane.mark(before, &text);
            }
            if Some((cut.folder, cut.instant)) == self.horizon {
                self.panes[0].mark(
                    Key {
                        stream: StreamId(0),
                        ..before
                    },
                    &text,
                );
            }
        }
    }

    fn add(&mut self, line: &Arc<LogLine>) {
        let index = line.key.stream.index();
        let (Some(pane), Some(lines)) = (self.panes.get_mut(index + 1), self.lines.get_mut(index))
        else {
            return;
        };
        pane.add(line);
        *lines += 1;
        if self.horizon <= Some((line.key.folder, line.key.instant)) {
            self.panes[0].merge(line, &mut self.fold, &self.streams);
        }
    }

    fn mark(&mut self, key: Key, name: &str, incident: &Incident) {
        let text: Arc<str> = format!("{name} {incident}").into();
        self.notice = Some(text.to_string());
        self.panes[0].mark(key, &text);
        if let Some(pane) = self.panes.get_mut(key.stream.index() + 1) {
            pane.mark(key, &text);
        }
    }

    /// One tab for each stream and one for all, within the bound for all of them.
    fn fit_panes(&mut self) {
        let panes = self.streams.len() + 1;
        let limit = Limit {
            rows: ROWS,
            bytes: (BYTES / panes).max(LEAST_BYTES),
        };
        self.panes.resize_with(panes, || Pane::new(limit));
        self.panes
            .iter_mut()
            .for_each(|pane| pane.buffer.set_limit(limit));
        self.lines.resize(self.streams.len(), 0);
        self.tab = self.tab.min(panes - 1);
    }
}
