//! The list of streams: number of lines, rate, unread errors.
//!
//! ```text
//!    stream      err  records  last minute
//!  1 app           0    1,204 ▁▂▂▃▅▂▁▁
//!  2 errors       3!       12 ▁  ▁
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, row_of, writer_at};
use crate::{
    model::{Model, stream_stats::SECONDS},
    number::grouped,
    sanitize,
    streams::StreamId,
    theme::Theme,
};

/// The bars of a sparkline, by height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The width of a sparkline. Each column covers several seconds.
const SPARKS: usize = 12;

/// The height of the header.
const HEAD: u16 = 1;

/// The widths of the columns.
const NAME: usize = 11;
const ERRORS: usize = 5;
const RECORDS: usize = 10;

impl Screen<'_> {
    pub(super) fn sidebar(&self, area: Rect, buffer: &mut Buffer) {
        let inside = Rect {
            width: area.width.saturating_sub(1),
            ..area
        };
        for y in area.top()..area.bottom() {
            let mut edge = writer_at(area, y, buffer);
            edge.move_to_last(1);
            edge.write("│", self.theme().remark());
        }
        let mut head = writer_at(inside, inside.y, buffer);
        head.write(&row_in_words("   stream", "err", "records"), Theme::FAINT);
        head.write("  last minute", Theme::FAINT);
        let tabs = first_row(self.model, area.height)..self.model.panes.len();
        for (y, tab) in (inside.top() + HEAD..inside.bottom()).zip(tabs) {
            match Model::stream_of(tab) {
                None => {
                    let count = self.model.records_of(tab);
                    let errors = self.model.counts.total().map_or(0, |all| all.errors());
                    let text = row_in_words(" 0 all", &grouped(errors), &grouped(count));
                    writer_at(inside, y, buffer).write(&text, Style::new());
                }
                Some(stream) => self.stream(stream, inside, y, buffer),
            }
            if tab == self.model.tab {
                buffer.set_style(row_of(inside, y), self.theme().cursor());
            }
        }
    }

    fn stream(&self, stream: StreamId, area: Rect, y: u16, buffer: &mut Buffer) {
        let model = self.model;
        let (name, index) = (model.streams.name(stream), stream.index());
        let Some(stream_stats) = model.stream_stats.get(index) else {
            return;
        };
        let records = model.records_of(index + 1);
        let mut style = self.theme().stream(stream);
        if model.row_match.hidden.contains(&stream) {
            style = style.add_modifier(Modifier::DIM | Modifier::CROSSED_OUT);
        }
        let mut writer = writer_at(area, y, buffer);
        let mark = if stream_stats.unread_errors > 0 {
            "!"
        } else {
            ""
        };
        let errors = model.counts.errors(stream).unwrap_or(stream_stats.errors);
        let errors = format!("{}{mark}", grouped(errors));
        let name = format!(" {} {name}", index + 1);
        let row = row_in_words(&name, &errors, &grouped(records));
        let (name, numbers) = row.split_at(row.len() - ERRORS - RECORDS);
        writer.write(name, style);
        let is_failing = stream_stats.unread_errors > 0;
        let alarm = self.theme().message(Some(chronologix_schema::Level::Error));
        writer.write(numbers, if is_failing { alarm } else { Theme::FAINT });
        let rate = stream_stats.rate.last_minute(model.second);
        let seconds = rate.chunks(SECONDS / SPARKS);
        let sums = seconds.map(|seconds| seconds.iter().copied().map(u64::from).sum());
        let sparks = sparks(&sums.collect::<Vec<u64>>());
        writer.write(&format!(" {sparks}"), self.theme().stream(stream));
    }
}

/// Returns the tab at a row of the sidebar.
pub(super) fn tab_at(model: &Model, height: u16, row: u16) -> Option<usize> {
    let tab = first_row(model, height) + usize::from(row.checked_sub(HEAD)?);
    (row < height && tab < model.panes.len()).then_some(tab)
}

/// Returns the first tab shown, so that the active one is visible.
fn first_row(model: &Model, height: u16) -> usize {
    (model.tab + 1).saturating_sub(usize::from(height.saturating_sub(HEAD)))
}

/// Formats a row up to the sparkline.
fn row_in_words(name: &str, errors: &str, records: &str) -> String {
    let mut name = sanitize::broken(name, NAME).swap_remove(0);
    name.extend(std::iter::repeat_n(
        ' ',
        NAME.saturating_sub(sanitize::width(&name)),
    ));
    format!("{name}{errors:>ERRORS$}{records:>RECORDS$}")
}

/// Draws numbers, relative to the highest one.
pub(super) fn sparks(numbers: &[u64]) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0).max(1);
    let last = BARS.len() as u64 - 1;
    let bar = |number: &u64| match number {
        0 => ' ',
        _ => BARS[usize::try_from(number * last / most).unwrap_or(0)],
    };
    numbers.iter().map(bar).collect()
}
