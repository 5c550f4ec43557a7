//! Matches lines against layouts, over their bytes.

use std::cell::Cell;

use chronologix_schema::Level;
use memchr::memchr;

use super::{Class, End, Layout, LevelClass, StampClass, TemplatePiece};
use crate::formats::{
    Moment,
    cursor::Cursor,
    level,
    stamp::{self, Stamp},
};

/// A line that is tried with many layouts.
#[derive(Debug)]
pub(in crate::formats) struct Line<'a> {
    /// Its bytes.
    pub(in crate::formats) bytes: &'a [u8],
    /// Where a stamp was looked for last, and what was found. Most layouts look at the same place.
    last: Cell<Option<(usize, Option<Stamp>)>>,
}

impl<'a> Line<'a> {
    /// Begins with a line that nothing is known of.
    pub(in crate::formats) const fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            last: Cell::new(None),
        }
    }

    /// Returns the stamp in a usual spelling at an offset.
    pub(in crate::formats) fn stamp(&self, at: usize) -> Option<Stamp> {
        if let Some((place, stamp)) = self.last.get()
            && place == at
        {
            return stamp;
        }
        let stamp = stamp::read(self.bytes, at);
        self.last.set(Some((at, stamp)));
        stamp
    }
}

/// What a layout found in a line.
#[derive(Clone, Debug, Default)]
pub(in crate::formats) struct LayoutMatch {
    /// What the timestamp says.
    pub(in crate::formats) moment: Option<Moment>,
    /// Where the timestamp stands.
    pub(in crate::formats) stamp: Option<(usize, usize)>,
    /// The level.
    pub(in crate::formats) level: Option<Level>,
    /// Where the message begins.
    pub(in crate::formats) message: Option<usize>,
    /// Where the fields stand. `None` if the caller needs none.
    pub(in crate::formats) fields: Option<Vec<FieldSpan>>,
}

/// Where a field stands.
#[derive(Clone, Copy, Debug)]
pub(in crate::formats) struct FieldSpan {
    /// The index of its name.
    pub(super) name: u16,
    /// What it is.
    pub(in crate::formats) class: Class,
    /// Where it begins.
    pub(in crate::formats) start: usize,
    /// Where it ends.
    pub(in crate::formats) end: usize,
}

impl LayoutMatch {
    /// Begins to look for everything.
    pub(in crate::formats) fn with_fields() -> Self {
        Self {
            fields: Some(Vec::new()),
            ..Self::default()
        }
    }
}

impl Layout {
    /// Matches a line from an offset. Returns where the match ended, or `None` if the line has
    /// another layout.
    pub(in crate::formats) fn matches(
        &self,
        line: &Line<'_>,
        start: usize,
        found: &mut LayoutMatch,
    ) -> Option<()> {
        let end = self.run(&self.pieces, line, start, found)?;
        // Without a message nothing stands behind the last piece.
        let is_whole = found.message.is_some()
            || Cursor::new(line.bytes, end)
                .rest()
                .iter()
                .all(u8::is_ascii_whitespace);
        is_whole.then_some(())
    }

    /// Matches some pieces. Returns where they end.
    fn run(
        &self,
        pieces: &[TemplatePiece],
        line: &Line<'_>,
        start: usize,
        found: &mut LayoutMatch,
    ) -> Option<usize> {
        let mut cursor = Cursor::new(line.bytes, start);
        for piece in pieces {
            match piece {
                TemplatePiece::Literal(literal) => cursor.eat_text(literal).then_some(())?,
                TemplatePiece::Blank => {
                    let is_end = cursor.peek().is_none();
                    (cursor.blanks() > 0 || is_end).then_some(())?;
                }
                TemplatePiece::Timestamp(class) => {
                    let stamp = self.stamp(*class, line, cursor.at())?;
                    found.moment = Some(stamp.moment);
                    found.stamp = Some((cursor.at(), stamp.end));
                    cursor = Cursor::new(line.bytes, stamp.end);
                }
                TemplatePiece::Level(class) => found.level = Some(self.level(*class, &mut cursor)?),
                TemplatePiece::Priority => found.level = priority(&mut cursor)?,
                TemplatePiece::Message => {
                    found.message = Some(cursor.at());
                    cursor.skip(cursor.rest().len());
                }
                TemplatePiece::Optional(inner) => {
                    let known = found.fields.as_ref().map_or(0, Vec::len);
                    if let Some(end) = self.run(inner, line, cursor.at(), found) {
                        cursor = Cursor::new(line.bytes, end);
                    } else if let Some(fields) = &mut found.fields {
                        fields.truncate(known);
                    }
                }
                TemplatePiece::Field { name, class, end } => {
                    // What is padded is padded inside of its brackets.
                    if *class == Class::Text {
                        cursor.blanks();
                    }
                    let start = cursor.at();
                    cursor.skip(length(*class, end, cursor)?);
                    if let Some(fields) = &mut found.fields {
                        fields.push(FieldSpan {
                            name: *name,
                            class: *class,
                            start,
                            end: cursor.at(),
                        });
                    }
                }
            }
        }
        Some(cursor.at())
    }

    /// Reads a timestamp.
    fn stamp(&self, class: StampClass, line: &Line<'_>, at: usize) -> Option<Stamp> {
        if let Some(stamp_format) = &self.stamp_format {
            return stamp_format.read(line.bytes, at);
        }
        line.stamp(at).filter(|stamp| class.has(stamp))
    }

    /// Reads a level. Words are padded on either side.
    fn level(&self, class: LevelClass, cursor: &mut Cursor<'_>) -> Option<Level> {
        cursor.blanks();
        let rest = cursor.rest();
        if !self.levels.is_empty() {
            let own = self
                .levels
                .iter()
                .filter(|(word, _)| rest.starts_with(word));
            // `ERROR` is not the `E` of the format.
            if let Some((word, level)) = own.max_by_key(|(word, _)| word.len()) {
                let mut behind = *cursor;
                behind.skip(word.len());
                let is_word = word.last().is_some_and(u8::is_ascii_alphanumeric);
                if !is_word || behind.is_boundary() || class == LevelClass::Letter {
                    *cursor = behind;
                    skip_padding(cursor);
                    return Some(*level);
                }
            }
        }
        let level = match class {
            LevelClass::Own => return None,
            LevelClass::Digit => {
                let level = level::syslog(cursor.digit()?)?;
                cursor.is_boundary().then_some(level)?
            }
            LevelClass::Letter => {
                let level = level::letter(cursor.peek()?)?;
                cursor.skip(1);
                let is_alone = !cursor.peek().is_some_and(|next| next.is_ascii_alphabetic());
                is_alone.then_some(level)?
            }
            LevelClass::Word | LevelClass::Upper => {
                let word = cursor.letters();
                // `NOTE:` and `LOG:` alone are words of texts.
                let is_upper = word.iter().all(u8::is_ascii_uppercase);
                let is_plain = matches!(word, b"NOTE" | b"LOG" | b"ALERT" | b"FAIL" | b"SUCCESS");
                let is_fine = class == LevelClass::Word || (is_upper && !is_plain);
                (is_fine && cursor.is_boundary()).then(|| level::word(word))??
            }
        };
        skip_padding(cursor);
        Some(level)
    }
}

/// Reads the blanks behind a word that is padded inside of its brackets.
fn skip_padding(cursor: &mut Cursor<'_>) {
    let mut behind = *cursor;
    behind.blanks();
    if matches!(behind.peek(), Some(b']' | b')')) {
        *cursor = behind;
    }
}

/// Reads the number of facility and severity.
#[expect(
    clippy::option_option,
    reason = "the line has another layout, or the number no level"
)]
fn priority(cursor: &mut Cursor<'_>) -> Option<Option<Level>> {
    let count = cursor.digits_ahead(4);
    let mut number = 0;
    for _ in 0..count {
        number = number * 10 + cursor.digit()?;
    }
    // 23 facilities of 8 severities.
    ((1..=3).contains(&count) && number < 192).then(|| level::syslog(number % 8))
}

/// Returns how long the field of a class is that begins here.
fn length(class: Class, end: &End, cursor: Cursor<'_>) -> Option<usize> {
    let rest = cursor.rest();
    match class {
        Class::Open | Class::Word => word(rest, end),
        Class::Text => text(rest, end),
        Class::Int => number(rest, false),
        Class::Number => number(rest, true),
        Class::Quoted | Class::Request => quoted(rest),
        Class::Path => {
            let length = word(rest, end)?;
            let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_:".contains(byte);
            rest[..length].iter().all(is_part).then_some(length)
        }
        Class::Source => {
            let length = word(rest, end)?;
            let source = &rest[..length];
            let colon = memchr::memrchr(b':', source)?;
            let is_line = source[colon + 1..].iter().all(u8::is_ascii_digit);
            let has_dot = source[..colon].contains(&b'.');
            (is_line && has_dot && colon + 1 < length).then_some(length)
        }
        Class::Spans => spans(rest),
        Class::Structured => structured(rest),
    }
}

/// Returns the length of a word.
fn word(rest: &[u8], end: &End) -> Option<usize> {
    let limit = memchr(b' ', rest).unwrap_or(rest.len());
    let length = match end {
        End::Bytes(bytes) if bytes.first() != Some(&b' ') => find(rest, limit, bytes)?,
        _ => limit,
    };
    (length > 0).then_some(length)
}

/// Returns the length of text up to what follows.
fn text(rest: &[u8], end: &End) -> Option<usize> {
    match end {
        End::Line => Some(rest.len()),
        End::Bytes(bytes) => find(rest, rest.len(), bytes),
    }
}

/// Returns where what follows begins, before a limit. A blank at its end can be missing at the end
/// of the line.
fn find(rest: &[u8], limit: usize, bytes: &[u8]) -> Option<usize> {
    let (first, _) = bytes.split_first()?;
    let short = bytes.strip_suffix(b" ");
    let mut from = 0;
    loop {
        let place = from + memchr(*first, &rest[from..limit])?;
        if rest[place..].starts_with(bytes) || short == Some(&rest[place..]) {
            return Some(place);
        }
        from = place + 1;
    }
}

/// Returns the length of a number, or of the `-` that stands for none.
fn number(rest: &[u8], has_fraction: bool) -> Option<usize> {
    let sign = usize::from(rest.first() == Some(&b'-'));
    let is_part = |byte: &&u8| byte.is_ascii_digit() || (has_fraction && **byte == b'.');
    let length = sign + rest[sign..].iter().take_while(is_part).count();
    (length > 0).then_some(length)
}

/// Returns the length of text up to a quote that has no backslash before it.
fn quoted(rest: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let place = from + memchr::memchr2(b'"', b'\\', &rest[from..])?;
        if rest[place] == b'"' {
            return Some(place);
        }
        from = (place + 2).min(rest.len());
    }
}

/// Returns the length of spans. There is at least one with fields, and a colon and a blank behind
/// the last.
fn spans(rest: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut has_fields = false;
    let mut at = 0;
    while let Some(byte) = rest.get(at) {
        match byte {
            b'{' => {
                depth += 1;
                has_fields = true;
            }
            b'}' => depth = depth.checked_sub(1)?,
            b'"' if depth > 0 => at += quoted(&rest[at + 1..])? + 1,
            b':' if depth == 0 && rest.get(at + 1) == Some(&b' ') => {
                return has_fields.then_some(at);
            }
            b' ' | b'"' if depth == 0 => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// Returns the length of structured data.
fn structured(rest: &[u8]) -> Option<usize> {
    if rest.first() == Some(&b'-') {
        return Some(1);
    }
    let mut at = 0;
    while rest.get(at) == Some(&b'[') {
        loop {
            let place = at + memchr::memchr2(b'"', b']', rest.get(at..)?)?;
            if rest[place] == b']' {
                at = place + 1;
                break;
            }
            at = place + 1 + quoted(&rest[place + 1..])? + 1;
        }
    }
    (at > 0).then_some(at)
}
