//! Rows of the past beside those that come.

use crossterm::event::KeyCode;

use crate::stage::Stage;

/// 1,200 lines of which the last 50 are loaded, and one error far back.
fn stage() -> Stage {
    let mut stage = Stage::new(60, 13);
    for second in 0..1_150 {
        let text = if second == 100 {
            "[ERROR] long ago".into()
        } else {
            format!("line {second}")
        };
        stage.old(0, second, &text);
    }
    stage.lines(0, 1_150..1_200);
    stage.work();
    stage
}

#[test]
fn going_up_goes_on_into_the_past() {
    let mut stage = stage();
    for _ in 0..30 {
        stage.press(KeyCode::PageUp);
        stage.work();
    }
    let expected = 1_199 - 30 * 9;
    assert_eq!(stage.cursor(), format!("line {expected}"));
    assert!(!stage.model.pane().is_away(), "there is room for both");
    stage.line(0, 1_200, "new");
    assert!(stage.screen().contains("+1 new"));
    stage.press(KeyCode::End);
    stage.screen();
    assert_eq!(stage.texts().last().unwrap(), "new");
    assert!(
        stage.archive.pages < 6,
        "many rows at a time: {}",
        stage.archive.pages
    );
}

#[test]
fn home_is_the_first_line_of_the_tree_and_the_way_back_is_whole() {
    let mut stage = stage();
    stage.archive.part = 7;
    stage.press(KeyCode::Home);
    stage.work();
    assert_eq!(
        (stage.cursor().as_str(), stage.texts()[0].as_str()),
        ("line 0", "line 0")
    );
    assert!(stage.model.pane().is_away());
    assert!(stage.screen().contains("PAUSED"));
    stage.line(0, 1_200, "[ERROR] new");
    assert!(stage.screen().contains("+1 new (1 error)"));
    stage.press(KeyCode::Up);
    assert_eq!(stage.cursor(), "line 0");
    // Every line is passed, once.
    for second in 1..1_199 {
        stage.press(KeyCode::Down);
        stage.work();
        if second != 100 {
            assert_eq!(stage.cursor(), format!("line {second}"));
        }
    }
    assert!(
        !stage.model.pane().is_away(),
        "it is back at the lines that come"
    );
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Down);
    assert!(stage.screen().contains("LIVE"));
    assert_eq!(stage.texts().last().unwrap(), "[ERROR] new");
}

#[test]
fn errors_and_matches_are_found_wherever_they_are() {
    let mut stage = stage();
    stage.press_letter('E');
    stage.work();
    assert_eq!(stage.cursor(), "[ERROR] long ago");
    assert!(stage.screen().contains("line 99") && stage.screen().contains("line 101"));
    stage.press_letter('/');
    stage.write("line 5[01]0");
    stage.press(KeyCode::Enter);
    stage.work();
    assert_eq!(stage.cursor(), "line 500");
    assert!(stage.screen().contains("2 in all"), "{}", stage.screen());
    stage.press_letter('n');
    stage.work();
    assert_eq!(stage.cursor(), "line 510");
    stage.press_letter('n');
    stage.work();
    assert_eq!(stage.cursor(), "line 500");
    assert!(stage.screen().contains("went on from the oldest line"));
    stage.press_letter('/');
    stage.write("nowhere");
    stage.press(KeyCode::Enter);
    stage.work();
    assert!(
        stage.screen().contains("not found: nowhere"),
        "{}",
        stage.screen()
    );
}

#[test]
fn a_filter_shows_what_is_left_of_the_whole_tree() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("0 *$");
    stage.press(KeyCode::Enter);
    stage.work();
    let texts = stage.texts();
    assert_eq!(texts.last().unwrap(), "line 1190");
    assert_eq!(texts[0], "line 1100", "rows of the past fill the page");
    stage.press(KeyCode::PageUp);
    stage.press(KeyCode::PageUp);
    stage.work();
    assert_eq!(stage.cursor(), "line 1010");
    // Without the filter, the rows between are there.
    stage.press_ctrl('r');
    stage.work();
    assert_eq!(stage.cursor(), "line 1010");
    stage.press(KeyCode::Up);
    stage.work();
    assert_eq!(stage.cursor(), "line 1009");
    stage.press(KeyCode::Down);
    stage.press(KeyCode::Down);
    stage.work();
    assert_eq!(stage.cursor(), "line 1011");
    stage.press(KeyCode::End);
    stage.screen();
    assert_eq!(stage.texts().last().unwrap(), "line 1199");
}

#[test]
fn a_filter_that_leaves_nothing_of_the_new_lines_shows_the_old() {
    let mut stage = stage();
    stage.write("+++");
    stage.work();
    assert_eq!(stage.texts(), ["[ERROR] long ago"]);
    assert!(stage.screen().contains("LIVE"));
    stage.line(0, 1_201, "[ERROR] new");
    assert_eq!(stage.texts(), ["[ERROR] long ago", "[ERROR] new"]);
    stage.write("---");
    stage.work();
    assert_eq!(stage.texts().last().unwrap(), "[ERROR] new");
    assert!(stage.texts().contains(&"line 1199".to_owned()));
}

#[test]
fn lines_around_those_that_a_filter_keeps_are_seen_in_the_past_as_well() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("long ago");
    stage.press(KeyCode::Enter);
    stage.work();
    assert_eq!(stage.texts(), ["[ERROR] long ago"]);
    stage.press_letter('C');
    stage.press_letter('C');
    stage.work();
    let around = [
        "line 98",
        "line 99",
        "[ERROR] long ago",
        "line 101",
        "line 102",
    ];
    assert_eq!(stage.texts(), around);
    stage.press_letter('c');
    stage.work();
    assert_eq!(stage.texts(), around[1..4]);
}

#[test]
fn rows_that_were_asked_for_through_another_lens_make_no_hole() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("line .*7$");
    stage.press(KeyCode::Enter);
    // What was asked for with the filter is answered without it.
    stage.press_ctrl('r');
    stage.work();
    for _ in 0..20 {
        stage.press(KeyCode::PageUp);
        stage.work();
    }
    let texts = stage.texts();
    let number = |text: &String| text.strip_prefix("line ").unwrap().parse::<u32>().unwrap();
    let numbers = texts.iter().map(number).collect::<Vec<_>>();
    assert_eq!(numbers[0], 1_199 - 21 * 9);
    assert!(
        numbers.windows(2).all(|two| two[1] == two[0] + 1),
        "{texts:?}"
    );
}

#[test]
fn a_jump_under_way_is_made_through_the_new_lens() {
    let mut stage = stage();
    stage.press(KeyCode::Home);
    stage.press_letter('&');
    stage.write("line .*7$");
    stage.press(KeyCode::Enter);
    stage.work();
    assert_eq!(stage.cursor(), "line 7");
}

#[test]
fn a_jump_that_was_given_up_does_not_come_back() {
    let mut stage = stage();
    stage.press(KeyCode::Home);
    stage.press(KeyCode::End);
    stage.work();
    stage.press_letter('C');
    assert!(stage.screen().contains("LIVE"));
}

#[test]
fn more_lines_around_leave_the_reader_where_he_is() {
    let mut stage = stage();
    stage.press_letter('&');
    stage.write("line (500|900)$");
    stage.press(KeyCode::Enter);
    stage.press_letter('C');
    stage.work();
    // Before the first that is kept, and before the next.
    for (moves, lines) in [(0, "line 499"), (3, "line 899")] {
        stage.press(KeyCode::Home);
        stage.work();
        for _ in 0..moves {
            stage.press(KeyCode::Down);
        }
        assert_eq!(stage.cursor(), lines);
        stage.press_letter('C');
        stage.work();
        assert_eq!(stage.cursor(), lines);
        stage.press_letter('c');
        stage.work();
        assert_eq!(stage.cursor(), lines);
    }
    stage.press_letter('C');
    stage.work();
    let around = |kept: u32| (kept - 2..=kept + 2).map(|line| format!("line {line}"));
    let seen = stage.texts();
    let lines = around(500).chain(around(900)).collect::<Vec<_>>();
    assert!(lines.ends_with(&seen) || seen == lines, "{seen:?}");
}

#[test]
fn rows_around_others_are_none_to_go_to() {
    let mut stage = stage();
    stage.press(KeyCode::Home);
    stage.press_letter('C');
    stage.work();
    stage.press_letter('&');
    stage.write("nowhere");
    stage.press(KeyCode::Enter);
    stage.work();
    assert!(stage.texts().is_empty());
    assert_eq!(
        stage.model.notice.as_deref(),
        Some("there are no lines then or earlier")
    );
}

#[test]
fn a_half_without_a_line_of_that_time_is_asked_for_once() {
    let mut stage = Stage::new(100, 13);
    for second in 0..3_000 {
        stage.old(0, second, &format!("line {second}"));
        if second % 1_000 == 500 {
            stage.old(2, second, &format!("audit {second}"));
        }
    }
    stage.lines(0, 3_000..3_050);
    stage.line(2, 3_050, "audit now");
    for letter in "1|3".chars() {
        stage.press_letter(letter);
    }
    stage.press_ctrl('w');
    stage.press(KeyCode::Home);
    // Does not come to an end otherwise.
    stage.work();
    for _ in 0..30 {
        stage.press(KeyCode::PageDown);
        stage.work();
    }
    assert!(stage.archive.pages < 100, "{}", stage.archive.pages);
}

#[test]
fn a_half_of_which_nothing_is_kept_is_asked_for_once() {
    let mut stage = Stage::new(100, 13);
    for second in 0..3_000 {
        stage.old(0, second, &format!("line {second}"));
        if second % 1_000 == 500 {
            stage.old(2, second, &format!("audit {second}"));
        }
    }
    stage.lines(0, 3_000..3_050);
    stage.line(2, 3_050, "audit now");
    for letter in "C1|3".chars() {
        stage.press_letter(letter);
    }
    stage.press_ctrl('w');
    stage.press_letter('&');
    stage.write("line");
    stage.press(KeyCode::Enter);
    stage.press(KeyCode::Home);
    // Does not come to an end otherwise.
    stage.work();
    assert!(stage.archive.pages < 100, "{}", stage.archive.pages);
}

#[test]
fn both_halves_go_into_the_past() {
    let mut stage = Stage::new(100, 13);
    for second in 0..1_500 {
        stage.old(0, second, &format!("line {second}"));
        if second % 100 == 50 {
            stage.old(2, second, &format!("audit {second}"));
        }
    }
    stage.lines(0, 1_500..1_550);
    stage.press_letter('0');
    stage.press_letter('|');
    stage.press_letter('0');
    stage.press_letter('3');
    stage.press_ctrl('w');
    stage.work();
    stage.press_letter('/');
    stage.write("line 777");
    stage.press(KeyCode::Enter);
    stage.work();
    let screen = stage.screen();
    let row = screen.lines().find(|row| row.contains('›')).unwrap();
    assert!(
        row.contains("line 777") && row.contains("audit 750"),
        "{screen}"
    );
    stage.press(KeyCode::End);
    let screen = stage.screen();
    assert!(
        screen.contains("LIVE") && screen.contains("audit 1450"),
        "{screen}"
    );
}

#[test]
fn rows_on_screen_stay_while_others_pour_in() {
    let mut stage = Stage::new(60, 13);
    stage.lines(0, 0..100);
    stage.press(KeyCode::PageUp);
    let before = stage.texts();
    let long = "x".repeat(100_000);
    for second in 100..500 {
        stage.line(0, second, &long);
    }
    assert_eq!(stage.texts(), before);
    assert!(stage.model.pane().is_away());
}

#[test]
fn what_is_followed_stays_what_comes() {
    let mut stage = stage();
    let long = "x".repeat(100_000);
    for second in 1_200..1_300 {
        stage.line(0, second, &long);
    }
    stage.press_letter('&');
    stage.write("line .*99$");
    stage.press(KeyCode::Enter);
    stage.work();
    stage.line(0, 1_300, "line 1399");
    assert!(stage.screen().contains("LIVE"));
    assert_eq!(stage.texts().last().unwrap(), "line 1399");
    stage.press(KeyCode::Up);
    stage.work();
    stage.press(KeyCode::PageUp);
    stage.work();
    assert!(
        stage.texts().contains(&"line 599".to_owned()),
        "{}",
        stage.screen()
    );
}
