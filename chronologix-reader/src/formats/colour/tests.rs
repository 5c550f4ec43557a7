//! Colours are left out, and nothing else.

use super::*;

#[test]
fn colours_are_left_out() {
    let line =
        b"\x1b[2m2025-05-04T14:02:19.1Z\x1b[0m \x1b[32m INFO\x1b[0m \x1b[38;2;1;2;3mapp\x1b[m: x";
    assert_eq!(
        &*strip_colours(line),
        b"2025-05-04T14:02:19.1Z  INFO app: x"
    );
    assert_eq!(&*strip_colours(b"\x1b[4:3mcurly\x1b[0m"), b"curly");
    assert_eq!(
        &*strip_colours(b"\x1b[2K\x1b[36mweb-1  | \x1b[0mx\x1b[K"),
        b"web-1  | x"
    );
    let shown: Vec<ColourPiece<'_>> = pieces(b"\x1b[2Kx\x1b[1m").collect();
    let expected = [
        ColourPiece::Clear,
        ColourPiece::Text(b"x"),
        ColourPiece::Colour(b"\x1b[1m"),
    ];
    assert_eq!(shown, expected);
}

#[test]
fn the_hole_before_a_line_is_left_out() {
    assert_eq!(&*strip_colours(b"\0\0\0one\0two"), b"one\0two");
    assert_eq!(&*strip_colours(b"\0\0\x1b[1mone"), b"one");
    assert_eq!(&*strip_colours(b"\0"), b"");
}

#[test]
fn lines_without_colours_are_not_copied() {
    assert!(matches!(strip_colours(b"plain"), Cow::Borrowed(b"plain")));
    assert!(matches!(strip_colours(b""), Cow::Borrowed(b"")));
}

#[test]
fn other_sequences_stay() {
    for line in [
        &b"\x1b"[..],
        b"\x1b[",
        b"\x1b[31",
        b"\x1b]0;title\x07",
        b"\x1b[?25h",
    ] {
        assert_eq!(&*strip_colours(line), line);
    }
    assert_eq!(&*strip_colours(b"\x1b\x1b[1mx\x1b[2J"), b"\x1bx\x1b[2J");
}
