//! The grammar of templates: what `format!` takes, and `<>`. It does not know syn.
//!
//! ```text
//! template    := ( text | placeholder )*
//! placeholder := "{" [argument] [":" spec] ws* "}"  as in format!
//!              | "<>" | "<:" spec ws* ">"           the next positional argument, as with braces
//! text        := "{{" | "}}" | "<<>>" | any other character but a brace
//! argument    := integer | identifier
//! spec        := [[fill] align] ["+" | "-"] ["#"] ["0"] [count] ["." ( count | "*" )] type
//! count       := integer | argument "$"
//! type        := "" | "?" | "x?" | "X?" | "x" | "X" | "o" | "b" | "e" | "E" | "p"
//! ```
//!
//! Between `<:` and `>` an alignment needs a width. Otherwise the final `>` would look like one:
//! `<:?>>` is the placeholder `<:?>` and a `>`. Without a `>` in its word a `<:` is text: `A <: B`.

use std::ops::Range;

use self::{scan::Scan, spec::Spec};

mod scan;
mod spec;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// Written as it is, with escapes resolved.
    Text(&'t str),
    /// Filled with an argument.
    Placeholder(Placeholder<'t>),
}

/// A place for an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder<'t> {
    pub(crate) argument: Argument<'t>,
    pub(crate) spec: Spec<'t>,
    /// The placeholder as it stands in the template.
    source: &'t str,
}

/// An argument of the call. `{}`, `<>` and `.*` share one count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument<'t> {
    Index(usize),
    Name(&'t str),
}

/// An error in a template, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateError {
    /// The bytes of the template.
    pub(crate) range: Range<usize>,
    pub(crate) message: String,
}

impl TemplateError {
    fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self {
            range,
            message: message.into(),
        }
    }
}

/// Splits a template into text and placeholders.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut scan = Scan::new(text);
    let mut pieces = Vec::new();
    let mut text_from = 0;
    while let Some(at) = scan.skip_to(['{', '}', '<']) {
        // A piece that is not plain text.
        let piece = if scan.eat("{{") || scan.eat("}}") {
            Piece::Text(&text[at..=at])
        } else if scan.eat("<<>>") {
            Piece::Text(&text[at + 1..at + 3])
        } else if scan.eat("{") {
            Piece::Placeholder(braced(&mut scan, at)?)
        } else if scan.eat("<") {
            match angled(&mut scan, at)? {
                Some(placeholder) => Piece::Placeholder(placeholder),
                None => continue,
            }
        } else {
            let message = "`}` has no `{` before it; for a brace in the text write `}}`";
            return Err(TemplateError::new(at..at + 1, message));
        };
        if text_from < at {
            pieces.push(Piece::Text(&text[text_from..at]));
        }
        pieces.push(piece);
        text_from = scan.at;
    }
    if text_from < text.len() {
        pieces.push(Piece::Text(&text[text_from..]));
    }
    Ok(pieces)
}

/// Returns the same template as `format!` takes it.
pub(crate) fn as_format(pieces: &[Piece<'_>]) -> String {
    let mut format = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Placeholder(Placeholder { spec, source, .. }) => {
                let angled = source
                    .strip_prefix('<')
                    .and_then(|rest| rest.strip_suffix('>'));
                match angled {
                    // Not `{:}`: with a `>` after it, the brace would be a fill character.
                    Some(_) if spec.is_empty() => format.push_str("{}"),
                    Some(spec) => format.extend(["{", spec, "}"]),
                    None => format.push_str(source),
                }
            }
        }
    }
    format
}

/// Returns whether a template has `<>`, so that the compiler's messages about `format!` do not fit.
pub(crate) fn has_angles(text: &str) -> bool {
    text.contains("<>") || text.contains("<:")
}

/// Reads the rest of a placeholder that began with `{` at `from`.
fn braced<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Placeholder<'t>, TemplateError> {
    let argument = match scan.number() {
        Some(digits) => {
            let index = digits.parse().ok();
            let too_large = || TemplateError::new(from..scan.at, "there is no such argument");
            Some(Argument::Index(index.ok_or_else(too_large)?))
        }
        None => scan.identifier().map(Argument::Name),
    };
    let spec = if scan.eat(":") {
        spec::parse(scan)?
    } else {
        Spec::default()
    };
    scan.skip_while(char::is_whitespace);
    if !scan.eat("}") {
        let (range, wrong) = match scan.peek() {
            Some(found) => {
                let range = scan.at..scan.at + found.len_utf8();
                (range, format!("expected `}}`, found `{found}`"))
            }
            None => (from..from + 1, "`{` is never closed".to_owned()),
        };
        let message = format!("{wrong}; for a brace in the text write `{{{{`");
        return Err(TemplateError::new(range, message));
    }
    Ok(Placeholder {
        // The precision of `{:.*}` is taken before the value.
        argument: argument.unwrap_or_else(|| scan.next_argument()),
        spec,
        source: scan.since(from),
    })
}

/// Reads the rest of a placeholder that began with `<` at `from`. Returns none if it is text.
fn angled<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Option<Placeholder<'t>>, TemplateError> {
    let after_bracket = scan.clone();
    let spec = if scan.eat(">") {
        Spec::default()
    } else if scan.eat(":") {
        match spec::parse_before_angle(scan) {
            Ok(spec) => spec,
            Err(error) if is_one_word(scan) => return Err(error),
            Err(_) => {
                *scan = after_bracket;
                return Ok(None);
            }
        }
    } else {
        return Ok(None);
    };
    Ok(Some(Placeholder {
        argument: scan.next_argument(),
        spec,
        source: scan.since(from),
    }))
}

/// Returns whether a `>` comes before the next space. Then a placeholder was meant.
fn is_one_word(scan: &Scan<'_>) -> bool {
    let mut letters = scan.rest().chars();
    letters.find(|letter| *letter == '>' || letter.is_whitespace()) == Some('>')
}

#[cfg(test)]
mod tests;
