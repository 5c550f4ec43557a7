//! A tree as the source of records: what stands between the reader and the shipper.

use std::{borrow::Cow, time::Duration};

use chronologix_reader::{Cursor, FieldValue, LogRecord, LogTree, TreeError, TreeFollower};
use chronologix_schema::settings::options::StartAt;
use serde_core::Deserialize as _;

use crate::{
    cursor::{Progress, StateDir},
    error::ShipError,
    settings::Settings,
    source::{Place, Record, Source, Value},
};

/// Records that are read at once when they are only counted.
const AT_ONCE: usize = 4096;

/// A tree that is followed.
#[derive(Debug)]
pub(crate) struct TreeSource {
    follower: TreeFollower,
    settings: Settings,
}

/// What of a stream is not sent yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unsent {
    pub(crate) stream: String,
    pub(crate) records: u64,
    /// In the tree.
    pub(crate) bytes: u64,
    /// The time of the first of them: nanoseconds since 1970.
    pub(crate) oldest: Option<i64>,
}

impl TreeSource {
    /// Opens the tree that the settings name.
    ///
    /// # Errors
    ///
    /// If it is not there, or is none.
    pub(crate) fn tree(settings: &Settings) -> Result<LogTree, ShipError> {
        LogTree::open(&settings.tree).map_err(|error| unreadable(settings, error))
    }

    /// Follows a tree from where the last run ended, or from where the first is to begin.
    ///
    /// # Errors
    ///
    /// If the cursor is of another tree.
    pub(crate) fn follow(
        tree: &LogTree,
        settings: &Settings,
        state: &StateDir,
        progress: Option<&Progress>,
    ) -> Result<Self, ShipError> {
        let refused = |why: String| ShipError::Cursor {
            path: state.cursor_path(),
            why,
        };
        let cursor = match progress {
            Some(progress) => Cursor::deserialize(&progress.cursor).map_err(|error| {
                refused(format!("{error}; remove it to send the whole tree again"))
            })?,
            None if settings.start_at == StartAt::End => Cursor::end(),
            None => Cursor::start(),
        };
        let follower = tree.follow(cursor).map_err(|error| match error {
            error if error.is_other_tree() => refused(format!(
                "{error}; give this tree a state folder of its own (`state_dir`)"
            )),
            error => unreadable(settings, error),
        })?;
        Ok(Self {
            follower,
            settings: settings.clone(),
        })
    }
}

fn unreadable(settings: &Settings, error: TreeError) -> ShipError {
    ShipError::Tree {
        path: settings.tree.clone(),
        source: Box::new(error),
    }
}

impl Source for TreeSource {
    fn next_batch(
        &mut self,
        max: usize,
        timeout: Duration,
        each: &mut dyn FnMut(&Record<'_>),
    ) -> Result<usize, ShipError> {
        let records = self.follower.next_batch(max, timeout);
        let records = records.map_err(|error| unreadable(&self.settings, error))?;
        for record in &records {
            give(record, each);
        }
        Ok(records.len())
    }

    fn cursor(&mut self) -> serde_json::Value {
        // A cursor is strings and numbers, which JSON always has a form for.
        serde_json::to_value(self.follower.cursor()).unwrap_or_default()
    }

    fn is_caught_up(&self) -> bool {
        self.follower.is_caught_up()
    }

    fn lag_bytes(&self) -> u64 {
        self.follower.lag_bytes()
    }

    fn take_incidents(&mut self) -> Vec<String> {
        let incidents = self.follower.take_incidents();
        incidents.iter().map(ToString::to_string).collect()
    }
}

/// Gives a record of the reader to the shipper.
fn give(record: &LogRecord, each: &mut dyn FnMut(&Record<'_>)) {
    let parts = record.parts();
    let id = parts.id.as_deref();
    let fields = parts.fields.iter();
    // The id is the name of the event.
    let fields = fields.filter(|(name, _)| id.is_none() || name != "id");
    let fields = fields.map(|(name, value)| (Cow::from(name.as_str()), as_value(value)));
    each(&Record {
        stream: record.stream(),
        mirrors: record.mirrors().collect(),
        time: record.time().and_then(|time| time.timestamp_nanos_opt()),
        level: parts.level,
        message: Cow::from(parts.message.as_str()),
        fields: fields.collect(),
        id,
        place: Place {
            folder: record.folder_name(),
            file: record.file_name(),
            offset: record.offset(),
        },
        // With its newline.
        bytes: record.bytes().len() + 1,
    });
}

fn as_value(value: &FieldValue) -> Value<'_> {
    match value {
        FieldValue::Bool(flag) => Value::Bool(*flag),
        FieldValue::I64(number) => Value::I64(*number),
        FieldValue::U64(number) => Value::U64(*number),
        FieldValue::F64(number) => Value::F64(*number),
        FieldValue::Str(text) => Value::Str(Cow::from(text.as_str())),
        FieldValue::Json(text) => Value::Json(Cow::from(text.as_str())),
        _ => Value::Null,
    }
}

/// Returns what is not sent yet, by stream in the order of their names. Reads all of it.
///
/// # Errors
///
/// If the tree cannot be read, or the cursor is of another.
pub(crate) fn unsent(
    settings: &Settings,
    state: &StateDir,
    progress: Option<&Progress>,
) -> Result<Vec<Unsent>, ShipError> {
    let tree = TreeSource::tree(settings)?;
    let mut source = TreeSource::follow(&tree, settings, state, progress)?;
    let is_sent = |stream: &str| {
        let streams = settings.streams.as_ref();
        streams.is_none_or(|streams| streams.iter().any(|it| it == stream))
    };
    let mut found: Vec<Unsent> = Vec::new();
    loop {
        let records = source.follower.next_batch(AT_ONCE, Duration::ZERO);
        let records = records.map_err(|error| unreadable(settings, error))?;
        if records.is_empty() && source.is_caught_up() {
            break;
        }
        for record in records.iter().filter(|it| is_sent(it.stream())) {
            let known = found.iter().position(|it| it.stream == record.stream());
            let at = known.unwrap_or_else(|| {
                found.push(Unsent {
                    stream: record.stream().to_owned(),
                    ..Unsent::default()
                });
                found.len() - 1
            });
            let time = record.time().and_then(|time| time.timestamp_nanos_opt());
            let stream = &mut found[at];
            stream.records += 1;
            stream.bytes += record.bytes().len() as u64 + 1;
            stream.oldest = stream.oldest.or(time);
        }
    }
    found.sort_by(|a, b| a.stream.cmp(&b.stream));
    Ok(found)
}
