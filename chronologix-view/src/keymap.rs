//! The keys. Help is printed from this table, so it cannot be wrong.

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

use crate::action::Action;

#[cfg(test)]
mod tests;

/// A key, or several that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The key alone.
    Plain(KeyCode),
    /// The key with ctrl.
    Ctrl(char),
    /// A digit, which is the number of a tab.
    Digit,
}

/// Keys that do the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    /// The keys.
    pub(crate) keys: &'static [Key],
    /// What they do.
    pub(crate) action: Action,
    /// What they do, in words.
    pub(crate) help: &'static str,
}

const fn key(code: KeyCode) -> Key {
    Key::Plain(code)
}

const fn letter(letter: char) -> Key {
    Key::Plain(KeyCode::Char(letter))
}

const fn bind(keys: &'static [Key], action: Action, help: &'static str) -> Binding {
    Binding { keys, action, help }
}

/// All keys.
pub(crate) const KEYS: &[Binding] = &[
    bind(&[key(KeyCode::Up), letter('k')], Action::Up, "one line up"),
    bind(
        &[key(KeyCode::Down), letter('j')],
        Action::Down,
        "one line down",
    ),
    bind(
        &[key(KeyCode::PageUp), letter('b')],
        Action::PageUp,
        "one page up",
    ),
    bind(&[key(KeyCode::PageDown)], Action::PageDown, "one page down"),
    bind(&[Key::Ctrl('u')], Action::HalfPageUp, "half a page up"),
    bind(&[Key::Ctrl('d')], Action::HalfPageDown, "half a page down"),
    bind(
        &[key(KeyCode::Home), letter('g')],
        Action::Home,
        "the oldest line",
    ),
    bind(
        &[key(KeyCode::End), letter('G'), letter('f')],
        Action::End,
        "the newest line; follow",
    ),
    bind(
        &[key(KeyCode::Left), letter('h')],
        Action::Left,
        "scroll left",
    ),
    bind(
        &[key(KeyCode::Right), letter('l')],
        Action::Right,
        "scroll right",
    ),
    bind(&[letter(' ')], Action::Pause, "pause, or follow again"),
    bind(&[key(KeyCode::Tab)], Action::NextTab, "next tab"),
    bind(
        &[key(KeyCode::BackTab)],
        Action::PreviousTab,
        "previous tab",
    ),
    bind(&[Key::Digit], Action::Tab(0), "all streams, or one"),
    bind(
        &[letter('?'), key(KeyCode::F(1))],
        Action::Help,
        "show or hide these keys",
    ),
    bind(&[key(KeyCode::Esc)], Action::Close, "hide these keys"),
    bind(
        &[Key::Ctrl('z')],
        Action::Suspend,
        "back to the shell until fg",
    ),
    bind(&[letter('q'), Key::Ctrl('c')], Action::Quit, "quit"),
];

/// What a key does.
pub(crate) fn action(event: KeyEvent) -> Option<Action> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    // Whether a terminal says that shift was held differs; the character says it too.
    let modifiers = event.modifiers.difference(KeyModifiers::SHIFT);
    let pressed = match (event.code, modifiers) {
        (code, KeyModifiers::NONE) => Key::Plain(code),
        (KeyCode::Char(letter), KeyModifiers::CONTROL) => Key::Ctrl(letter.to_ascii_lowercase()),
        _ => return None,
    };
    if let Key::Plain(KeyCode::Char(digit)) = pressed
        && let Some(number) = digit.to_digit(10)
    {
        return usize::try_from(number).ok().map(Action::Tab);
    }
    KEYS.iter()
        .find(|binding| binding.keys.contains(&pressed))
        .map(|binding| binding.action)
}

impl Key {
    /// The key as help shows it.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Plain(code) => match code {
                KeyCode::Up => "↑".into(),
                KeyCode::Down => "↓".into(),
                KeyCode::Left => "←".into(),
                KeyCode::Right => "→".into(),
                KeyCode::PageUp => "PgUp".into(),
                KeyCode::PageDown => "PgDn".into(),
                KeyCode::BackTab => "shift-tab".into(),
                KeyCode::Char(' ') => "space".into(),
                KeyCode::Char(letter) => letter.into(),
                KeyCode::F(number) => format!("F{number}"),
                other => format!("{other:?}").to_lowercase(),
            },
            Self::Ctrl(letter) => format!("ctrl-{letter}"),
            Self::Digit => "0…9".into(),
        }
    }
}
