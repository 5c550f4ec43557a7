//! A key with its modifiers: as pressed, as written in the configuration, and as shown.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

#[cfg(test)]
mod tests;

/// A key with its modifiers, or any digit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Chord {
    /// A key with ctrl, alt, both or neither. Shift is part of the character.
    Key(KeyCode, KeyModifiers),
    /// Any digit key; the digit is the number of a tab.
    Digit(KeyModifiers),
}

/// How a pressed key matches that of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It is the same key.
    Key,
    /// It is this digit.
    Digit(usize),
}

/// Keys with a name: code, name in the help, name in the configuration.
const NAMED: [(KeyCode, &str, &str); 15] = [
    (KeyCode::Up, "↑", "up"),
    (KeyCode::Down, "↓", "down"),
    (KeyCode::Left, "←", "left"),
    (KeyCode::Right, "→", "right"),
    (KeyCode::PageUp, "PgUp", "pgup"),
    (KeyCode::PageDown, "PgDn", "pgdn"),
    (KeyCode::Home, "home", "home"),
    (KeyCode::End, "end", "end"),
    (KeyCode::Enter, "enter", "enter"),
    (KeyCode::Esc, "esc", "esc"),
    (KeyCode::Tab, "tab", "tab"),
    (KeyCode::BackTab, "shift-tab", "shift-tab"),
    (KeyCode::Backspace, "backspace", "backspace"),
    (KeyCode::Delete, "del", "del"),
    (KeyCode::Char(' '), "space", "space"),
];

impl Chord {
    /// The name of "any digit".
    pub(super) const DIGIT: &str = "0…9";

    /// Returns the pressed key, or `None` for a key release.
    pub(crate) fn pressed(event: KeyEvent) -> Option<Self> {
        if event.kind == KeyEventKind::Release {
            return None;
        }
        // Terminals differ in whether they report shift for a character. The character implies it.
        let modifiers = match event.code {
            KeyCode::Left | KeyCode::Right => event.modifiers,
            _ => event.modifiers.difference(KeyModifiers::SHIFT),
        };
        let code = match event.code {
            KeyCode::Char(letter) if modifiers.contains(KeyModifiers::CONTROL) => {
                KeyCode::Char(letter.to_ascii_lowercase())
            }
            code => code,
        };
        let known = KeyModifiers::CONTROL | KeyModifiers::ALT | KeyModifiers::SHIFT;
        let is_known = known.contains(modifiers);
        is_known.then_some(Self::Key(code, modifiers))
    }

    /// Reads `ctrl-u`, `alt-x`, `pgup`, `F1`, `g`, `0…9`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut modifiers = KeyModifiers::NONE;
        let mut rest = text;
        loop {
            if let Some(after) = rest.strip_prefix("ctrl-").filter(|after| !after.is_empty()) {
                (modifiers, rest) = (modifiers | KeyModifiers::CONTROL, after);
            } else if let Some(after) = rest.strip_prefix("alt-").filter(|after| !after.is_empty())
            {
                (modifiers, rest) = (modifiers | KeyModifiers::ALT, after);
            } else if let Some(after) = rest.strip_prefix("shift-")
                && NAMED.iter().any(|(code, _, written)| {
                    matches!(code, KeyCode::Left | KeyCode::Right) && after == *written
                })
            {
                (modifiers, rest) = (modifiers | KeyModifiers::SHIFT, after);
            } else {
                break;
            }
        }
        if rest == Self::DIGIT {
            return Some(Self::Digit(modifiers));
        }
        let named = NAMED
            .iter()
            .find(|(_, shown, written)| rest == *shown || rest.eq_ignore_ascii_case(written));
        if let Some((code, _, _)) = named {
            return Some(Self::Key(*code, modifiers));
        }
        if let Some(number) = rest.strip_prefix(['F', 'f'])
            && let Ok(number @ 1..=24) = number.parse()
        {
            return Some(Self::Key(KeyCode::F(number), modifiers));
        }
        let mut letters = rest.chars();
        let letter = letters.next().filter(|letter| !letter.is_control())?;
        let is_alone = letters.next().is_none();
        is_alone.then_some(Self::Key(KeyCode::Char(letter), modifiers))
    }

    /// Returns the name of the key, as the help shows it.
    pub(crate) fn label(self) -> String {
        let (modifiers, key) = match self {
            Self::Digit(modifiers) => (modifiers, Self::DIGIT.to_owned()),
            Self::Key(code, modifiers) => {
                let named = NAMED.iter().find(|(named, _, _)| *named == code);
                let key = match (named, code) {
                    (Some((_, shown, _)), _) => (*shown).to_owned(),
                    (None, KeyCode::Char(letter)) => letter.into(),
                    (None, KeyCode::F(number)) => format!("F{number}"),
                    (None, other) => format!("{other:?}").to_lowercase(),
                };
                (modifiers, key)
            }
        };
        let mut label = String::new();
        for (modifier, name) in [
            (KeyModifiers::CONTROL, "ctrl-"),
            (KeyModifiers::ALT, "alt-"),
            (KeyModifiers::SHIFT, "shift-"),
        ] {
            if modifiers.contains(modifier) {
                label.push_str(name);
            }
        }
        label + &key
    }

    /// Matches a pressed key.
    pub(super) fn matches(self, pressed: Self) -> Option<Match> {
        match (self, pressed) {
            (Self::Digit(wanted), Self::Key(KeyCode::Char(letter), held)) if wanted == held => {
                let digit = letter.to_digit(10)?;
                usize::try_from(digit).ok().map(Match::Digit)
            }
            _ => (self == pressed).then_some(Match::Key),
        }
    }
}
