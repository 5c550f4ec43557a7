//! A line editor for the prompt.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

#[cfg(test)]
mod tests;

/// The text, and the position of the cursor in it.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Input {
    text: String,
    /// The byte offset of the cursor.
    cursor: usize,
}

/// The effect of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// The text changed.
    Changed,
    /// Only the cursor moved.
    Moved,
    /// The key does not edit text.
    Ignored,
}

impl Input {
    /// Returns a line with this text, and the cursor at its end.
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            cursor: text.len(),
        }
    }

    /// Returns the text.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text before the cursor and after it.
    pub(crate) fn around_cursor(&self) -> (&str, &str) {
        self.text.split_at(self.cursor)
    }

    /// Inserts text at the cursor, without control characters.
    pub(crate) fn insert(&mut self, text: &str) -> Typed {
        for letter in text.chars().filter(|letter| !letter.is_control()) {
            self.text.insert(self.cursor, letter);
            self.cursor += letter.len_utf8();
        }
        Typed::Changed
    }

    /// Replaces the text from `start` to the cursor.
    pub(crate) fn replace_before_cursor(&mut self, start: usize, text: &str) {
        self.text.replace_range(start..self.cursor, text);
        self.cursor = start + text.len();
    }

    /// Handles a key like the usual line editors.
    pub(crate) fn press(&mut self, key: KeyEvent) -> Typed {
        if key.kind == KeyEventKind::Release {
            return Typed::Ignored;
        }
        let held = key.modifiers.difference(KeyModifiers::SHIFT);
        let (start, end) = (0, self.text.len());
        match (key.code, held) {
            (KeyCode::Char(letter), KeyModifiers::NONE) => {
                self.insert(letter.encode_utf8(&mut [0; 4]))
            }
            (KeyCode::Left, KeyModifiers::NONE) => self.move_to(self.before()),
            (KeyCode::Right, KeyModifiers::NONE) => self.move_to(self.after()),
            (KeyCode::Home, KeyModifiers::NONE) | (KeyCode::Char('a'), KeyModifiers::CONTROL) => {
                self.move_to(start)
            }
            (KeyCode::End, KeyModifiers::NONE) | (KeyCode::Char('e'), KeyModifiers::CONTROL) => {
                self.move_to(end)
            }
            (KeyCode::Backspace, KeyModifiers::NONE)
            | (KeyCode::Char('h'), KeyModifiers::CONTROL) => {
                self.remove(self.before(), self.cursor)
            }
            (KeyCode::Delete, KeyModifiers::NONE) => self.remove(self.cursor, self.after()),
            (KeyCode::Char('u'), KeyModifiers::CONTROL) => self.remove(start, self.cursor),
            (KeyCode::Char('k'), KeyModifiers::CONTROL) => self.remove(self.cursor, end),
            (KeyCode::Char('w'), KeyModifiers::CONTROL) => {
                let words = self.text[..self.cursor].trim_end();
                let start = words.rfind(' ').map_or(0, |space| space + 1);
                self.remove(start, self.cursor)
            }
            _ => Typed::Ignored,
        }
    }

    fn before(&self) -> usize {
        let letters = self.text[..self.cursor].chars();
        self.cursor - letters.last().map_or(0, char::len_utf8)
    }

    fn after(&self) -> usize {
        let mut letters = self.text[self.cursor..].chars();
        self.cursor + letters.next().map_or(0, char::len_utf8)
    }

    fn move_to(&mut self, cursor: usize) -> Typed {
        self.cursor = cursor;
        Typed::Moved
    }

    fn remove(&mut self, start: usize, end: usize) -> Typed {
        if start == end {
            return Typed::Moved;
        }
        self.text.replace_range(start..end, "");
        self.cursor = start;
        Typed::Changed
    }
}
