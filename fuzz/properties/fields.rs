//! Reads the fields of a text line back: written down once more, for what is written must be
//! readable.

/// The fields of what follows the message: ` name=value name="value"`.
#[track_caller]
pub(crate) fn read(fields: &str) -> Vec<(String, String)> {
    let mut rest = fields;
    let mut read = Vec::new();
    while !rest.is_empty() {
        rest = rest.strip_prefix(' ').expect("a space before each field");
        let name = word(&mut rest);
        rest = rest.strip_prefix('=').expect("a value for each name");
        read.push((name, word(&mut rest)));
    }
    read
}

/// A name or a value, which ends where it cannot go on.
#[track_caller]
fn word(rest: &mut &str) -> String {
    if let Some(quoted) = rest.strip_prefix('"') {
        *rest = quoted;
        return quoted_word(rest);
    }
    let end = rest.find([' ', '=', '\t', '"']).unwrap_or(rest.len());
    assert!(end > 0, "no empty word without quotes: {rest:?}");
    let (word, behind) = rest.split_at(end);
    *rest = behind;
    word.to_owned()
}

#[track_caller]
fn quoted_word(rest: &mut &str) -> String {
    let mut word = String::new();
    loop {
        match next(rest) {
            '"' => return word,
            '\\' => word.push(match next(rest) {
                'n' => '\n',
                'r' => '\r',
                'x' => hex(&(next(rest).to_string() + &next(rest).to_string())),
                'u' => {
                    let (digits, behind) = rest.split_once('}').expect("braces");
                    *rest = behind;
                    hex(digits.strip_prefix('{').expect("braces"))
                }
                itself @ ('"' | '\\') => itself,
                other => panic!("an escape that nobody writes: {other:?}"),
            }),
            plain => word.push(plain),
        }
    }
}

#[track_caller]
fn next(rest: &mut &str) -> char {
    let mut letters = rest.chars();
    let next = letters.next().expect("quotes are closed");
    *rest = letters.as_str();
    next
}

#[track_caller]
fn hex(digits: &str) -> char {
    let code = u32::from_str_radix(digits, 16).expect("hex digits");
    char::from_u32(code).expect("a character")
}
