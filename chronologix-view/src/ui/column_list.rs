//! The list of fields that can stand in columns of their own.
//!
//! ```text
//!   ┌ Columns: space toggles, ←/→ width, K/J move ┐
//!   │ [x]  3  status                              │
//!   │ [ ]     user                                │
//!   └─────────────────────────────────────────────┘
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, help::popup, writer_at};
use crate::{sanitize, theme::Theme};

impl Screen<'_> {
    pub(super) fn column_list(
        &self,
        names: &[String],
        selected: usize,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let row = |name: &String| {
            let mut columns = self.model.columns.iter();
            let column = columns.find(|column| column.name == *name);
            let (mark, width) = match column {
                Some(column) => ('x', column.width.to_string()),
                None => (' ', String::new()),
            };
            let text = format!(" [{mark}] {width:>2}  {} ", sanitize::visible(name));
            (column.is_some(), text)
        };
        let rows: Vec<(bool, String)> = names.iter().map(row).collect();
        let title = " Columns: space toggles, ←/→ width, K/J move ";
        let widest = rows.iter().map(|(_, text)| sanitize::width(text)).max();
        let width = widest.unwrap_or(0).max(sanitize::width(title)) + 2;
        let inside = popup(area, width, rows.len().max(1) + 2, title, buffer);
        if rows.is_empty() {
            let text = " no fields in the loaded records";
            writer_at(inside, inside.top(), buffer).write(text, self.theme().remark());
        }
        let top = (selected + 1).saturating_sub(usize::from(inside.height).max(1));
        let shown = rows.iter().enumerate().skip(top);
        for (y, (index, (is_shown, text))) in (inside.top()..inside.bottom()).zip(shown) {
            let style = if *is_shown {
                Style::new()
            } else {
                Theme::FAINT
            };
            writer_at(inside, y, buffer).write(text, style);
            if index == selected {
                buffer.set_style(super::row_of(inside, y), self.theme().cursor());
            }
        }
    }
}
