//! How much there is, where the reader is in it, and where the matches are, in the last column.

use ratatui::{buffer::Buffer, layout::Rect};

use super::Screen;
use crate::model::page::Placed;

impl Screen<'_> {
    pub(super) fn scrollbar(&self, tab: usize, placed: &[Placed], area: Rect, buffer: &mut Buffer) {
        let pane = &self.model.panes[tab];
        let rows = pane.rows();
        let (Some(first), Some(last)) = (placed.first(), placed.last()) else {
            return;
        };
        let height = u64::from(area.height);
        let all = rows.end - rows.start;
        if all <= height || area.width < 2 {
            return;
        }
        let start = rows.start;
        let place = |number: u64| (number - start) * height / all;
        let mut column: Vec<Option<&str>> = vec![None; usize::from(area.height)];
        let mut set = |y: u64, symbol| {
            let y = usize::try_from(y).unwrap_or(usize::MAX);
            if let Some(cell) = column.get_mut(y) {
                *cell = Some(symbol);
            }
        };
        (place(first.number)..=place(last.number)).for_each(|y| set(y, "▐"));
        if self.model.sight.search.is_some() {
            let found = rows.filter(|number| pane.is_found(*number) && pane.is_seen(*number));
            found.for_each(|number| set(place(number), "•"));
        }
        for (y, symbol) in (area.top()..area.bottom()).zip(column) {
            let Some(symbol) = symbol else {
                continue;
            };
            let style = if symbol == "•" {
                self.theme().key()
            } else {
                self.theme().remark()
            };
            buffer.set_string(area.right() - 1, y, symbol, style);
        }
    }
}
