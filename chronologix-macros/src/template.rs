//! The grammar of templates: what `format!` takes, and `<>`. It does not know syn.
//!
//! ```text
//! template := ( text | hole )*
//! hole     := "{" [argument] [":" spec] ws* "}"     as in format!
//!           | "<>" | "<:" spec ws* ">"              the next positional argument, as `{}` and `{:spec}`
//! text     := "{{" | "}}" | "<<>>" | any other character but a brace
//! argument := integer | identifier
//! spec     := [[fill] align] ["+" | "-"] ["#"] ["0"] [count] ["." ( count | "*" )] type
//! count    := integer | argument "$"
//! type     := "" | "?" | "x?" | "X?" | "x" | "X" | "o" | "b" | "e" | "E" | "p"
//! ```
//!
//! Between `<:` and `>` an alignment needs a width. Otherwise the `>` that ends the hole would look
//! like one: `<:?>>` is the hole `<:?>` and a `>`. A `<:` without a `>` in the same word is text,
//! as in `A <: B`.

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
    /// The hole as it stands in the template.
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

/// Splits a template into text and holes.
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
            Piece::Placeholder(brace_hole(&mut scan, at)?)
        } else if scan.eat("<") {
            match angle_hole(&mut scan, at)? {
                Some(hole) => Piece::Placeholder(hole),
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
        text_from = scan.at();
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
            Piece::Placeholder(hole) => match hole.source.strip_prefix('<') {
                // Not `{:}`: with a `>` after it, the brace would be a fill character.
                Some(_) if hole.spec.is_empty() => format.push_str("{}"),
                Some(angle) => {
                    format.push('{');
                    format.push_str(angle.strip_suffix('>').unwrap_or(angle));
                    format.push('}');
                }
                None => format.push_str(hole.source),
            },
        }
    }
    format
}

/// Returns whether a template has `<>`, so that the compiler's messages about `format!` do not fit.
pub(crate) fn has_angles(text: &str) -> bool {
    text.contains("<>") || text.contains("<:")
}

/// Reads the rest of a hole that began with `{` at `from`.
fn brace_hole<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Placeholder<'t>, TemplateError> {
    let argument = match scan.number() {
        Some(digits) => {
            let index = digits.parse().ok();
            let too_large = || TemplateError::new(from..scan.at(), "there is no such argument");
            Some(Argument::Index(index.ok_or_else(too_large)?))
        }
        None => scan.identifier().map(Argument::Name),
    };
    let spec = if scan.eat(":") {
        spec::parse(scan)?
    } else {
        Spec::default()
    };
    scan.skip_whitespace();
    if !scan.eat("}") {
        return Err(match scan.peek() {
            Some(found) => TemplateError::new(
                scan.at()..scan.at() + found.len_utf8(),
                format!("expected `}}`, found `{found}`; for a brace in the text write `{{{{`"),
            ),
            None => TemplateError::new(
                from..from + 1,
                "`{` is never closed; for a brace in the text write `{{`",
            ),
        });
    }
    // The precision of `{:.*}` is taken before the value.
    let argument = argument.unwrap_or_else(|| scan.next_argument());
    Ok(Placeholder {
        argument,
        spec,
        source: scan.since(from),
    })
}

/// Reads the rest of a hole that began with `<` at `from`. Returns none if it is plain text.
fn angle_hole<'t>(
    scan: &mut Scan<'t>,
    from: usize,
) -> Result<Option<Placeholder<'t>>, TemplateError> {
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
    let argument = scan.next_argument();
    Ok(Some(Placeholder {
        argument,
        spec,
        source: scan.since(from),
    }))
}

/// Returns whether a `>` comes before the next space. Then a hole was meant.
fn is_one_word(scan: &Scan<'_>) -> bool {
    let stop = |letter: char| letter == '>' || letter.is_whitespace();
    scan.rest()
        .find(stop)
        .is_some_and(|at| scan.rest()[at..].starts_with('>'))
}

#[cfg(test)]
mod tests;
