//! Keys on a model.

use crossterm::event::KeyCode;

use super::*;
use crate::stage::Stage;

mod filtering;
mod halves;
mod moving;
mod pointing;
mod searching;
mod taking;

#[test]
fn effects_are_left_to_the_loop() {
    let mut stage = Stage::new(60, 8);
    assert_eq!(update(&mut stage.model, Action::Quit), Effect::Quit);
    assert_eq!(update(&mut stage.model, Action::Suspend), Effect::Suspend);
    assert_eq!(stage.press_letter('?'), Effect::None);
    assert!(stage.model.overlay.is_some());
    stage.press(KeyCode::Esc);
    assert_eq!(stage.model.overlay, None);
}

#[test]
fn the_keys_are_narrowed_down_by_typing() {
    let mut stage = Stage::new(80, 40);
    stage.press_letter('?');
    assert!(stage.screen().contains("one page up"));
    stage.write("error");
    let screen = stage.screen();
    assert!(
        screen.contains("the next error") && !screen.contains("one page up"),
        "{screen}"
    );
    stage.press(KeyCode::F(1));
    assert_eq!(stage.model.overlay, None);
}

#[test]
fn the_palette_does_what_is_chosen() {
    let mut stage = Stage::new(80, 24);
    stage.press_letter(':');
    stage.write("hide aud");
    assert!(stage.screen().contains("hide audit among all streams"));
    assert_eq!(stage.press(KeyCode::Enter), Effect::None);
    assert_eq!(stage.model.overlay, None);
    assert_eq!(stage.model.sight.lens.hidden.len(), 1);
    stage.press_ctrl('p');
    stage.write("quit");
    assert_eq!(stage.press(KeyCode::Enter), Effect::Quit);
    stage.press_letter(':');
    stage.press(KeyCode::Down);
    stage.press_ctrl('c');
    assert_eq!(
        stage.model.overlay, None,
        "ctrl-c closes it and does not quit"
    );
}

#[test]
fn no_key_does_harm_anywhere() {
    // Whatever is open, whatever there is: nothing panics, and esc always leads back.
    for with_lines in [false, true] {
        let mut stage = Stage::new(60, 12);
        if with_lines {
            stage.lines(0, 0..50);
            stage.line(1, 50, "[ERROR] no");
        }
        for first in ' '..='~' {
            for second in ['j', '('] {
                stage.press_letter(first);
                stage.press_letter(second);
                stage.screen();
                for code in [KeyCode::Enter, KeyCode::Down, KeyCode::PageUp, KeyCode::Tab] {
                    stage.press(code);
                }
                stage.screen();
                (0..4).for_each(|_| drop(stage.press(KeyCode::Esc)));
                assert_eq!(stage.model.prompt, None, "{first}{second}");
                assert_eq!(stage.model.overlay, None, "{first}{second}");
            }
        }
    }
}
