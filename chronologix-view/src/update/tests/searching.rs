//! Searching, errors, highlights.

use crossterm::event::KeyCode;

use crate::stage::Stage;

fn stage() -> Stage {
    let mut stage = Stage::new(60, 8);
    for second in 0..100 {
        let text = match second {
            20 => "[ERROR] disk full".to_owned(),
            40 => "[CRITICAL] Disk gone".to_owned(),
            _ => format!("line {second}"),
        };
        stage.line(0, second, &text);
    }
    stage
}

#[test]
fn a_search_goes_along_while_it_is_typed() {
    let mut stage = stage();
    stage.press(KeyCode::Home);
    stage.press_letter('/');
    stage.write("line 3");
    stage.screen();
    assert_eq!(stage.cursor(), "line 3");
    stage.write("5");
    stage.screen();
    assert_eq!(stage.cursor(), "line 35");
    assert!(stage.screen().contains("1/1 hit"));
    stage.press(KeyCode::Backspace);
    stage.screen();
    assert_eq!(stage.cursor(), "line 3");
    assert!(stage.screen().contains("1/11 hits"), "{}", stage.screen());
    stage.press(KeyCode::Enter);
    stage.press_letter('n');
    stage.screen();
    assert_eq!(stage.cursor(), "line 30");
    stage.press_letter('N');
    stage.press_letter('N');
    stage.screen();
    assert_eq!(stage.cursor(), "line 39");
    assert!(stage.screen().contains("went on from the newest line"));
    stage.press(KeyCode::Esc);
    stage.press(KeyCode::Esc);
    assert_eq!(stage.model.sight.search, None);
}

#[test]
fn esc_leads_back_to_where_it_began() {
    let mut stage = stage();
    stage.press(KeyCode::PageUp);
    let before = (stage.texts(), stage.cursor());
    stage.press_letter('/');
    stage.write("line 5");
    stage.screen();
    assert_ne!(stage.cursor(), before.1);
    stage.press(KeyCode::Esc);
    assert_eq!((stage.texts(), stage.cursor()), before);
    assert_eq!(stage.model.sight.search, None);
    stage.press(KeyCode::End);
    stage.press_letter('/');
    stage.press(KeyCode::Backspace);
    assert_eq!(stage.model.prompt, None);
    assert!(stage.screen().contains("LIVE"));
}

#[test]
fn capitals_are_meant_and_small_letters_match_both() {
    let mut stage = stage();
    stage.press_letter('\\');
    stage.write("disk");
    assert!(stage.screen().contains("1/2 hits") || stage.screen().contains("2/2 hits"));
    assert_eq!(stage.cursor(), "[CRITICAL] Disk gone");
    stage.press(KeyCode::Enter);
    stage.press_letter('N');
    stage.screen();
    assert_eq!(stage.cursor(), "[ERROR] disk full");
    stage.press_letter('/');
    stage.write("Disk");
    stage.press(KeyCode::Enter);
    stage.screen();
    assert_eq!(stage.cursor(), "[CRITICAL] Disk gone");
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_lost() {
    let mut stage = stage();
    stage.press_letter('/');
    stage.write("(line");
    let screen = stage.screen();
    assert!(
        screen.contains("unclosed group") && screen.contains("search: (line"),
        "{screen}"
    );
    stage.press(KeyCode::Enter);
    assert!(stage.model.prompt.is_some(), "it stays to be put right");
    stage.write(" 7)");
    assert!(!stage.screen().contains("unclosed"));
    stage.press(KeyCode::Enter);
    assert_eq!(stage.model.prompt, None);
    stage.press_letter('/');
    stage.write("nowhere");
    stage.press(KeyCode::Enter);
    assert!(
        stage.screen().contains("not found: nowhere"),
        "{}",
        stage.screen()
    );
}

#[test]
fn what_was_typed_earlier_is_brought_back() {
    let mut stage = stage();
    for text in ["one", "two"] {
        stage.press_letter('/');
        stage.write(text);
        stage.press(KeyCode::Enter);
    }
    stage.press_letter('/');
    let typed = |stage: &Stage| stage.model.prompt.as_ref().unwrap().input.text().to_owned();
    for (key, expected) in [
        (KeyCode::Up, "two"),
        (KeyCode::Up, "one"),
        (KeyCode::Up, "one"),
        (KeyCode::Down, "two"),
        (KeyCode::Down, ""),
    ] {
        stage.press(key);
        assert_eq!(typed(&stage), expected);
    }
}

#[test]
fn errors_are_gone_to() {
    let mut stage = stage();
    stage.line(0, 101, "[ERROR] with a trace");
    stage.raw(0, 101, "\tat main.rs:7");
    stage.line(0, 102, "[INFO] well again");
    for expected in [
        "[ERROR] with a trace",
        "[CRITICAL] Disk gone",
        "[ERROR] disk full",
    ] {
        stage.press_letter('E');
        assert_eq!(stage.cursor(), expected);
    }
    stage.press_letter('E');
    assert_eq!(
        stage.cursor(),
        "[ERROR] with a trace",
        "a trace is no error of its own"
    );
    assert!(stage.screen().contains("went on from the newest line"));
    stage.press_letter('e');
    assert_eq!(stage.cursor(), "[ERROR] disk full");
    stage.press_letter('3');
    stage.press_letter('e');
    assert!(stage.screen().contains("no errors"), "{}", stage.screen());
}

#[test]
fn several_things_are_coloured_at_once() {
    let mut stage = stage();
    stage.press_letter('n');
    assert!(
        stage
            .screen()
            .contains("nothing is searched for; / searches")
    );
    for text in ["line", "9\\d"] {
        stage.press_letter('*');
        stage.write(text);
        stage.press(KeyCode::Enter);
    }
    assert_eq!(stage.model.highlights.len(), 2);
    stage.press_letter('*');
    stage.write("line");
    stage.press(KeyCode::Enter);
    assert_eq!(stage.model.highlights.len(), 1, "once more takes it away");
}
