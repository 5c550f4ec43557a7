//! Marks, copies, exports, details.

use crossterm::event::KeyCode;

use crate::{
    line::LogLine,
    model::pending_queries::QueryCommand,
    query::{Answer, Reply, RequestKind, Taken},
    tail::Change,
    tests::{fake_tree::FakeTree, harness::Harness},
    update,
};

fn harness() -> Harness {
    let mut harness = Harness::new(70, 20);
    harness.lines(0, 0..10);
    harness
}

#[test]
fn marks_are_gone_to_in_turns() {
    let mut harness = harness();
    harness.press_letter('\'');
    assert!(harness.screen().contains("no bookmarks"));
    for up in [1, 3] {
        (0..up).for_each(|_| drop(harness.press(KeyCode::Up)));
        harness.press_letter('m');
    }
    assert_eq!(harness.cursor(), "line 5");
    assert_eq!(
        harness.screen().matches('◆').count(),
        1,
        "the cursor's own is hidden by it"
    );
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 8");
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 5");
    harness.press_letter('"');
    assert_eq!(harness.cursor(), "line 8");
    harness.press_letter('m');
    harness.press_letter('\'');
    harness.press_letter('\'');
    assert_eq!(harness.cursor(), "line 5", "the only one");
}

#[test]
fn the_line_or_the_selection_is_copied() {
    let mut harness = harness();
    assert_eq!(harness.copy().unwrap(), "[15:00:09] line 9");
    assert!(harness.screen().contains("copied 1 record"));
    harness.press_letter('v');
    assert!(harness.screen().contains("selected 1 record "));
    harness.press(KeyCode::Up);
    harness.press(KeyCode::Up);
    let screen = harness.screen();
    assert_eq!(screen.matches('▌').count(), 3, "{screen}");
    let text = "[15:00:07] line 7\n[15:00:08] line 8\n[15:00:09] line 9";
    assert!(screen.contains("selected 3 records"), "{screen}");
    assert_eq!(harness.copy().unwrap(), text);
    assert_eq!(harness.model.anchor, None);
    harness.press_letter('v');
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.anchor, None);
    let mut empty = Harness::new(70, 20);
    assert_eq!(empty.copy(), None);
    assert!(empty.screen().contains("no line to copy"));
}

#[test]
fn too_much_is_not_copied() {
    let mut harness = harness();
    harness.line(0, 10, &"x".repeat(70_000));
    assert_eq!(harness.copy(), None);
    assert!(harness.screen().contains("W exports it to a file"));
}

#[test]
fn what_is_seen_or_selected_is_written() {
    let mut harness = harness();
    harness.press_letter('&');
    harness.write("line [12]");
    harness.press(KeyCode::Enter);
    harness.press_letter('W');
    assert!(
        harness
            .screen()
            .contains("path of a new file (outside the log tree)")
    );
    harness.write("out.txt");
    harness.model.queries.is_open = true;
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("wrote 2 records to out.txt"));
    let text = "[15:00:01] line 1\n[15:00:02] line 2";
    assert_eq!(harness.archive.written[0], ("out.txt".into(), text.into()));
    harness.press_letter('v');
    harness.press_letter('W');
    harness.write("one.txt");
    harness.press(KeyCode::Enter);
    harness.work();
    let text = "[15:00:02] line 2";
    assert_eq!(harness.archive.written[1], ("one.txt".into(), text.into()));
}

#[test]
fn a_selection_reaches_beyond_the_loaded_rows() {
    let mut harness = Harness::new(70, 10);
    (0..2_000).for_each(|second| harness.old(0, second, "older"));
    harness.lines(0, 2_000..2_010);
    harness.press(KeyCode::Home);
    harness.screen();
    harness.press_letter('v');
    harness.press(KeyCode::End);
    harness.press(KeyCode::Up);
    let screen = harness.screen();
    assert!(screen.contains("selected 2,009 records"), "{screen}");
    harness.press_letter('W');
    harness.write("all.txt");
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(
        screen.contains("wrote 2,009 records to all.txt"),
        "{screen}"
    );
    let (_, text) = &harness.archive.written[0];
    assert_eq!(text.lines().count(), 2_009);
    // The filter of the moment counts.
    harness.press_letter('&');
    harness.write("line");
    harness.press(KeyCode::Enter);
    assert!(
        harness.screen().contains("selected 9 records"),
        "{}",
        harness.screen()
    );
}

#[test]
fn an_export_is_stopped() {
    let mut harness = harness();
    harness.model.queries.is_open = true;
    harness.press_letter('W');
    harness.write("out.txt");
    harness.press(KeyCode::Enter);
    let orders = harness.model.queries.take();
    let id = orders.iter().find_map(|order| match order {
        QueryCommand::Ask(query) if query.request.kind() == RequestKind::Export => Some(query.id),
        _ => None,
    });
    let reply = |harness: &mut Harness, records, percent, is_complete| {
        let taken = Taken {
            records,
            percent,
            is_complete,
            ..Taken::default()
        };
        let streams = harness.model.streams.clone();
        let answer = Answer::Taken(taken);
        let id = id.unwrap();
        update::fetch::answer(
            &mut harness.model,
            Reply {
                id,
                streams,
                answer,
            },
        );
    };
    reply(&mut harness, 3, 41, false);
    assert!(
        harness.screen().contains("writing 41 %, esc stops"),
        "{}",
        harness.screen()
    );
    harness.press(KeyCode::Esc);
    let orders = harness.model.queries.take();
    assert!(
        orders.contains(&QueryCommand::Cancel(RequestKind::Export)),
        "{orders:?}"
    );
    reply(&mut harness, 4, 50, true);
    let screen = harness.screen();
    assert!(
        screen.contains("stopped; wrote 4 records to out.txt"),
        "{screen}"
    );
}

#[test]
fn the_lines_of_a_record_are_copied_together() {
    let mut harness = harness();
    harness.raw(0, 9, "\tat main.rs:7");
    assert_eq!(harness.copy().unwrap(), "[15:00:09] line 9\n\tat main.rs:7");
    assert!(harness.screen().contains("copied 1 record"));
}

#[test]
fn a_record_is_shown_in_full() {
    let mut harness = harness();
    harness.line(1, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    harness.line(0, 12, r#"[ERROR] one\ntwo qty=3 user="Ann Lee""#);
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    for text in [
        "2025-05-04 15:00:12.000000 UTC +3s · stream errors→app · ERROR",
        "▸qty   3",
        "user  Ann Lee",
    ] {
        assert!(screen.contains(text), "{text}\n{screen}");
    }
    let unfolded: Vec<&str> = screen
        .lines()
        .filter(|row| row.contains("│ one") || row.contains("│ two"))
        .collect();
    assert_eq!(unfolded.len(), 2, "{screen}");
    harness.press(KeyCode::Left);
    assert!(harness.screen().contains("line 9"));
    assert_eq!(harness.copy().unwrap(), "[15:00:09] line 9");
    harness.press(KeyCode::Enter);
    assert_eq!(harness.model.overlay, None);
}

#[test]
fn json_is_shown_pretty() {
    let mut harness = Harness::new(70, 24);
    harness.raw(
        2,
        3,
        r#"{"timestamp":"2025-05-04T15:00:03Z","level":"warn","message":"slow","list":[1,2]}"#,
    );
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(
        screen.contains("list  [") && screen.contains(" 15:00:03.000000 UTC"),
        "{screen}"
    );
}

#[test]
fn a_long_record_is_scrolled() {
    let mut harness = Harness::new(60, 12);
    let text = (0..40)
        .map(|number| format!("row {number:02}"))
        .collect::<Vec<_>>()
        .join(r"\n");
    harness.line(0, 1, &text);
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("more below"));
    assert!(!harness.screen().contains("row 39"));
    for _ in 0..8 {
        harness.press(KeyCode::PageDown);
    }
    assert!(harness.screen().contains("row 39"));
    harness.press(KeyCode::PageUp);
    harness.press(KeyCode::Esc);
    assert_eq!(harness.model.overlay, None);
}

#[test]
fn the_detail_view_follows_the_cursor_and_filters_by_its_fields() {
    let mut harness = Harness::new(100, 24);
    for (second, status) in [(1, 200), (2, 502), (3, 200), (4, 502)] {
        harness.line(0, second, &format!("GET / status={status} host=h{second}"));
    }
    harness.press(KeyCode::Enter);
    assert!(harness.screen().contains("▸status  502"));
    harness.press_letter('k');
    assert!(harness.screen().contains("▸status  200"));
    harness.press(KeyCode::Tab);
    assert!(harness.screen().contains("▸host    h3"));
    harness.press(KeyCode::Tab);
    harness.press_letter('f');
    harness.work();
    let only = ["GET / status=200 host=h1", "GET / status=200 host=h3"];
    assert_eq!(harness.texts(), only);
    assert!(
        harness.screen().contains("status=200"),
        "{}",
        harness.screen()
    );
    harness.press_letter('u');
    harness.press_letter('!');
    harness.work();
    let others = ["GET / status=502 host=h2", "GET / status=502 host=h4"];
    assert_eq!(harness.texts(), others);
}

#[test]
fn a_long_line_is_read_in_full_on_demand() {
    let mut harness = Harness::new(80, 24);
    harness.model.queries.is_open = true;
    let key = harness.key(0, 1);
    let whole = format!("[15:00:01] [INFO] {}END", "word ".repeat(60));
    harness.archive.add(LogLine::new(key, whole.as_str()));
    let cut = LogLine {
        is_cut: true,
        ..LogLine::new(key, &whole[..60])
    };
    harness.model.apply(Change::Lines(vec![cut]));
    harness.press(KeyCode::Enter);
    let screen = harness.screen();
    assert!(screen.contains("L reads all of it"), "{screen}");
    harness.press_letter('L');
    let screen = harness.screen();
    assert!(screen.contains("END"), "{screen}");
    assert!(!screen.contains("L reads"), "{screen}");
    harness.press_letter('q');
    assert_eq!(harness.model.whole_line, None);
    // One that is gone is said to be.
    harness.archive = FakeTree::default();
    harness.press(KeyCode::Enter);
    harness.press_letter('L');
    assert!(harness.screen().contains("the line is not there any more"));
}
