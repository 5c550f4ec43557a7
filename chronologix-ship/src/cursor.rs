//! The cursor file: how far a tree was sent. Written aside, synced and renamed, so that it is whole
//! at any moment; and the lock that keeps a second process away from it.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    batch::Reached,
    disk::{Disk, OsDisk, create_folders_synced, folder_of},
    error::ShipError,
};

/// The form of the file.
const VERSION: u64 = 1;

const CURSOR: &str = "cursor.json";
const CURSOR_ASIDE: &str = "cursor.json.new";
const LOCK: &str = "lock";
const REJECTED: &str = "rejected.jsonl";

/// How far a tree was sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    /// The place behind the last record that was answered, as the reader keeps it.
    pub(crate) cursor: Value,
    /// The last record of each stream, with what was sent in all.
    pub(crate) streams: Vec<Reached>,
    /// Records that no receiver took.
    pub(crate) rejected: u64,
    /// When it was written.
    pub(crate) written: DateTime<Utc>,
}

/// The folder that keeps the cursor of one tree.
#[derive(Debug)]
pub(crate) struct StateDir {
    path: PathBuf,
    disk: Arc<dyn Disk>,
}

/// Held as long as this process sends the records of a tree.
#[derive(Debug)]
pub(crate) struct StateLock {
    /// The lock ends with the file, also if the process is killed.
    _file: File,
}

impl StateDir {
    pub(crate) fn new(path: impl Into<PathBuf>) -> Self {
        Self::on(Arc::new(OsDisk), path)
    }

    /// The folder with this path on a disk.
    pub(crate) fn on(disk: Arc<dyn Disk>, path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            disk,
        }
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// Returns the path of the cursor file.
    pub(crate) fn cursor_path(&self) -> PathBuf {
        self.path.join(CURSOR)
    }

    /// Returns the path of the file of rejected records.
    pub(crate) fn rejected_path(&self) -> PathBuf {
        self.path.join(REJECTED)
    }

    /// Makes the folder, and returns when its name is on disk: a cursor in a folder that a power
    /// cut takes away is none.
    ///
    /// # Errors
    ///
    /// If it cannot be made.
    pub(crate) fn make(&self) -> Result<(), ShipError> {
        create_folders_synced(&*self.disk, &self.path)
            .map_err(ShipError::io("cannot make the state folder", &self.path))
    }

    /// Makes the folder and takes its lock.
    ///
    /// # Errors
    ///
    /// If another process holds it, or if the folder cannot be written to.
    pub(crate) fn lock(&self) -> Result<StateLock, ShipError> {
        self.make()?;
        let path = self.path.join(LOCK);
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(windows)]
        {
            use std::os::windows::fs::OpenOptionsExt as _;
            options.share_mode(0);
        }
        let is_taken = |error: &io::Error| cfg!(windows) && error.raw_os_error() == Some(32);
        let file = match options.open(&path) {
            Ok(file) => file,
            Err(error) if is_taken(&error) => return Err(ShipError::Locked { path }),
            Err(error) => return Err(ShipError::io("cannot open the lock", &path)(error)),
        };
        #[cfg(unix)]
        match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(ShipError::Locked { path }),
            Err(error) => return Err(ShipError::io("cannot lock", &path)(error.into())),
        }
        Ok(StateLock { _file: file })
    }

    /// Reads how far the tree was sent. There is nothing before the first answer.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or is not a cursor file.
    pub(crate) fn load(&self) -> Result<Option<Progress>, ShipError> {
        let path = self.cursor_path();
        let text = match self.disk.read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(ShipError::io("cannot read the cursor", &path)(error)),
        };
        let progress = Progress::from_json(&text);
        progress.map(Some).map_err(|why| ShipError::Cursor {
            path,
            why: format!("{why}; restore it, or remove it to send the whole tree again"),
        })
    }

    /// Writes how far the tree was sent, and returns when it is on disk.
    ///
    /// # Errors
    ///
    /// If one of the steps fails. The file from before stays.
    pub(crate) fn save(&self, progress: &Progress) -> Result<(), ShipError> {
        let doing = ReplaceErrors {
            write: "cannot write the cursor",
            replace: "cannot replace the cursor",
            sync: "cannot sync the state folder",
        };
        let aside = self.path.join(CURSOR_ASIDE);
        let bytes = progress.to_json();
        let path = self.cursor_path();
        replace_on(&*self.disk, &path, &aside, bytes.as_bytes(), &doing)
    }

    /// Checks that the cursor can be written, so that nothing is sent that could not be marked.
    ///
    /// # Errors
    ///
    /// If it cannot.
    pub(crate) fn check(&self) -> Result<(), ShipError> {
        let aside = self.path.join(CURSOR_ASIDE);
        // As much as a large cursor has: a full disk takes an empty file.
        let written = write_synced(&*self.disk, &aside, &[b' '; 4096]);
        let removed = written.and_then(|()| self.disk.remove(&aside));
        removed.map_err(ShipError::io("cannot write the cursor", &aside))
    }
}

/// What is said of the steps of [`replace_synced`].
pub(crate) struct ReplaceErrors {
    pub(crate) write: &'static str,
    pub(crate) replace: &'static str,
    pub(crate) sync: &'static str,
}

/// Writes a file aside, puts it in the place of another one, and returns when that is on disk.
///
/// # Errors
///
/// If one of the steps fails. The file from before stays.
#[cfg(feature = "objects")]
pub(crate) fn replace_synced(
    path: &Path,
    aside: &Path,
    bytes: &[u8],
    doing: &ReplaceErrors,
) -> Result<(), ShipError> {
    replace_on(&OsDisk, path, aside, bytes, doing)
}

/// As [`replace_synced`], on this disk.
fn replace_on(
    disk: &dyn Disk,
    path: &Path,
    aside: &Path,
    bytes: &[u8],
    doing: &ReplaceErrors,
) -> Result<(), ShipError> {
    write_synced(disk, aside, bytes).map_err(ShipError::io(doing.write, aside))?;
    disk.rename(aside, path)
        .map_err(ShipError::io(doing.replace, path))?;
    let folder = folder_of(path).unwrap_or(path);
    disk.sync_folder(folder)
        .map_err(ShipError::io(doing.sync, folder))
}

/// Writes a file, and returns when it is on disk.
fn write_synced(disk: &dyn Disk, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = disk.create(path)?;
    file.append(bytes)?;
    file.sync()
}

impl Progress {
    /// Adds what a shipment has reached.
    pub(crate) fn advance(&mut self, reached: &[Reached]) {
        for new in reached {
            match self.streams.iter_mut().find(|it| it.stream == new.stream) {
                Some(known) => {
                    let (records, bytes, time) = (known.records, known.bytes, known.time);
                    known.clone_from(new);
                    known.records += records;
                    known.bytes += bytes;
                    known.time = known.time.or(time);
                }
                None => self.streams.push(new.clone()),
            }
        }
    }

    fn to_json(&self) -> String {
        let streams = self.streams.iter().map(|it| {
            let state = json!({
                "records": it.records,
                "bytes": it.bytes,
                "time": it.time.map(|time| DateTime::from_timestamp_nanos(time).to_rfc3339()),
                "folder": it.folder,
                "file": it.file,
                "offset": it.offset,
            });
            (it.stream.clone(), state)
        });
        let file = json!({
            "chronologix_ship": VERSION,
            "written": self.written.to_rfc3339(),
            "rejected": self.rejected,
            "streams": sorted(streams),
            "cursor": self.cursor,
        });
        format!("{file:#}\n")
    }

    fn from_json(text: &str) -> Result<Self, String> {
        let file: Value =
            serde_json::from_str(text).map_err(|error| format!("it is not JSON: {error}"))?;
        match file.get("chronologix_ship").and_then(Value::as_u64) {
            Some(VERSION) => {}
            Some(other) => {
                return Err(format!(
                    "it has form {other}, and this program knows form {VERSION}"
                ));
            }
            None => return Err("it was not written by chronologix-ship".to_owned()),
        }
        let time = |value: Option<&Value>| {
            let text = value?.as_str()?;
            let time = DateTime::parse_from_rfc3339(text).ok()?;
            Some(time.with_timezone(&Utc))
        };
        let streams = file.get("streams").and_then(Value::as_object);
        let streams = streams.into_iter().flatten().map(|(stream, state)| {
            let number = |key: &str| state.get(key).and_then(Value::as_u64).unwrap_or_default();
            let text = |key: &str| {
                let text = state.get(key).and_then(Value::as_str);
                text.unwrap_or_default().to_owned()
            };
            Reached {
                stream: stream.clone(),
                records: number("records"),
                bytes: number("bytes"),
                time: time(state.get("time")).and_then(|time| time.timestamp_nanos_opt()),
                folder: text("folder"),
                file: text("file"),
                offset: number("offset"),
            }
        });
        Ok(Self {
            streams: streams.collect(),
            cursor: file.get("cursor").cloned().ok_or("it has no cursor")?,
            rejected: file
                .get("rejected")
                .and_then(Value::as_u64)
                .unwrap_or_default(),
            written: time(file.get("written")).unwrap_or_default(),
        })
    }
}

/// Returns an object with its members in the order of their names.
fn sorted(members: impl Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let sorted: BTreeMap<_, _> = members.collect();
    sorted.into_iter().collect()
}

#[cfg(test)]
mod tests;
