//! The first row.
//!
//! ```text
//!  my_logs · 2025-05-04__15-00 · 1h UTC                        LIVE
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Screen, Theme, pen::Pen};
use crate::model::scroll::Scroll;

impl Screen<'_> {
    pub(super) fn header(&self, area: Rect, buffer: &mut Buffer) {
        let model = self.model;
        buffer.set_style(area, Theme::BAR);
        let mut pen = Pen::new(buffer, area);
        pen.write(&format!(" {}", model.base), Theme::BADGE);
        if let Some(folder) = model.folder {
            pen.write(&format!(" · {folder}"), Theme::BAR);
        }
        if let Some(description) = &model.description {
            let words = format!(" · {} {}", description.interval, description.timezone);
            pen.write(&words, Theme::BAR);
        }
        let (word, style) = match model.pane().scroll {
            _ if model.waiting.is_some() => (" WAITING ", self.theme.held()),
            Scroll::Following => (" LIVE ", Theme::BADGE),
            Scroll::Held { .. } => (" PAUSED ", self.theme.held()),
        };
        pen.move_to_last(word.len());
        pen.write(word, style);
    }
}
