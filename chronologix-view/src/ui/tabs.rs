//! The tabs. If there is too little room, the first ones are left out.
//!
//! ```text
//!  0 all 1,204 │ 1 app 1,192 │ 2 errors 12! │ 3 audit 3
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{Screen, cell_writer::CellWriter};
use crate::{model::Model, sanitize};

impl Screen<'_> {
    pub(super) fn tabs(&self, area: Rect, buffer: &mut Buffer) {
        let labels = tab_labels(self.model);
        let first = first_tab(&labels, self.model.tab, usize::from(area.width));
        let mut writer = CellWriter::new(buffer, area);
        for (tab, label) in labels.iter().enumerate().skip(first) {
            writer.write(label, self.tab_style(tab));
        }
    }

    /// Returns the style of a tab.
    fn tab_style(&self, tab: usize) -> Style {
        let model = self.model;
        if tab == model.tab {
            return self.theme().badge();
        }
        let Some(stream) = Model::stream_of(tab) else {
            return Style::new();
        };
        let mut style = self.theme().stream(stream);
        if model.row_match.hidden.contains(&stream) {
            style = style.add_modifier(Modifier::DIM | Modifier::CROSSED_OUT);
        }
        let stream_stats = model.stream_stats.get(stream.index());
        if stream_stats.is_some_and(|stream_stats| stream_stats.unread_errors > 0) {
            style = style.patch(self.theme().message(Some(chronologix_schema::Level::Error)));
            style = style.add_modifier(Modifier::BOLD);
        }
        if model.other == Some(tab) {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        style
    }
}

/// Returns the tab at a column.
pub(super) fn tab_at(model: &Model, width: u16, column: u16) -> Option<usize> {
    let labels = tab_labels(model);
    let first = first_tab(&labels, model.tab, usize::from(width));
    let mut end = 0;
    let at = usize::from(column);
    let found = labels.iter().skip(first).position(|label| {
        end += sanitize::width(label);
        at < end
    });
    found.map(|position| first + position)
}

fn tab_labels(model: &Model) -> Vec<String> {
    let label = |tab: usize, name: &str, records: u64, badge: &str| {
        let edge = if tab == 0 { "" } else { "│" };
        format!(
            "{edge} {tab} {name} {}{badge} ",
            crate::number::grouped(records)
        )
    };
    let streams = model.streams.ids().map(|stream| {
        let index = stream.index();
        let name = sanitize::visible(model.streams.name(stream));
        let records = model.records_of(index + 1);
        let stats = model.stream_stats.get(index);
        let badge = match stats {
            Some(stats) if stats.unread_errors > 0 => "!",
            Some(stats) if stats.unread > 0 => "+",
            _ => "",
        };
        label(index + 1, &name, records, badge)
    });
    let all = label(0, "all", model.records_of(0), "");
    std::iter::once(all).chain(streams).collect()
}

/// Returns the first tab shown, so that the active one is visible.
fn first_tab(labels: &[String], active: usize, room: usize) -> usize {
    let mut width = 0;
    let before = labels[..=active].iter().rposition(|label| {
        width += sanitize::width(label);
        width > room
    });
    before.map_or(0, |before| (before + 1).min(active))
}
