//! The header.
//!
//! ```text
//!  my_logs · 2025-05-04__15-00 · 1h UTC              ▁▂▅█▃     LIVE
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Screen, cell_writer::CellWriter};
use crate::model::scroll::Scroll;

/// The width of the state, at the end.
const STATE: u16 = 10;

/// The maximum width of the timeline bar.
const TIMELINE_BAR: u16 = 48;

/// Returns the area of the timeline bar.
pub(super) fn timeline_bar_area(header: Rect) -> Rect {
    let width = TIMELINE_BAR.min((header.width / 3).saturating_sub(STATE));
    Rect {
        x: header.right().saturating_sub(STATE + width),
        width,
        ..header
    }
}

impl Screen<'_> {
    pub(super) fn header(&self, area: Rect, buffer: &mut Buffer) {
        let (model, theme) = (self.model, self.theme());
        buffer.set_style(area, theme.bar());
        let mut writer = CellWriter::new(buffer, area);
        writer.write(&format!(" {}", model.base), theme.badge());
        // The folder at the cursor, or the current one while following.
        let at_cursor = model.pane().scroll.held().and_then(|_| model.cursor());
        let folder = at_cursor.map(|row| row.key.folder).or(model.folder);
        if let Some(folder) = folder {
            writer.write(&format!(" · {folder}"), theme.bar());
        }
        if let Some(manifest) = &model.manifest {
            let words = format!(" · {} {}", manifest.interval, manifest.timezone);
            writer.write(&words, theme.bar());
        }
        writer.leave(STATE);
        let timeline_bar = timeline_bar_area(area);
        if usize::from(writer.room()) > usize::from(timeline_bar.width) {
            self.timeline_bar(timeline_bar, buffer);
        }
        let mut writer = CellWriter::new(buffer, area);
        let (word, style) = match model.pane().scroll {
            _ if model.waiting.is_some() => (" WAITING ", theme.held()),
            Scroll::Following => (" LIVE ", theme.badge()),
            Scroll::Held(_) => (" PAUSED ", theme.held()),
        };
        writer.move_to_last(word.len());
        writer.write(word, style);
    }
}
