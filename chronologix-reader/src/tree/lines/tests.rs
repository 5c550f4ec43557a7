//! Bytes to lines.

use super::*;

const LONGEST: usize = 8;

fn feed(blocks: &[&[u8]]) -> (Vec<String>, Lines) {
    let mut state = Lines::new(LONGEST);
    let mut lines = Vec::new();
    for block in blocks {
        state.feed(block, &mut lines);
    }
    (lines.iter().map(show).collect(), state)
}

fn show(line: &RawLine) -> String {
    format!("{}{}", line.text, if line.is_cut { "…" } else { "" })
}

#[track_caller]
fn check(bytes: &[u8], lines: &[&str], rest: Option<&str>) {
    let (whole, mut state) = feed(&[bytes]);
    assert_eq!(whole, lines);
    assert_eq!(state.finish().as_ref().map(show).as_deref(), rest);
    for split in 0..=bytes.len() {
        let (left, right) = bytes.split_at(split);
        assert_eq!(feed(&[left, right]).0, lines, "split at {split}");
    }
    let bytewise: Vec<&[u8]> = bytes.chunks(1).collect();
    assert_eq!(feed(&bytewise).0, lines);
}

#[test]
fn lines_are_the_same_wherever_a_block_ends() {
    check(b"", &[], None);
    check(b"\n", &[""], None);
    check(b"one\ntwo\n\nthree", &["one", "two", ""], Some("three"));
    check(b"one\r\ntwo\r\n", &["one", "two"], None);
    check(b"12345678\n", &["12345678"], None);
    check(b"123456789\nnext\n", &["12345678…", "next"], None);
    check(b"a\xffb\n", &["a\u{ff}b"], None);
    check("žluť\n".as_bytes(), &["žluť"], None);
    check(b"\0\0\0\0\n\0a\0\n", &["", "a\0"], None);
}

#[test]
fn a_line_is_not_cut_inside_a_character() {
    check("1234567ž9\n".as_bytes(), &["1234567…"], None);
}

#[test]
fn a_line_without_end_takes_no_more_than_its_bound() {
    let mut state = Lines::new(LONGEST);
    let mut lines = Vec::new();
    for _ in 0..10_000 {
        state.feed(&[b'x'; 100], &mut lines);
    }
    assert_eq!(lines.len(), 1, "it is shown as soon as it is too long");
    assert!(lines[0].is_cut);
    assert!(state.partial.capacity() <= LONGEST * 2);
    state.feed(b"end\nnext\n", &mut lines);
    assert_eq!(
        lines.iter().map(show).collect::<Vec<_>>(),
        ["xxxxxxxx…", "next"]
    );
}

#[test]
fn the_rest_of_a_line_can_be_left_out() {
    let mut state = Lines::new(LONGEST);
    let mut lines = Vec::new();
    state.skip_rest();
    state.feed(b"rest of", &mut lines);
    state.feed(b" it\nwhole\n", &mut lines);
    assert_eq!(lines.iter().map(show).collect::<Vec<_>>(), ["whole"]);
}

#[test]
fn zeros_before_a_line_take_no_room() {
    for size in [1, 3, 100] {
        let mut lines = Lines::new(5);
        let mut found = Vec::new();
        let bytes = b"\0\0\0\0\0\0\0one\n\0\0two\nthree\0\0";
        for piece in bytes.chunks(size) {
            lines.feed(piece, &mut found);
        }
        found.extend(lines.finish());
        let shown: Vec<(u64, &str)> = found.iter().map(|line| (line.at, &*line.text)).collect();
        assert_eq!(shown, [(0, "one"), (11, "two"), (17, "three")], "{size}");
    }
}
