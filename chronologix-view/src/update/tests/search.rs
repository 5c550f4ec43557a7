//! Searching, errors, highlights.

use crossterm::event::KeyCode;

use crate::{
    line::{Beyond, LogLine},
    tests::harness::Harness,
};

fn harness() -> Harness {
    let mut harness = Harness::new(60, 8);
    for second in 0..100 {
        let text = match second {
            20 => "[ERROR] disk full".to_owned(),
            40 => "[CRITICAL] Disk gone".to_owned(),
            _ => format!("line {second}"),
        };
        harness.line(0, second, &text);
    }
    harness
}

#[test]
fn a_search_goes_along_while_it_is_typed() {
    let mut harness = harness();
    harness.press(KeyCode::Home);
    harness.press_letter('/');
    harness.write("line 3");
    harness.screen();
    assert_eq!(harness.cursor(), "line 3");
    harness.write("5");
    harness.screen();
    assert_eq!(harness.cursor(), "line 35");
    assert!(harness.screen().contains("match 1 of 1"));
    harness.press(KeyCode::Backspace);
    harness.screen();
    assert_eq!(harness.cursor(), "line 3");
    assert!(
        harness.screen().contains("match 1 of 11"),
        "{}",
        harness.screen()
    );
    harness.press(KeyCode::Enter);
    harness.press_letter('n');
    harness.screen();
    assert_eq!(harness.cursor(), "line 30");
    harness.press_letter('N');
    harness.press_letter('N');
    harness.screen();
    assert_eq!(harness.cursor(), "line 39");
    assert!(harness.screen().contains("search wrapped to the bottom"));
    harness.press(KeyCode::Esc);
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.row_match.search, None);
}

#[test]
fn esc_leads_back_to_where_it_began() {
    let mut harness = harness();
    harness.press(KeyCode::PageUp);
    let before = (harness.texts(), harness.cursor());
    harness.press_letter('/');
    harness.write("line 5");
    harness.screen();
    assert_ne!(harness.cursor(), before.1);
    harness.press(KeyCode::Esc);
    assert_eq!((harness.texts(), harness.cursor()), before);
    assert_eq!(harness.model.row_match.search, None);
    harness.press(KeyCode::End);
    harness.press_letter('/');
    harness.press(KeyCode::Backspace);
    assert_eq!(harness.model.prompt, None);
    assert!(harness.screen().contains("LIVE"));
}

#[test]
fn capitals_are_meant_and_small_letters_match_both() {
    let mut harness = harness();
    harness.press_letter('\\');
    harness.write("disk");
    assert!(harness.screen().contains("match 1 of 2") || harness.screen().contains("match 2 of 2"));
    assert_eq!(harness.cursor(), "[CRITICAL] Disk gone");
    harness.press(KeyCode::Enter);
    harness.press_letter('N');
    harness.screen();
    assert_eq!(harness.cursor(), "[ERROR] disk full");
    harness.press_letter('/');
    harness.write("Disk");
    harness.press(KeyCode::Enter);
    harness.screen();
    assert_eq!(harness.cursor(), "[CRITICAL] Disk gone");
}

#[test]
fn what_is_wrong_is_said_and_nothing_is_lost() {
    let mut harness = harness();
    harness.press_letter('/');
    harness.write("(line");
    let screen = harness.screen();
    assert!(
        screen.contains("unclosed group") && screen.contains("search: (line"),
        "{screen}"
    );
    harness.press(KeyCode::Enter);
    assert!(harness.model.prompt.is_some(), "it stays to be put right");
    harness.write(" 7)");
    assert!(!harness.screen().contains("unclosed"));
    harness.press(KeyCode::Enter);
    assert_eq!(harness.model.prompt, None);
    harness.press_letter('/');
    harness.write("nowhere");
    harness.press(KeyCode::Enter);
    assert!(
        harness.screen().contains("/nowhere/ no matches"),
        "{}",
        harness.screen()
    );
}

#[test]
fn what_was_typed_earlier_is_brought_back() {
    let mut harness = harness();
    for text in ["one", "two"] {
        harness.press_letter('/');
        harness.write(text);
        harness.press(KeyCode::Enter);
    }
    harness.press_letter('/');
    let typed = |harness: &Harness| {
        harness
            .model
            .prompt
            .as_ref()
            .unwrap()
            .input
            .text()
            .to_owned()
    };
    for (key, expected) in [
        (KeyCode::Up, "two"),
        (KeyCode::Up, "one"),
        (KeyCode::Up, "one"),
        (KeyCode::Down, "two"),
        (KeyCode::Down, ""),
    ] {
        harness.press(key);
        assert_eq!(typed(&harness), expected);
    }
}

#[test]
fn errors_are_gone_to() {
    let mut harness = harness();
    harness.line(0, 101, "[ERROR] with a trace");
    harness.raw(0, 101, "\tat main.rs:7");
    harness.line(0, 102, "[INFO] well again");
    for expected in [
        "[ERROR] with a trace",
        "[CRITICAL] Disk gone",
        "[ERROR] disk full",
    ] {
        harness.press_letter('E');
        assert_eq!(harness.cursor(), expected);
    }
    harness.press_letter('E');
    assert_eq!(
        harness.cursor(),
        "[ERROR] with a trace",
        "a trace is no error of its own"
    );
    assert!(harness.screen().contains("search wrapped to the bottom"));
    harness.press_letter('e');
    assert_eq!(harness.cursor(), "[ERROR] disk full");
    harness.press_letter('3');
    harness.press_letter('e');
    assert!(
        harness.screen().contains("no errors found"),
        "{}",
        harness.screen()
    );
}

#[test]
fn several_things_are_coloured_at_once() {
    let mut harness = harness();
    harness.press_letter('n');
    assert!(harness.screen().contains("no search pattern; / searches"));
    for text in ["line", "9\\d"] {
        harness.press_letter('*');
        harness.write(text);
        harness.press(KeyCode::Enter);
    }
    assert_eq!(harness.model.highlights.len(), 2);
    harness.press_letter('*');
    harness.write("line");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.model.highlights.len(), 1, "once more takes it away");
}

#[test]
fn pasted_lines_are_joined_by_blanks() {
    let pasted = [
        ("line one\nline two", "line one line two"),
        ("one\r\ntwo\r\n", "one two"),
        ("one\rtwo\tthree\n\n", "one two three"),
        ("\u{1b}[31mred", "[31mred"),
    ];
    for (text, typed) in pasted {
        let mut harness = Harness::new(60, 8);
        harness.press_letter('/');
        crate::update::paste(&mut harness.model, text);
        assert_eq!(harness.model.prompt.unwrap().input.text(), typed);
    }
}

#[test]
fn a_log_without_levels_is_searched_for_error_words() {
    let mut harness = Harness::new(90, 8);
    for second in 0..50 {
        let text = match second {
            20 => "order 7 failed: Fatal error".to_owned(),
            _ => format!("line {second}, no terror"),
        };
        harness.line(0, second, &text);
    }
    harness.press_letter('E');
    assert!(
        harness
            .screen()
            .contains("no levels in this log; searching for error words"),
        "{}",
        harness.screen()
    );
    assert_eq!(harness.cursor(), "order 7 failed: Fatal error");
    // Where lines have levels, a word is no error.
    let mut harness = Harness::new(60, 8);
    harness.line(0, 1, "[INFO] no fatal error");
    harness.press_letter('E');
    assert!(harness.screen().contains("no errors"));
    assert_eq!(harness.model.row_match.search, None);
}

#[test]
fn numbers_are_those_of_the_whole_tree() {
    let mut harness = Harness::new(100, 12);
    harness.press_letter('r');
    (0..300).for_each(|second| harness.old(0, second, "older line"));
    harness.line(1, 300, "[ERROR] disk");
    harness.line(0, 300, "[ERROR] disk");
    harness.lines(0, 301..306);
    harness.raw(0, 305, "\tmore");
    harness.model.count_all();
    harness.model.panels.has_sidebar = true;
    let screen = harness.screen();
    // A mirrored record counts once, and a line that continues a record does not.
    assert!(screen.contains(" 306 records "), "{screen}");
    harness.press(KeyCode::Home);
    harness.press(KeyCode::Down);
    let screen = harness.screen();
    assert!(screen.contains("record 2 of 306 (0 %)"), "{screen}");
    harness.press_letter('/');
    harness.write("disk|line 30[12]");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("match 1 of 3"), "{screen}");
    harness.press_letter('&');
    harness.write("older");
    let screen = harness.screen();
    assert!(screen.contains("300 of 306 records shown"), "{screen}");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains(" of 300 ("), "{screen}");
    harness.press_letter('!');
    harness.write("older");
    assert!(harness.screen().contains("0 of 300 records shown"));
}

#[test]
fn what_is_cut_off_a_line_is_found_and_filtered() {
    let mut harness = Harness::new(100, 12);
    harness.lines(0, 0..5);
    let key = harness.key(0, 5);
    let cut = LogLine {
        is_cut: true,
        ..LogLine::new(key, "[15:00:05] long")
    };
    // The reader of the file knows what the loaded row does not.
    let beyond = Some(Box::new(Beyond {
        column: 70_013,
        text: "xx NEEDLE xx".into(),
    }));
    harness.archive.add(LogLine {
        beyond,
        ..cut.clone()
    });
    harness.model.apply(crate::tail::Change::Lines(vec![cut]));
    harness.lines(0, 6..9);
    harness.model.queries.is_open = true;
    harness.press_letter('/');
    harness.write("NEEDLE");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert_eq!(harness.cursor(), "long");
    assert!(screen.contains("long … match at column 70,013"), "{screen}");
    assert!(screen.contains("match 1 of 1 at column 70,013"), "{screen}");
    harness.press(KeyCode::Esc);
    harness.press(KeyCode::End);
    harness.press_letter('&');
    harness.write("NEEDLE");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("long … match at column 70,013"), "{screen}");
    assert!(!screen.contains("line 6"), "{screen}");
}

#[test]
fn a_match_is_scrolled_into_sight() {
    let mut harness = Harness::new(60, 8);
    harness.line(
        0,
        1,
        &format!("{}needle{}", "x".repeat(500), "y".repeat(500)),
    );
    harness.line(0, 2, "short needle");
    harness.press_letter('/');
    harness.write("needle");
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("short needle"));
    harness.press_letter('N');
    let screen = harness.screen();
    assert!(screen.contains("xxneedleyy"), "{screen}");
    harness.press_letter('$');
    let screen = harness.screen();
    assert!(
        screen.contains("yyy") && !screen.contains("needle "),
        "{screen}"
    );
    let left = harness.model.pane().left;
    harness.press_letter('^');
    assert_eq!(harness.model.pane().left, 0);
    crate::update::update(&mut harness.model, crate::action::Action::PageRight);
    let page = harness.model.pane().left;
    assert!(page > 16 && page < left, "{page} of {left}");
    crate::update::update(&mut harness.model, crate::action::Action::PageLeft);
    assert_eq!(harness.model.pane().left, 0);
    harness.press_letter('n');
    assert!(harness.screen().contains("short needle"));
}
