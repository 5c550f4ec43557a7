//! Lists in which rows are on or off, among them that of the fields that can stand in columns.
//!
//! ```text
//!   ┌ Filters: space toggles, … ┐
//!   │ [x] only  disk|net        │
//!   │ [ ] not   heartbeat       │
//!   └───────────────────────────┘
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, help::popup, row_of, writer_at};
use crate::{sanitize, theme::Theme};

/// What a list shows.
pub(super) struct List<'a> {
    /// What it lists, and its keys.
    pub(super) title: &'a str,
    /// The rows, each with whether it is on.
    pub(super) rows: Vec<(bool, String)>,
    /// What stands there if there are no rows.
    pub(super) nothing: &'a str,
    /// The selected row.
    pub(super) selected: usize,
}

impl Screen<'_> {
    pub(super) fn list(&self, list: &List<'_>, area: Rect, buffer: &mut Buffer) {
        let text = |(is_on, text): &(bool, String)| {
            let mark = if *is_on { 'x' } else { ' ' };
            format!(" [{mark}] {} ", sanitize::visible(text))
        };
        let texts: Vec<String> = list.rows.iter().map(text).collect();
        let widest = texts.iter().map(|text| sanitize::width(text)).max();
        let width = widest.unwrap_or(0).max(sanitize::width(list.title)) + 2;
        let inside = popup(area, width, texts.len().max(1) + 2, list.title, buffer);
        if texts.is_empty() {
            let text = format!(" {}", list.nothing);
            writer_at(inside, inside.top(), buffer).write(&text, self.theme().remark());
        }
        let top = (list.selected + 1).saturating_sub(usize::from(inside.height).max(1));
        let shown = texts.iter().zip(&list.rows).enumerate().skip(top);
        for (y, (index, (text, (is_on, _)))) in (inside.top()..inside.bottom()).zip(shown) {
            let style = if *is_on { Style::new() } else { Theme::FAINT };
            writer_at(inside, y, buffer).write(text, style);
            if index == list.selected {
                buffer.set_style(row_of(inside, y), self.theme().cursor());
            }
        }
    }

    /// Draws the fields that can stand in columns of their own.
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
            let width = column.map_or(String::new(), |column| column.width.to_string());
            (column.is_some(), format!("{width:>2}  {name}"))
        };
        let list = List {
            title: " Columns: space toggles, ←/→ width, K/J move ",
            rows: names.iter().map(row).collect(),
            nothing: "no fields in the loaded records",
            selected,
        };
        self.list(&list, area, buffer);
    }
}
