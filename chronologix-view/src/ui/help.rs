//! The help: all keys, from the table of actions, narrowed down by what is typed.
//!
//! ```text
//!   ┌ keys: err▏───────────────────────┐
//!   │ going to                         │
//!   │        e  the next error         │
//!   │        E  the error before       │
//!   └──────────────────────────────────┘
//! ```

use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Layout, Rect},
    style::{Modifier, Style},
    widgets::{Block, Clear, Widget as _},
};

use super::{Screen, writer_at};
use crate::{action::SECTIONS, fuzzy, model::input::Input, sanitize};

/// A row of the list.
enum Entry {
    Title(&'static str),
    Keys(String, &'static str),
}

impl Screen<'_> {
    pub(super) fn help(&self, input: &Input, top: usize, area: Rect, buffer: &mut Buffer) {
        let entries = self.entries(input.text());
        let keys = widest(&entries, |entry| match entry {
            Entry::Keys(keys, _) => keys,
            Entry::Title(_) => "",
        });
        let words = widest(&entries, |entry| match entry {
            Entry::Keys(_, words) => words,
            Entry::Title(title) => title,
        });
        let width = (keys + words + 4).max(20);
        // Lists too long for the screen are shown in columns.
        let room = usize::from(area.height.saturating_sub(2)).max(1);
        let most = (usize::from(area.width.saturating_sub(2)) / width).max(1);
        let columns = entries.len().div_ceil(room).clamp(1, most);
        let height = entries.len().div_ceil(columns).max(1);
        let top = top.min(height.saturating_sub(room));
        let title = match input.text() {
            "" => " Keys: type to search, esc closes ".to_owned(),
            text => format!(" Keys: {text}▏"),
        };
        let inside = popup(area, width * columns + 2, height + 2, &title, buffer);
        self.under_help(inside, top + room < height, buffer);
        let columns = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inside);
        for (column, entries) in columns.iter().zip(entries.chunks(height)) {
            for (y, entry) in (inside.top()..inside.bottom()).zip(entries.iter().skip(top)) {
                let mut writer = writer_at(*column, y, buffer);
                match entry {
                    Entry::Title(title) => {
                        let bold = Style::new().add_modifier(Modifier::BOLD);
                        writer.write(&format!(" {title}"), bold);
                    }
                    Entry::Keys(label, words) => {
                        writer.write(&format!(" {label:>keys$}  "), self.theme().key());
                        writer.write(words, Style::new());
                    }
                }
            }
        }
    }

    /// Writes into the lower edge of the help that there is more, and where keys are configured.
    fn under_help(&self, inside: Rect, has_more: bool, buffer: &mut Buffer) {
        let edge = Rect {
            y: inside.bottom(),
            height: 1,
            ..inside
        };
        let mut writer = writer_at(edge, edge.y, buffer);
        if has_more {
            writer.write(" ↓ more below ", self.theme().key());
        }
        if let Some(file) = &self.model.settings_file {
            let text = format!(" settings: {file} ");
            let width = sanitize::width(&text);
            if width <= usize::from(writer.room()) {
                writer.move_to_last(width);
                writer.write(&text, Style::new());
            }
        }
    }

    fn entries(&self, typed: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        for section in SECTIONS {
            let lines: Vec<Entry> = section
                .commands
                .iter()
                .map(|command| (self.model.keymap.labels(command.action).join(", "), command))
                .filter(|(keys, command)| {
                    keys == typed
                        || fuzzy::score(typed, command.help).is_some()
                        || command.name.contains(typed)
                })
                .map(|(keys, command)| Entry::Keys(keys, command.help))
                .collect();
            if !lines.is_empty() {
                entries.push(Entry::Title(section.title));
                entries.extend(lines);
            }
        }
        entries
    }
}

fn widest<'a>(entries: &'a [Entry], text: impl Fn(&'a Entry) -> &'a str) -> usize {
    let widths = entries.iter().map(|entry| text(entry).chars().count());
    widths.max().unwrap_or(0)
}

/// Clears a box in the middle of an area, and returns its inside.
pub(super) fn popup(
    area: Rect,
    width: usize,
    height: usize,
    title: &str,
    buffer: &mut Buffer,
) -> Rect {
    let wanted = |length: usize| Constraint::Length(u16::try_from(length).unwrap_or(u16::MAX));
    let area = area.centered(wanted(width), wanted(height));
    Clear.render(area, buffer);
    let block = Block::bordered().title(sanitize::visible(title));
    let inside = block.inner(area);
    block.render(area, buffer);
    inside
}
