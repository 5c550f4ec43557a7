//! Untrusted text in cells.

use super::*;

/// Checks a row after writing texts of which the first columns are scrolled out.
#[track_caller]
fn check(width: u16, hidden: usize, texts: &[&str], expected: &str) {
    let area = Rect::new(0, 0, width, 1);
    let mut buffer = Buffer::empty(area);
    let mut writer = CellWriter::new(&mut buffer, area);
    writer.scroll(hidden);
    for text in texts {
        writer.write(text, Style::new());
    }
    assert_eq!(buffer, Buffer::with_lines([expected]));
}

#[test]
fn as_far_as_there_is_room() {
    check(5, 0, &["abc"], "abc  ");
    check(5, 0, &["abcdefgh", "i"], "abcde");
    check(0, 0, &["abc"], "");
}

#[test]
fn tabs_go_to_the_next_stop() {
    check(20, 0, &["a\tb", "\tc"], "a       b       c   ");
    check(20, 4, &["a\tb"], "    b               ");
}

#[test]
fn wide_characters_take_two_cells() {
    check(5, 0, &["日本語"], "日本 ");
    check(6, 1, &["日本語"], " 本語 ");
    check(6, 2, &["日本語"], "本語  ");
}

#[test]
fn combining_marks_stay_with_their_letter() {
    check(4, 0, &["e\u{301}x"], "e\u{301}x  ");
    check(4, 1, &["e\u{301}x"], "x   ");
}

#[test]
fn control_characters_are_seen() {
    check(6, 0, &["a\u{1b}[m"], "a␛[m  ");
    check(8, 2, &["\u{202e}x"], "02E›x   ");
}

#[test]
fn a_place_before_the_end() {
    let area = Rect::new(0, 0, 10, 1);
    let mut buffer = Buffer::empty(area);
    let mut writer = CellWriter::new(&mut buffer, area);
    writer.write("left", Style::new());
    writer.move_to_last(3);
    writer.write("end", Style::new());
    writer.move_to_last(20);
    writer.write("x", Style::new());
    assert_eq!(buffer, Buffer::with_lines(["left   end"]));
}
