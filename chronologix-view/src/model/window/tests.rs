//! Windows into older rows.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

/// 1,200 lines of which the last 50 are loaded, and one error far back.
fn harness() -> Harness {
    let mut harness = Harness::new(60, 13);
    for second in 0..1_150 {
        let text = if second == 100 {
            "[ERROR] long ago".into()
        } else {
            format!("line {second}")
        };
        harness.old(0, second, &text);
    }
    harness.lines(0, 1_150..1_200);
    harness.work();
    harness
}

#[test]
fn going_up_loads_older_rows() {
    let mut harness = harness();
    for _ in 0..30 {
        harness.press(KeyCode::PageUp);
        harness.work();
    }
    let expected = 1_199 - 30 * 9;
    assert_eq!(harness.cursor(), format!("line {expected}"));
    assert!(
        !harness.model.pane().is_detached(),
        "there is room for both"
    );
    harness.line(0, 1_200, "new");
    assert!(harness.screen().contains("+1 new"));
    harness.press(KeyCode::End);
    harness.screen();
    assert_eq!(harness.texts().last().unwrap(), "new");
    assert!(
        harness.archive.pages < 6,
        "many rows at a time: {}",
        harness.archive.pages
    );
}

#[test]
fn home_is_the_first_line_of_the_tree_and_the_way_back_is_whole() {
    let mut harness = harness();
    harness.archive.part = 7;
    harness.press(KeyCode::Home);
    harness.work();
    assert_eq!(
        (harness.cursor().as_str(), harness.texts()[0].as_str()),
        ("line 0", "line 0")
    );
    assert!(harness.model.pane().is_detached());
    assert!(harness.screen().contains("PAUSED"));
    harness.line(0, 1_200, "[ERROR] new");
    assert!(harness.screen().contains("+1 new (1 error)"));
    harness.press(KeyCode::Up);
    assert_eq!(harness.cursor(), "line 0");
    // Every line is passed, once.
    for second in 1..1_199 {
        harness.press(KeyCode::Down);
        harness.work();
        if second != 100 {
            assert_eq!(harness.cursor(), format!("line {second}"));
        }
    }
    assert!(
        !harness.model.pane().is_detached(),
        "it is back at the lines that come"
    );
    harness.press(KeyCode::Down);
    harness.press(KeyCode::Down);
    assert!(harness.screen().contains("LIVE"));
    assert_eq!(harness.texts().last().unwrap(), "[ERROR] new");
}

#[test]
fn errors_and_matches_are_found_wherever_they_are() {
    let mut harness = harness();
    harness.press_letter('E');
    harness.work();
    assert_eq!(harness.cursor(), "[ERROR] long ago");
    assert!(harness.screen().contains("line 99") && harness.screen().contains("line 101"));
    harness.press_letter('/');
    harness.write("line 5[01]0");
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.cursor(), "line 500");
    assert!(
        harness.screen().contains("match 1 of 2"),
        "{}",
        harness.screen()
    );
    harness.press_letter('n');
    harness.work();
    assert_eq!(harness.cursor(), "line 510");
    harness.press_letter('n');
    harness.work();
    assert_eq!(harness.cursor(), "line 500");
    assert!(harness.screen().contains("search wrapped to the top"));
    harness.press_letter('/');
    harness.write("nowhere");
    harness.press(KeyCode::Enter);
    harness.work();
    assert!(
        harness.screen().contains("/nowhere/ no matches"),
        "{}",
        harness.screen()
    );
}

#[test]
fn a_filter_shows_what_is_left_of_the_whole_tree() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("0 *$");
    harness.press(KeyCode::Enter);
    harness.work();
    let texts = harness.texts();
    assert_eq!(texts.last().unwrap(), "line 1190");
    assert_eq!(texts[0], "line 1110", "rows of the past fill the page");
    harness.press(KeyCode::PageUp);
    harness.press(KeyCode::PageUp);
    harness.work();
    assert_eq!(harness.cursor(), "line 1030");
    // Without the filter, the rows between are there.
    harness.press_ctrl('r');
    harness.work();
    assert_eq!(harness.cursor(), "line 1030");
    harness.press(KeyCode::Up);
    harness.work();
    assert_eq!(harness.cursor(), "line 1029");
    harness.press(KeyCode::Down);
    harness.press(KeyCode::Down);
    harness.work();
    assert_eq!(harness.cursor(), "line 1031");
    harness.press(KeyCode::End);
    harness.screen();
    assert_eq!(harness.texts().last().unwrap(), "line 1199");
}

#[test]
fn a_filter_that_leaves_nothing_of_the_new_lines_shows_the_old() {
    let mut harness = harness();
    harness.write("+++");
    harness.work();
    assert_eq!(harness.texts(), ["[ERROR] long ago"]);
    assert!(harness.screen().contains("LIVE"));
    harness.line(0, 1_201, "[ERROR] new");
    assert_eq!(harness.texts(), ["[ERROR] long ago", "[ERROR] new"]);
    harness.write("---");
    harness.work();
    assert_eq!(harness.texts().last().unwrap(), "[ERROR] new");
    assert!(harness.texts().contains(&"line 1199".to_owned()));
}

#[test]
fn context_lines_are_shown_in_a_window_as_well() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("long ago");
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.texts(), ["[ERROR] long ago"]);
    harness.press_letter('C');
    harness.press_letter('C');
    harness.work();
    let around = [
        "line 98",
        "line 99",
        "[ERROR] long ago",
        "line 101",
        "line 102",
    ];
    assert_eq!(harness.texts(), around);
    harness.press_letter('c');
    harness.work();
    assert_eq!(harness.texts(), around[1..4]);
}

#[test]
fn rows_fetched_with_another_filter_make_no_hole() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("line .*7$");
    harness.press(KeyCode::Enter);
    // What was asked for with the filter is answered without it.
    harness.press_ctrl('r');
    harness.work();
    for _ in 0..20 {
        harness.press(KeyCode::PageUp);
        harness.work();
    }
    let texts = harness.texts();
    let number = |text: &String| text.strip_prefix("line ").unwrap().parse::<u32>().unwrap();
    let numbers = texts.iter().map(number).collect::<Vec<_>>();
    assert_eq!(numbers[0], 1_199 - 21 * 9);
    assert!(
        numbers.windows(2).all(|two| two[1] == two[0] + 1),
        "{texts:?}"
    );
}

#[test]
fn a_jump_under_way_uses_the_new_filter() {
    let mut harness = harness();
    harness.press(KeyCode::Home);
    harness.press_letter('&');
    harness.write("line .*7$");
    harness.press(KeyCode::Enter);
    harness.work();
    assert_eq!(harness.cursor(), "line 7");
}

#[test]
fn a_jump_that_was_given_up_does_not_come_back() {
    let mut harness = harness();
    harness.press(KeyCode::Home);
    harness.press(KeyCode::End);
    harness.work();
    harness.press_letter('C');
    assert!(harness.screen().contains("LIVE"));
}

#[test]
fn more_context_keeps_the_cursor_in_place() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("line (500|900)$");
    harness.press(KeyCode::Enter);
    harness.press_letter('C');
    harness.work();
    // Context before the first row that is kept, and before the next.
    for (moves, lines) in [(0, "line 499"), (3, "line 899")] {
        harness.press(KeyCode::Home);
        harness.work();
        for _ in 0..moves {
            harness.press(KeyCode::Down);
        }
        assert_eq!(harness.cursor(), lines);
        harness.press_letter('C');
        harness.work();
        assert_eq!(harness.cursor(), lines);
        harness.press_letter('c');
        harness.work();
        assert_eq!(harness.cursor(), lines);
    }
    harness.press_letter('C');
    harness.work();
    let around = |kept: u32| (kept - 2..=kept + 2).map(|line| format!("line {line}"));
    let seen = harness.texts();
    let lines = around(500).chain(around(900)).collect::<Vec<_>>();
    assert!(lines.ends_with(&seen) || seen == lines, "{seen:?}");
}

#[test]
fn context_rows_are_no_jump_targets() {
    let mut harness = harness();
    harness.press(KeyCode::Home);
    harness.press_letter('C');
    harness.work();
    harness.press_letter('&');
    harness.write("nowhere");
    harness.press(KeyCode::Enter);
    harness.work();
    assert!(harness.texts().is_empty());
    assert_eq!(
        harness.model.notice.as_deref(),
        Some("nothing at or before that time; showing the oldest")
    );
}

#[test]
fn a_half_without_a_line_of_that_time_is_asked_for_once() {
    let mut harness = Harness::new(100, 13);
    for second in 0..3_000 {
        harness.old(0, second, &format!("line {second}"));
        if second % 1_000 == 500 {
            harness.old(2, second, &format!("audit {second}"));
        }
    }
    harness.lines(0, 3_000..3_050);
    harness.line(2, 3_050, "audit now");
    for letter in "1|3".chars() {
        harness.press_letter(letter);
    }
    harness.press_ctrl('w');
    harness.press(KeyCode::Home);
    // This must terminate.
    harness.work();
    for _ in 0..30 {
        harness.press(KeyCode::PageDown);
        harness.work();
    }
    assert!(harness.archive.pages < 100, "{}", harness.archive.pages);
}

#[test]
fn a_half_of_which_nothing_is_kept_is_asked_for_once() {
    let mut harness = Harness::new(100, 13);
    for second in 0..3_000 {
        harness.old(0, second, &format!("line {second}"));
        if second % 1_000 == 500 {
            harness.old(2, second, &format!("audit {second}"));
        }
    }
    harness.lines(0, 3_000..3_050);
    harness.line(2, 3_050, "audit now");
    for letter in "C1|3".chars() {
        harness.press_letter(letter);
    }
    harness.press_ctrl('w');
    harness.press_letter('&');
    harness.write("line");
    harness.press(KeyCode::Enter);
    harness.press(KeyCode::Home);
    // This must terminate.
    harness.work();
    assert!(harness.archive.pages < 100, "{}", harness.archive.pages);
}

#[test]
fn both_halves_load_older_rows() {
    let mut harness = Harness::new(100, 13);
    for second in 0..1_500 {
        harness.old(0, second, &format!("line {second}"));
        if second % 100 == 50 {
            harness.old(2, second, &format!("audit {second}"));
        }
    }
    harness.lines(0, 1_500..1_550);
    harness.press_letter('0');
    harness.press_letter('|');
    harness.press_letter('0');
    harness.press_letter('3');
    harness.press_ctrl('w');
    harness.work();
    harness.press_letter('/');
    harness.write("line 777");
    harness.press(KeyCode::Enter);
    harness.work();
    let screen = harness.screen();
    let row = screen.lines().find(|row| row.contains('›')).unwrap();
    assert!(
        row.contains("line 777") && row.contains("audit 750"),
        "{screen}"
    );
    harness.press(KeyCode::End);
    let screen = harness.screen();
    assert!(
        screen.contains("LIVE") && screen.contains("audit 1450"),
        "{screen}"
    );
}

#[test]
fn rows_on_screen_stay_while_others_pour_in() {
    let mut harness = Harness::new(60, 13);
    harness.lines(0, 0..100);
    harness.press(KeyCode::PageUp);
    let before = harness.texts();
    let long = "x".repeat(100_000);
    for second in 100..500 {
        harness.line(0, second, &long);
    }
    assert_eq!(harness.texts(), before);
    assert!(harness.model.pane().is_detached());
}

#[test]
fn what_is_followed_stays_what_comes() {
    let mut harness = harness();
    let long = "x".repeat(100_000);
    for second in 1_200..1_300 {
        harness.line(0, second, &long);
    }
    harness.press_letter('&');
    harness.write("line .*99$");
    harness.press(KeyCode::Enter);
    harness.work();
    harness.line(0, 1_300, "line 1399");
    assert!(harness.screen().contains("LIVE"));
    assert_eq!(harness.texts().last().unwrap(), "line 1399");
    harness.press(KeyCode::Up);
    harness.work();
    harness.press(KeyCode::PageUp);
    harness.work();
    assert!(
        harness.texts().contains(&"line 599".to_owned()),
        "{}",
        harness.screen()
    );
}
