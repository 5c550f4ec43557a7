//! Fields in columns of their own.

use crossterm::event::KeyCode;

use crate::tests::harness::Harness;

fn harness() -> Harness {
    let mut harness = Harness::new(90, 20);
    harness.line(0, 1, "[INFO] GET status=200 user=Ann took=12");
    harness.line(0, 2, "[WARN] PUT status=502 user=\"Bo Lee\" took=7");
    harness.line(0, 3, "[INFO] idle");
    harness
}

fn columns(harness: &Harness) -> Vec<(&str, usize)> {
    let columns = harness.model.columns.iter();
    columns.map(|it| (it.name.as_str(), it.width)).collect()
}

#[test]
fn columns_are_chosen_moved_and_widened() {
    let mut harness = harness();
    harness.press(KeyCode::F(2));
    assert!(harness.screen().contains("[ ]     status"));
    harness.press_letter(' ');
    harness.press_letter('j');
    harness.press_letter('j');
    harness.press_letter(' ');
    assert_eq!(columns(&harness), [("status", 3), ("user", 6)]);
    harness.press_letter('K');
    harness.press(KeyCode::Left);
    harness.press(KeyCode::Left);
    assert_eq!(columns(&harness), [("user", 4), ("status", 3)]);
    harness.press(KeyCode::Esc);
    let screen = harness.screen();
    assert!(
        screen.contains("WRN app    Bo … 502 PUT status=502"),
        "{screen}"
    );
    assert!(screen.contains("INF app    Ann  200 GET"), "{screen}");
    assert!(screen.contains("INF app             idle"), "{screen}");
    harness.press(KeyCode::F(2));
    harness.press_letter(' ');
    harness.press(KeyCode::Enter);
    assert_eq!(columns(&harness), [("status", 3)]);
}

#[test]
fn columns_leave_room_for_the_message() {
    let mut harness = harness();
    harness.press(KeyCode::F(2));
    harness.press_letter(' ');
    harness.press(KeyCode::Esc);
    harness.resize(42, 20);
    let screen = harness.screen();
    assert!(screen.contains("INF app    GET status"), "{screen}");
}
