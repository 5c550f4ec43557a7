//! A file as a Parquet table: a row for each record, written one group of rows after the other.

use std::{
    collections::HashSet,
    fs::File,
    io::{self, Write as _},
    sync::Arc,
};

use chronologix_reader::{FieldValue, LogRecord, LogTree, TreeError};
use parquet::{
    basic::{Compression, Encoding, ZstdLevel},
    errors::ParquetError,
    file::{
        properties::{WriterProperties, WriterVersion},
        writer::SerializedFileWriter,
    },
    schema::{parser::parse_message_type, types::ColumnPath},
};

use self::columns::{Numbers, Texts};
use super::content::{Content, FileExtent, FileSource, LEVEL, copy_all, unnamed_file};

mod columns;

#[cfg(test)]
mod tests;

/// The columns. That of the stream is in the key, as are application, host, day and hour: a table
/// whose files have a column of the same name as a partition is refused by some engines.
const SCHEMA: &str = "
message record {
    optional int64 ts (TIMESTAMP(MICROS, true));
    optional binary level (STRING);
    optional binary event_id (STRING);
    required binary message (STRING);
    required group fields (MAP) {
        repeated group key_value {
            required binary key (STRING);
            optional binary value (STRING);
        }
    }
}";

/// The most rows of a group.
const GROUP_ROWS: usize = 128 << 10;

/// The bytes of its texts after which a group ends. They are in memory.
const GROUP_BYTES: usize = if cfg!(test) { 64 << 10 } else { 16 << 20 };

/// Rows of one group, column by column.
#[derive(Debug)]
struct RowGroup {
    rows: usize,
    ts: Numbers,
    level: Texts,
    event_id: Texts,
    message: Texts,
    keys: Texts,
    values: Texts,
}

/// Returns the table of a file, and what was read for it. There is no table if the file has no
/// record.
///
/// # Errors
///
/// If a source cannot be read, or there is no room for the table.
pub(super) fn table(
    tree: &LogTree,
    (folder, file): (&str, &str),
    sources: &[FileSource],
) -> io::Result<(Option<Content>, FileExtent)> {
    let (plain, extent) = plain_content(sources)?;
    let records = tree.file_records(folder, file, plain).map_err(unread)?;
    let extent = extent.unwrap_or_else(|| FileExtent {
        plain_bytes: records.bytes(),
        stood: [(file.to_owned(), records.bytes())].into(),
    });
    let written = unnamed_file()?;
    let has_rows = write(records, written.try_clone()?)?;
    let content = has_rows.then(|| {
        let bytes = written.metadata()?.len();
        Ok::<_, io::Error>(Content {
            file: written,
            bytes,
        })
    });
    Ok((content.transpose()?, extent))
}

/// Returns a file with the plain bytes of the sources. What was read of a single plain one is said
/// by those who read it.
fn plain_content(sources: &[FileSource]) -> io::Result<(File, Option<FileExtent>)> {
    if let [FileSource::Plain(path)] = sources {
        return Ok((File::open(path)?, None));
    }
    let mut plain = unnamed_file()?;
    let extent = copy_all(sources, &mut plain)?;
    plain.flush()?;
    Ok((plain, Some(extent)))
}

/// Writes a table. The same records give the same bytes. Returns whether there was one.
fn write(
    records: impl Iterator<Item = Result<LogRecord, TreeError>>,
    to: File,
) -> io::Result<bool> {
    let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
    let properties = Arc::new(properties()?);
    let mut writer = SerializedFileWriter::new(to, schema, properties).map_err(failed)?;
    let mut group = RowGroup::new();
    let mut has_rows = false;
    for record in records {
        group.push(&record.map_err(unread)?);
        has_rows = true;
        if group.is_full() {
            group.write(&mut writer).map_err(failed)?;
        }
    }
    if group.rows > 0 {
        group.write(&mut writer).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    writer.inner_mut().flush()?;
    Ok(has_rows)
}

fn properties() -> io::Result<WriterProperties> {
    let level = ZstdLevel::try_new(LEVEL).map_err(failed)?;
    let ts = ColumnPath::from("ts");
    Ok(WriterProperties::builder()
        // What every engine reads.
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::ZSTD(level))
        // Times that grow are differences.
        .set_column_dictionary_enabled(ts.clone(), false)
        .set_column_encoding(ts, Encoding::DELTA_BINARY_PACKED)
        .build())
}

impl RowGroup {
    fn new() -> Self {
        Self {
            rows: 0,
            ts: Numbers::default(),
            level: Texts::optional(),
            event_id: Texts::optional(),
            message: Texts::required(),
            keys: Texts::repeated(),
            values: Texts::repeated_optional(),
        }
    }

    fn push(&mut self, record: &LogRecord) {
        let parts = record.parts();
        self.rows += 1;
        self.ts
            .push(record.time().map(|time| time.timestamp_micros()));
        self.level
            .push(parts.level.map(|level| level.to_string()).as_deref());
        self.event_id.push(parts.id.as_deref());
        self.message.push(Some(&parts.message));
        let has_id = parts.id.is_some();
        // It is a column of its own.
        let fields = parts
            .fields
            .iter()
            .filter(|(name, _)| !has_id || name != "id");
        // A map has each key once. The last one wins, as in JSON.
        let mut known = HashSet::new();
        let last = fields.rev().filter(|(name, _)| known.insert(&**name));
        let mut kept = last.collect::<Vec<_>>();
        kept.reverse();
        let mut is_first = true;
        for (name, value) in kept {
            self.keys.push_element(is_first, Some(name));
            self.values.push_element(is_first, text(value).as_deref());
            is_first = false;
        }
        if is_first {
            self.keys.push_empty();
            self.values.push_empty();
        }
    }

    fn is_full(&self) -> bool {
        let texts = [
            &self.level,
            &self.event_id,
            &self.message,
            &self.keys,
            &self.values,
        ];
        let bytes = texts.iter().map(|texts| texts.bytes()).sum::<usize>();
        self.rows >= GROUP_ROWS || bytes >= GROUP_BYTES
    }

    /// Writes the rows, and begins again with none.
    fn write(&mut self, to: &mut SerializedFileWriter<File>) -> Result<(), ParquetError> {
        let mut group = to.next_row_group()?;
        self.rows = 0;
        if let Some(column) = group.next_column()? {
            self.ts.write(column)?;
        }
        let Self {
            level,
            event_id,
            message,
            keys,
            values,
            ..
        } = self;
        for texts in [level, event_id, message, keys, values] {
            if let Some(column) = group.next_column()? {
                texts.write(column)?;
            }
        }
        group.close()?;
        Ok(())
    }
}

/// Returns the value of a field as a text. `None` for `null`.
fn text(value: &FieldValue) -> Option<String> {
    match value {
        FieldValue::Bool(flag) => Some(flag.to_string()),
        FieldValue::I64(number) => Some(number.to_string()),
        FieldValue::U64(number) => Some(number.to_string()),
        // As JSON has it.
        FieldValue::F64(number) => Some(serde_json::Value::from(*number).to_string()),
        FieldValue::Str(text) | FieldValue::Json(text) => Some(text.clone()),
        _ => None,
    }
}

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

fn unread(error: TreeError) -> io::Error {
    io::Error::other(error)
}
