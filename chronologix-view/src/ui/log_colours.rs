//! The colours that a log has in its files, as styles. No sequence is passed on.
//!
//! Source: ECMA-48, 8.3.117 (SGR, select graphic rendition), and for 38 and 48 ITU-T T.416,
//! 13.1.8, in the two spellings that terminals accept: `38;5;9` and `38:5:9`.

use std::ops::Range;

use ratatui::style::{Color, Modifier, Style};

use crate::formats::{ColourPiece, behind_hole, pieces};

#[cfg(test)]
mod tests;

/// Returns the coloured places of a text, of which these are the bytes in the file. None if the
/// text is not what is left of them without colours.
pub(super) fn coloured(raw: &[u8], text: &str) -> Vec<(Range<usize>, Style)> {
    let mut spans: Vec<(Range<usize>, Style)> = Vec::new();
    let (mut style, mut at) = (Style::new(), 0);
    for piece in pieces(behind_hole(raw)) {
        match piece {
            ColourPiece::Clear => {}
            ColourPiece::Colour(sequence) => style = after(style, sequence),
            ColourPiece::Text(piece) => {
                let span = at..at + piece.len();
                // A text that is decoded or cut has other bytes.
                if text.as_bytes().get(span.clone()) != Some(piece) {
                    return spans;
                }
                at = span.end;
                if style != Style::new() {
                    spans.push((span, style));
                }
            }
        }
    }
    spans
}

/// Returns the style behind a sequence. What does not look the same everywhere, such as blinking
/// and hidden text, is left out.
fn after(mut style: Style, sequence: &[u8]) -> Style {
    let inner = sequence.strip_prefix(b"\x1b[").unwrap_or(sequence);
    let inner = inner.strip_suffix(b"m").unwrap_or(inner);
    let number = |text: &[u8]| -> u16 {
        let text = str::from_utf8(text).unwrap_or_default();
        // Nothing stands for 0.
        text.parse().unwrap_or(0)
    };
    let is_mark = |byte: &u8| matches!(byte, b';' | b':');
    let numbers: Vec<u16> = inner.split(is_mark).map(number).collect();
    let mut rest = numbers.as_slice();
    while let [code, behind @ ..] = rest {
        rest = behind;
        style = match code {
            0 => Style::new(),
            1 => style.add_modifier(Modifier::BOLD),
            2 => style.add_modifier(Modifier::DIM),
            3 => style.add_modifier(Modifier::ITALIC),
            4 => style.add_modifier(Modifier::UNDERLINED),
            7 => style.add_modifier(Modifier::REVERSED),
            9 => style.add_modifier(Modifier::CROSSED_OUT),
            22 => without(style, Modifier::BOLD | Modifier::DIM),
            23 => without(style, Modifier::ITALIC),
            24 => without(style, Modifier::UNDERLINED),
            27 => without(style, Modifier::REVERSED),
            29 => without(style, Modifier::CROSSED_OUT),
            30..=37 => style.fg(basic(code - 30)),
            40..=47 => style.bg(basic(code - 40)),
            90..=97 => style.fg(basic(code - 90 + 8)),
            100..=107 => style.bg(basic(code - 100 + 8)),
            39 => Style { fg: None, ..style },
            49 => Style { bg: None, ..style },
            38 | 48 => {
                let (colour, behind) = extended(rest);
                rest = behind;
                match colour {
                    Some(colour) if *code == 38 => style.fg(colour),
                    Some(colour) => style.bg(colour),
                    None => style,
                }
            }
            _ => style,
        };
    }
    style
}

fn without(mut style: Style, modifier: Modifier) -> Style {
    style.add_modifier.remove(modifier);
    style
}

/// Returns one of the sixteen colours.
fn basic(number: u16) -> Color {
    Color::Indexed(u8::try_from(number).unwrap_or(0))
}

/// Returns the colour behind 38 or 48, and the numbers behind it.
fn extended(numbers: &[u16]) -> (Option<Color>, &[u16]) {
    let byte = |number: u16| u8::try_from(number).ok();
    match numbers {
        [5, index, rest @ ..] => (byte(*index).map(Color::Indexed), rest),
        [2, red, green, blue, rest @ ..] => {
            let channels = (byte(*red), byte(*green), byte(*blue));
            let colour = match channels {
                (Some(red), Some(green), Some(blue)) => Some(Color::Rgb(red, green, blue)),
                _ => None,
            };
            (colour, rest)
        }
        // What follows cannot be told from other numbers.
        _ => (None, &[]),
    }
}
