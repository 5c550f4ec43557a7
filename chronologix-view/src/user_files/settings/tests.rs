//! Configurations, valid and invalid.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::action::Action;

#[test]
fn nothing_need_be_chosen() {
    assert_eq!(parse("").unwrap(), Settings::default());
    let place = tempfile::tempdir().unwrap();
    assert_eq!(
        read(&place.path().join("view.toml")).unwrap(),
        Settings::default()
    );
}

#[test]
fn theme_mouse_and_keys_can_be_chosen() {
    let text =
        "theme = \"dark\"\nmouse = false\n[keys]\nquit = [\"Q\", \"ctrl-q\"]\nnext-error = \"x\"\n";
    let settings = parse(text).unwrap();
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
    let said = |text: &str| parse(text).unwrap_err();
    let unknown = said("theme = \"dark\"\ncolour = 1\n");
    assert!(
        unknown.contains("line 2") && unknown.contains("expected one of `theme`, `mouse`, `keys`"),
        "{unknown}"
    );
    let theme = said("theme = \"pink\"\n");
    assert!(
        theme.contains("line 1") && theme.contains("`terminal`, `dark`, `light`, `plain`"),
        "{theme}"
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
    assert!(kind.contains("a key, or a list of keys"), "{kind}");
    let broken = said("theme = ");
    assert!(broken.contains("line 1"), "{broken}");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let place = tempfile::tempdir().unwrap();
    let said = read(place.path()).unwrap_err();
    assert!(
        said.starts_with(&format!("cannot read {}", place.path().display())),
        "{said}"
    );
    let path = place.path().join("view.toml");
    fs::write(&path, "nonsense").unwrap();
    assert!(
        read(&path)
            .unwrap_err()
            .starts_with(&path.display().to_string())
    );
}
