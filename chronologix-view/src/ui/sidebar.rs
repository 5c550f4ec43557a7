//! The list of streams: number of lines, rate, unread errors.
//!
//! ```text
//!  1 app          1,204   ▁▂▂▃▅▂▁▁
//!  2 errors    3     12 ! ▁  ▁
//!  3 audit (hidden)
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, row_of, writer_at};
use crate::{
    model::{
        Model,
        stream_stats::{SECONDS, StreamStats},
    },
    number::{self, grouped},
    sanitize,
    streams::StreamId,
    theme::Theme,
};

/// The bars of a sparkline, by height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The width of a sparkline. Each column covers several seconds.
const SPARKS: usize = 12;

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
        let tabs = first_row(self.model, area.height)..self.model.panes.len();
        for (y, tab) in (inside.top()..inside.bottom()).zip(tabs) {
            match Model::stream_of(tab) {
                None => {
                    let total = self.model.counts.records(None, false);
                    let loaded = || self.model.lines.iter().sum();
                    let count = total.map_or_else(loaded, |total| total.records);
                    let mut writer = writer_at(inside, y, buffer);
                    writer.write(" 0 all", Style::new());
                    let text = format!("{} ", number::records(count));
                    writer.move_to_last(text.len());
                    writer.write(&text, Theme::FAINT);
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
        let Some((stream_stats, lines)) = model.stream_stats.get(index).zip(model.lines.get(index))
        else {
            return;
        };
        let mut style = self.theme().stream(stream);
        if model.row_match.hidden.contains(&stream) {
            style = style.add_modifier(Modifier::DIM | Modifier::CROSSED_OUT);
        }
        let mut writer = writer_at(area, y, buffer);
        let total = model.counts.records(Some(stream), false);
        let numbers = numbers(stream_stats, total.map_or(*lines, |total| total.records));
        let room = usize::from(area.width).saturating_sub(numbers.chars().count() + SPARKS + 2);
        let name: String = format!(" {} {}", index + 1, sanitize::visible(name));
        writer.write(&name.chars().take(room).collect::<String>(), style);
        writer.move_to_last(numbers.chars().count() + SPARKS + 2);
        let is_failing = stream_stats.unread_errors > 0;
        let alarm = self.theme().message(Some(chronologix_schema::Level::Error));
        writer.write(&numbers, if is_failing { alarm } else { Theme::FAINT });
        let rate = stream_stats.rate.last_minute(model.second);
        writer.write(&format!(" {}", sparks(rate)), self.theme().stream(stream));
    }
}

/// Returns the tab at a row of the sidebar.
pub(super) fn tab_at(model: &Model, height: u16, row: u16) -> Option<usize> {
    let tab = first_row(model, height) + usize::from(row);
    (row < height && tab < model.panes.len()).then_some(tab)
}

/// Returns the first tab shown, so that the active one is visible.
fn first_row(model: &Model, height: u16) -> usize {
    (model.tab + 1).saturating_sub(usize::from(height))
}

/// Formats the numbers of lines and errors.
fn numbers(stream_stats: &StreamStats, lines: u64) -> String {
    if stream_stats.errors == 0 {
        return grouped(lines);
    }
    let mark = if stream_stats.unread_errors > 0 {
        "!"
    } else {
        ""
    };
    format!(
        "{}{mark} of {}",
        grouped(stream_stats.errors),
        grouped(lines)
    )
}

/// Draws the lines of the last minute, relative to the highest rate.
fn sparks(rate: [u32; SECONDS]) -> String {
    let sums: Vec<u64> = rate
        .chunks(SECONDS / SPARKS)
        .map(|seconds| seconds.iter().copied().map(u64::from).sum())
        .collect();
    let most = sums.iter().copied().max().unwrap_or(0).max(1);
    let last = BARS.len() as u64 - 1;
    sums.iter()
        .map(|sum| match sum {
            0 => ' ',
            _ => BARS[usize::try_from(sum * last / most).unwrap_or(0)],
        })
        .collect()
}
