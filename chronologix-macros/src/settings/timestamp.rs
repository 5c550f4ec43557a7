//! What a timestamp format must be like: strftime as in Python.

use super::rules::Verdict;

const ALLOWED: &str = "%a %A %b %B %c %d %D %e %f %F %G %H %I %j %m %M %p %R %s %S %T %u %U %V %w \
                       %W %x %X %y %Y %z %:z %Z %%; %-d and the like for a number without zeros; \
                       or the word rfc3339";

/// Directives of one letter.
const LETTERS: &str = "aAbBcdDefFGHIjmMpRsSTuUVwWxXyYzZ%";

/// Those that are numbers, and may stand behind `%-`.
const NUMBERS: &str = "deGHIjmMsSuUVwWyY";

/// Checks a format.
pub(super) fn check(text: &str) -> Verdict {
    let bad = |fault: String| Err(format!("bad timestamp format {text:?}: {fault}"));
    if text.is_empty() {
        return bad(format!("it is empty; allowed: {ALLOWED}"));
    }
    if let Some((at, control)) = text.char_indices().find(|(_, c)| is_forbidden(*c)) {
        return bad(format!("control character {control:?} at byte {at}"));
    }
    let mut rest = text;
    while let Some(percent) = rest.find('%') {
        let directive = &rest[percent..];
        let at = text.len() - directive.len();
        let mut letters = directive.chars().skip(1);
        let length = match (letters.next(), letters.next()) {
            (None, _) => {
                let fault = format!("unfinished directive % at byte {at} (%% is a %)");
                return bad(format!("{fault}; allowed: {ALLOWED}"));
            }
            (Some(':'), Some('z')) => 3,
            (Some('-'), Some(letter)) if NUMBERS.contains(letter) => 3,
            (Some(letter), _) if LETTERS.contains(letter) => 2,
            (Some('-' | ':'), Some(letter)) => {
                return bad(unknown(directive, 2 + letter.len_utf8(), at));
            }
            (Some(letter), _) => return bad(unknown(directive, 1 + letter.len_utf8(), at)),
        };
        rest = &directive[length..];
    }
    Ok(())
}

fn unknown(directive: &str, length: usize, at: usize) -> String {
    let directive = &directive[..length];
    format!("unknown directive {directive} at byte {at}; allowed: {ALLOWED}")
}

/// What could end a line, or hide a part of it.
fn is_forbidden(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}
