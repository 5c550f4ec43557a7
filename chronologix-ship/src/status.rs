//! What is sent and what lags, by stream: `chronologix-ship status`.

use std::{fmt::Write as _, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::{
    clock::{Clock as _, SystemClock},
    cursor::{Progress, StateDir},
    error::ShipError,
    figures::{age, bytes, columns, grouped},
    settings::Settings,
    tree_source::{Unsent, unsent},
};

/// How far a tree is sent.
#[derive(Clone, Debug)]
struct Status {
    progress: Option<Progress>,
    unsent: Vec<Unsent>,
    now: DateTime<Utc>,
}

/// One stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Row {
    stream: String,
    sent: u64,
    /// The last record that was sent: nanoseconds since 1970, and its file.
    time: Option<i64>,
    place: String,
    lag: Unsent,
}

/// Returns the status as a table. Of a tree whose folders are shipped, what of them is, too.
///
/// # Errors
///
/// If the tree or the cursor cannot be read.
pub(crate) fn status_table(settings: &Settings) -> Result<String, ShipError> {
    let folders = folders(settings)?;
    let sent = Status::read(settings, folders.is_some())?;
    let sent = sent.map(|status| status.to_table(settings));
    let folders = folders.map(|folders| folders.to_table());
    let parts: Vec<_> = sent.into_iter().chain(folders).collect();
    Ok(parts.join("\n"))
}

/// Returns the status as JSON.
///
/// # Errors
///
/// If the tree or the cursor cannot be read.
pub(crate) fn status_json(settings: &Settings) -> Result<String, ShipError> {
    let folders = folders(settings)?;
    let sent = Status::read(settings, folders.is_some())?;
    let mut status = sent.map_or_else(
        || json!({ "tree": settings.tree }),
        |status| status.to_json(settings),
    );
    if let Some(folders) = folders {
        status["objects"] = folders.to_json();
    }
    Ok(format!("{status:#}\n"))
}

#[cfg(feature = "objects")]
fn folders(settings: &Settings) -> Result<Option<crate::objects::FolderStatus>, ShipError> {
    crate::objects::FolderStatus::read(settings, SystemClock.now())
}

/// This program cannot ship folders.
#[cfg(not(feature = "objects"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature, it can fail")]
fn folders(_: &Settings) -> Result<Option<NoFolders>, ShipError> {
    Ok(None)
}

/// What of folders is shipped by a program that cannot ship them.
#[cfg(not(feature = "objects"))]
enum NoFolders {}

#[cfg(not(feature = "objects"))]
impl NoFolders {
    fn to_table(&self) -> String {
        match *self {}
    }

    fn to_json(&self) -> Value {
        match *self {}
    }
}

impl Status {
    /// Returns how far it is sent. `None` if nothing was sent of a tree whose folders are shipped.
    fn read(settings: &Settings, has_folders: bool) -> Result<Option<Self>, ShipError> {
        let state = StateDir::new(&settings.state_dir);
        let progress = state.load()?;
        if has_folders && progress.is_none() {
            return Ok(None);
        }
        Ok(Some(Self {
            unsent: unsent(settings, &state, progress.as_ref())?,
            progress,
            now: SystemClock.now(),
        }))
    }

    /// Returns each stream that was sent or lags, by name.
    fn rows(&self) -> Vec<Row> {
        let sent = self.progress.iter().flat_map(|it| &it.streams);
        let mut rows: Vec<Row> = sent
            .map(|it| Row {
                stream: it.stream.clone(),
                sent: it.records,
                time: it.time,
                place: format!("{}/{}:{}", it.folder, it.file, it.offset),
                lag: Unsent::default(),
            })
            .collect();
        for lag in &self.unsent {
            match rows.iter_mut().find(|row| row.stream == lag.stream) {
                Some(row) => row.lag = lag.clone(),
                None => rows.push(Row {
                    stream: lag.stream.clone(),
                    lag: lag.clone(),
                    ..Row::default()
                }),
            }
        }
        rows.sort_by(|a, b| a.stream.cmp(&b.stream));
        rows
    }

    /// Returns how long the oldest record that is not sent has waited.
    fn age(&self, lag: &Unsent) -> Option<Duration> {
        let oldest = DateTime::from_timestamp_nanos(lag.oldest?);
        Some((self.now - oldest).to_std().unwrap_or_default())
    }

    fn to_table(&self, settings: &Settings) -> String {
        let mut text = format!(
            "tree      {}\nreceiver  {}\ncursor    {}",
            settings.tree.display(),
            settings.receiver.endpoint,
            settings.state_dir.display(),
        );
        // Writing to a string does not fail.
        let _ = match &self.progress {
            Some(progress) => {
                let written = (self.now - progress.written).to_std().unwrap_or_default();
                let refused = grouped(progress.rejected);
                writeln!(
                    text,
                    ", moved {} ago\nrefused   {refused} records\n",
                    age(written)
                )
            }
            None => writeln!(text, ", nothing sent yet\n"),
        };
        let heads = ["stream", "sent", "up to", "lag", "bytes", "age"];
        let mut lines = vec![heads.map(str::to_owned)];
        lines.extend(self.rows().iter().map(|row| {
            let up_to = row.time.map_or_else(|| "-".to_owned(), moment);
            let waited = self.age(&row.lag).map_or_else(|| "-".to_owned(), age);
            [
                row.stream.clone(),
                grouped(row.sent),
                up_to,
                grouped(row.lag.records),
                bytes(row.lag.bytes),
                waited,
            ]
        }));
        // Names and times to the left, numbers to the right.
        text.push_str(&columns(&lines, &[0, 2]));
        text
    }

    fn to_json(&self, settings: &Settings) -> Value {
        let rows = self.rows();
        let streams = rows.iter().map(|row| {
            let state = json!({
                "sent_records": row.sent,
                "sent_up_to": row.time.map(moment),
                "sent_place": (!row.place.is_empty()).then_some(&row.place),
                "lag_records": row.lag.records,
                "lag_bytes": row.lag.bytes,
                "lag_seconds": self.age(&row.lag).map_or(0, |age| age.as_secs()),
            });
            (row.stream.clone(), state)
        });
        json!({
            "tree": settings.tree,
            "receiver": settings.receiver.endpoint,
            "state_dir": settings.state_dir,
            "moved": self.progress.as_ref().map(|it| it.written.to_rfc3339()),
            "refused_records": self.progress.as_ref().map_or(0, |it| it.rejected),
            "streams": streams.collect::<Map<_, _>>(),
        })
    }
}

/// Returns a time as it stands in a table.
fn moment(nanos: i64) -> String {
    DateTime::from_timestamp_nanos(nanos).to_rfc3339_opts(SecondsFormat::Millis, true)
}

#[cfg(test)]
mod tests;
