//! The list of filters.
//!
//! ```text
//!   ┌ filters ─────────────────────────┐
//!   │ [x] only  disk|net               │
//!   │ [ ] not   heartbeat              │
//!   │ [x] where  status>=500           │
//!   └──────────────────────────────────┘
//! ```

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, help::popup, writer_at};
use crate::{sanitize, theme::Theme};

impl Screen<'_> {
    pub(super) fn filter_list(&self, selected: usize, area: Rect, buffer: &mut Buffer) {
        let filter = &self.model.row_match.filter;
        let of_patterns = filter.rules.iter().map(|rule| {
            let word = if rule.keeps { "only" } else { "not " };
            (rule.is_on, word, rule.regex.text().to_owned())
        });
        let of_fields = filter.fields.iter().map(|rule| {
            let text = rule.condition.text().to_owned();
            (
                rule.is_on,
                if rule.keeps { "where" } else { "where not" },
                text,
            )
        });
        let rules: Vec<(bool, &str, String)> = of_patterns.chain(of_fields).collect();
        let said: Vec<String> = rules
            .iter()
            .map(|(is_on, word, text)| {
                let mark = if *is_on { 'x' } else { ' ' };
                format!(" [{mark}] {word}  {} ", sanitize::visible(text))
            })
            .collect();
        let title = " Filters: space toggles, e edits, n inverts, d deletes, u undoes ";
        let widest = said.iter().map(|text| text.chars().count()).max();
        let width = widest.unwrap_or(0).max(title.chars().count()) + 2;
        let inside = popup(area, width, said.len().max(1) + 2, title, buffer);
        if said.is_empty() {
            let text = " no filters";
            writer_at(inside, inside.top(), buffer).write(text, self.theme().remark());
        }
        let top = (selected + 1).saturating_sub(usize::from(inside.height).max(1));
        for (y, (index, text)) in
            (inside.top()..inside.bottom()).zip(said.iter().enumerate().skip(top))
        {
            let is_on = rules.get(index).is_some_and(|(is_on, ..)| *is_on);
            writer_at(inside, y, buffer)
                .write(text, if is_on { Style::new() } else { Theme::FAINT });
            if index == selected {
                buffer.set_style(super::row_of(inside, y), self.theme().cursor());
            }
        }
    }

    /// Returns what to say if all lines are filtered out.
    pub(super) fn all_left_out(&self) -> (String, String) {
        let key = self.model.keymap.label(crate::action::Action::Reset);
        let hint = key.map_or(String::new(), |key| format!("{key} clears all filters"));
        let is_searching = !self
            .model
            .pane()
            .is_scanned(crate::model::row_match::Criterion::Filter);
        let text = if is_searching {
            "searching …"
        } else {
            "No lines match the filters"
        };
        (text.to_owned(), hint)
    }
}
