//! One tab for all streams and one for each. Where they do not fit, the first ones make room.
//!
//! ```text
//!  0 all  1 app  2 errors  3 audit
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, Theme, clean, pen::Pen};
use crate::streams::StreamId;

impl Screen<'_> {
    pub(super) fn tabs(&self, area: Rect, buffer: &mut Buffer) {
        let streams = &self.model.streams;
        let labels: Vec<String> = std::iter::once(" 0 all ".to_owned())
            .chain(streams.ids().map(|stream| {
                format!(
                    " {} {} ",
                    stream.index() + 1,
                    clean::visible(streams.name(stream))
                )
            }))
            .collect();
        let first = first_tab(&labels, self.model.tab, usize::from(area.width));
        let mut pen = Pen::new(buffer, area);
        for (tab, label) in labels.iter().enumerate().skip(first) {
            let style = match tab
                .checked_sub(1)
                .and_then(|index| u16::try_from(index).ok())
            {
                Some(index) => self.theme.stream(StreamId(index)),
                None => Style::new(),
            };
            let is_active = tab == self.model.tab;
            pen.write(label, if is_active { Theme::BADGE } else { style });
        }
    }
}

/// The first tab that is drawn, so that the active one is in sight.
fn first_tab(labels: &[String], active: usize, room: usize) -> usize {
    let mut width = 0;
    let before = labels[..=active].iter().rposition(|label| {
        width += label.chars().count();
        width > room
    });
    before.map_or(0, |before| (before + 1).min(active))
}
