//! What lines look like: where timestamp, level, message and fields stand in the formats of other
//! loggers and servers.
//!
//! Pure: everything here is decided from the text of one line, and from the formats of the lines
//! before it.

use std::{
    borrow::Cow,
    sync::{Arc, RwLock},
};

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use chronologix_schema::Level;
use serde_json::Value;

use self::{
    format::{Format, Kind, LineRole},
    json::{
        FirstBytes, JsonHead, JsonLayout,
        scanner::{self, KnownMembers},
    },
    layout::{Candidates, LayoutMatch, Line, LineOpening, Seen},
    w3c::FieldNames,
};

pub use self::{
    colour::{ColourPiece, behind_hole, has_colours, pieces, strip_colours},
    user::FormatEntry,
};

mod colour;
mod cursor;
mod epoch;
mod format;
mod general;
mod json;
mod layout;
mod level;
mod logfmt;
mod otlp;
mod prefix;
mod stamp;
mod stamp_format;
mod table;
mod user;
mod values;
mod w3c;
mod xml;
mod zone;

#[cfg(test)]
mod tests;

/// A format, as an index into the table of [`Formats`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FormatId(pub(crate) u16);

/// When a line was written, as far as the line itself tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The timestamp has an offset, a zone, or counts from the epoch.
    Instant(DateTime<Utc>),
    /// Date and time, without a zone.
    Civil(NaiveDateTime),
    /// Date and time without a year, here in 2000, and without a zone.
    YearLess(NaiveDateTime),
    /// A time of day only.
    TimeOfDay(NaiveTime),
}

/// What is needed to date, filter and count a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The format the line has.
    pub format: FormatId,
    /// When it was written. `None` in formats without times.
    pub moment: Option<Moment>,
    /// The level, if the format has one and the line names it.
    pub level: Option<Level>,
}

/// The format of a line, with what its head says of the level.
#[derive(Clone, Copy, Debug)]
pub struct LineFormat {
    formats: &'static Formats,
    id: FormatId,
    level: Option<Level>,
}

/// All values of a line.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Values {
    /// The timestamp as written.
    pub stamp: Option<String>,
    /// The level.
    pub level: Option<Level>,
    /// The message without what is in `fields`.
    pub message: String,
    /// Everything else that the format names, in the order of the line: `thread`, `logger`,
    /// `status`, and the members of JSON and logfmt, with their types.
    pub fields: Vec<(String, Value)>,
}

impl PartialEq for LineFormat {
    fn eq(&self, other: &Self) -> bool {
        (self.id, self.level) == (other.id, other.level)
    }
}

impl Eq for LineFormat {}

impl LineFormat {
    /// Returns the format of a line with this head.
    pub(crate) fn of(formats: &'static Formats, head: Head) -> Self {
        Self {
            formats,
            id: head.format,
            level: head.level,
        }
    }

    /// Returns the level of the line.
    pub fn level(self) -> Option<Level> {
        self.level
    }

    /// Returns whether the line tells more about the line before.
    pub fn continues(self) -> bool {
        self.formats.continues(self.id)
    }

    /// Returns whether the message of the line goes on with that of the line before, without a line
    /// end.
    pub(crate) fn joins(self) -> bool {
        let format = self.formats.known.get(usize::from(self.id.0));
        format.is_some_and(|format| matches!(format.kind, Kind::CriRest(_)))
    }

    /// Reads a message that was joined from parts, if it is an object as a whole.
    pub(crate) fn read_joined(self, values: &mut Values) {
        self.formats.read_joined(values);
    }

    /// Returns the name of the format.
    pub fn name(self) -> &'static str {
        self.formats.name(self.id)
    }

    /// Returns the message of the line, with the fields behind it, or the whole line.
    pub fn message(self, line: &str) -> Cow<'_, str> {
        let found = self.formats.message(line, self.id);
        found.unwrap_or(Cow::Borrowed(line))
    }

    /// Returns the values of the line, or the whole line as its message.
    pub fn values(self, line: &str) -> Values {
        let found = self.formats.values(line, self.id);
        found.unwrap_or_else(|| Values {
            message: line.to_owned(),
            ..Values::default()
        })
    }
}

/// The formats that are known: the user's, and those of the table.
#[derive(Debug)]
pub(crate) struct Formats {
    /// The formats. The first that fits a line counts.
    known: Vec<Format>,
    /// Those that begin with a stamp.
    stamped: Candidates,
    /// Those that begin with a stamp in brackets.
    bracketed: Candidates,
    /// Those that can begin with a byte, where no stamp is.
    by_first_byte: Vec<Vec<FormatId>>,
    /// The names of columns that were seen in files of W3C. Their ids follow those of the table.
    columns: RwLock<Vec<Arc<FieldNames>>>,
}

/// The formats of the lines before, tried first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    /// The format of the last line that had one of its own.
    last: Option<FormatId>,
    /// The last names of columns, in a file of W3C.
    columns: Option<(FormatId, Arc<FieldNames>)>,
}

/// How many formats can stand within each other: a container's prefix, docker's JSON, syslog.
const DEPTH: usize = 3;

impl Default for Formats {
    fn default() -> Self {
        Self::build(Vec::new())
    }
}

impl Formats {
    /// Returns the formats of the table, with those of a user before them.
    ///
    /// # Errors
    ///
    /// Fails if an entry cannot be understood. The message names it and says what is wrong.
    pub(crate) fn with_entries(entries: Vec<FormatEntry>) -> Result<Self, String> {
        let own = entries.into_iter().map(FormatEntry::compile);
        Ok(Self::build(own.collect::<Result<_, _>>()?))
    }

    fn build(own: Vec<Format>) -> Self {
        let mut known = own;
        let rows = [table::SERVICES, table::TEXT, table::SYSTEMS, table::BROAD];
        let rows = rows.into_iter().flatten();
        known.extend(rows.filter_map(Format::of_text));
        known.extend(table::JSON.iter().map(|row| {
            let layout = row.layout();
            Format {
                is_broad: layout.is_catch_all(),
                ..Format::of(row.name, Kind::Json(layout))
            }
        }));
        known.extend([
            Format::of("CRI", Kind::Cri),
            Format::of("CRI stdout", Kind::CriPart("stdout")),
            Format::second_of("CRI stdout", Kind::CriRest("stdout")),
            Format::of("CRI stderr", Kind::CriPart("stderr")),
            Format::second_of("CRI stderr", Kind::CriRest("stderr")),
            Format::of("docker compose", Kind::Compose),
            Format::of("logfmt", Kind::Logfmt),
            Format::of("W3C header", Kind::TableHeader),
            Format::of("XML event", Kind::Xml),
            Format::second_of("XML event", Kind::XmlPart),
            Format {
                is_broad: true,
                ..Format::of("container time", Kind::Received)
            },
            Format {
                is_broad: true,
                ..Format::of("stamp", Kind::General)
            },
        ]);
        known.extend(table::LEVELS_ONLY.iter().filter_map(Format::of_text));
        let seconds = known.iter().zip((0..).map(FormatId));
        let seconds = seconds.filter(|(format, _)| format.role == LineRole::Second);
        let seconds: Vec<_> = seconds.map(|(it, id)| (it.name.clone(), id)).collect();
        for (name, second) in seconds {
            let of_name = known.iter_mut().filter(|format| format.name == name);
            for first in of_name.filter(|format| format.role != LineRole::Second) {
                first.second = Some(second);
            }
        }
        let all = || {
            let all = known.iter().zip((0..).map(FormatId));
            all.filter(|(format, _)| format.role != LineRole::Second)
        };
        let with_opening = |opening| {
            let those = all().filter(move |(format, _)| {
                let own = format.opening();
                let is_general = matches!(format.kind, Kind::General);
                let is_bracketed = opening == LineOpening::Bracket;
                let is_own =
                    own == LineOpening::OwnStamp && format.can_begin_with(b'[') == is_bracketed;
                own == opening || is_own || is_general
            });
            Candidates::new(those.map(|(format, id)| (id, format.start())))
        };
        let by_first_byte = |byte| {
            let those = all().filter(|(format, _)| {
                let needs_stamp =
                    matches!(format.opening(), LineOpening::Stamp | LineOpening::Bracket);
                !needs_stamp && format.can_begin_with(byte)
            });
            those.map(|(_, id)| id).collect()
        };
        Self {
            stamped: with_opening(LineOpening::Stamp),
            bracketed: with_opening(LineOpening::Bracket),
            by_first_byte: (0..=255).map(by_first_byte).collect(),
            known,
            columns: RwLock::default(),
        }
    }

    /// Returns the head of a line, without line end and colour sequences. `None` if it has no
    /// known format: it continues the line before.
    pub(crate) fn head(&self, line: &[u8], recent: &mut Recent) -> Option<Head> {
        let first = *line.first()?;
        if first == b'#'
            && let Some(columns) = FieldNames::parse(line)
        {
            recent.columns = self.register(columns);
        }
        if let Some((format, columns)) = &recent.columns
            && let Some(moment) = columns.moment(line)
        {
            return Some(Head {
                format: *format,
                moment: Some(moment),
                level: None,
            });
        }
        if let Some(last) = recent.last {
            let format = self.known.get(usize::from(last.0));
            if let Some(format) = format {
                let continuation = format.continuation.as_ref();
                if continuation.is_some_and(|begin| line.starts_with(begin)) {
                    return None;
                }
                if let Some(second) = format.second {
                    let is_last = matches!(format.kind, Kind::CriPart(_))
                        && prefix::cri(line).is_some_and(|cri| !cri.is_part);
                    let line = Line::new(line);
                    let head = self.try_format(second, &line, 0, DEPTH);
                    if head.is_some() {
                        recent.last = recent.last.filter(|_| !is_last);
                        return head;
                    }
                }
            }
        }
        self.find(line, recent, DEPTH)
    }

    /// Returns whether the next line means the same behind the lines of either.
    pub(crate) fn read_alike(&self, one: &Recent, other: &Recent) -> bool {
        let columns = |recent: &Recent| recent.columns.as_ref().map(|(format, _)| *format);
        // Other formats are only tried first.
        let told = |recent: &Recent| {
            recent.last.filter(|last| {
                let format = self.known.get(usize::from(last.0));
                format.is_some_and(|it| it.second.is_some() || it.continuation.is_some())
            })
        };
        columns(one) == columns(other) && told(one) == told(other)
    }

    /// Returns the head of a line that can stand within another.
    fn find(&self, line: &[u8], recent: &mut Recent, depth: usize) -> Option<Head> {
        let start = indent(line);
        let first = usize::from(*line.get(start)?);
        let line = Line::new(line);
        if let Some(head) = recent
            .last
            .and_then(|last| self.try_format(last, &line, start, depth))
        {
            return Some(head);
        }
        let is_bracketed = first == usize::from(b'[');
        let place = start + usize::from(is_bracketed);
        let head = if let Some(stamp) = line.stamp(place) {
            let seen = Seen::of(line.bytes, place, stamp);
            let known = if is_bracketed {
                &self.bracketed
            } else {
                &self.stamped
            };
            let mut candidates = known.of(&seen);
            candidates.find_map(|format| self.try_format(format, &line, start, depth))
        } else if first == usize::from(b'{') {
            let bytes = line.bytes.get(start..)?;
            let members = KnownMembers::of(scanner::members(bytes)?);
            let first_bytes = FirstBytes::of_members(&members);
            let mut candidates = self.by_first_byte.get(first)?.iter();
            candidates.find_map(|id| match self.known.get(usize::from(id.0)) {
                Some(Format {
                    kind: Kind::Json(layout),
                    ..
                }) if layout.can_be(first_bytes) => {
                    let found = layout.head(members.iter())?;
                    self.json_head(*id, layout, bytes, found, depth)
                }
                Some(Format {
                    kind: Kind::Json(_),
                    ..
                }) => None,
                // No text of a logger looks like an object.
                _ if first_bytes != FirstBytes::default() => None,
                _ => self.try_format(*id, &line, start, depth),
            })
        } else {
            let mut candidates = self.by_first_byte.get(first)?.iter();
            candidates.find_map(|format| self.try_format(*format, &line, start, depth))
        }?;
        // What fits almost everything, or lines without a time, is tried last in the next line too.
        let format = self.known.get(usize::from(head.format.0))?;
        if head.moment.is_some() && !format.is_broad {
            recent.last = Some(head.format);
        }
        Some(head)
    }

    /// Returns the head of a line if it has this format.
    fn try_format(
        &self,
        id: FormatId,
        line: &Line<'_>,
        start: usize,
        depth: usize,
    ) -> Option<Head> {
        let head = |moment, level| Head {
            format: id,
            moment,
            level,
        };
        let bytes = line.bytes.get(start..)?;
        let inner = |bytes: &[u8]| self.find_within(bytes, depth);
        match &self.known.get(usize::from(id.0))?.kind {
            Kind::Layout(layout) => {
                let mut found = LayoutMatch::default();
                layout.matches(line, start, &mut found)?;
                let own = found.level;
                let level = own.or_else(|| {
                    let message = found.message?;
                    let object = self.level_of_object(line, message, depth);
                    object.or_else(|| self.carried_level(id, line.bytes.get(message..)?, depth))
                });
                Some(head(found.moment, level))
            }
            Kind::Json(layout) => {
                let found = layout.head(scanner::members(bytes)?)?;
                self.json_head(id, layout, bytes, found, depth)
            }
            Kind::TableHeader => w3c::is_header(bytes).then(|| head(None, None)),
            Kind::Xml => {
                let (moment, level) = xml::head(bytes)?;
                Some(head(Some(moment), level))
            }
            Kind::XmlPart => xml::is_part(bytes).then(|| head(None, None)),
            Kind::Logfmt => {
                let (moment, level) = logfmt::head(bytes)?;
                Some(head(moment, level))
            }
            Kind::Compose => {
                let (_, within) = prefix::container(bytes)?;
                let inner = inner(within)?;
                Some(head(inner.moment, inner.level))
            }
            Kind::Cri => {
                let cri = prefix::cri(bytes).filter(|cri| !cri.is_part)?;
                let level = inner(cri.inner).and_then(|inner| inner.level);
                Some(head(Some(cri.moment), level))
            }
            Kind::CriPart(stream) => {
                let cri = prefix::cri(bytes).filter(|cri| cri.is_part && cri.stream == *stream)?;
                let level = inner(cri.inner).and_then(|inner| inner.level);
                Some(head(Some(cri.moment), level))
            }
            Kind::CriRest(stream) => {
                let cri = prefix::cri(bytes).filter(|cri| cri.stream == *stream)?;
                Some(head(Some(cri.moment), None))
            }
            Kind::Received => {
                let received = prefix::received(bytes)?;
                let level = inner(received.inner)?.level;
                Some(head(Some(received.moment), level))
            }
            Kind::General => {
                let found = general::read(line, start)?;
                let own = found.level;
                let level = own.or_else(|| self.level_of_object(line, found.message, depth));
                Some(head(Some(found.stamp.moment), level))
            }
        }
    }

    /// Returns the level of a message that can be the line of another logger.
    fn carried_level(&self, format: FormatId, message: &[u8], depth: usize) -> Option<Level> {
        let format = self.known.get(usize::from(format.0))?;
        if !format.carries {
            return None;
        }
        let bracket = usize::from(message.first() == Some(&b'['));
        let is_dated = message.get(bracket)?.is_ascii_digit();
        let inner = || self.find_within(message, depth)?.level;
        general::carried_level(message).or_else(|| is_dated.then(inner)?)
    }

    /// Returns the head of a JSON line, with the level of the line within it.
    fn json_head(
        &self,
        format: FormatId,
        layout: &JsonLayout,
        line: &[u8],
        found: JsonHead,
        depth: usize,
    ) -> Option<Head> {
        let mut level = found.level;
        if let Some(member) = layout.inner() {
            let raw = scanner::get(line, member.as_bytes())?;
            let within = json::unescaped(scanner::raw_string(raw)?);
            let plain = strip_colours(within.trim_ascii_end().as_bytes()).into_owned();
            level = self.find_within(&plain, depth).and_then(|it| it.level);
        }
        Some(Head {
            format,
            moment: found.moment,
            level,
        })
    }

    /// Returns the head of a line that stands within another.
    fn find_within(&self, line: &[u8], depth: usize) -> Option<Head> {
        self.find(line, &mut Recent::default(), depth.checked_sub(1)?)
    }

    /// Returns the name of a format.
    pub(crate) fn name(&self, format: FormatId) -> &str {
        let known = self.known.get(usize::from(format.0));
        known.map_or("W3C", |format| &format.name)
    }

    /// Returns whether a line of this format tells more about the record of the line before, such
    /// as its level.
    pub(crate) fn continues(&self, format: FormatId) -> bool {
        let known = self.known.get(usize::from(format.0));
        known.is_some_and(|format| format.role != LineRole::Begins)
    }

    /// Returns the format of lines with these columns.
    fn register(&self, columns: FieldNames) -> Option<(FormatId, Arc<FieldNames>)> {
        let mut known = self.columns.write().ok()?;
        let place = known.iter().position(|it| **it == columns);
        let index = place.unwrap_or_else(|| {
            known.push(Arc::new(columns));
            known.len() - 1
        });
        let id = u16::try_from(self.known.len() + index).ok()?;
        Some((FormatId(id), Arc::clone(known.get(index)?)))
    }

    /// Returns the columns of a format.
    fn columns(&self, format: FormatId) -> Option<Arc<FieldNames>> {
        let index = usize::from(format.0).checked_sub(self.known.len())?;
        self.columns.read().ok()?.get(index).cloned()
    }
}

/// Returns how many blanks stand before a stamp. More of them begin a line that continues another.
fn indent(line: &[u8]) -> usize {
    let blanks = line.iter().take_while(|byte| **byte == b' ').count();
    let is_stamp = line
        .get(blanks)
        .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'[');
    if blanks <= 2 && is_stamp { blanks } else { 0 }
}

/// Returns the text of a line, without colours. Bytes that are not UTF-8 are taken for Latin-1.
pub fn line_text(line: &[u8]) -> Cow<'_, str> {
    match strip_colours(line) {
        Cow::Borrowed(line) => latin_text(line),
        Cow::Owned(line) => Cow::Owned(latin_text(&line).into_owned()),
    }
}

fn latin_text(line: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = str::from_utf8(line) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(line.len() + 8);
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| char::from(*byte)));
    }
    Cow::Owned(text)
}
