//! Layouts: where timestamp, level, message and fields stand in a line, as a template such as
//! `{timestamp} [{thread}] {level} {logger} - {message}`.
//!
//! | in a template | in a line |
//! |---|---|
//! | a blank | one blank or several |
//! | `{timestamp}` | a timestamp in a usual spelling, or in that of the format |
//! | `{level}` | a word for a level |
//! | `{message}` | the rest of the line |
//! | `{name}` | a field: a word, or what is between brackets, quotes or bars |
//! | `{name:class}` | a field of a [`Class`] |
//! | `{? … ?}` | what can be missing |
//! | `{{`, `}}` | the brace itself |
//! | anything else | itself |

use std::ops::RangeInclusive;

use chronologix_schema::Level;

use super::{
    Moment,
    cursor::Cursor,
    level,
    stamp::{Fraction, Stamp},
    stamp_format::StampFormat,
};

mod candidates;
mod matching;

pub(super) use self::{
    candidates::Candidates,
    matching::{FieldSpan, LayoutMatch, Line},
};

#[cfg(test)]
mod tests;

/// A compiled template.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Its pieces from left to right.
    pieces: Vec<TemplatePiece>,
    /// How timestamps are written, if not in a usual spelling.
    stamp_format: Option<StampFormat>,
    /// Words, letters and marks for levels that only this format has.
    levels: Vec<(Vec<u8>, Level)>,
    /// The names of fields.
    names: Vec<String>,
}

/// What is seen of a format's lines without matching them.
#[derive(Clone, Debug)]
pub(super) struct StartFilter {
    /// Which stamps in a usual spelling count.
    class: StampClass,
    /// How many digits stand at the start.
    digits: RangeInclusive<usize>,
    /// The bytes that can stand behind the stamp, apart from blanks and the bracket that closes the
    /// stamp.
    bytes: [bool; 256],
    /// Whether the word for a level stands there.
    needs_level: bool,
    /// Whether a quote stands anywhere in the line.
    needs_quote: bool,
    /// Whether a percent sign does.
    needs_percent: bool,
}

/// What is seen of a line that begins with a stamp.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// The stamp.
    stamp: Stamp,
    /// How many digits it begins with.
    digits: usize,
    /// The first byte behind it, apart from blanks and the bracket that closes the stamp.
    byte: u8,
    /// Whether that begins the word for a level.
    is_level: bool,
    /// Whether there is a quote.
    has_quote: bool,
    /// Whether there is a percent sign.
    has_percent: bool,
}

impl Seen {
    /// Looks at a line with a stamp at an offset.
    pub(super) fn of(line: &[u8], at: usize, stamp: Stamp) -> Self {
        let mut cursor = Cursor::new(line, stamp.end);
        while cursor.eat_any(b" ]").is_some() {}
        // Most lines have neither.
        let first = memchr::memchr2(b'"', b'%', line);
        let has = |byte| first.is_some_and(|at| memchr::memchr(byte, &line[at..]).is_some());
        Self {
            stamp,
            digits: Cursor::new(line, at).digits_ahead(20),
            byte: cursor.peek().unwrap_or(b' '),
            is_level: level::word(cursor.letters()).is_some(),
            has_quote: has(b'"'),
            has_percent: has(b'%'),
        }
    }
}

impl StartFilter {
    /// Returns what says nothing.
    pub(super) const fn any() -> Self {
        Self {
            class: StampClass::Any,
            digits: 0..=20,
            bytes: [true; 256],
            needs_level: false,
            needs_quote: false,
            needs_percent: false,
        }
    }

    /// Returns that the stamp has a `T`, a fraction and an offset.
    pub(super) const fn rfc3339() -> Self {
        Self {
            class: StampClass::Rfc3339,
            ..Self::any()
        }
    }

    /// Returns that this byte stands behind the stamp.
    pub(super) fn with_byte(byte: u8) -> Self {
        let mut start = Self::any();
        start.bytes = [false; 256];
        start.bytes[usize::from(byte)] = true;
        start
    }
}

/// What the lines of a format begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineOpening {
    /// A timestamp in a usual spelling.
    Stamp,
    /// The same in brackets.
    Bracket,
    /// A timestamp as the format writes it, which can look like a usual one.
    OwnStamp,
    /// Something else.
    Other,
}

/// A piece of a template.
#[derive(Clone, Debug)]
enum TemplatePiece {
    /// These bytes.
    Literal(Vec<u8>),
    /// One blank or several.
    Blank,
    /// A timestamp.
    Timestamp(StampClass),
    /// A level.
    Level(LevelClass),
    /// The number of facility and severity in syslog.
    Priority,
    /// A field.
    Field {
        /// The index of its name.
        name: u16,
        /// What it is.
        class: Class,
        /// What stands behind it.
        end: End,
    },
    /// The rest of the line.
    Message,
    /// Pieces that can be missing.
    Optional(Vec<TemplatePiece>),
}

/// Which timestamps count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StampClass {
    /// All.
    Any,
    /// Those with date and time, `{timestamp:date}`.
    Dated,
    /// Those with date, year and time, `{timestamp:year}`.
    Year,
    /// Those with a time of day only, `{timestamp:time}`.
    TimeOfDay,
    /// Those without a year, `{timestamp:yearless}`.
    YearLess,
    /// Those with a comma before the fraction, `{timestamp:comma}`: python's.
    Comma,
    /// Those with a `T` and an offset, `{timestamp:instant}`.
    Instant,
    /// Those with a `T`, a fraction and an offset, `{timestamp:rfc3339}`.
    Rfc3339,
}

impl StampClass {
    /// Returns whether a stamp in a usual spelling counts.
    fn has(self, stamp: &Stamp) -> bool {
        match self {
            Self::Any => true,
            Self::Dated => !matches!(stamp.moment, Moment::TimeOfDay(_)),
            Self::Year => matches!(stamp.moment, Moment::Civil(_) | Moment::Instant(_)),
            Self::TimeOfDay => matches!(stamp.moment, Moment::TimeOfDay(_)),
            Self::YearLess => matches!(stamp.moment, Moment::YearLess(_)),
            Self::Comma => stamp.fraction == Fraction::Comma,
            Self::Instant => stamp.has_t && matches!(stamp.moment, Moment::Instant(_)),
            Self::Rfc3339 => stamp.fraction != Fraction::Missing && Self::Instant.has(stamp),
        }
    }
}

/// How a level is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LevelClass {
    /// As a word in any case.
    Word,
    /// As a word in capitals, `{level:upper}`.
    Upper,
    /// As one letter, `{level:letter}`.
    Letter,
    /// As a severity of syslog, `{level:digit}`.
    Digit,
    /// Only as the format names it, `{level:own}`.
    Own,
}

/// What a field is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// A word, or text where it is enclosed. Known when what follows is known.
    Open,
    /// Text without blanks.
    Word,
    /// Text up to what follows in the template.
    Text,
    /// An integer, or `-` for none.
    Int,
    /// A number, or `-` for none.
    Number,
    /// Text up to a quote without a backslash before it.
    Quoted,
    /// A path of Rust modules, with `::` or without.
    Path,
    /// A file and a line: `main.go:12`.
    Source,
    /// Spans of tracing: `request{id=1}:inner`.
    Spans,
    /// Structured data of syslog: `[id key="value"]`, or `-`.
    Structured,
    /// The request of an access log: `GET /path HTTP/1.1`, between quotes.
    Request,
}

/// Where a field ends.
#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    /// Before these bytes.
    Bytes(Vec<u8>),
    /// At the end of the line.
    Line,
}

impl Layout {
    /// Compiles a template, with a format for its timestamps and words for its levels if they are
    /// not the usual ones.
    ///
    /// # Errors
    ///
    /// Fails with what is wrong in the template.
    pub(super) fn parse(
        template: &str,
        stamp_format: Option<&str>,
        levels: Vec<(Vec<u8>, Level)>,
    ) -> Result<Self, String> {
        let mut layout = Self {
            pieces: Vec::new(),
            stamp_format: stamp_format.map(StampFormat::parse).transpose()?,
            levels,
            names: Vec::new(),
        };
        let (pieces, rest) = layout.pieces(template)?;
        if !rest.is_empty() {
            return Err("?} without {? before it".to_owned());
        }
        layout.pieces = pieces;
        layout.check()?;
        Ok(layout)
    }

    /// Fails if lines cannot be read by these pieces.
    fn check(&self) -> Result<(), String> {
        let tells = |piece: &TemplatePiece| {
            matches!(
                piece,
                TemplatePiece::Timestamp(_) | TemplatePiece::Level(_) | TemplatePiece::Priority
            )
        };
        if !self.pieces.iter().any(tells) {
            return Err("neither {timestamp} nor {level} is in the line".to_owned());
        }
        let messages = self.pieces.iter();
        let message = messages
            .clone()
            .position(|piece| matches!(piece, TemplatePiece::Message));
        if message.is_some_and(|at| at + 1 < self.pieces.len()) {
            return Err("{message} must be the last in the line".to_owned());
        }
        Ok(())
    }

    /// Compiles up to the end or to `?}`. Returns what is behind that.
    fn pieces<'a>(&mut self, template: &'a str) -> Result<(Vec<TemplatePiece>, &'a str), String> {
        let mut pieces = Vec::new();
        let mut literal = Vec::new();
        let mut rest = template;
        while let Some(letter) = rest.chars().next() {
            let is_doubled = rest.starts_with("{{") || rest.starts_with("}}");
            if is_doubled || !(rest.starts_with(['{', '}', ' ']) || rest.starts_with("?}")) {
                let mut bytes = [0; 4];
                literal.extend_from_slice(letter.encode_utf8(&mut bytes).as_bytes());
                rest = &rest[letter.len_utf8() * if is_doubled { 2 } else { 1 }..];
                continue;
            }
            if !literal.is_empty() {
                pieces.push(TemplatePiece::Literal(std::mem::take(&mut literal)));
            }
            if rest.starts_with("?}") {
                break;
            } else if let Some(behind) = rest.strip_prefix("{?") {
                let (inner, behind) = self.pieces(behind)?;
                let end = behind.strip_prefix("?}");
                rest = end.ok_or("{? without ?} behind it")?;
                pieces.push(TemplatePiece::Optional(inner));
            } else if let Some(behind) = rest.strip_prefix('{') {
                let (name, behind) = behind.split_once('}').ok_or("{ without } behind it")?;
                pieces.push(self.piece(name)?);
                rest = behind;
            } else if letter == ' ' {
                pieces.push(TemplatePiece::Blank);
                rest = rest.trim_start_matches(' ');
            } else {
                return Err("} without { before it; }} stands for the brace itself".to_owned());
            }
        }
        if !literal.is_empty() {
            pieces.push(TemplatePiece::Literal(literal));
        }
        set_ends(&mut pieces);
        Ok((pieces, rest))
    }

    /// Compiles what is between braces.
    fn piece(&mut self, text: &str) -> Result<TemplatePiece, String> {
        let (name, class) = match text.split_once(':') {
            Some((name, class)) => (name, Some(class)),
            None => (text, None),
        };
        let unknown = || format!("{{{text}}} is not known");
        match name {
            "timestamp" => Ok(TemplatePiece::Timestamp(match class {
                None => StampClass::Any,
                Some("date") => StampClass::Dated,
                Some("year") => StampClass::Year,
                Some("time") => StampClass::TimeOfDay,
                Some("yearless") => StampClass::YearLess,
                Some("comma") => StampClass::Comma,
                Some("instant") => StampClass::Instant,
                Some("rfc3339") => StampClass::Rfc3339,
                Some(_) => return Err(unknown()),
            })),
            "level" => Ok(TemplatePiece::Level(match class {
                None => LevelClass::Word,
                Some("upper") => LevelClass::Upper,
                Some("letter") => LevelClass::Letter,
                Some("digit") => LevelClass::Digit,
                Some("own") => LevelClass::Own,
                Some(_) => return Err(unknown()),
            })),
            "priority" if class.is_none() => Ok(TemplatePiece::Priority),
            "message" if class.is_none() => Ok(TemplatePiece::Message),
            "" => Err("{} has no name".to_owned()),
            _ => {
                let class = match class {
                    None => Class::Open,
                    Some("word") => Class::Word,
                    Some("text") => Class::Text,
                    Some("int") => Class::Int,
                    Some("number") => Class::Number,
                    Some("quoted") => Class::Quoted,
                    Some("path") => Class::Path,
                    Some("source") => Class::Source,
                    Some("spans") => Class::Spans,
                    Some("structured") => Class::Structured,
                    Some("request") => Class::Request,
                    Some(_) => return Err(unknown()),
                };
                self.names.push(name.to_owned());
                let index = u16::try_from(self.names.len() - 1);
                Ok(TemplatePiece::Field {
                    name: index.map_err(|error| format!("too many fields: {error}"))?,
                    class,
                    end: End::Line,
                })
            }
        }
    }

    /// Returns the name of a field.
    pub(super) fn field_name(&self, field: &FieldSpan) -> &str {
        self.names
            .get(usize::from(field.name))
            .map_or("", |name| name)
    }

    /// Returns what is seen of the lines at their start.
    pub(super) fn start(&self) -> StartFilter {
        let is_stamp = |piece: &TemplatePiece| matches!(piece, TemplatePiece::Timestamp(_));
        let at = self.pieces.iter().position(is_stamp);
        let needs = |byte| {
            let has = |piece: &TemplatePiece| matches!(piece, TemplatePiece::Literal(it) if it.contains(&byte));
            self.pieces.iter().any(has)
        };
        let mut start = StartFilter {
            digits: self
                .stamp_format
                .as_ref()
                .map_or(0..=20, StampFormat::digits),
            needs_quote: needs(b'"'),
            needs_percent: needs(b'%'),
            ..StartFilter::any()
        };
        let Some((TemplatePiece::Timestamp(class), rest)) =
            at.and_then(|at| self.pieces.get(at..)?.split_first())
        else {
            return start;
        };
        // Where a stamp of the format's own ends, a usual one need not.
        if self.stamp_format.is_none() {
            start.class = *class;
            start.bytes = [false; 256];
            self.add_first_bytes(rest, &mut start);
        }
        start
    }

    /// Adds the bytes that some pieces can begin with.
    fn add_first_bytes(&self, pieces: &[TemplatePiece], start: &mut StartFilter) {
        let mut add = |bytes: RangeInclusive<u8>| {
            bytes.for_each(|byte| start.bytes[usize::from(byte)] = true);
        };
        let Some((piece, rest)) = pieces.split_first() else {
            return add(0..=255);
        };
        match piece {
            TemplatePiece::Blank => self.add_first_bytes(rest, start),
            TemplatePiece::Literal(literal) => {
                match literal.iter().find(|byte| !b" ]".contains(byte)) {
                    Some(byte) => add(*byte..=*byte),
                    None => self.add_first_bytes(rest, start),
                }
            }
            TemplatePiece::Level(class) => {
                let own = self.levels.iter().filter_map(|(word, _)| word.first());
                own.for_each(|byte| add(*byte..=*byte));
                if *class == LevelClass::Digit {
                    add(b'0'..=b'7');
                } else if *class != LevelClass::Own {
                    add(b'A'..=b'z');
                    start.needs_level = *class != LevelClass::Letter && self.levels.is_empty();
                }
            }
            TemplatePiece::Field { class, .. } if *class == Class::Int => add(b'-'..=b'9'),
            TemplatePiece::Optional(inner) => {
                self.add_first_bytes(inner, start);
                self.add_first_bytes(rest, start);
                start.needs_level = false;
            }
            _ => add(0..=255),
        }
    }

    /// Returns what a line begins with.
    pub(super) fn opening(&self) -> LineOpening {
        let rest = match self.pieces.as_slice() {
            [TemplatePiece::Literal(literal), rest @ ..] if literal == b"[" => rest,
            rest => rest,
        };
        match rest.first() {
            Some(TemplatePiece::Timestamp(_)) if self.stamp_format.is_some() => {
                LineOpening::OwnStamp
            }
            Some(TemplatePiece::Timestamp(_)) if rest.len() == self.pieces.len() => {
                LineOpening::Stamp
            }
            Some(TemplatePiece::Timestamp(_)) => LineOpening::Bracket,
            _ => LineOpening::Other,
        }
    }

    /// Returns whether a line can begin with this byte.
    pub(super) fn can_begin_with(&self, byte: u8) -> bool {
        self.can_begin(&self.pieces, byte)
    }

    fn can_begin(&self, pieces: &[TemplatePiece], byte: u8) -> bool {
        match pieces.first() {
            None | Some(TemplatePiece::Message) => true,
            Some(TemplatePiece::Literal(literal)) => literal.first() == Some(&byte),
            Some(TemplatePiece::Blank) => byte == b' ',
            Some(TemplatePiece::Timestamp(class)) => match (&self.stamp_format, class) {
                (Some(stamp_format), _) => stamp_format.can_begin_with(byte),
                (None, StampClass::YearLess) => byte.is_ascii_uppercase(),
                (
                    None,
                    StampClass::Comma
                    | StampClass::Instant
                    | StampClass::Rfc3339
                    | StampClass::TimeOfDay,
                ) => byte.is_ascii_digit(),
                (None, _) => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            },
            Some(TemplatePiece::Level(LevelClass::Upper | LevelClass::Letter)) => {
                byte.is_ascii_uppercase()
            }
            Some(TemplatePiece::Level(LevelClass::Own)) => self
                .levels
                .iter()
                .any(|(word, _)| word.first() == Some(&byte)),
            Some(TemplatePiece::Level(LevelClass::Word)) => byte.is_ascii_alphabetic(),
            Some(TemplatePiece::Level(LevelClass::Digit) | TemplatePiece::Priority) => {
                byte.is_ascii_digit()
            }
            Some(TemplatePiece::Field { class, .. }) => match class {
                Class::Int | Class::Number => byte.is_ascii_digit() || byte == b'-',
                _ => byte != b' ' && byte != b'\t',
            },
            Some(TemplatePiece::Optional(inner)) => {
                self.can_begin(inner, byte) || self.can_begin(&pieces[1..], byte)
            }
        }
    }
}

/// Tells each field what stands behind it.
fn set_ends(pieces: &mut [TemplatePiece]) {
    let mut behind: Vec<u8> = Vec::new();
    for piece in pieces.iter_mut().rev() {
        match piece {
            TemplatePiece::Literal(literal) => {
                behind.splice(..0, literal.iter().copied()).for_each(drop);
            }
            TemplatePiece::Blank => behind.insert(0, b' '),
            TemplatePiece::Field { class, end, .. } => {
                let is_enclosed = behind
                    .first()
                    .is_some_and(|byte| b"])}>\"|\t".contains(byte));
                if *class == Class::Open {
                    *class = if is_enclosed {
                        Class::Text
                    } else {
                        Class::Word
                    };
                }
                if !behind.is_empty() {
                    *end = End::Bytes(std::mem::take(&mut behind));
                }
            }
            _ => behind.clear(),
        }
    }
}
