//! The tables of patterns, and of those that changed.
//!
//! ```text
//!   ┌ 41 patterns in 18,204 records, most frequent first ───────────────────────────────────────┐
//!   │ 17,310  95.1 %  INF  14:00:00  15:02:46  ▃▃▃▄▄▅▅▅▆▇▇▆▅▄▃▃  GET <path> status=<*>           │
//!   │      1   0.0 %  ERR  14:58:11  14:58:11                ▁   disk <path> is full             │
//!   └───────────────────────────────────────────────────────────────────────────────────────────┘
//!   ┌ 14:02:10 to 14:07:10 against the 5 min before ─────────────────────────────────────────────┐
//!   │ new          now 12  before     0  ERR  disk <path> is full                                │
//!   │ 8x more      now 80  before    10  WRN  retry <number> of <number>                         │
//!   └────────────────────────────────────────────────────────────────────────────────────────────┘
//! ```

use chrono::TimeDelta;
use chronologix_schema::Level;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{
    Screen,
    cell_writer::CellWriter,
    columns::{badge, time_of_day},
    sidebar::sparks,
    top_values::{LEAST_FOR_BARS, on_one_row, percent, so_far},
    writer_at,
};
use crate::{
    model::columns::StampStyle,
    number::grouped,
    patterns::{ChangeKind, PatternChange, PatternCount},
    query::{RankedChanges, RankedPatterns, TopAnswer, Windows},
    theme::Theme,
};

/// The width of a sparkline, and that in a narrow table.
const SPARKS: usize = 16;
const FEW_SPARKS: usize = 8;

/// From so many times on, nothing is said of how much more there is.
const MOST_TIMES: u64 = 100;

impl Screen<'_> {
    pub(super) fn patterns(
        &self,
        found: &RankedPatterns,
        all: u64,
        top: usize,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let counts = || found.rows.iter().map(|row| &row.count);
        let shown = || found.rows.iter().skip(top).take(usize::from(area.height));
        let width = shown().map(|row| grouped(row.count.records).len()).max();
        let width = width.unwrap_or(0);
        let first = counts().filter_map(|count| count.first).min();
        let last = counts().filter_map(|count| count.last).max();
        let is_of_one_day = self.day_of(first) == self.day_of(last);
        let is_wide = area.width + 2 >= LEAST_FOR_BARS;
        let columns = if is_wide { SPARKS } else { FEW_SPARKS };
        for (y, row) in (area.top()..area.bottom()).zip(shown()) {
            let count = &row.count;
            let mut writer = writer_at(area, y, buffer);
            let records = grouped(count.records);
            writer.write(&format!(" {records:>width$}  "), Style::new());
            let share = percent(count.records, all);
            writer.write(&format!("{share}  "), Theme::FAINT);
            self.level_badge(count.highest_level(), &mut writer);
            if is_wide {
                for time in [count.first, count.last] {
                    let text = self.short_time(time, is_of_one_day);
                    writer.write(&format!("{text}  "), Theme::FAINT);
                }
            }
            let sparks = match first.zip(last) {
                Some(span) => sparks(&count.spread.columns(span, columns)),
                None => " ".repeat(columns),
            };
            writer.write(&format!("{sparks}  "), self.theme().key());
            self.pattern(&row.text, count, &mut writer);
        }
    }

    pub(super) fn changes(
        &self,
        found: &RankedChanges,
        top: usize,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let shown = || found.rows.iter().skip(top).take(usize::from(area.height));
        let widest = |text: fn(&PatternChange) -> String| shown().map(|row| text(row).len()).max();
        let now = |change: &PatternChange| grouped(change.now.records);
        let before = |change: &PatternChange| grouped(change.before.records);
        let kind = widest(kind_in_words).unwrap_or(0);
        let (now_width, before_width) = (widest(now).unwrap_or(0), widest(before).unwrap_or(0));
        for (y, row) in (area.top()..area.bottom()).zip(shown()) {
            let mut writer = writer_at(area, y, buffer);
            let style = match row.kind {
                _ if row.is_new_error() => self.theme().level(Level::Error),
                ChangeKind::New => self.theme().key(),
                _ => Style::new(),
            };
            writer.write(&format!(" {:<kind$}  ", kind_in_words(row)), style);
            writer.write(&format!("{:>now_width$} now  ", now(row)), Style::new());
            let before = before(row);
            writer.write(&format!("{before:>before_width$} before  "), Theme::FAINT);
            let count = if row.now.records > 0 {
                &row.now
            } else {
                &row.before
            };
            self.level_badge(count.highest_level(), &mut writer);
            self.pattern(&row.pattern.text, count, &mut writer);
        }
    }

    /// Returns what the table of changes is about.
    pub(super) fn changes_title(&self, windows: &Windows, answer: Option<&TopAnswer>) -> String {
        let length = windows.until - windows.since;
        let against = match windows.earlier {
            earlier if earlier == length => format!("the {} before", length_in_words(length)),
            earlier if earlier == TimeDelta::days(1) => "yesterday".to_owned(),
            earlier if earlier == TimeDelta::days(7) => "last week".to_owned(),
            earlier => format!("{} earlier", length_in_words(earlier)),
        };
        let is_of_one_day = self.day_of(Some(windows.since)) == self.day_of(Some(windows.until));
        let since = self.short_time(Some(windows.since), false);
        let until = if is_of_one_day {
            time_of_day(windows.until, StampStyle::Seconds, self.zone())
        } else {
            self.short_time(Some(windows.until), false)
        };
        let so_far = answer.map_or(String::new(), so_far);
        format!(" {since} to {until} against {against}{so_far} ")
    }

    fn level_badge(&self, level: Option<Level>, writer: &mut CellWriter<'_>) {
        match level {
            Some(level) => {
                writer.write(badge(level), self.theme().level(level));
                writer.write("  ", Style::new());
            }
            None => writer.write("     ", Style::new()),
        }
    }

    /// Writes the text of a pattern. One of an empty message has none.
    fn pattern(&self, text: &str, count: &PatternCount, writer: &mut CellWriter<'_>) {
        if text.is_empty() {
            return writer.write("(no message)", self.theme().remark());
        }
        writer.write(
            &on_one_row(text),
            self.theme().message(count.highest_level()),
        );
    }
}

/// Returns how a pattern changed.
fn kind_in_words(change: &PatternChange) -> String {
    let (now, before) = (change.now.records, change.before.records);
    let times = |more: u64, less: u64| match (more + less / 2) / less.max(1) {
        MOST_TIMES.. => "100x and".to_owned(),
        times => format!("{times}x"),
    };
    match change.kind {
        ChangeKind::New | ChangeKind::Gone => change.kind.as_str().to_owned(),
        ChangeKind::More => format!("{} more", times(now, before)),
        ChangeKind::Fewer => format!("{} fewer", times(before, now)),
    }
}

/// Returns a span of time in its largest unit.
fn length_in_words(length: TimeDelta) -> String {
    // To the nearest second.
    let seconds = (length + TimeDelta::milliseconds(500)).num_seconds();
    let (number, unit) = match seconds {
        ..60 => (seconds, "s"),
        60..3_600 => (seconds / 60, "min"),
        3_600..86_400 => (seconds / 3_600, "h"),
        _ => (seconds / 86_400, "days"),
    };
    format!("{number} {unit}")
}
