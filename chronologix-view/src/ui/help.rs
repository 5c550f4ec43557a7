//! The keys, over the lines, from the table they are read from.
//!
//! ```text
//!   ┌ keys ────────────────────────────┐
//!   │        ↑, k  one line up         │
//!   │        ↓, j  one line down       │
//!   └──────────────────────────────────┘
//! ```

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::Style,
    widgets::{Block, Clear, Widget as _},
};

use super::{Screen, pen::Pen};
use crate::keymap::{Binding, KEYS, Key};

impl Screen<'_> {
    pub(super) fn help(&self, area: Rect, buffer: &mut Buffer) {
        let rows: Vec<(String, &str)> = KEYS.iter().map(|key| (labels(key), key.help)).collect();
        let keys = rows
            .iter()
            .map(|(keys, _)| keys.chars().count())
            .max()
            .unwrap_or(0);
        let words = rows
            .iter()
            .map(|(_, help)| help.chars().count())
            .max()
            .unwrap_or(0);
        let width = keys + words + 4;
        // Where they do not fit below each other they go beside each other.
        let room = usize::from(area.height.saturating_sub(2)).max(1);
        let most = (usize::from(area.width.saturating_sub(2)) / width).max(1);
        let columns = rows.len().div_ceil(room).min(most);
        let height = rows.len().div_ceil(columns);
        let wanted = |length: usize| Constraint::Length(u16::try_from(length).unwrap_or(u16::MAX));
        let area = area.centered(wanted(width * columns + 2), wanted(height + 2));
        Clear.render(area, buffer);
        let block = Block::bordered().title(" keys ");
        let inside = block.inner(area);
        block.render(area, buffer);
        let columns = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inside);
        for (column, rows) in columns.iter().zip(rows.chunks(height)) {
            for (y, (label, help)) in (inside.top()..inside.bottom()).zip(rows) {
                let mut pen = Pen::new(
                    buffer,
                    Rect {
                        y,
                        height: 1,
                        ..*column
                    },
                );
                pen.write(&format!(" {label:>keys$}  "), self.theme.key());
                pen.write(help, Style::new());
            }
        }
    }
}

fn labels(binding: &Binding) -> String {
    let labels: Vec<String> = binding.keys.iter().map(|key| Key::label(*key)).collect();
    labels.join(", ")
}
