//! Sequences and the styles they stand for.

use proptest::prelude::*;

use super::*;

fn of(raw: &str) -> Vec<(String, Style)> {
    let text = crate::formats::line_text(raw.as_bytes()).into_owned();
    let spans = coloured(raw.as_bytes(), &text).into_iter();
    spans
        .map(|(span, style)| (text[span].to_owned(), style))
        .collect()
}

#[test]
fn sequences_become_styles() {
    let plain = Style::new();
    let (red, bold) = (plain.fg(Color::Indexed(1)), Modifier::BOLD);
    let cases = [
        ("\x1b[31mred\x1b[0m plain", vec![("red", red)]),
        (
            "\x1b[1;31mred\x1b[22m thin",
            vec![("red", red.add_modifier(bold)), (" thin", red)],
        ),
        (
            "\x1b[38;5;208mx",
            vec![("x", plain.fg(Color::Indexed(208)))],
        ),
        (
            "\x1b[38:5:208mx",
            vec![("x", plain.fg(Color::Indexed(208)))],
        ),
        (
            "\x1b[48;2;1;2;3;4mx",
            vec![(
                "x",
                plain
                    .bg(Color::Rgb(1, 2, 3))
                    .add_modifier(Modifier::UNDERLINED),
            )],
        ),
        (
            "\x1b[97;44mx\x1b[39my\x1b[my",
            vec![
                ("x", plain.fg(Color::Indexed(15)).bg(Color::Indexed(4))),
                ("y", plain.bg(Color::Indexed(4))),
            ],
        ),
        ("\x1b[5;8;999;38;9mx", vec![]),
        ("\x1b[38;5;300mx\x1b[38;2;1mx", vec![]),
        ("no colours", vec![]),
    ];
    for (raw, expected) in cases {
        let expected: Vec<(String, Style)> = expected
            .into_iter()
            .map(|(text, style)| (text.to_owned(), style))
            .collect();
        assert_eq!(of(raw), expected, "{raw:?}");
    }
}

#[test]
fn a_text_of_other_bytes_has_no_colours() {
    assert!(coloured(b"\x1b[31mred", "other").is_empty());
    assert!(coloured(b"\x1b[31mred and more", "red").is_empty());
}

proptest! {
    #[test]
    fn any_bytes_have_places_within_the_text(raw in "(\\PC|\x1b\\[[0-9;:]{0,9}m|\x1b|[0-9m]){0,40}") {
        let text = crate::formats::line_text(raw.as_bytes()).into_owned();
        for (span, _) in coloured(raw.as_bytes(), &text) {
            prop_assert!(text.get(span).is_some());
        }
    }
}
