//! Sanitized text and its width.

use super::*;

#[track_caller]
fn check(text: &str, expected: &str) {
    let shown = visible(text);
    assert_eq!(shown, expected);
    let is_harmless = |letter: char| letter == '\t' || !letter.is_control();
    assert!(shown.chars().all(is_harmless));
}

#[test]
fn ordinary_text_is_left_alone() {
    check("plain\ttext", "plain\ttext");
    check(
        "žluťoučký kůň 日本語 🦀 ❤\u{fe0f}",
        "žluťoučký kůň 日本語 🦀 ❤\u{fe0f}",
    );
    check("e\u{301}", "e\u{301}");
    assert!(matches!(visible("nothing to do"), Cow::Borrowed(_)));
}

#[test]
fn control_characters_are_pictures() {
    check("\u{1b}[31mred\u{1b}[0m", "␛[31mred␛[0m");
    check("a\0b\rc\u{7}d\u{7f}", "a␀b␍c␇d␡");
    check("\u{9b}31m", "‹9B›31m");
}

#[test]
fn what_hides_or_reorders_is_told_by_number() {
    check("\u{202e}txt.exe\u{202c}", "‹202E›txt.exe‹202C›");
    check("a\u{200b}b\u{200d}c\u{feff}", "a‹200B›b‹200D›c‹FEFF›");
    check("\u{2066}\u{2069}\u{61c}\u{2028}", "‹2066›‹2069›‹61C›‹2028›");
    check("\u{e0041}\u{fff9}\u{ad}", "‹E0041›‹FFF9›‹AD›");
}

#[test]
fn every_character_is_harmless() {
    for letter in '\0'..=char::MAX {
        let text = letter.to_string();
        let shown = visible(&text);
        let is_harmless =
            |letter: char| letter == '\t' || (!letter.is_control() && !is_hidden(letter));
        assert!(shown.chars().all(is_harmless), "{letter:?}");
    }
}

#[test]
fn a_pile_of_marks_on_one_letter_ends() {
    let pile = format!("a{}", "\u{301}".repeat(12));
    check(
        &pile,
        &format!("a{}{}", "\u{301}".repeat(8), "‹301›".repeat(4)),
    );
}

#[test]
fn joined_emoji_stay_one_cluster() {
    for text in [
        "👨\u{200d}👩\u{200d}👧",
        "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👨🏿",
        "1\u{fe0f}\u{20e3} ✔\u{fe0f} 🇩🇪",
        "\u{915}\u{94d}\u{200d}\u{937}",
    ] {
        check(text, text);
    }
    check("a\u{200d}b👨\u{200d}", "a‹200D›b👨‹200D›");
    check("\u{301}alone", "‹301›alone");
    check("🏴\u{e0067}\u{e007f}", "🏴‹E0067›‹E007F›");
    check("a\r\nb", "a␍␊b");
}

#[test]
fn every_character_is_on_some_row() {
    let emoji = [
        "⚠\u{fe0f}",
        "1\u{fe0f}\u{20e3}",
        "❤\u{fe0f}",
        "✔\u{fe0f}",
        "👨\u{200d}👩",
    ];
    for emoji in emoji {
        let numbers = (0..30).map(|number| format!("<{number:02}>"));
        let numbers = numbers.collect::<Vec<_>>().concat();
        let text = format!("{}{numbers}END", emoji.repeat(10));
        let chunks = broken(&text, 21);
        assert_eq!(chunks.concat(), text);
        assert!(chunks.iter().all(|chunk| chunk.cell_width() <= 21));
        let widths: u16 = chunks.iter().map(|chunk| chunk.cell_width()).sum();
        let starts = rows(&text, 21);
        assert_eq!(starts.len(), chunks.len(), "{emoji}");
        assert!(usize::from(widths) > starts[starts.len() - 1]);
    }
}

#[test]
fn rows_break_between_characters() {
    assert_eq!(rows("", 4), [0]);
    assert_eq!(rows("abcd", 4), [0]);
    assert_eq!(rows("abcde", 4), [0, 4]);
    assert_eq!(rows("abcdefghi", 4), [0, 4, 8]);
    // Two columns each: the second row begins where the third character would be split.
    assert_eq!(rows("日本語", 3), [0, 2, 4]);
    assert_eq!(rows("a日本", 4), [0, 3]);
    assert_eq!(
        rows("abcde\u{301}\u{301}", 4),
        [0, 4],
        "marks stay with their letter"
    );
    assert_eq!(rows("\u{1b}\u{202e}x", 4), [0, 4], "as they are drawn");
    assert_eq!(rows("a\tb", 8), [0, 8]);
    assert_eq!(rows("日", 1), [0], "what cannot fit anywhere");
    assert_eq!(rows("abc", 0), [0]);
}

#[test]
fn json_is_harmless_and_means_the_same() {
    let texts = [
        "plain",
        "say \"no\"\u{1b}[2J\0",
        "\u{9b}31m\u{7f}\u{85}",
        "\u{202e}txt.exe\u{202c}\u{200b}",
        "tag \u{e0041}\u{e007f} end",
        "\u{feff}日本語 🦀",
    ];
    for text in texts {
        let mut json = Vec::new();
        write_json(&mut json, &text).unwrap();
        let json = String::from_utf8(json).unwrap();
        assert!(!json.chars().any(is_hidden), "{json:?}");
        assert!(!json.contains(char::is_control), "{json:?}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

#[test]
fn several_lines_keep_their_ends() {
    assert_eq!(visible_lines("one\n\u{1b}two\r\n"), "one\n␛two␍\n");
}

#[test]
fn bytes_that_are_not_utf8_stay_unless_they_control_a_terminal() {
    for (bytes, shown) in [
        (&b"caf\xe9"[..], &b"caf\xe9"[..]),
        ("café".as_bytes(), "café".as_bytes()),
        (b"a\x1b[2J\xff", "a␛[2J".as_bytes()),
        (b"\x9b2J", "‹9B›2J".as_bytes()),
    ] {
        let expected = match bytes {
            [.., 0xff] => [shown, b"\xff"].concat(),
            _ => shown.to_vec(),
        };
        assert_eq!(visible_bytes(bytes), expected, "{bytes:?}");
    }
}
