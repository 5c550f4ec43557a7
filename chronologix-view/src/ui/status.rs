//! The last row.
//!
//! ```text
//!  ‖ +12 new · space follows                          388/400  ? help
//! ```

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
};

use super::{Screen, Theme, pen::Pen};
use crate::model::scroll::Scroll;

impl Screen<'_> {
    pub(super) fn status(&self, area: Rect, buffer: &mut Buffer) {
        let model = self.model;
        let pane = model.pane();
        let rows = pane.buffer.range();
        buffer.set_style(area, Theme::BAR);
        let last = pane.scroll.visible(&rows, model.page).end - rows.start;
        let all = rows.end - rows.start;
        let position = format!(" {}/{}  ? help ", grouped(last), grouped(all));
        let width = u16::try_from(position.len())
            .unwrap_or(u16::MAX)
            .min(area.width);
        let parts = [Constraint::Min(0), Constraint::Length(width)];
        let [left, right] = Layout::horizontal(parts).areas(area);
        Pen::new(buffer, right).write(&position, Theme::BAR);

        let mut pen = Pen::new(buffer, left);
        match (&model.waiting, pane.scroll) {
            (Some(waiting), _) => pen.write(&format!(" {}: {waiting}", model.base), Theme::BADGE),
            (None, Scroll::Following) => pen.write(" following", Theme::BAR),
            (None, Scroll::Held { .. }) => {
                let waiting = grouped(pane.scroll.waiting(&rows));
                pen.write(&format!(" ‖ +{waiting} new "), self.theme.held());
                pen.write(" space follows", Theme::BAR);
            }
        }
        if pane.left > 0 {
            pen.write(&format!(" · ← {} columns", pane.left), Theme::BAR);
        }
        if let Some(notice) = &model.notice {
            pen.write(&format!(" · {notice}"), Theme::BADGE);
        }
        if let Some(reason) = &model.polling {
            pen.write(&format!(" · polling ({reason})"), Theme::BAR);
        }
    }
}

/// `1,234,567`
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
