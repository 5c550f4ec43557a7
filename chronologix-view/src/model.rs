//! The state of the viewer: everything that is on screen, as data.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::{
    Level,
    layout::{Folder, Manifest},
};
use ratatui::layout::Size;

use self::{
    bookmarks::Bookmarks,
    buffer::{Body, Limit, Row},
    columns::{FieldColumn, StampStyle},
    layout::ScreenLayout,
    overlay::{Overlay, Prompt, Purpose},
    pane::Pane,
    pending_queries::{Fetch, PendingQueries},
    row_match::{Criterion, Filters, RowMatch},
    search_results::{Counts, SearchResults, Total},
    seek::Seek,
    session::Session,
    statements::Statements,
    stream_stats::StreamStats,
    viewport::Viewport,
    zone::{ZoneChoice, Zones},
};
use crate::{
    keymap::Keymap,
    line::{Key, LogLine},
    merge::Fold,
    query::{LineRegex, TopAnswer},
    streams::{StreamId, StreamNames, Streams},
    tail::Waiting,
    theme::{Theme, ThemeName},
};

pub(crate) mod bookmarks;
pub(crate) mod buffer;
mod changes;
pub(crate) mod columns;
mod gap_buffer;
pub(crate) mod input;
pub(crate) mod layout;
pub(crate) mod overlay;
pub(crate) mod pane;
pub(crate) mod pending_queries;
mod repeats;
pub(crate) mod row_match;
mod row_scan;
pub(crate) mod scroll;
pub(crate) mod search_results;
pub(crate) mod seek;
pub(crate) mod session;
pub(crate) mod statements;
pub(crate) mod stream_stats;
pub(crate) mod viewport;
pub(crate) mod visible_rows;
pub(crate) mod window;
pub(crate) mod zone;

#[cfg(test)]
mod tests;

/// The most rows of one tab.
const ROWS: usize = 20_000;

/// The most bytes of the rows of all tabs.
const BYTES: usize = 16 << 20;

/// The least bytes that a tab gets.
const LEAST_BYTES: usize = 256 << 10;

/// Rows that are matched at once, so that a page is there without delay.
const FIRST_ROWS: usize = 1_000;

/// How long a number of seconds on the screen is right.
const SECOND: Duration = Duration::from_secs(1);

/// How long a number of minutes on the screen is right.
const MINUTE: Duration = Duration::from_secs(60);

/// Optional parts of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct Panels {
    /// Whether only lines are shown.
    pub(crate) is_minimal: bool,
    /// Whether the list of streams is shown at the left.
    pub(crate) has_sidebar: bool,
    /// Whether the large histogram is shown.
    pub(crate) has_histogram: bool,
}

/// The number of records in the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selected {
    /// The first lines of the first and of the last record.
    pub(crate) keys: (Key, Key),
    /// Their number so far.
    pub(crate) records: u64,
    /// Whether all are counted.
    pub(crate) is_complete: bool,
}

/// An export to a file or to the clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ExportProgress {
    /// The file, or `None` for the clipboard.
    pub(crate) path: Option<PathBuf>,
    /// The percentage that is done.
    pub(crate) percent: u64,
    /// Whether the user has stopped it.
    pub(crate) is_stopped: bool,
}

/// One half of a split screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) enum Side {
    #[default]
    Left,
    Right,
}

/// The state of the viewer.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is set and shown by itself"
)]
#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The base folder as the user gave it.
    pub(crate) base: String,
    /// The manifest of the tree, if it has one.
    pub(crate) manifest: Option<Manifest>,
    /// The time zones that times can be shown in.
    pub(crate) zones: Zones,
    /// The current interval folder.
    pub(crate) folder: Option<Folder>,
    /// The time of the newest line that came by following.
    pub(crate) newest: Option<DateTime<Utc>>,
    /// The streams of the tree.
    pub(crate) streams: Streams,
    /// Their names, for conditions on the stream.
    pub(crate) names: StreamNames,
    /// The log statements that are known, for conditions on the pattern of a message.
    pub(crate) statements: Statements,
    /// The tabs: all streams merged, then each by itself.
    pub(crate) panes: Vec<Pane>,
    /// The number of lines, by stream.
    pub(crate) lines: Vec<u64>,
    /// Other statistics, by stream.
    pub(crate) stream_stats: Vec<StreamStats>,
    /// The active tab.
    pub(crate) tab: usize,
    /// The other tab, if the screen is split.
    pub(crate) other: Option<usize>,
    /// The half of the active tab.
    pub(crate) side: Side,
    /// What rows are matched against.
    pub(crate) row_match: RowMatch,
    /// Earlier filters, the last one last.
    pub(crate) earlier_filters: Vec<Filters>,
    /// Highlighted patterns, each in its colour.
    pub(crate) highlights: Vec<LineRegex>,
    /// The search for a row that is under way.
    pub(crate) seek: Option<Seek>,
    /// Queries about the rest of the tree.
    pub(crate) queries: PendingQueries,
    /// What the requested page is for.
    pub(crate) fetch: Option<Fetch>,
    /// The other tab, and the line whose time it was last aligned to.
    pub(crate) aligned: Option<(usize, Key)>,
    /// The hits of the search in the whole tree.
    pub(crate) search_results: Option<SearchResults>,
    /// The number of lines over time.
    pub(crate) counts: Counts,
    /// One end of the selection. The other is the cursor.
    pub(crate) anchor: Option<Key>,
    /// The number of records in the selection, as far as they are counted.
    pub(crate) selected: Option<Selected>,
    /// The export that is under way.
    pub(crate) export: Option<ExportProgress>,
    /// The answer to the question about all records, as far as they are counted.
    pub(crate) top: Option<TopAnswer>,
    /// A line that the screen has in part only, in full.
    pub(crate) whole_line: Option<Arc<LogLine>>,
    /// The bookmarked lines.
    pub(crate) bookmarks: Bookmarks,
    /// The last session, until the streams are known and it is restored.
    pub(crate) session: Option<Session>,
    /// The overlay over the lines.
    pub(crate) overlay: Option<Overlay>,
    /// The prompt at the bottom.
    pub(crate) prompt: Option<Prompt>,
    /// The history of the prompts, newest last.
    pub(crate) typed: BTreeMap<Purpose, Vec<String>>,
    /// Why there is nothing to follow.
    pub(crate) waiting: Option<Waiting>,
    /// Whether each record is shown that says the same as the one before.
    pub(crate) shows_repeats: bool,
    /// Whether nothing can be added, because what is read has ended.
    pub(crate) has_ended: bool,
    /// Why the tree is polled instead of watched.
    pub(crate) polling: Option<String>,
    /// A message to the user.
    pub(crate) notice: Option<String>,
    /// The size of the screen.
    pub(crate) size: Size,
    /// How far the histogram is zoomed: it shows one of so many parts of the tree.
    pub(crate) zoom: usize,
    /// How the times of lines are written.
    pub(crate) stamp: StampStyle,
    /// The fields that stand in columns of their own.
    pub(crate) columns: Vec<FieldColumn>,
    /// Whether long lines are wrapped.
    pub(crate) is_wrapped: bool,
    /// Whether lines have the colours that stand in the files.
    pub(crate) has_log_colours: bool,
    /// Whether the viewer has the mouse. If not, the terminal selects text with it.
    pub(crate) has_mouse: bool,
    /// Whether lines lie in interval folders.
    pub(crate) has_folders: bool,
    /// Which optional parts of the screen are shown.
    pub(crate) panels: Panels,
    /// The key bindings.
    pub(crate) keymap: Keymap,
    /// The file that configures the viewer, for the help.
    pub(crate) settings_file: Option<String>,
    /// The colours.
    pub(crate) theme: Theme,
    /// The theme that was chosen by key.
    pub(crate) chosen_theme: Option<ThemeName>,
    /// The current time in seconds.
    pub(crate) second: i64,
    /// Detects copies among lines.
    fold: Fold,
    /// Where the merged view begins: of earlier lines, some streams are not loaded.
    horizon: Option<(Folder, DateTime<Utc>)>,
    /// The rows of unfinished last lines, by folder and stream.
    unfinished: BTreeMap<(Folder, StreamId), Key>,
    /// The level of the last record, by stream. Lines without a timestamp belong to that record.
    levels: Vec<Option<Level>>,
    /// Whether the next lines were written before the viewer started.
    is_opening: bool,
}

impl Model {
    /// Returns the state before anything is known of the tree in `base`.
    pub(crate) fn new(base: String) -> Self {
        let mut model = Self {
            base,
            size: Size::new(80, 24),
            has_mouse: true,
            has_folders: true,
            ..Self::default()
        };
        model.fit_panes();
        model
    }

    /// Returns the active tab.
    pub(crate) fn pane(&self) -> &Pane {
        &self.panes[self.tab]
    }

    /// Returns the active tab to be changed.
    pub(crate) fn pane_mut(&mut self) -> &mut Pane {
        &mut self.panes[self.tab]
    }

    /// Returns the number of records of a tab in the whole tree, or before it is counted, of those
    /// that are loaded.
    pub(crate) fn records_of(&self, tab: usize) -> u64 {
        let stream = Self::stream_of(tab);
        let loaded = || match stream {
            Some(stream) => self.lines.get(stream.index()).copied().unwrap_or(0),
            None => self.lines.iter().sum(),
        };
        let counted = self.counts.records(stream, false);
        counted.map_or_else(loaded, |total| total.records)
    }

    /// Returns whether filters hide lines of the active tab.
    pub(crate) fn is_filtered(&self) -> bool {
        !self.row_match.filter.is_clear() || (self.tab == 0 && !self.row_match.hidden.is_empty())
    }

    /// Returns the stream of a tab, or `None` for the tab of all streams.
    pub(crate) fn stream_of(tab: usize) -> Option<StreamId> {
        u16::try_from(tab.checked_sub(1)?).ok().map(StreamId)
    }

    /// Returns the number of records of the active tab that the filter keeps, in the whole tree.
    /// `None` before anything is counted.
    pub(crate) fn total(&self) -> Option<Total> {
        let is_filtered = !self.row_match.filter.is_clear();
        self.counts.records(Self::stream_of(self.tab), is_filtered)
    }

    /// Shows times in the next zone. Returns its name.
    pub(crate) fn next_zone(&mut self) -> String {
        let name = self.zones.cycle();
        // Days begin at other lines.
        self.fit_panes();
        name
    }

    /// Shows or counts records that say the same as the one before.
    pub(crate) fn show_repeats(&mut self, is_shown: bool) {
        self.shows_repeats = is_shown;
        self.fit_panes();
    }

    /// Shows times in the zone that was chosen in the last session.
    pub(crate) fn restore_zone(&mut self, choice: ZoneChoice) {
        self.zones.restore(choice);
        self.fit_panes();
    }

    /// Returns the row at the cursor of the active tab.
    pub(crate) fn cursor(&self) -> Option<&Row> {
        let pane = self.pane();
        let number = match pane.scroll.held() {
            Some(held) => Some(held.cursor),
            None => pane.seen_before(u64::MAX),
        };
        number.and_then(|number| pane.buffer.row(number))
    }

    /// Returns the line of a row, in full if it was read so.
    pub(crate) fn in_full<'a>(&'a self, row: &'a Row) -> Option<&'a LogLine> {
        let whole = self.whole_line.as_deref();
        let whole = whole.filter(|line| line.key == row.key);
        whole.or_else(|| row.line().map(AsRef::as_ref))
    }

    /// Returns the stream that the record of a row was logged to.
    pub(crate) fn origin_of(&self, row: &Row) -> Option<StreamId> {
        match &row.body {
            Body::Line(_, found) => Some(self.streams.origin(found)),
            Body::Mark(_) => None,
        }
    }

    /// Returns how long the screen is right if nothing comes, or `None` if it stays so: rates fall,
    /// and the newest line becomes older.
    pub(crate) fn fresh_for(&self) -> Option<Duration> {
        let is_moving = |stream_stats: &StreamStats| stream_stats.rate.is_moving(self.second);
        if self.panels.has_sidebar && self.stream_stats.iter().any(is_moving) {
            return Some(SECOND);
        }
        match self.age()?.num_seconds() {
            _ if self.panels.is_minimal => None,
            0..60 => Some(SECOND),
            60..86_400 => Some(MINUTE),
            _ => None,
        }
    }

    /// Returns the age of the newest line.
    pub(crate) fn age(&self) -> Option<TimeDelta> {
        let now = DateTime::from_timestamp(self.second, 0)?;
        let age = now - self.newest?;
        (self.second > 0).then(|| age.max(TimeDelta::zero()))
    }

    /// Calls `work` with the viewport of the active tab.
    pub(crate) fn with_page<T>(&self, work: impl FnOnce(Viewport<'_>) -> T) -> T {
        let area = ScreenLayout::of(self).lines();
        let height = |number, row: &Row| layout::height(self, self.tab, number, row, area.width);
        work(Viewport {
            pane: self.pane(),
            lines: u64::from(area.height).max(1),
            height: &height,
        })
    }

    /// Matches all rows again after a criterion has changed, the first page at once.
    pub(crate) fn rescan(&mut self, criterion: Criterion) {
        for pane in &mut self.panes {
            if criterion == Criterion::Filter {
                pane.drop_window();
            }
            pane.rescan(criterion, &self.row_match);
        }
        self.panes[self.tab].scan(&self.row_match, FIRST_ROWS);
    }

    /// Matches some of the remaining rows. Returns whether there were any.
    pub(crate) fn scan_further(&mut self, rows: usize) -> bool {
        let near = [Some(self.tab), self.other];
        let all = near.into_iter().flatten().chain(0..self.panes.len());
        for tab in all {
            let pane = &mut self.panes[tab];
            if !Criterion::ALL
                .into_iter()
                .all(|criterion| pane.is_scanned(criterion))
            {
                pane.scan(&self.row_match, rows);
                return true;
            }
        }
        false
    }

    /// Adds missing tabs, and divides the memory among all of them.
    fn fit_panes(&mut self) {
        let streams = self.streams.len();
        let limit = Limit {
            rows: ROWS,
            bytes: (BYTES / (streams + 1)).max(LEAST_BYTES),
        };
        while self.panes.len() < streams + 1 {
            let mut pane = Pane::new(limit, self.panes.is_empty());
            for criterion in Criterion::ALL {
                pane.rescan(criterion, &self.row_match);
            }
            self.panes.push(pane);
        }
        for pane in &mut self.panes {
            pane.set_limit(limit);
            pane.zone = Some(self.zones.shown().clone());
            pane.counts_repeats = !self.shows_repeats;
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
