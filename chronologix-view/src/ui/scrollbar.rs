//! The scrollbar in the last column: the position of the screen, and those of the matches.

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::Screen;
use crate::model::viewport::PlacedRow;

impl Screen<'_> {
    pub(super) fn scrollbar(
        &self,
        tab: usize,
        placed: &[PlacedRow],
        area: Rect,
        buffer: &mut Buffer,
    ) {
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
        // For each cell, whether it has rows on the screen, and matches.
        let mut column = vec![(false, false); usize::from(area.height)];
        let mut at = |y: u64, set: fn(&mut (bool, bool))| {
            let y = usize::try_from(y).unwrap_or(usize::MAX);
            if let Some(cell) = column.get_mut(y) {
                set(cell);
            }
        };
        for y in place(first.number)..=place(last.number) {
            at(y, |cell| cell.0 = true);
        }
        if self.model.row_match.search.is_some() {
            let found = rows.filter(|number| pane.is_found(*number) && pane.is_kept(*number));
            found.for_each(|number| at(place(number), |cell| cell.1 = true));
        }
        let theme = self.theme();
        for (y, cell) in (area.top()..area.bottom()).zip(column) {
            let (symbol, style) = match cell {
                (false, false) => continue,
                (true, false) => ("▐", theme.remark()),
                (false, true) => ("•", theme.key()),
                (true, true) => ("•", theme.key().add_modifier(Modifier::REVERSED)),
            };
            buffer.set_string(area.right() - 1, y, symbol, style);
        }
    }
}
