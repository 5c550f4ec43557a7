//! The list of filters.
//!
//! ```text
//!   ┌ filters ─────────────────────────┐
//!   │ [x] only  disk|net               │
//!   │ [ ] not   heartbeat              │
//!   │ [x] where  status>=500           │
//!   └──────────────────────────────────┘
//! ```

use ratatui::{buffer::Buffer, layout::Rect};

use super::{Screen, list::List};

impl Screen<'_> {
    pub(super) fn filter_list(&self, selected: usize, area: Rect, buffer: &mut Buffer) {
        let filter = &self.model.row_match.filter;
        let of_patterns = filter.rules.iter().map(|rule| {
            let word = if rule.keeps { "only" } else { "not " };
            (rule.is_on, format!("{word}  {}", rule.regex.text()))
        });
        let of_fields = filter.fields.iter().map(|rule| {
            let word = if rule.keeps { "where" } else { "where not" };
            (rule.is_on, format!("{word}  {}", rule.condition.text()))
        });
        let list = List {
            title: " Filters: space toggles, e edits, n inverts, d deletes, u undoes ",
            rows: of_patterns.chain(of_fields).collect(),
            nothing: "no filters",
            selected,
        };
        self.list(&list, area, buffer);
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
