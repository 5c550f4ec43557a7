//! The table is whole.

use std::collections::BTreeSet;

use super::*;

fn press(code: KeyCode, modifiers: KeyModifiers) -> Option<Action> {
    action(KeyEvent::new(code, modifiers))
}

#[test]
fn no_key_is_bound_twice() {
    let labels: Vec<String> = KEYS
        .iter()
        .flat_map(|binding| binding.keys)
        .map(|key| key.label())
        .collect();
    assert_eq!(
        labels.iter().collect::<BTreeSet<_>>().len(),
        labels.len(),
        "{labels:?}"
    );
}

#[test]
fn every_key_does_what_its_line_says() {
    for binding in KEYS {
        assert!(!binding.help.is_empty());
        for key in binding.keys {
            let found = match key {
                Key::Plain(code) => press(*code, KeyModifiers::NONE),
                Key::Ctrl(letter) => press(KeyCode::Char(*letter), KeyModifiers::CONTROL),
                Key::Digit => press(KeyCode::Char('0'), KeyModifiers::NONE),
            };
            assert_eq!(found, Some(binding.action), "{}", key.label());
        }
    }
}

#[test]
fn every_action_has_a_key() {
    let all = [
        Action::Up,
        Action::Down,
        Action::PageUp,
        Action::PageDown,
        Action::HalfPageUp,
        Action::HalfPageDown,
        Action::Home,
        Action::End,
        Action::Left,
        Action::Right,
        Action::Pause,
        Action::NextTab,
        Action::PreviousTab,
        Action::Tab(0),
        Action::Help,
        Action::Close,
        Action::Suspend,
        Action::Quit,
    ];
    for action in all {
        // An action added later must be added above; this match finds it.
        match action {
            Action::Up
            | Action::Down
            | Action::PageUp
            | Action::PageDown
            | Action::HalfPageUp
            | Action::HalfPageDown
            | Action::Home
            | Action::End
            | Action::Left
            | Action::Right
            | Action::Pause
            | Action::NextTab
            | Action::PreviousTab
            | Action::Tab(_)
            | Action::Help
            | Action::Close
            | Action::Suspend
            | Action::Quit => {}
        }
        assert!(
            KEYS.iter().any(|binding| binding.action == action),
            "{action:?}"
        );
    }
}

#[test]
fn digits_are_tabs() {
    assert_eq!(
        press(KeyCode::Char('7'), KeyModifiers::NONE),
        Some(Action::Tab(7))
    );
}

#[test]
fn terminals_differ_in_how_they_say_shift() {
    assert_eq!(
        press(KeyCode::Char('G'), KeyModifiers::SHIFT),
        Some(Action::End)
    );
    assert_eq!(
        press(KeyCode::Char('?'), KeyModifiers::SHIFT),
        Some(Action::Help)
    );
    assert_eq!(
        press(KeyCode::BackTab, KeyModifiers::SHIFT),
        Some(Action::PreviousTab)
    );
}

#[test]
fn other_keys_and_releases_do_nothing() {
    assert_eq!(press(KeyCode::Char('q'), KeyModifiers::ALT), None);
    assert_eq!(press(KeyCode::Char('Q'), KeyModifiers::NONE), None);
    let release = KeyEventKind::Release;
    let event = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, release);
    assert_eq!(action(event), None);
}
