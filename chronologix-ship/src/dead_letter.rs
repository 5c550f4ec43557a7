//! The file of rejected records: a request a line, as OTLP/JSON with the reason beside it. So
//! collectors read it, `curl` sends it again, and so does `chronologix-ship resend`.

use std::{io, path::Path};

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::{
    disk::{Disk, folder_of},
    error::ShipError,
    otlp::{Batch, Resource, request_as_json},
};

/// Why records were set aside.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    pub(crate) status: u16,
    /// What the receiver says.
    pub(crate) message: String,
    pub(crate) endpoint: String,
    pub(crate) at: DateTime<Utc>,
}

/// Appends a batch to the file, and returns when it is on disk.
///
/// # Errors
///
/// If it cannot be written. Then the batch is not to be marked.
pub(crate) fn set_aside(
    disk: &dyn Disk,
    path: &Path,
    resource: &Resource,
    batch: &Batch,
    rejection: &Rejection,
) -> Result<(), ShipError> {
    let line = line(resource, batch, rejection);
    let kept = append(disk, path, line.as_bytes());
    kept.map_err(ShipError::io("cannot keep rejected records in", path))
}

/// Returns the line of a batch, its newline included.
fn line(resource: &Resource, batch: &Batch, rejection: &Rejection) -> String {
    let mut request = resource.head(&batch.records);
    request.extend_from_slice(&batch.records);
    let mut request = request_as_json(&request);
    // Receivers of OTLP/JSON ignore members that they do not know.
    request.insert(
        "rejected".to_owned(),
        json!({
            "status": rejection.status,
            "message": rejection.message,
            "endpoint": rejection.endpoint,
            "time": rejection.at.to_rfc3339(),
            "records": batch.count,
        }),
    );
    serde_json::Value::Object(request).to_string() + "\n"
}

/// Appends whole lines. What a crash left of a line before is ended first.
fn append(disk: &dyn Disk, path: &Path, line: &[u8]) -> io::Result<()> {
    let (mut file, last) = disk.open_end(path)?;
    if last.is_some_and(|last| last != b'\n') {
        file.append(b"\n")?;
    }
    file.append(line)?;
    file.sync()?;
    match folder_of(path) {
        Some(folder) if last.is_none() => disk.sync_folder(folder),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
