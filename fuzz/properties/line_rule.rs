//! What holds for every line that is written, whatever was logged.

use chronologix_core::Multiline;

/// Whether a character must not stand in a line as it is: a control character other than tab, or
/// one that changes how the text around it looks. Written down once more, by ranges, so that it
/// shares no mistake with the scan.
pub(crate) fn is_forbidden(character: char) -> bool {
    matches!(u32::from(character),
        0..=8 | 0x0a..=0x1f | 0x7f..=0x9f
        // Line and paragraph separators.
        | 0x2028 | 0x2029
        // Direction marks, embeddings, overrides, isolates, and the deprecated ones behind them.
        | 0x061c | 0x200e | 0x200f | 0x202a..=0x202e | 0x2066..=0x206f
        // Of no width.
        | 0x180e | 0x200b..=0x200d | 0x2060..=0x2065 | 0xfeff
        // Interlinear annotations, and tags.
        | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

/// What becomes of a message in a text line.
pub(crate) fn escaped(text: &str, multiline: Multiline) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '\n' if multiline == Multiline::Indent => escaped.push_str("\n\t"),
            '\n' => escaped.push_str(r"\n"),
            '\r' => escaped.push_str(r"\r"),
            odd if is_forbidden(odd) => {
                let code = u32::from(odd);
                let escape = if odd.is_ascii() {
                    format!(r"\x{code:02x}")
                } else {
                    format!(r"\u{{{code:x}}}")
                };
                escaped.push_str(&escape);
            }
            plain => escaped.push(plain),
        }
    }
    escaped
}

/// Checks that bytes are one line, of text or of JSON, that cannot forge another or reach a
/// terminal. They may be damaged, and no UTF-8. Gives the line without its end.
#[track_caller]
pub(crate) fn one_line(line: &[u8], text: Option<Multiline>) -> String {
    let line = String::from_utf8_lossy(line);
    let line = line.strip_suffix('\n').expect("a line ends");
    let mut inside = line.chars().peekable();
    while let Some(character) = inside.next() {
        match character {
            '\t' => assert!(text.is_some(), "no tab in JSON: {line:?}"),
            '\n' if text == Some(Multiline::Indent) => {
                assert_eq!(inside.peek(), Some(&'\t'), "{line:?}");
            }
            other => assert!(!is_forbidden(other), "{other:?} in {line:?}"),
        }
    }
    line.to_owned()
}
