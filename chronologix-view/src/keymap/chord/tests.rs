//! Keys as they are written, pressed and shown.

use super::*;

#[test]
fn keys_are_read_and_shown() {
    for (written, shown) in [
        ("g", "g"),
        ("G", "G"),
        ("-", "-"),
        ("ctrl-u", "ctrl-u"),
        ("ctrl--", "ctrl--"),
        ("alt-3", "alt-3"),
        ("ctrl-alt-x", "ctrl-alt-x"),
        ("pgup", "PgUp"),
        ("PgUp", "PgUp"),
        ("up", "↑"),
        ("shift-tab", "shift-tab"),
        ("space", "space"),
        ("f12", "F12"),
        ("f", "f"),
        ("F", "F"),
        ("0…9", "0…9"),
        ("alt-0…9", "alt-0…9"),
    ] {
        let chord = Chord::parse(written).unwrap_or_else(|| panic!("{written}"));
        assert_eq!(chord.label(), shown);
        assert_eq!(
            Chord::parse(&chord.label()),
            Some(chord),
            "what is shown can be written"
        );
    }
    for nonsense in ["", "ctrl-", "F25", "F0", "gg", "hyper-x", "\u{1b}"] {
        assert_eq!(Chord::parse(nonsense), None, "{nonsense:?}");
    }
}

#[test]
fn terminals_differ_in_how_they_say_shift() {
    let pressed = |code, modifiers| Chord::pressed(KeyEvent::new(code, modifiers));
    let chord = Chord::parse;
    assert_eq!(pressed(KeyCode::Char('G'), KeyModifiers::SHIFT), chord("G"));
    assert_eq!(
        pressed(KeyCode::BackTab, KeyModifiers::SHIFT),
        chord("shift-tab")
    );
    let both = KeyModifiers::CONTROL | KeyModifiers::SHIFT;
    assert_eq!(pressed(KeyCode::Char('U'), both), chord("ctrl-u"));
    assert_eq!(pressed(KeyCode::Char('u'), KeyModifiers::SUPER), None);
}

#[test]
fn keys_let_go_do_nothing() {
    let release = KeyEventKind::Release;
    let event = KeyEvent::new_with_kind(KeyCode::Char('q'), KeyModifiers::NONE, release);
    assert_eq!(Chord::pressed(event), None);
}

#[test]
fn digits_say_which() {
    let alt = Chord::parse("alt-0…9").unwrap();
    assert_eq!(
        alt.matches(Chord::parse("alt-7").unwrap()),
        Some(Match::Digit(7))
    );
    assert_eq!(alt.matches(Chord::parse("7").unwrap()), None);
    assert_eq!(alt.matches(Chord::parse("alt-x").unwrap()), None);
}
