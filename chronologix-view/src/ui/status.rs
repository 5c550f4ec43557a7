//! The status bar, or the prompt.
//!
//! ```text
//!  ‖ +12 new (1 error)  · level ≥ WARN      / search  & filter  ? keys
//!  search: time.*out█                              12 hits
//! ```

use std::ops::Range;

use ratatui::{buffer::Buffer, layout::Rect, style::Modifier};

use super::{Screen, cell_writer::CellWriter};
use crate::{
    action::Action,
    model::{
        overlay::{Overlay, Prompt},
        row_match::{Criterion, Draft},
        scroll::Scroll,
        search_results::Total,
        window::Edge,
    },
    number::{self, grouped},
    query::Direction,
    update::completion,
};

/// The most names that are listed beside the prompt.
const MOST_NAMES: usize = 6;

impl Screen<'_> {
    pub(super) fn status(&self, area: Rect, buffer: &mut Buffer) {
        buffer.set_style(area, self.theme().bar());
        match &self.model.prompt {
            Some(prompt) => self.prompt(prompt, area, buffer),
            None => self.standing(area, buffer),
        }
    }

    fn standing(&self, area: Rect, buffer: &mut Buffer) {
        let (model, theme) = (self.model, self.theme());
        let pane = model.pane();
        let mut writer = CellWriter::new(buffer, area);
        match (&model.waiting, pane.scroll) {
            // The title and the middle of the screen say so.
            (Some(_), _) | (None, Scroll::Following) => {}
            (None, Scroll::Held(held)) => {
                let errors = match held.new_errors {
                    0 => String::new(),
                    1 => " (1 error)".to_owned(),
                    errors => format!(" ({} errors)", grouped(errors)),
                };
                let text = match held.new {
                    0 => " ‖ PAUSED ".to_owned(),
                    new => format!(" ‖ PAUSED  +{} new{errors} ", grouped(new)),
                };
                let badge = if held.new_errors > 0 {
                    theme.alarm()
                } else {
                    theme.held()
                };
                writer.write(&text, badge);
            }
        }
        if let Some(text) = &model.notice {
            writer.write(&format!(" · {text}"), theme.badge());
        }
        if let Some(text) = self.taking_in_words() {
            writer.write(&format!(" · {text}"), theme.badge());
        }
        if let Some(text) = self.search_in_words() {
            writer.write(&format!(" · {text}"), theme.bar());
        }
        if pane.left > 0 && !model.is_wrapped {
            writer.write(&format!(" · ← {} columns", pane.left), theme.bar());
        }
        if let Some(reason) = &model.polling {
            writer.write(&format!(" · polling every 1 s ({reason})"), theme.bar());
        }
        let position = self.position();
        writer.leave(u16::try_from(position.len()).unwrap_or(u16::MAX));
        // If there is too little room, the last hints stay.
        let room = usize::from(writer.room()).saturating_sub(2);
        let mut hints = self.hints();
        let width = |hints: &[String]| {
            hints
                .iter()
                .map(|hint| hint.chars().count() + 2)
                .sum::<usize>()
        };
        while width(&hints) > room && !hints.is_empty() {
            hints.remove(0);
        }
        if !hints.is_empty() {
            writer.move_to_last(width(&hints));
            writer.write(&hints.join("  "), theme.bar());
        }
        let mut end = CellWriter::new(buffer, area);
        end.move_to_last(position.len());
        end.write(&position, theme.bar());
    }

    /// Returns the position of the cursor among the records of the whole tree.
    fn position(&self) -> String {
        let model = self.model;
        let pane = model.pane();
        let rows = pane.rows();
        let count = |range: Range<u64>| {
            let is_counted = |number: &u64| pane.is_kept(*number) && pane.begins_record(*number);
            range.filter(is_counted).count() as u64
        };
        let after = pane.scroll.held().map_or(rows.end, |held| held.cursor + 1);
        let Some(Total { records, percent }) = model.total() else {
            let (at, all) = (count(rows.start..after), count(rows.clone()));
            return format!("  {}/{} ", grouped(at), grouped(all));
        };
        if percent < 100 {
            return format!("  {} so far, {percent} % ", number::records(records));
        }
        let is_first = pane.edge(Direction::Older) == Edge::Ended;
        let at = match pane.scroll.held() {
            None => return format!("  {} ", number::records(records)),
            Some(_) if !pane.is_detached() => Some(records.saturating_sub(count(after..rows.end))),
            Some(_) if is_first => Some(count(rows.start..after)),
            Some(_) => None,
        };
        let cursor = model.cursor().map(|row| (row.key.folder, row.key.instant));
        let about = || model.counts.share_before(cursor?);
        let percent = match at {
            Some(at) => at * 100 / records.max(1),
            None => about().unwrap_or(0),
        };
        let all = grouped(records);
        match at {
            Some(at) => format!("  record {} of {all} ({percent} %) ", grouped(at)),
            None => format!("  {percent} % of {all} records "),
        }
    }

    /// Returns hints at the most useful keys, the most useful last.
    fn hints(&self) -> Vec<String> {
        let model = self.model;
        let (close, help) = ((Action::Close, "close"), (Action::Help, "help"));
        let pause = if model.pane().scroll.held().is_some() {
            (Action::Pause, "follow")
        } else {
            (Action::Pause, "pause")
        };
        let shown = match &model.overlay {
            Some(Overlay::Help { .. } | Overlay::Palette { .. }) => vec![close],
            Some(_) => vec![close, help],
            None => vec![pause, (Action::Palette, "commands"), help],
        };
        let hint = |(action, word): (Action, &str)| {
            let key = model.keymap.label(action)?;
            Some(format!("{key} {word}"))
        };
        shown.into_iter().filter_map(hint).collect()
    }

    /// Describes the export that is under way, or the selection.
    fn taking_in_words(&self) -> Option<String> {
        let model = self.model;
        if let Some(export) = &model.export {
            let word = if export.path.is_some() {
                "writing"
            } else {
                "copying"
            };
            let close = model.keymap.label(Action::Close).unwrap_or_default();
            return Some(format!("{word} {} %, {close} stops", export.percent));
        }
        let selected = model.selected?;
        let more = if selected.is_complete { "" } else { " …" };
        Some(format!(
            "selected {}{more}",
            number::records(selected.records)
        ))
    }

    /// Describes the search and its matches.
    fn search_in_words(&self) -> Option<String> {
        let pattern = self.model.row_match.search.as_ref()?;
        let cursor = self.model.cursor().and_then(|row| row.line());
        let beyond = cursor.and_then(|line| line.beyond.as_ref());
        let column = beyond.map_or(String::new(), |beyond| {
            format!(" at column {}", grouped(beyond.column as u64))
        });
        let matches = self.matches_in_words();
        Some(format!("/{}/ {matches}{column}", pattern.text()))
    }

    /// Returns the number of matches in the whole tree, and which of them the cursor is on if all
    /// are loaded.
    fn matches_in_words(&self) -> String {
        let (loaded, place) = self.loaded_matches();
        let is_scanned = self.model.pane().is_scanned(Criterion::Search);
        let total = match &self.model.search_results {
            Some(results) if results.lines > loaded || !results.is_complete => {
                if !results.is_complete {
                    let text = matches(results.lines.max(loaded));
                    return format!("{text} so far, {} %", results.percent);
                }
                results.lines
            }
            _ => loaded,
        };
        match place {
            _ if !is_scanned => format!("{} …", matches(total)),
            Some(place) if total == loaded => {
                format!("match {} of {}", grouped(place), grouped(total))
            }
            Some(_) => match self.place_of_match() {
                Some(place) => format!("match {} of {}", grouped(place), grouped(total)),
                None => matches(total),
            },
            None => matches(total),
        }
    }

    /// Returns which match of the whole tree the cursor is on.
    fn place_of_match(&self) -> Option<u64> {
        let results = self.model.search_results.as_ref()?;
        results.place(self.model.cursor()?.key)
    }

    /// Returns the number of matches among the loaded rows, and which one the cursor is on.
    fn loaded_matches(&self) -> (u64, Option<u64>) {
        let pane = self.model.pane();
        let cursor = pane.scroll.held().map(|held| held.cursor);
        let (mut found, mut place) = (0, None);
        for number in pane.rows() {
            if pane.is_found(number) && pane.is_kept(number) {
                found += 1;
                if cursor == Some(number) {
                    place = Some(found);
                }
            }
        }
        (found, place)
    }

    fn prompt(&self, prompt: &Prompt, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        let mut writer = CellWriter::new(buffer, area);
        writer.write(&format!(" {}", prompt.purpose.label()), theme.badge());
        let (before, after) = prompt.input.around_cursor();
        let mut after = after.chars();
        let under = after.next().unwrap_or(' ');
        writer.write(before, theme.bar());
        writer.write(
            under.encode_utf8(&mut [0; 4]),
            theme
                .bar()
                .add_modifier(Modifier::UNDERLINED | Modifier::SLOW_BLINK),
        );
        writer.write(after.as_str(), theme.bar());
        let (said, style) = self.beside_prompt(prompt);
        writer.write("  ", theme.bar());
        writer.move_to_last(said.chars().count() + 1);
        writer.write(&said, style);
    }

    /// Returns what to say beside the prompt.
    fn beside_prompt(&self, prompt: &Prompt) -> (String, ratatui::style::Style) {
        let theme = self.theme();
        if let Some(problem) = &prompt.problem {
            return (problem.clone(), theme.alarm());
        }
        if prompt.input.text().is_empty() {
            return (prompt.purpose.hint().to_owned(), theme.dimmed());
        }
        if prompt.purpose.direction().is_some() {
            return (self.matches_in_words(), theme.badge());
        }
        let typed = completion::candidates(prompt);
        let (before, _) = prompt.input.around_cursor();
        let is_done = |name: &&str| before.ends_with(*name);
        if !typed.is_empty() && !typed.iter().any(is_done) {
            let typed: Vec<&str> = typed.into_iter().take(MOST_NAMES).collect();
            return (format!("tab: {}", typed.join("  ")), theme.dimmed());
        }
        if let Some(draft) = &self.model.row_match.draft {
            return (self.draft_in_words(draft), theme.badge());
        }
        (String::new(), theme.bar())
    }
}

impl Screen<'_> {
    /// Returns how many records stay with the filter that is being typed.
    fn draft_in_words(&self, draft: &Draft) -> String {
        let (model, keeps) = (self.model, draft.keeps());
        let results = model.search_results.as_ref();
        let results = results.filter(|_| draft.pattern().is_some());
        if let Some((total, results)) = model.total().zip(results) {
            if !results.is_complete {
                let found = grouped(results.lines);
                return format!("{found} matches so far, {} %", results.percent);
            }
            let kept = if keeps {
                results.lines
            } else {
                total.records.saturating_sub(results.lines)
            };
            return format!(
                "{} of {} shown",
                grouped(kept),
                number::records(total.records)
            );
        }
        let pane = model.pane();
        let is_counted = |number: &u64| pane.is_kept(*number) && pane.begins_record(*number);
        let rows = || pane.rows().filter(is_counted);
        let kept = rows().filter(|number| !pane.would_drop(*number)).count() as u64;
        let of = if draft.pattern().is_some() {
            ""
        } else {
            "loaded "
        };
        let all = number::records(rows().count() as u64);
        format!("{} of {of}{all} shown", grouped(kept))
    }
}

/// Formats a number of matches.
fn matches(number: u64) -> String {
    match number {
        0 => "no matches".to_owned(),
        1 => "1 match".to_owned(),
        number => format!("{} matches", grouped(number)),
    }
}
