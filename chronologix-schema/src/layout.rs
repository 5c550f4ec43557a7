//! What is on disk: folder names, file names, lines. Pure.
//!
//! The writer and the viewer share it: what one writes, the other reads by the same rules.

#[cfg(feature = "seal")]
mod content_hash;
mod digest;
mod escape;
mod file_header;
pub mod file_name;
mod folder;
mod interval;
mod line_parser;
mod line_template;
mod manifest;
mod repeat;
mod seal_key;
mod seal_link;
#[cfg(feature = "seal")]
mod sealed_sums;
mod seek_table;
mod shipped;
mod statement;
mod sums;
mod time_zone;
mod timestamp_format;
mod timestamp_parser;
mod timestamp_writer;

#[cfg(feature = "seal")]
pub use self::{
    content_hash::{ContentHasher, block_value, digest_of, newlines},
    sealed_sums::SealedSums,
};
pub use self::{
    digest::{BadDigest, Digest},
    escape::{
        Multiline, escape_field_with, escape_json_with, escape_text, push_field_value,
        push_json_string, push_json_utf8, quoted_length,
    },
    file_header::FileHeader,
    folder::Folder,
    interval::{Interval, Span},
    line_parser::{JsonLine, ParsedLine, parse_json_line, parse_text_line},
    line_template::{LineTemplate, NOTHING, Placeholder, TemplatePart},
    manifest::{FORMAT_VERSION, MANIFEST_FILE, Manifest, ManifestStream, SealHead},
    repeat::Repeat,
    seal_key::{parse_private_key, parse_public_key},
    seal_link::{SEALS_FILE, SealAction, SealLink},
    seek_table::{FrameLengths, SeekTable},
    shipped::{SHIPPED_DIR, ShippedMark},
    statement::{STATEMENTS_FILE, Statement, StatementError, StatementField, ValueKind},
    sums::{
        BLOCK_BYTES, BlockSum, FileSum, ParsedSection, SUMS_FILE, SectionFile, Sums, SumsSection,
    },
    time_zone::{TimeZone, UnknownZone, check_zone_name, zone},
    timestamp_format::{BadTimestampFormat, TimestampFormat},
    timestamp_parser::{TimestampParser, parse_rfc3339},
    timestamp_writer::TimestampWriter,
};
