//! The grammar of templates, as the documentation has it, read letter by letter: slow, and sharing
//! nothing with the macros.

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Placeholder(Argument, Spec),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Index(usize),
    Name(String),
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) fill_and_align: String,
    pub(super) sign: Option<char>,
    pub(super) is_alternate: bool,
    pub(super) is_zero_padded: bool,
    pub(super) width: Option<Count>,
    pub(super) precision: Option<Count>,
    pub(super) kind: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Count {
    Fixed(u16),
    Argument(Argument),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Ours,
    /// Of `format!`: `<` and `>` are letters like others.
    Format,
}

/// What `.*` takes stands for itself until the holes are counted.
const NEXT: usize = usize::MAX;

/// The parts of a template; none if it is wrong.
pub(super) fn parse(text: &str, dialect: Dialect) -> Option<Vec<Part>> {
    let letters: Vec<char> = text.chars().collect();
    let mut parts = Vec::new();
    let mut count = 0;
    let mut rest = letters.as_slice();
    while let Some((&first, behind)) = rest.split_first() {
        rest = match (first, behind) {
            ('{', ['{', behind @ ..]) => {
                push_text(&mut parts, "{");
                behind
            }
            ('}', ['}', behind @ ..]) => {
                push_text(&mut parts, "}");
                behind
            }
            ('}', _) => return None,
            ('{', inside) => {
                let (argument, spec, behind) = brace_hole(inside)?;
                push_hole(&mut parts, &mut count, argument, spec);
                behind
            }
            ('<', ['<', '>', '>', behind @ ..]) if dialect == Dialect::Ours => {
                push_text(&mut parts, "<>");
                behind
            }
            ('<', ['>', behind @ ..]) if dialect == Dialect::Ours => {
                push_hole(&mut parts, &mut count, None, Spec::default());
                behind
            }
            ('<', [':', inside @ ..]) if dialect == Dialect::Ours => {
                if let Some((spec, behind)) = angle_hole(inside) {
                    push_hole(&mut parts, &mut count, None, spec);
                    behind
                } else {
                    let mut word = inside.iter().take_while(|letter| !letter.is_whitespace());
                    if word.any(|&letter| letter == '>') {
                        return None;
                    }
                    push_text(&mut parts, "<");
                    behind
                }
            }
            (letter, behind) => {
                push_text(&mut parts, letter.encode_utf8(&mut [0; 4]));
                behind
            }
        };
    }
    Some(parts)
}

pub(super) fn push_text(parts: &mut Vec<Part>, text: &str) {
    if let Some(Part::Text(before)) = parts.last_mut() {
        before.push_str(text);
    } else {
        parts.push(Part::Text(text.to_owned()));
    }
}

/// Adds a hole. The arguments that have no number of their own are counted: first the precision,
/// then the value.
fn push_hole(parts: &mut Vec<Part>, count: &mut usize, argument: Option<Argument>, mut spec: Spec) {
    let mut next = || {
        *count += 1;
        Argument::Index(*count - 1)
    };
    if spec.precision == Some(Count::Argument(Argument::Index(NEXT))) {
        spec.precision = Some(Count::Argument(next()));
    }
    parts.push(Part::Placeholder(argument.unwrap_or_else(next), spec));
}

/// What stands between braces, up to the first `}` at which it makes sense, and what stands behind
/// it.
fn brace_hole(inside: &[char]) -> Option<(Option<Argument>, Spec, &[char])> {
    let name = inside
        .iter()
        .take_while(|letter| is_of_word(**letter))
        .count();
    let (name, behind) = inside.split_at(name);
    let name: String = name.iter().collect();
    let argument = if name.is_empty() {
        None
    } else if name.chars().all(|letter| letter.is_ascii_digit()) {
        Some(Argument::Index(name.parse().ok()?))
    } else {
        is_name(&name).then_some(Some(Argument::Name(name)))?
    };
    let Some((':', behind)) = behind.split_first().map(|(first, behind)| (*first, behind)) else {
        let (blank, behind) = split_before(behind, '}')?;
        return blank
            .trim()
            .is_empty()
            .then_some((argument, Spec::default(), behind));
    };
    // A brace may also be the fill.
    let fill = usize::from(matches!(behind, ['}', '<' | '^' | '>', ..]));
    let end = fill
        + behind
            .get(fill..)?
            .iter()
            .position(|letter| *letter == '}')?;
    let text: String = behind[..end].iter().collect();
    Some((argument, spec(text.trim_end())?, &behind[end + 1..]))
}

/// What stands between `<:` and `>`, and what stands behind it: the longest that makes sense, in
/// which an alignment has a width.
fn angle_hole(inside: &[char]) -> Option<(Spec, &[char])> {
    // Behind the two letters of fill and alignment the first bracket ends it.
    let ends = inside
        .iter()
        .enumerate()
        .filter(|(_, letter)| **letter == '>');
    let holes = ends.take(3).filter_map(|(end, _)| {
        let text: String = inside[..end].iter().collect();
        let spec = spec(text.trim_end())?;
        let is_clear = spec.fill_and_align.is_empty() || spec.width.is_some();
        is_clear.then(|| (spec, &inside[end + 1..]))
    });
    holes.last()
}

fn split_before(letters: &[char], end: char) -> Option<(String, &[char])> {
    let at = letters.iter().position(|letter| *letter == end)?;
    Some((letters[..at].iter().collect(), &letters[at + 1..]))
}

/// A whole spec, with nothing behind it.
pub(super) fn spec(text: &str) -> Option<Spec> {
    let letters: Vec<char> = text.chars().collect();
    let is_alignment = |letter: Option<&char>| matches!(letter, Some('<' | '^' | '>'));
    let aligned = match (letters.first(), letters.get(1)) {
        (Some(_), second) if is_alignment(second) => 2,
        (first, _) if is_alignment(first) => 1,
        _ => 0,
    };
    let mut spec = Spec {
        fill_and_align: letters[..aligned].iter().collect(),
        ..Spec::default()
    };
    let mut rest: String = letters[aligned..].iter().collect();
    if rest.starts_with(['+', '-']) {
        spec.sign = Some(rest.remove(0));
    }
    if rest.starts_with('#') {
        rest.remove(0);
        spec.is_alternate = true;
    }
    if rest.starts_with('0') && !rest.starts_with("0$") {
        rest.remove(0);
        spec.is_zero_padded = true;
    }
    // At most one type leaves nothing but counts in front of it.
    for kind in ["", "?", "x?", "X?", "x", "X", "o", "b", "e", "E", "p"] {
        let front = rest.strip_suffix(kind).and_then(counts);
        if let Some((width, precision)) = front {
            let kind = kind.to_owned();
            return Some(Spec {
                width,
                precision,
                kind,
                ..spec
            });
        }
    }
    None
}

/// `[count]["." ( count | "*" )]`
fn counts(text: &str) -> Option<(Option<Count>, Option<Count>)> {
    let (width, precision) = match text.split_once('.') {
        Some((width, "*")) => (width, Some(Count::Argument(Argument::Index(NEXT)))),
        Some((width, precision)) => (width, Some(count(precision)?)),
        None => (text, None),
    };
    let width = if width.is_empty() {
        None
    } else {
        Some(count(width)?)
    };
    Some((width, precision))
}

fn count(text: &str) -> Option<Count> {
    match text.strip_suffix('$') {
        Some(index) if index.starts_with(|first: char| first.is_ascii_digit()) => {
            Some(Count::Argument(Argument::Index(fixed(index)?.into())))
        }
        Some(name) => is_name(name).then(|| Count::Argument(Argument::Name(name.to_owned()))),
        None => fixed(text).map(Count::Fixed),
    }
}

fn fixed(digits: &str) -> Option<u16> {
    let are_digits = digits.chars().all(|letter| letter.is_ascii_digit());
    // `parse` would take a sign.
    are_digits.then(|| digits.parse().ok())?
}

/// Beyond ASCII whatever is no space: the compiler knows better.
fn is_of_word(letter: char) -> bool {
    letter == '_' || letter.is_ascii_alphanumeric() || !letter.is_ascii() && !letter.is_whitespace()
}

fn is_name(word: &str) -> bool {
    let begins = word.starts_with(|first: char| first == '_' || first.is_alphabetic());
    begins && word.chars().all(is_of_word)
}
