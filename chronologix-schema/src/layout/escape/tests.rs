//! Escaping: each class of control characters, and that nothing else is touched.

use proptest::prelude::*;

use super::{Multiline, escape_text, is_forbidden, push_field_value, push_json_string};

fn escaped(text: &str, multiline: Multiline) -> String {
    let mut out = b"\n[before] ".to_vec();
    let from = out.len();
    out.extend_from_slice(text.as_bytes());
    escape_text(&mut out, from, multiline, &mut Vec::new());
    let rest = out.split_off(from);
    assert_eq!(out, b"\n[before] ", "what lies before is not ours");
    String::from_utf8(rest).unwrap()
}

fn field(text: &str) -> String {
    let mut out = Vec::new();
    push_field_value(&mut out, text);
    String::from_utf8(out).unwrap()
}

fn json(text: &str) -> String {
    let mut out = Vec::new();
    push_json_string(&mut out, text);
    String::from_utf8(out).unwrap()
}

/// The list of the contract, written by code points where the code has bytes.
fn is_listed(character: char) -> bool {
    matches!(u32::from(character),
        0x00..=0x08 | 0x0a..=0x1f | 0x7f..=0x9f // C0 but tab, DEL, C1
        | 0x2028..=0x2029 // separators
        | 0x061c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069 // bidi
        | 0x200b..=0x200d | 0x2060..=0x2064 | 0xfeff | 0x180e // zero-width
        | 0x2065 | 0x206a..=0x206f // never assigned, and deprecated
        | 0xe0000..=0xe007f // tags
        | 0xfff9..=0xfffb) // interlinear annotation
}

#[test]
fn exactly_the_listed_characters_are_forbidden() {
    for character in '\0'..=char::MAX {
        assert_eq!(
            is_forbidden(character),
            is_listed(character),
            "{character:?}"
        );
        if !is_listed(character) {
            continue;
        }
        let text = format!("a{character}b");
        let escape = match character {
            '\n' => r"\n".to_owned(),
            '\r' => r"\r".to_owned(),
            '\0'..='\x7f' => format!(r"\x{:02x}", u32::from(character)),
            _ => format!(r"\u{{{:x}}}", u32::from(character)),
        };
        assert_eq!(escaped(&text, Multiline::Escape), format!("a{escape}b"));
        assert_eq!(serde_json::from_str::<String>(&json(&text)).unwrap(), text);
        assert!(!json(&text).contains(character), "{character:?}");
    }
}

#[test]
fn text() {
    let check = |text, expected: &str| assert_eq!(escaped(text, Multiline::Escape), expected);
    check("", "");
    check("plain \\ \"text\"\t= 1", "plain \\ \"text\"\t= 1");
    check(
        "naïve šílené 日本語 🦀 … – ’",
        "naïve šílené 日本語 🦀 … – ’",
    );
    check("a\r\nb\0\x1b[2J", r"a\r\nb\x00\x1b[2J");
    check("\n", r"\n");
    check("fake\n[15:00:00] [INFO] me", r"fake\n[15:00:00] [INFO] me");
    check("x\u{85}\u{2028}\u{e007f}", r"x\u{85}\u{2028}\u{e007f}");
}

#[test]
fn indented_continuations_never_look_like_records() {
    let indented = |text| escaped(text, Multiline::Indent);
    assert_eq!(
        indented("a\n[15:00:00] b\n\nc\n"),
        "a\n\t[15:00:00] b\n\t\n\tc\n\t"
    );
    assert_eq!(indented("a\r\nb\x1b"), "a\\r\n\tb\\x1b");
}

#[test]
fn a_special_character_is_found_at_every_place() {
    for special in ["\n", "\x7f", "\u{9f}", "\u{200b}", "\u{e0041}"] {
        for length in 0..100 {
            for at in 0..=length {
                let text = format!(
                    "{}{special}{}",
                    "é".repeat(at / 2),
                    "x".repeat(length - at / 2)
                );
                let expected = text.replace(special, &escaped(special, Multiline::Escape));
                assert_eq!(escaped(&text, Multiline::Escape), expected);
            }
        }
    }
}

#[test]
fn quotes_and_spaces_are_found_at_every_place() {
    for length in 0..100 {
        for at in 0..=length {
            for special in ["\"", "\\", " ", "=", "\t", "\u{200b}"] {
                let text = format!("{}{special}{}", "x".repeat(at), "y".repeat(length - at));
                assert_eq!(serde_json::from_str::<String>(&json(&text)).unwrap(), text);
                assert_eq!(field(&text).starts_with('"'), special != "\\", "{text:?}");
            }
        }
    }
}

#[test]
fn field_values() {
    for bare in ["a", "12", r"C:\dir\new", "ünïcode", "a,b;[c]{d}"] {
        assert_eq!(field(bare), bare);
    }
    for (value, expected) in [
        ("", r#""""#),
        ("a b", r#""a b""#),
        ("a\tb", "\"a\tb\""),
        ("k=v", r#""k=v""#),
        (r#"say "hi" \o/"#, r#""say \"hi\" \\o/""#),
        ("a\nb", r#""a\nb""#),
        ("\u{202e}", r#""\u{202e}""#),
    ] {
        assert_eq!(field(value), expected);
    }
}

#[test]
fn json_strings() {
    assert_eq!(json(""), r#""""#);
    assert_eq!(
        json("\x08\x0c\n\r\t\x1f\x7f/"),
        r#""\b\f\n\r\t\u001f\u007f/""#
    );
    assert_eq!(
        json("\u{80}\u{200b}\u{e0001}"),
        r#""\u0080\u200b\udb40\udc01""#
    );
    assert_eq!(json(r#"\"é"#), r#""\\\"é""#);
}

#[test]
fn wrong_arguments_do_not_panic() {
    let mut out = b"abc\n".to_vec();
    escape_text(&mut out, 10, Multiline::Escape, &mut Vec::new());
    assert_eq!(out, b"abc\n");
    let mut torn = b"\xe2\x80".to_vec();
    escape_text(&mut torn, 1, Multiline::Escape, &mut Vec::new());
    assert_eq!(torn, b"\xe2\x80");
}

/// Texts in which clean and forbidden characters are both frequent.
fn texts() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => prop::char::range(' ', '~'),
        2 => any::<char>(),
        1 => prop::char::range('\0', '\u{ff}'),
        1 => prop::char::range('\u{2000}', '\u{206f}'),
        1 => prop::char::range('\u{fe00}', '\u{ffff}'),
        1 => prop::char::range('\u{e0000}', '\u{e00ff}'),
    ];
    prop_oneof![
        prop::collection::vec(character, 0..200).prop_map(String::from_iter),
        "\\PC{0,100}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_escaped_text_is_one_clean_line(text in texts()) {
        let once = escaped(&text, Multiline::Escape);
        prop_assert!(!once.contains(is_listed));
        prop_assert_eq!(once.lines().count(), usize::from(!once.is_empty()));
        prop_assert_eq!(&escaped(&once, Multiline::Escape), &once);
        if !text.contains(is_listed) {
            prop_assert_eq!(once, text);
        }
    }

    #[test]
    fn an_indented_text_holds_newlines_only_before_tabs(text in texts()) {
        let indented = escaped(&text, Multiline::Indent);
        prop_assert!(!indented.replace("\n\t", "").contains(is_listed));
        prop_assert_eq!(indented.matches('\n').count(), text.matches('\n').count());
        if !text.contains('\n') {
            prop_assert_eq!(indented, escaped(&text, Multiline::Escape));
        }
    }

    #[test]
    fn a_json_string_reads_back(text in texts()) {
        let json = json(&text);
        prop_assert!(!json.contains(|c| is_listed(c) || c == '\t'));
        prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn a_field_value_ends_where_it_ends(text in texts()) {
        let value = field(&text);
        prop_assert!(!value.contains(is_listed));
        match value.strip_prefix('"') {
            None => prop_assert_eq!(value, text),
            Some(rest) => {
                let inner = rest.strip_suffix('"').unwrap();
                let unquoted = inner.replace("\\\\", "").replace("\\\"", "");
                prop_assert!(!unquoted.contains('"'));
                prop_assert_eq!(unquoted.matches('\t').count(), text.matches('\t').count());
            }
        }
    }
}
