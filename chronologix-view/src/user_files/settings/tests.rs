//! Configurations, valid and invalid.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::action::Action;

#[test]
fn nothing_need_be_chosen() {
    assert_eq!(parse(""), Settings::default());
    let place = tempfile::tempdir().unwrap();
    assert_eq!(read(&place.path().join("view.toml")), Settings::default());
}

#[test]
fn theme_mouse_and_keys_can_be_chosen() {
    let text =
        "theme = \"dark\"\nmouse = false\n[keys]\nquit = [\"Q\", \"ctrl-q\"]\nnext-error = \"x\"\n";
    let settings = parse(text);
    assert!(settings.warnings.is_empty(), "{:?}", settings.warnings);
    assert_eq!(
        (settings.theme, settings.has_mouse),
        (ThemeName::Dark, false)
    );
    let action = |letter| {
        let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
        settings.keymap.action(key)
    };
    assert_eq!(action('Q'), Some(Action::Quit));
    assert_eq!(action('q'), None);
    assert_eq!(action('x'), Some(Action::NextError));
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_what_is_allowed() {
    let said = |text: &str| parse(text).warnings.join("\n");
    let unknown = said("theme = \"dark\"\ncolour = 1\n");
    assert_eq!(
        unknown,
        "line 2: colour: unknown setting; allowed: theme, mouse, keys, format"
    );
    let theme = said("theme = \"pink\"\n");
    assert_eq!(
        theme,
        "line 1: theme: unknown value \"pink\"; allowed: terminal, dark, light or plain"
    );
    let action = said("[keys]\nquit = \"Q\"\nfly = \"x\"\n");
    assert!(
        action.starts_with("line 3: unknown action \"fly\"; allowed: up, down,"),
        "{action}"
    );
    let key = said("[keys]\nquit = \"hyper-q\"\n");
    assert!(
        key.starts_with("line 2: quit: unknown key \"hyper-q\""),
        "{key}"
    );
    let twice = said("[keys]\nquit = \"x\"\npause = \"x\"\n");
    assert!(twice.contains("bound to both"), "{twice}");
    let kind = said("[keys]\nquit = 7\n");
    assert_eq!(kind, "line 2: quit: expected a key, or a list of keys");
    let table = said("keys = 7\n");
    assert_eq!(table, "line 1: keys: expected a table");
    let broken = said("theme = ");
    assert!(broken.contains("line 1"), "{broken}");
}

#[test]
fn what_is_wrong_does_not_spoil_the_rest() {
    let text = "mouse = 3\ncolour = 1\ntheme = \"light\"\n[keys]\nfly = \"x\"\nquit = \"Q\"\n";
    let settings = parse(text);
    assert_eq!(settings.warnings.len(), 3, "{:?}", settings.warnings);
    assert_eq!(
        (settings.theme, settings.has_mouse),
        (ThemeName::Light, true)
    );
    assert_eq!(settings.keymap.labels(Action::Quit), ["Q"]);
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let place = tempfile::tempdir().unwrap();
    let said = read(place.path()).warnings.concat();
    assert!(
        said.starts_with(&format!("cannot read {}", place.path().display())),
        "{said}"
    );
    let path = place.path().join("view.toml");
    fs::write(&path, "nonsense").unwrap();
    let said = read(&path).warnings.concat();
    assert!(said.starts_with(&path.display().to_string()), "{said}");
}

#[test]
fn formats_are_described_one_by_one() {
    let text = "[[format]]\nname = \"shop\"\nline = \"{timestamp} [{level}] {message}\"\n\
                timestamp = \"%d.%m.%Y %H:%M\"\nlevels = { E = \"error\" }\n\
                [[format]]\nname = \"bad\"\nline = \"{nonsense}\"\n";
    let settings = parse(text);
    let names: Vec<&str> = settings.formats.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["shop"]);
    assert_eq!(settings.warnings.len(), 1);
    assert!(
        settings.warnings[0].contains("format \"bad\""),
        "{settings:?}"
    );
    assert!(parse("format = 3").warnings[0].contains("[[format]]"));
}
