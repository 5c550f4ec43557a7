//! The command palette.
//!
//! ```text
//!   ┌ nexterr▏─────────────────────────┐
//!   │ the next error                 e │
//!   │ the next match                 n │
//!   └──────────────────────────────────┘
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, help::popup, writer_at};
use crate::{model::input::Input, sanitize, update::choices::choices};

/// The width of the list.
const WIDTH: usize = 60;

/// The height of the list.
const ROWS: usize = 16;

impl Screen<'_> {
    pub(super) fn palette(&self, input: &Input, selected: usize, area: Rect, buffer: &mut Buffer) {
        let found = choices(self.model, input.text());
        let title = match input.text() {
            "" => " Command palette: type to search, enter runs ".to_owned(),
            text => format!(" {text}▏"),
        };
        let inside = popup(area, WIDTH, ROWS + 2, &title, buffer);
        let room = usize::from(inside.height).max(1);
        let top = (selected + 1).saturating_sub(room);
        let rows = inside.top()..inside.bottom();
        for (y, (index, choice)) in rows.zip(found.iter().enumerate().skip(top)) {
            let mut writer = writer_at(inside, y, buffer);
            writer.write(
                &format!(" {}", sanitize::visible(&choice.text)),
                Style::new(),
            );
            writer.write("  ", Style::new());
            writer.move_to_last(choice.keys.chars().count() + 1);
            writer.write(&choice.keys, self.theme().key());
            if index == selected {
                buffer.set_style(super::row_of(inside, y), self.theme().cursor());
            }
        }
        if found.is_empty() {
            writer_at(inside, inside.top(), buffer)
                .write(" no matching command", self.theme().remark());
        }
    }
}
