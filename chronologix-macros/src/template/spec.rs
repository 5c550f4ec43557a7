//! The format spec after the `:` of a placeholder.

use super::{Argument, TemplateError, scan::Scan};

/// The format traits, as `format!` names them.
const TYPES: [&str; 11] = ["", "?", "x?", "X?", "x", "X", "o", "b", "e", "E", "p"];

/// A format spec. It is empty for `{}`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spec<'t> {
    /// Fill, alignment, sign, `#` and `0`, as written.
    flags: &'t str,
    width: Option<Count<'t>>,
    precision: Option<Count<'t>>,
    /// `?`, `x`, …, or empty for `Display`.
    pub(crate) kind: &'t str,
}

/// A width or a precision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count<'t> {
    Fixed(&'t str),
    /// The value of an argument: `width$`, `1$`, `*`.
    Argument(Argument<'t>),
}

impl<'t> Spec<'t> {
    /// Returns whether the placeholder formats as `{}` does.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the arguments that the spec itself takes.
    pub(crate) fn arguments(&self) -> impl Iterator<Item = Argument<'t>> {
        let counts = [self.width, self.precision].into_iter().flatten();
        counts.filter_map(|count| match count {
            Count::Fixed(_) => None,
            Count::Argument(argument) => Some(argument),
        })
    }

    /// Returns the spec as `format!` takes it. `number` maps an argument to its index.
    pub(crate) fn to_format(self, mut number: impl FnMut(Argument<'t>) -> usize) -> String {
        let mut count = |count| match count {
            Count::Fixed(digits) => String::from(digits),
            Count::Argument(argument) => format!("{}$", number(argument)),
        };
        let mut spec = String::from(self.flags);
        spec.extend(self.width.map(&mut count));
        let precision = self.precision.map(count);
        spec.extend(precision.map(|precision| format!(".{precision}")));
        spec.push_str(self.kind);
        spec
    }
}

/// Reads the spec of a placeholder in braces, without the closing brace.
pub(super) fn parse<'t>(scan: &mut Scan<'t>) -> Result<Spec<'t>, TemplateError> {
    let from = scan.at;
    skip_alignment(scan);
    rest(scan, from)
}

/// Reads the spec of a placeholder in angle brackets, with the closing bracket.
pub(super) fn parse_before_angle<'t>(scan: &mut Scan<'t>) -> Result<Spec<'t>, TemplateError> {
    let start = scan.clone();
    if skip_alignment(scan) {
        let aligned = rest(scan, start.at);
        if let Ok(spec @ Spec { width: Some(_), .. }) = aligned {
            if closes(scan) {
                return Ok(spec);
            }
        }
        scan.clone_from(&start);
    }
    let spec = rest(scan, start.at);
    if spec.is_ok() && closes(scan) {
        return spec;
    }
    // The error is about the whole placeholder.
    *scan = start.clone();
    let word = start.rest().split('>').next().unwrap_or_default();
    let no_spec = || "this is not a format spec".to_owned();
    let reason = spec.err().map_or_else(no_spec, |error| error.message);
    let range = start.at.saturating_sub(2)..start.at + word.len() + 1;
    Err(TemplateError::new(range, format!("`<:{word}>`: {reason}")))
}

fn closes(scan: &mut Scan<'_>) -> bool {
    scan.skip_while(char::is_whitespace);
    scan.eat(">")
}

/// Skips an alignment with or without a fill character, if there is one.
fn skip_alignment(scan: &mut Scan<'_>) -> bool {
    let is_alignment = |letter: Option<char>| matches!(letter, Some('<' | '^' | '>'));
    let mut letters = scan.rest().chars();
    let (first, second) = (letters.next(), letters.next());
    let aligned = if is_alignment(second) {
        [first, second]
    } else if is_alignment(first) {
        [first, None]
    } else {
        return false;
    };
    for letter in aligned.into_iter().flatten() {
        scan.eat(letter.encode_utf8(&mut [0; 4]));
    }
    true
}

/// Reads what follows the alignment of a spec that began at `from`.
fn rest<'t>(scan: &mut Scan<'t>, from: usize) -> Result<Spec<'t>, TemplateError> {
    let _sign = scan.eat("+") || scan.eat("-");
    scan.eat("#");
    if !scan.rest().starts_with("0$") {
        scan.eat("0");
    }
    let flags = scan.since(from);
    let width = count(scan)?;
    let precision = if scan.eat(".*") {
        Some(Count::Argument(scan.next_argument()))
    } else if scan.eat(".") {
        let at = scan.at;
        let missing = || TemplateError::new(at..at, "expected a number after `.`");
        Some(count(scan)?.ok_or_else(missing)?)
    } else {
        None
    };
    let from = scan.at;
    scan.identifier();
    scan.eat("?");
    let kind = scan.since(from);
    if !TYPES.contains(&kind) {
        let message = format!(
            "unknown format type `{kind}`; \
             allowed: `?`, `x?`, `X?`, `x`, `X`, `o`, `b`, `e`, `E`, `p`"
        );
        return Err(TemplateError::new(from..scan.at, message));
    }
    Ok(Spec {
        flags,
        width,
        precision,
        kind,
    })
}

/// Reads a width or a precision, if there is one.
fn count<'t>(scan: &mut Scan<'t>) -> Result<Option<Count<'t>>, TemplateError> {
    let start = scan.clone();
    if let Some(digits) = scan.number() {
        let Ok(number) = digits.parse::<u16>() else {
            let message = format!("`{digits}` is more than 65535");
            return Err(TemplateError::new(start.at..scan.at, message));
        };
        return Ok(Some(if scan.eat("$") {
            Count::Argument(Argument::Index(usize::from(number)))
        } else {
            Count::Fixed(digits)
        }));
    }
    match scan.identifier() {
        Some(name) if scan.eat("$") => Ok(Some(Count::Argument(Argument::Name(name)))),
        // The word was the type.
        _ => {
            *scan = start;
            Ok(None)
        }
    }
}
