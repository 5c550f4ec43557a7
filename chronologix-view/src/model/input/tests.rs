//! Line editing.

use super::*;

fn press(input: &mut Input, code: KeyCode, modifiers: KeyModifiers) -> Typed {
    input.press(KeyEvent::new(code, modifiers))
}

#[track_caller]
fn check(begin: &str, keys: &[(KeyCode, KeyModifiers)], expected: (&str, &str)) {
    let mut input = Input::new(begin);
    for (code, modifiers) in keys {
        press(&mut input, *code, *modifiers);
    }
    assert_eq!(input.around_cursor(), expected);
}

#[test]
fn text_is_edited_character_by_character() {
    const NONE: KeyModifiers = KeyModifiers::NONE;
    const CTRL: KeyModifiers = KeyModifiers::CONTROL;
    let letter = KeyCode::Char;
    check(
        "",
        &[(letter('é'), NONE), (letter('B'), KeyModifiers::SHIFT)],
        ("éB", ""),
    );
    check(
        "aé",
        &[(KeyCode::Left, NONE), (letter('x'), NONE)],
        ("ax", "é"),
    );
    check("aé", &[(KeyCode::Backspace, NONE)], ("a", ""));
    check(
        "aé",
        &[(KeyCode::Home, NONE), (KeyCode::Delete, NONE)],
        ("", "é"),
    );
    check(
        "ab",
        &[
            (letter('a'), CTRL),
            (KeyCode::Backspace, NONE),
            (letter('e'), CTRL),
        ],
        ("ab", ""),
    );
    check("one two  ", &[(letter('w'), CTRL)], ("one ", ""));
    check(
        "one two",
        &[(KeyCode::Left, NONE), (letter('k'), CTRL)],
        ("one tw", ""),
    );
    check(
        "one two",
        &[(KeyCode::Left, NONE), (letter('u'), CTRL)],
        ("", "o"),
    );
    check(
        "",
        &[
            (KeyCode::Left, NONE),
            (KeyCode::Right, NONE),
            (KeyCode::Delete, NONE),
        ],
        ("", ""),
    );
}

#[test]
fn it_says_what_became_of_a_key() {
    let mut input = Input::new("a");
    assert_eq!(
        press(&mut input, KeyCode::Left, KeyModifiers::NONE),
        Typed::Moved
    );
    assert_eq!(
        press(&mut input, KeyCode::Backspace, KeyModifiers::NONE),
        Typed::Moved
    );
    assert_eq!(
        press(&mut input, KeyCode::Delete, KeyModifiers::NONE),
        Typed::Changed
    );
    assert_eq!(
        press(&mut input, KeyCode::Enter, KeyModifiers::NONE),
        Typed::Ignored
    );
    assert_eq!(
        press(&mut input, KeyCode::Char('x'), KeyModifiers::ALT),
        Typed::Ignored
    );
}

#[test]
fn pasted_text_has_no_control_characters() {
    let mut input = Input::default();
    input.insert("a\nb\u{1b}c");
    assert_eq!(input.text(), "abc");
}
