//! Everything that is on screen, as data. Changes of the tree come in here; keys in `update`.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chronologix_schema::{
    Level,
    layout::{Folder, Manifest},
};
use ratatui::layout::Size;

use self::{
    bookmarks::Bookmarks,
    buffer::{Body, Limit, Row},
    layout::ScreenLayout,
    overlay::{Overlay, Prompt, Purpose},
    pane::Pane,
    pending_queries::{Fetch, PendingQueries},
    row_match::{Criterion, RowMatch},
    search_results::{Counts, SearchResults},
    seek::Seek,
    session::Session,
    stream_stats::StreamStats,
    viewport::Viewport,
};
use crate::{
    keymap::Keymap,
    line::Key,
    merge::Fold,
    query::Pattern,
    streams::{StreamId, Streams},
    tail::Waiting,
    theme::Theme,
};

pub(crate) mod bookmarks;
pub(crate) mod buffer;
mod changes;
mod gap_buffer;
pub(crate) mod input;
pub(crate) mod layout;
pub(crate) mod overlay;
pub(crate) mod pane;
pub(crate) mod pending_queries;
pub(crate) mod row_match;
mod row_scan;
pub(crate) mod scroll;
pub(crate) mod search_results;
pub(crate) mod seek;
pub(crate) mod session;
pub(crate) mod stream_stats;
pub(crate) mod viewport;
pub(crate) mod visible_rows;
pub(crate) mod window;

#[cfg(test)]
mod tests;

/// The most rows of one tab.
const ROWS: usize = 20_000;

/// What the rows of all tabs may take together.
const BYTES: usize = 16 << 20;

/// The least that one tab may take.
const LEAST_BYTES: usize = 256 << 10;

/// Rows that are looked at before anything else happens, so that a page is there at once.
const FIRST_ROWS: usize = 1_000;

/// What is shown beside the lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Panels {
    /// Whether there is nothing but lines.
    pub(crate) is_minimal: bool,
    /// Whether the streams are listed at the left.
    pub(crate) has_sidebar: bool,
    /// Whether the histogram is shown large.
    pub(crate) has_histogram: bool,
}

/// One half of a divided screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Side {
    #[default]
    Left,
    Right,
}

/// What the viewer knows and shows.
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The base folder, as the user gave it.
    pub(crate) base: String,
    /// How the tree describes itself, if it does.
    pub(crate) description: Option<Manifest>,
    /// The current interval folder.
    pub(crate) folder: Option<Folder>,
    /// The streams of the tree.
    pub(crate) streams: Streams,
    /// The tabs: all streams merged, then each by itself.
    pub(crate) panes: Vec<Pane>,
    /// Lines seen, by stream.
    pub(crate) lines: Vec<u64>,
    /// What else is counted, by stream.
    pub(crate) stream_stats: Vec<StreamStats>,
    /// The tab in front.
    pub(crate) tab: usize,
    /// The tab beside it, if the screen is divided.
    pub(crate) other: Option<usize>,
    /// Which half the tab in front is.
    pub(crate) side: Side,
    /// Through what rows are looked at.
    pub(crate) row_match: RowMatch,
    /// What is coloured, each in its colour.
    pub(crate) highlights: Vec<Pattern>,
    /// What is being looked for.
    pub(crate) seek: Option<Seek>,
    /// Questions about the rest of the tree.
    pub(crate) queries: PendingQueries,
    /// What the page is for that is waited for.
    pub(crate) fetch: Option<Fetch>,
    /// The other half, and the line whose time it was last brought to.
    pub(crate) aligned: Option<(usize, Key)>,
    /// What the search found in the whole tree.
    pub(crate) search_results: Option<SearchResults>,
    /// How many lines there are when.
    pub(crate) counts: Counts,
    /// The first row of those that are selected; the last is the one at the cursor.
    pub(crate) anchor: Option<Key>,
    /// The lines somebody marked.
    pub(crate) bookmarks: Bookmarks,
    /// What is to be set up as it was last time, once the streams are known.
    pub(crate) session: Option<Session>,
    /// What lies over the lines.
    pub(crate) overlay: Option<Overlay>,
    /// What is being typed.
    pub(crate) prompt: Option<Prompt>,
    /// What was typed earlier, newest last.
    pub(crate) typed: BTreeMap<Purpose, Vec<String>>,
    /// Why there is nothing to follow.
    pub(crate) waiting: Option<Waiting>,
    /// Why files are looked at regularly instead of on events.
    pub(crate) polling: Option<String>,
    /// What happened last that the reader should know.
    pub(crate) notice: Option<String>,
    /// The size of the screen.
    pub(crate) size: Size,
    /// Whether long lines go on in the next row.
    pub(crate) is_wrapped: bool,
    /// Whether the mouse is ours; else the terminal selects text with it.
    pub(crate) has_mouse: bool,
    /// What is shown beside the lines.
    pub(crate) panels: Panels,
    /// The keys.
    pub(crate) keymap: Keymap,
    /// The colours.
    pub(crate) theme: Theme,
    /// The second it is.
    pub(crate) second: i64,
    /// Which lines are copies.
    fold: Fold,
    /// Of earlier lines some streams are left out, so the merged view begins here.
    horizon: Option<(Folder, DateTime<Utc>)>,
    /// The level of the last record, by stream; lines without a time belong to it.
    levels: Vec<Option<Level>>,
    /// Whether the lines that come next were there before the viewer was.
    is_opening: bool,
}

impl Model {
    /// Before anything is known of the tree in `base`.
    pub(crate) fn new(base: String) -> Self {
        let mut model = Self {
            base,
            size: Size::new(80, 24),
            has_mouse: true,
            ..Self::default()
        };
        model.fit_panes();
        model
    }

    /// The tab in front.
    pub(crate) fn pane(&self) -> &Pane {
        &self.panes[self.tab]
    }

    /// The tab in front, to be moved in.
    pub(crate) fn pane_mut(&mut self) -> &mut Pane {
        &mut self.panes[self.tab]
    }

    /// The stream that a tab shows; none is all of them.
    pub(crate) fn stream_of(tab: usize) -> Option<StreamId> {
        u16::try_from(tab.checked_sub(1)?).ok().map(StreamId)
    }

    /// The row the reader points at, in the tab in front.
    pub(crate) fn cursor(&self) -> Option<&Row> {
        let pane = self.pane();
        let number = match pane.scroll.held() {
            Some(held) => Some(held.cursor),
            None => pane.seen_before(u64::MAX),
        };
        number.and_then(|number| pane.buffer.row(number))
    }

    /// The stream that the record of a row was logged to.
    pub(crate) fn origin_of(&self, row: &Row) -> Option<StreamId> {
        match &row.body {
            Body::Line(_, found) => self
                .streams
                .origin(*found, &self.lines)
                .or(Some(row.key.stream)),
            Body::Mark(_) => None,
        }
    }

    /// Whether something on the screen changes as time goes by.
    pub(crate) fn is_moving(&self) -> bool {
        let is_moving = |stream_stats: &StreamStats| stream_stats.rate.is_moving(self.second);
        self.panels.has_sidebar && self.stream_stats.iter().any(is_moving)
    }

    /// Hands over the page of the tab in front.
    pub(crate) fn with_page<T>(&self, work: impl FnOnce(Viewport<'_>) -> T) -> T {
        let area = ScreenLayout::of(self).lines();
        let height = |row: &Row| layout::height(self, self.tab, row, area.width);
        work(Viewport {
            pane: self.pane(),
            lines: u64::from(area.height).max(1),
            height: &height,
        })
    }

    /// Looks for something else from now on.
    pub(crate) fn rescan(&mut self, look: Criterion) {
        for pane in &mut self.panes {
            if look == Criterion::Filter {
                pane.drop_window();
            }
            pane.rescan(look, &self.row_match);
        }
        self.panes[self.tab].scan(&self.row_match, FIRST_ROWS);
    }

    /// Looks at some rows that were not looked at yet; says whether there are more.
    pub(crate) fn scan_further(&mut self, rows: usize) -> bool {
        let near = [Some(self.tab), self.other];
        let all = near.into_iter().flatten().chain(0..self.panes.len());
        for tab in all {
            let pane = &mut self.panes[tab];
            if !Criterion::ALL.into_iter().all(|look| pane.is_scanned(look)) {
                pane.scan(&self.row_match, rows);
                return true;
            }
        }
        false
    }

    /// One tab for each stream and one for all, within the bound for all of them.
    fn fit_panes(&mut self) {
        let streams = self.streams.len();
        let limit = Limit {
            rows: ROWS,
            bytes: (BYTES / (streams + 1)).max(LEAST_BYTES),
        };
        while self.panes.len() < streams + 1 {
            let mut pane = Pane::new(limit, self.panes.is_empty());
            for look in Criterion::ALL {
                pane.rescan(look, &self.row_match);
            }
            self.panes.push(pane);
        }
        for pane in &mut self.panes {
            pane.set_limit(limit);
        }
        self.lines.resize(streams, 0);
        self.stream_stats.resize_with(streams, StreamStats::default);
        self.levels.resize(streams, None);
        self.tab = self.tab.min(streams);
        self.other = self
            .other
            .filter(|other| *other <= streams && *other != self.tab);
    }
}
