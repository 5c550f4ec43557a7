//! The table of actions, and configured keys.

use std::collections::BTreeSet;

use super::*;
use crate::action::{SECTIONS, Section};

fn press(keymap: &Keymap, key: &str) -> Option<Action> {
    let Some(Chord::Key(code, modifiers)) = Chord::parse(key) else {
        panic!("{key} is no key");
    };
    keymap.action(KeyEvent::new(code, modifiers))
}

fn chosen(keys: &[(&str, &[&str])]) -> BTreeMap<String, Vec<String>> {
    let owned = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
    keys.iter()
        .map(|(name, keys)| ((*name).to_owned(), owned(keys)))
        .collect()
}

#[test]
fn nothing_in_the_table_is_there_twice() {
    let mut seen = BTreeSet::new();
    for command in commands() {
        assert!(
            seen.insert(format!("name {}", command.name)),
            "{}",
            command.name
        );
        assert!(
            seen.insert(format!("help {}", command.help)),
            "{}",
            command.help
        );
        assert!(
            seen.insert(format!("{:?}", command.action)),
            "{:?}",
            command.action
        );
        for key in command.keys {
            let chord = Chord::parse(key).unwrap_or_else(|| panic!("{key}"));
            assert!(seen.insert(format!("key {}", chord.label())), "{key}");
        }
    }
}

#[test]
fn every_key_does_what_its_line_says() {
    let keymap = Keymap::default();
    for command in commands() {
        assert!(!command.help.is_empty());
        for key in command.keys {
            let key = key.replace("0…9", "0");
            assert_eq!(press(&keymap, &key), Some(command.action), "{key}");
        }
        assert_eq!(keymap.labels(command.action).len(), command.keys.len());
    }
}

#[test]
fn digits_are_tabs() {
    assert_eq!(press(&Keymap::default(), "7"), Some(Action::Tab(7)));
}

#[test]
fn other_keys_do_nothing() {
    assert_eq!(press(&Keymap::default(), "alt-q"), None);
    assert_eq!(press(&Keymap::default(), "Q"), None);
}

#[test]
fn chosen_keys_replace_those_of_the_table() {
    let (keymap, problems) = Keymap::with(&chosen(&[("quit", &["Q", "k"]), ("pause", &[])]));
    assert_eq!(problems, []);
    assert_eq!(press(&keymap, "Q"), Some(Action::Quit));
    assert_eq!(press(&keymap, "q"), None);
    assert_eq!(
        press(&keymap, "k"),
        Some(Action::Quit),
        "taken from one line up"
    );
    assert_eq!(
        press(&keymap, "up"),
        Some(Action::Up),
        "which keeps its other key"
    );
    assert_eq!(press(&keymap, "space"), None);
    assert_eq!(keymap.label(Action::Pause), None);
    assert_eq!(keymap.labels(Action::Quit), ["Q", "k"]);
}

#[test]
fn what_cannot_be_chosen_is_said() {
    let said = |keys| {
        let (_, problems) = Keymap::with(&chosen(keys));
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        said.join("\n")
    };
    assert!(said(&[("fly", &["x"])]).starts_with(r#"unknown action "fly"; allowed: up, down,"#));
    assert!(
        said(&[("quit", &["hyper-q"])]).starts_with(r#"quit: unknown key "hyper-q"; a key is"#)
    );
    assert_eq!(
        said(&[("quit", &["x"]), ("pause", &["x"])]),
        r#"the key "x" is bound to both pause and quit"#
    );
}

#[test]
fn what_is_right_is_chosen_beside_what_is_wrong() {
    let keys: [(&str, &[&str]); 3] = [
        ("fly", &["x"]),
        ("pause", &["hyper-p"]),
        ("quit", &["hyper-q", "Q"]),
    ];
    let (keymap, problems) = Keymap::with(&chosen(&keys));
    assert_eq!(problems.len(), 3);
    assert_eq!(keymap.labels(Action::Quit), ["Q"]);
    assert_eq!(keymap.labels(Action::Pause), ["space"]);
    assert_eq!(press(&keymap, "x"), Some(Action::HideStream));
}

#[test]
fn the_readme_shows_the_table() {
    let readme = include_str!("../../README.md");
    let keymap = Keymap::default();
    let line = |command: &Command| {
        let keys = keymap.labels(command.action).into_iter();
        let keys: Vec<String> = keys
            .map(|key| format!("`{}`", key.replace('|', "\\|")))
            .collect();
        format!(
            "| {} | {} | `{}` |\n",
            keys.join(" "),
            command.help,
            command.name
        )
    };
    let section = |section: &Section| {
        let lines: Vec<String> = section.commands.iter().map(line).collect();
        format!("| **{}** | | |\n{}", section.title, lines.concat())
    };
    let sections: Vec<String> = SECTIONS.iter().map(section).collect();
    let table = format!(
        "| keys | what they do | name |\n|---|---|---|\n{}",
        sections.concat()
    );
    assert!(
        readme.contains(&table),
        "put this into README.md:\n\n{table}"
    );
}
