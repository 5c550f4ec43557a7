//! One format: how its lines are read, and what they begin with.

use super::{
    FormatId,
    json::JsonLayout,
    layout::{Layout, LineOpening, StartFilter},
    table,
};

/// One format.
#[derive(Clone, Debug)]
pub(super) struct Format {
    /// Its name.
    pub(super) name: String,
    /// How its lines are read.
    pub(super) kind: Kind,
    /// What its lines are in a record.
    pub(super) role: LineRole,
    /// The format of the second lines of its records.
    pub(super) second: Option<FormatId>,
    /// Whether lines of formats before it fit as well.
    pub(super) is_broad: bool,
    /// Whether its messages can be lines of other loggers, whose level counts.
    pub(super) carries: bool,
    /// What the lines that continue one of it begin with.
    pub(super) continuation: Option<Vec<u8>>,
}

/// What a line of a format is in a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineRole {
    /// It begins one.
    Begins,
    /// It tells more about the line before.
    Continues,
    /// The same, and it counts only behind a line of the format with the same name.
    Second,
}

/// How the lines of a format are read.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    /// By a template.
    Layout(Layout),
    /// As the members of a JSON object.
    Json(JsonLayout),
    /// As pairs.
    Logfmt,
    /// As what says how a table is to be read.
    TableHeader,
    /// As an event in XML.
    Xml,
    /// As another line of it.
    XmlPart,
    /// As a line of another format behind the name of a container.
    Compose,
    /// The same with time and stream, as Kubernetes writes it to files.
    Cri,
    /// The first part of a line of this stream that is too long for one.
    CriPart(&'static str),
    /// Another part of it.
    CriRest(&'static str),
    /// As a line of another format behind the time at which a container runtime got it.
    Received,
    /// As a stamp with a message, and perhaps a level.
    General,
}

impl Format {
    /// Returns a format without anything of its own.
    pub(super) fn of(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            role: LineRole::Begins,
            second: None,
            is_broad: false,
            carries: false,
            continuation: None,
        }
    }

    /// Returns a format of the second lines of records.
    pub(super) fn second_of(name: &str, kind: Kind) -> Self {
        Self {
            role: LineRole::Second,
            ..Self::of(name, kind)
        }
    }

    /// Compiles a row of the table. All of them compile: a test checks it.
    pub(super) fn of_text(row: &table::TextRow) -> Option<Self> {
        let levels = row.levels.iter();
        let levels = levels.map(|(own, level)| (own.as_bytes().to_vec(), *level));
        let layout = Layout::parse(row.line, row.timestamp, levels.collect()).ok()?;
        Some(Self {
            role: row.role,
            is_broad: row.is_broad,
            carries: row.carries,
            ..Self::of(row.name, Kind::Layout(layout))
        })
    }

    /// Returns what is seen of its lines at their start.
    pub(super) fn start(&self) -> StartFilter {
        match &self.kind {
            Kind::Layout(layout) => layout.start(),
            // `stdout` or `stderr`.
            Kind::Cri | Kind::CriPart(_) => StartFilter::with_byte(b's'),
            Kind::Received => StartFilter::rfc3339(),
            _ => StartFilter::any(),
        }
    }

    /// Returns what its lines begin with.
    pub(super) fn opening(&self) -> LineOpening {
        match &self.kind {
            Kind::Layout(layout) => layout.opening(),
            Kind::Cri | Kind::CriPart(_) | Kind::CriRest(_) | Kind::Received | Kind::General => {
                LineOpening::Stamp
            }
            Kind::Json(_)
            | Kind::Logfmt
            | Kind::TableHeader
            | Kind::Xml
            | Kind::XmlPart
            | Kind::Compose => LineOpening::Other,
        }
    }

    /// Returns whether a line can begin with this byte.
    pub(super) fn can_begin_with(&self, byte: u8) -> bool {
        match &self.kind {
            Kind::Layout(layout) => layout.can_begin_with(byte),
            Kind::Json(_) => byte == b'{',
            Kind::TableHeader => byte == b'#',
            Kind::Xml | Kind::XmlPart => byte == b'<',
            Kind::Logfmt => byte.is_ascii_alphanumeric() || b"@_".contains(&byte),
            Kind::Compose => byte.is_ascii_alphanumeric() || byte == b'[',
            Kind::Cri | Kind::CriPart(_) | Kind::CriRest(_) | Kind::Received | Kind::General => {
                false
            }
        }
    }
}
