//! Keys and their effects.

use crossterm::event::KeyCode;

use super::*;
use crate::tests::harness::Harness;

mod columns;
mod fields;
mod filters;
mod mouse;
mod navigate;
mod patterns;
mod repeats;
mod search;
mod selection;
mod split;
mod top_values;

#[test]
fn effects_are_left_to_the_loop() {
    let mut harness = Harness::new(60, 8);
    assert_eq!(update(&mut harness.model, Action::Quit), Effect::Quit);
    assert_eq!(update(&mut harness.model, Action::Suspend), Effect::Suspend);
    assert_eq!(harness.press_letter('?'), Effect::None);
    assert!(harness.model.overlay.is_some());
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.overlay, None);
}

#[test]
fn the_keys_are_narrowed_down_by_typing() {
    let mut harness = Harness::new(80, 40);
    harness.press_letter('?');
    assert!(harness.screen().contains("one page up"));
    harness.write("error");
    let screen = harness.screen();
    assert!(
        screen.contains("next error") && !screen.contains("one page up"),
        "{screen}"
    );
    harness.press(KeyCode::F(1));
    assert_eq!(harness.model.overlay, None);
}

#[test]
fn the_palette_does_what_is_chosen() {
    let mut harness = Harness::new(80, 24);
    harness.press_letter(':');
    harness.write("hide aud");
    assert!(harness.screen().contains("hide stream audit"));
    assert_eq!(harness.press(KeyCode::Enter), Effect::None);
    assert_eq!(harness.model.overlay, None);
    assert_eq!(harness.model.row_match.hidden.len(), 1);
    harness.press_ctrl('p');
    harness.write("quit");
    assert_eq!(harness.press(KeyCode::Enter), Effect::Quit);
    harness.press_letter(':');
    harness.press(KeyCode::Down);
    harness.press_ctrl('c');
    assert_eq!(
        harness.model.overlay, None,
        "ctrl-c closes it and does not quit"
    );
}

#[test]
fn no_key_does_harm_anywhere() {
    // In any state nothing panics, and esc always leads back.
    for with_lines in [false, true] {
        let mut harness = Harness::new(60, 12);
        if with_lines {
            harness.lines(0, 0..50);
            harness.line(1, 50, "[ERROR] no");
        }
        for first in ' '..='~' {
            for second in ['j', '('] {
                harness.press_letter(first);
                harness.press_letter(second);
                harness.screen();
                for code in [KeyCode::Enter, KeyCode::Down, KeyCode::PageUp, KeyCode::Tab] {
                    harness.press(code);
                }
                harness.screen();
                (0..4).for_each(|_| drop(harness.press(KeyCode::Esc)));
                assert_eq!(harness.model.prompt, None, "{first}{second}");
                assert_eq!(harness.model.overlay, None, "{first}{second}");
            }
        }
    }
}
