//! Keys and mouse on the real screen.

use std::{fs, path::Path};

use crate::session::{Session, append, base, command};

const FOLDER: &str = "2025-05-04__15-00";

/// A tree of a hundred lines, one of them an error.
fn hundred(base: &Path) {
    let line = |second: u32| {
        let level = if second == 40 { "ERROR" } else { "INFO" };
        let (minute, rest) = (second / 60, second % 60);
        format!("[15:{minute:02}:{rest:02}] [{level}] line {second}\n")
    };
    let lines = (0..100).map(line).collect::<Vec<_>>().concat();
    append(base, FOLDER, "app", &lines);
    append(base, FOLDER, "audit", "[15:00:50] [INFO] looked at\n");
}

#[test]
fn searches_filters_and_goes_to_errors() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    session.press("/line 3[5]");
    session.wait_for("match 1 of 1");
    session.wait_for("line 36");
    session.press("\u{1b}");
    session.wait_for("IDLE");
    session.press("E");
    session.wait_for("ERR app   line 40");
    session.wait_for("PAUSED");
    session.press("&line .7");
    session.wait_for("9 of 101 records shown");
    session.press("\r");
    session.wait_for("only /line .7/");
    session.wait_until_gone("line 40");
    session.append(
        FOLDER,
        "app",
        "[15:02:00] [INFO] line 107\n[15:02:01] [INFO] line 17\n",
    );
    session.wait_for("+1 new");
    session.press("G");
    session.wait_for("line 17");
    session.press("\u{12}");
    session.wait_for("line 107");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn copies_by_the_terminal_and_shows_a_record_in_full() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    session.press("y");
    // `[15:01:39] [INFO] line 99`
    session.wait_for_bytes("\u{1b}]52;c;WzE1OjAxOjM5XSBbSU5GT10gbGluZSA5OQ==");
    session.press("\r");
    session.wait_for("┌ record");
    session.press("\u{1b}");
    session.wait_until_gone("┌ record");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn writes_lines_outside_of_the_tree_and_nowhere_else() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    session.press("&line 9\r");
    session.wait_until_gone("line 89");
    session.press("Wlogs/inside.txt\r");
    session.wait_for("log trees are read-only");
    session.press("Wout.txt\r");
    session.wait_for("wrote 11 records to out.txt");
    let written = fs::read_to_string(session.tree.path().join("out.txt")).unwrap();
    assert_eq!(written.lines().count(), 11);
    assert!(written.ends_with("[15:01:39] [INFO] line 99\n"));
    let names: Vec<_> = fs::read_dir(base(&session.tree))
        .unwrap()
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(names, [FOLDER]);
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn the_mouse_scrolls_and_clicks_until_it_is_given_back() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    // Wheel up over a row, then a click on the tab of audit.
    session.press("\u{1b}[<64;20;5M\u{1b}[<64;20;5M");
    session.wait_for("PAUSED");
    session.press("\u{1b}[<0;30;2M\u{1b}[<0;30;2m");
    session.wait_for("looked at");
    session.wait_until_gone("line 9");
    session.press("M");
    session.wait_for_bytes("\u{1b}[?1000l");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn halves_and_the_rail_share_the_screen() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    session.press("|");
    session.wait_for("▸");
    session.press("2");
    session.wait_for("looked at");
    session.press("|0s");
    session.wait_for("last minute");
    session.press("z");
    session.wait_until("nothing but lines", |screen| {
        let contents = screen.contents();
        contents
            .lines()
            .filter(|row| row.contains("INF app   line"))
            .count()
            >= 11
    });
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn keys_are_chosen_in_a_file() {
    let mut session = Session::start(|base| {
        hundred(base);
        let config = base.parent().unwrap().join("config/chronologix");
        fs::create_dir_all(&config).unwrap();
        fs::write(
            config.join("view.toml"),
            "theme = \"dark\"\n[keys]\nquit = \"Q\"\n",
        )
        .unwrap();
    });
    session.wait_for("line 99");
    session.press("?quit");
    session.wait_for("Q  quit");
    session.press("\u{1b}");
    session.wait_until_gone("Keys:");
    session.press("Q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn wrong_settings_are_told_and_the_viewer_goes_on() {
    let mut session = Session::start(|base| {
        hundred(base);
        let config = base.parent().unwrap().join("config/chronologix");
        fs::create_dir_all(&config).unwrap();
        let text = "theme = \"pink\"\ncolour = 1\n[keys]\nquit = \"Q\"\n";
        fs::write(config.join("view.toml"), text).unwrap();
    });
    session.wait_for("line 99");
    session.press("Q");
    session.wait_for("view.toml: line 1: theme: unknown value \"pink\"; allowed: terminal, dark,");
    session.wait_for("line 2: colour: unknown setting; allowed: theme, mouse, keys");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn a_session_that_cannot_be_saved_is_a_remark() {
    let mut session = Session::start(|base| {
        hundred(base);
        // A file where the folder would be.
        fs::write(base.parent().unwrap().join("state"), "").unwrap();
    });
    session.wait_for("line 99");
    session.press("!line 9\r");
    session.wait_until_gone("line 99");
    session.press("q");
    session.wait_for("cannot save the session in ");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn filters_are_as_last_time_unless_that_is_not_wanted() {
    let mut session = Session::start(hundred);
    session.wait_for("line 99");
    session.press("!line 9\r");
    session.wait_for("not /line 9/");
    session.press("q");
    let (status, tree) = session.ends_and_leaves_its_tree();
    assert_eq!(status.exit_code(), 0);

    let mut session = Session::again(tree, &[]);
    session.wait_for("filters of the last session; ctrl-r clears them");
    session.wait_until_gone("line 99");
    session.press("q");
    let (_, tree) = session.ends_and_leaves_its_tree();

    let mut session = Session::again(tree, &["--no-session"]);
    session.wait_for("line 99");
    session.press("&line 1\r");
    session.wait_until_gone("line 99");
    session.press("q");
    let (_, tree) = session.ends_and_leaves_its_tree();

    let mut session = Session::again(tree, &[]);
    session.wait_for("filters of the last session");
    session.press("\u{12}");
    session.wait_for("line 99");
    session.press("q");
    let (_, tree) = session.ends_and_leaves_its_tree();
    assert_eq!(
        fs::read_dir(tree.path().join("state/chronologix/sessions"))
            .unwrap()
            .count(),
        0
    );
}

#[test]
fn the_whole_tree_is_within_reach() {
    let mut session = Session::start(|base| {
        for hour in 10..13 {
            let line = |number: u32| {
                // Twenty thousand lines an hour, of which the viewer loads the last.
                let second = number * 18 / 100;
                let text = if (hour, number) == (10, 430) {
                    "needle"
                } else {
                    "hay"
                };
                let (minute, rest) = (second / 60, second % 60);
                format!("[{hour}:{minute:02}:{rest:02}] [INFO] {text} {hour} {number}\n")
            };
            let lines = (0..20_000).map(line).collect::<Vec<_>>().concat();
            append(base, &format!("2025-05-04__{hour}-00"), "app", &lines);
        }
        append(
            base,
            "2025-05-04__12-00",
            "audit",
            "[12:10:00] [ERROR] no\n",
        );
    });
    session.wait_for("hay 12 19999");
    session.press("g");
    session.wait_for("hay 10 0");
    session.press("G");
    session.wait_for("IDLE");
    session.press("/needle\r");
    session.wait_for("›10:01:17.000 INF app   needle 10 430");
    session.wait_for("match 1 of 1");
    session.press("]");
    session.wait_for("›11:00:00.000");
    session.press("t12:05\r");
    session.wait_for("›12:05:00.000");
    session.press("E");
    session.wait_for("›12:10:00.000 ERR audit no");
    session.press("\u{1b}Gq");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn keys_typed_fast_over_an_endless_line_are_answered() {
    let mut session = Session::start(|base| {
        let endless = "value=12345 ".repeat(10 << 20 >> 4);
        let lines = format!("[15:00:00] [INFO] {endless}\n[15:00:01] [INFO] the end\n");
        append(base, FOLDER, "app", &lines);
    });
    session.wait_for("the end");
    session.press("wkj");
    session.press(&"kjlh".repeat(100));
    session.press("/the end\r");
    session.wait_for("match 1 of 1");
    session.press("w");
    session.press(&"kjlh".repeat(100));
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}

#[test]
fn times_of_other_loggers_are_shown_and_gone_to_as_they_stand_in_the_file() {
    let tree = tempfile::tempdir().unwrap();
    let lines = (0..40)
        .map(|minute| format!("2025-05-04 14:{minute:02}:19,123 - root - INFO - line {minute}\n"));
    let lines = lines.collect::<Vec<_>>().concat();
    append(&base(&tree), "2025-05-04", "app", &lines);
    let mut command = command(&tree);
    command.get_argv_mut().truncate(1);
    command.arg("logs/app.log");
    fs::rename(
        base(&tree).join("2025-05-04/app.log"),
        base(&tree).join("app.log"),
    )
    .unwrap();
    command.env("TZ", "America/New_York");
    let mut session = Session::run(tree, command);
    session.wait_for("14:39:19.123");
    session.press("t14:05\r");
    session.wait_for("›14:05:19.123");
    session.press("q");
    assert_eq!(session.ends().exit_code(), 0);
}
