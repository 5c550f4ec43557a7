//! What is on disk: folder names, file names, lines. Pure.
//!
//! The writer and the viewer share it: what one writes, the other reads by the same rules.

mod describe;
mod escape;
mod folder;
mod interval;
mod parse;
mod stamp_reader;
mod stamper;
mod timestamp;
mod zone;

pub(crate) use self::escape::{
    escape_field_with, escape_json_with, escape_text_with, push_json_utf8,
};
pub use self::{
    describe::{DescribedStream, Description, FILE_NAME, FORMAT_VERSION},
    escape::{Multiline, escape_text, push_field_value, push_json_string},
    folder::Folder,
    interval::{Interval, Span, UnknownInterval},
    parse::{JsonLine, ParsedLine, parse_json_line, parse_text_line},
    stamp_reader::StampReader,
    stamper::{Rfc3339Stamper, Stamper},
    timestamp::{BadTimestampFormat, TimestampFormat},
    zone::{UnknownZone, zone},
};
