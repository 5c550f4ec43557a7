//! The grammar of templates: what `format!` takes, and `<>`. Knows no syn.
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
//! Between `<:` and `>` an alignment needs a width, so that the `>` that ends the hole is not taken for one: `<:?>>` is the hole `<:?>`
//! and a `>`. A `<:` that no `>` follows within the same word is text, as `A <: B` is.

use std::ops::Range;

use self::{scan::Scan, spec::Spec};

mod scan;
mod spec;

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    /// Written as it is; the escapes are resolved.
    Text(&'t str),
    /// Filled with an argument.
    Hole(Hole<'t>),
}

/// Where an argument goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hole<'t> {
    pub(crate) argument: Argument<'t>,
    pub(crate) spec: Spec<'t>,
    /// The hole as it stands in the template.
    source: &'t str,
}

/// Which argument. `{}`, `<>` and `.*` take the next of one and the same count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Argument<'t> {
    Index(usize),
    Name(&'t str),
}

/// What is wrong with a template, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateError {
    /// Bytes of the template.
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

/// Takes a template apart.
pub(crate) fn parse(text: &str) -> Result<Vec<Piece<'_>>, TemplateError> {
    let mut scan = Scan::new(text);
    let mut pieces = Vec::new();
    let mut text_from = 0;
    while let Some(at) = scan.skip_to(['{', '}', '<']) {
        // What a piece that is no plain text leaves to be written, and where it ends.
        let piece = if scan.eat("{{") || scan.eat("}}") {
            Piece::Text(&text[at..=at])
        } else if scan.eat("<<>>") {
            Piece::Text(&text[at + 1..at + 3])
        } else if scan.eat("{") {
            Piece::Hole(brace_hole(&mut scan, at)?)
        } else if scan.eat("<") {
            match angle_hole(&mut scan, at)? {
                Some(hole) => Piece::Hole(hole),
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

/// The same template in the words of `format!`.
pub(crate) fn as_format(pieces: &[Piece<'_>]) -> String {
    let mut format = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(text) => format.push_str(&text.replace('{', "{{").replace('}', "}}")),
            Piece::Hole(hole) => match hole.source.strip_prefix('<') {
                // Not `{:}`, in which a `>` behind it would make the brace a fill character.
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

/// Whether a template speaks our own dialect, so that the compiler's words about `format!` would not fit it.
pub(crate) fn has_angles(text: &str) -> bool {
    text.contains("<>") || text.contains("<:")
}

/// The rest of a hole that began with `{` at `from`.
fn brace_hole<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Hole<'t>, TemplateError> {
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
    Ok(Hole {
        argument,
        spec,
        source: scan.since(from),
    })
}

/// The rest of a hole that may have begun with `<` at `from`; none if that was plain text.
fn angle_hole<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Option<Hole<'t>>, TemplateError> {
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
    Ok(Some(Hole {
        argument,
        spec,
        source: scan.since(from),
    }))
}

/// Whether a `>` comes before the next space: then a hole was meant.
fn is_one_word(scan: &Scan<'_>) -> bool {
    let stop = |letter: char| letter == '>' || letter.is_whitespace();
    scan.rest()
        .find(stop)
        .is_some_and(|at| scan.rest()[at..].starts_with('>'))
}

#[cfg(test)]
mod tests;
