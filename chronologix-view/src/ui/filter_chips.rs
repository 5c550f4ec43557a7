//! The filters in force, on their own row.
//!
//! ```text
//!  level ≥ WARN │ status>=500              509 of 18,204 shown   F edit   u undo   ctrl-r clear
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Screen, cell_writer::CellWriter};
use crate::{
    action::Action,
    model::{Model, row_match::Criterion},
    number::grouped,
    query::{FieldRule, FilterRule, RequestKind},
    sanitize,
};

/// The actions whose keys are named, in the order in which they are left out last.
const ACTIONS: [(Action, &str); 3] = [
    (Action::Filters, "edit"),
    (Action::Undo, "undo"),
    (Action::Reset, "clear"),
];

impl Screen<'_> {
    pub(super) fn filter_chips(&self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        let mut end = format!(" {}", self.shown_in_words());
        for (action, word) in ACTIONS {
            let key = self.model.keymap.label(action);
            let hint = key.map_or(String::new(), |key| format!("   {key} {word}"));
            if sanitize::width(&end) + sanitize::width(&hint) <= usize::from(area.width / 2) {
                end.push_str(&hint);
            }
        }
        end.push(' ');
        let width = sanitize::width(&end);
        let mut writer = CellWriter::new(buffer, area);
        writer.leave(u16::try_from(width).unwrap_or(u16::MAX));
        for (index, chip) in self.chips().into_iter().enumerate() {
            writer.write(if index == 0 { " " } else { " │ " }, theme.remark());
            writer.write(&chip, theme.key());
        }
        let mut writer = CellWriter::new(buffer, area);
        writer.move_to_last(width);
        writer.write(&end, theme.remark());
    }

    /// Returns the filters in words.
    fn chips(&self) -> Vec<String> {
        let row_match = &self.model.row_match;
        let mut chips = Vec::new();
        if let Some(least) = row_match.filter.least() {
            chips.push(format!("level ≥ {least}"));
        }
        chips.extend(row_match.filter.active().map(chip));
        chips.extend(row_match.filter.active_fields().map(FieldRule::text));
        if row_match.context > 0 {
            chips.push(format!("context ±{}", row_match.context));
        }
        if self.model.tab == 0 && !row_match.hidden.is_empty() {
            let hidden = row_match.hidden.iter();
            let names = hidden.map(|stream| self.model.streams.name(*stream));
            chips.push(format!("hidden: {}", names.collect::<Vec<_>>().join(", ")));
        }
        chips
    }

    /// Returns how many lines are shown.
    fn shown_in_words(&self) -> String {
        let counts = &self.model.counts;
        let is_scanned = self.model.pane().is_scanned(Criterion::Filter);
        // Until then, the counts are those of the filters before.
        let is_counting = self.model.queries.is_waiting(RequestKind::Histogram);
        let is_searching = !is_scanned || is_counting || !counts.is_complete();
        if is_searching {
            return "searching …".to_owned();
        }
        let stream = Model::stream_of(self.model.tab);
        let kept = counts.records(stream, true);
        let all = counts.records(stream, false);
        let (Some(kept), Some(all)) = (kept, all) else {
            return String::new();
        };
        format!(
            "{} of {} shown",
            grouped(kept.records),
            grouped(all.records)
        )
    }
}

/// Returns a filter in words.
pub(super) fn chip(rule: &FilterRule) -> String {
    let word = if rule.keeps { "only" } else { "not" };
    format!("{word} /{}/", rule.regex.text())
}
