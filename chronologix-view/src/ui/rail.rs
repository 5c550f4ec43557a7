//! The streams below each other: how much, how fast, what was missed.
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

use super::{Screen, Theme, clean, grouped, pen_at, row_of};
use crate::{
    model::{
        Model,
        tally::{SECONDS, Tally},
    },
    streams::StreamId,
};

/// The heights of the bars of a sparkline.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Columns of a sparkline; each stands for several seconds.
const SPARKS: usize = 12;

impl Screen<'_> {
    pub(super) fn rail(&self, area: Rect, buffer: &mut Buffer) {
        let inside = Rect {
            width: area.width.saturating_sub(1),
            ..area
        };
        for y in area.top()..area.bottom() {
            let mut edge = pen_at(area, y, buffer);
            edge.move_to_last(1);
            edge.write("│", self.theme().remark());
        }
        let tabs = first_row(self.model, area.height)..self.model.panes.len();
        for (y, tab) in (inside.top()..inside.bottom()).zip(tabs) {
            match Model::stream_of(tab) {
                None => {
                    let count: u64 = self.model.lines.iter().sum();
                    let mut pen = pen_at(inside, y, buffer);
                    pen.write(" 0 all", Style::new());
                    let text = format!("{} lines ", grouped(count));
                    pen.move_to_last(text.len());
                    pen.write(&text, Theme::FAINT);
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
        let Some((tally, lines)) = model.tallies.get(index).zip(model.lines.get(index)) else {
            return;
        };
        let mut style = self.theme().stream(stream);
        if model.sight.lens.hidden.contains(&stream) {
            style = style.add_modifier(Modifier::DIM | Modifier::CROSSED_OUT);
        }
        let mut pen = pen_at(area, y, buffer);
        let numbers = numbers(tally, *lines);
        let room = usize::from(area.width).saturating_sub(numbers.chars().count() + SPARKS + 2);
        let name: String = format!(" {} {}", index + 1, clean::visible(name));
        pen.write(&name.chars().take(room).collect::<String>(), style);
        pen.move_to_last(numbers.chars().count() + SPARKS + 2);
        let is_failing = tally.unread_errors > 0;
        let alarm = self.theme().message(Some(chronologix_schema::Level::Error));
        pen.write(&numbers, if is_failing { alarm } else { Theme::FAINT });
        let rate = tally.rate.last_minute(model.second);
        pen.write(&format!(" {}", sparks(rate)), self.theme().stream(stream));
    }
}

/// The tab at a row of the rail.
pub(crate) fn tab_at(model: &Model, height: u16, row: u16) -> Option<usize> {
    let tab = first_row(model, height) + usize::from(row);
    (row < height && tab < model.panes.len()).then_some(tab)
}

/// The first tab in sight, so that the one in front is.
fn first_row(model: &Model, height: u16) -> usize {
    (model.tab + 1).saturating_sub(usize::from(height))
}

/// Lines, and errors if there are any.
fn numbers(tally: &Tally, lines: u64) -> String {
    if tally.errors == 0 {
        return grouped(lines);
    }
    let mark = if tally.unread_errors > 0 { "!" } else { "" };
    format!("{}{mark} of {}", grouped(tally.errors), grouped(lines))
}

/// The lines of the last minute as bars, as high as the fastest of them.
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
