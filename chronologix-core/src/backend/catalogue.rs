//! The catalogue of a tree: a file with a line for each statement that has logged to it.
//!
//! Any number of processes append to it. Each reads what is new in it before it appends, under the
//! lock of the tree, so that a line stands there once. It is a help for readers, so nothing waits
//! for it: without the lock a line may stand there twice, and an error stops no record.

use std::{
    collections::HashSet,
    hash::{BuildHasher, RandomState},
    io,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use chronologix_schema::layout::STATEMENTS_FILE;

use super::{retry::Backoff, writer::nanos};
use crate::{
    DiskError,
    config::Settings,
    fs::traits::{FileId, FileSystem, LogFile},
    stats::CountedStatement,
};

/// How long to wait for other loggers that have the lock of the tree. They need less than a
/// millisecond, unless they are stopped.
const LOCK_TIMEOUT: Duration = Duration::from_millis(100);

/// Bytes from which on nothing is added: some 100,000 statements.
const MAX_SIZE: u64 = 32 << 20;

/// How often lines are written that a sync has failed to save.
const ATTEMPTS: u32 = 3;

/// The catalogue as one writer knows it.
#[derive(Debug)]
pub(crate) struct Catalogue {
    path: PathBuf,
    mode: u32,
    /// How many of the statements that were seen are in the file, as far as is known.
    covered: usize,
    /// Which file it was at the last look.
    file: Option<FileId>,
    /// The bytes of whole lines that were read of it.
    read: u64,
    /// The hashes of these lines. Statements of which two share a hash of 64 random bits do not
    /// occur.
    lines: HashSet<u64>,
    hasher: RandomState,
    /// What was appended last may be lost, its newline as well.
    is_end_in_doubt: bool,
    /// Lines that `covered` counts on may not be durable, whichever process has written them.
    is_unsynced: bool,
    /// The name of the file may not be durable.
    has_unsynced_name: bool,
    backoff: Backoff,
    /// When to try again what has failed, by the monotonic clock.
    due: u64,
}

impl Catalogue {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            path: settings.base.join(STATEMENTS_FILE),
            mode: settings.modes.file,
            covered: 0,
            file: None,
            read: 0,
            lines: HashSet::new(),
            hasher: RandomState::new(),
            is_end_in_doubt: false,
            is_unsynced: false,
            has_unsynced_name: false,
            backoff: Backoff::default(),
            due: 0,
        }
    }

    /// Returns whether it lacks some of these statements, as far as is known.
    #[inline]
    pub(crate) fn lacks(&self, seen: &[Arc<CountedStatement>]) -> bool {
        self.covered < seen.len()
    }

    /// Returns whether it is time to write to it. After an error it is not at once: a base
    /// directory in which nothing may be created costs a lock and a failed call each time.
    pub(crate) fn is_due(&self, now: u64) -> bool {
        now >= self.due
    }

    /// Takes note of what came of writing to it.
    pub(crate) fn note(&mut self, outcome: &Result<(), DiskError>, now: u64) {
        if outcome.is_ok() {
            self.backoff.reset();
            self.due = 0;
        } else {
            self.due = now.saturating_add(nanos(self.backoff.next()));
        }
    }

    /// Adds the statements that it lacks. What fails is tried again with the next call.
    #[cold]
    pub(crate) fn write(
        &mut self,
        fs: &dyn FileSystem,
        seen: &[Arc<CountedStatement>],
    ) -> Result<(), DiskError> {
        if lines_of(seen, self.covered).next().is_none() {
            self.covered = seen.len();
            return Ok(());
        }
        let base = self.path.parent().unwrap_or(&self.path);
        // The file system reports why there is no lock.
        let _guard = fs.lock_tree(base, LOCK_TIMEOUT);
        let written = self.open(fs).and_then(|file| self.add(file, seen));
        written.map_err(|error| DiskError::new("write the catalogue", &self.path, error))
    }

    /// Makes the lines of these statements durable.
    pub(crate) fn sync(
        &mut self,
        fs: &dyn FileSystem,
        seen: &[Arc<CountedStatement>],
    ) -> Result<(), DiskError> {
        if !self.is_unsynced {
            return Ok(());
        }
        let mut outcome = Ok(());
        for _ in 0..ATTEMPTS {
            outcome = self.sync_once(fs);
            if outcome.is_ok() || self.write(fs, seen).is_err() {
                break;
            }
        }
        // A disk that fails again and again is not written to again and again. The next statement
        // that is new begins anew.
        self.is_unsynced = false;
        outcome.map_err(|error| DiskError::new("sync the catalogue", &self.path, error))
    }

    /// Looks whether the file is still there. If it is not, its lines are written again with the
    /// next call of [`write`](Self::write).
    pub(crate) fn verify(&mut self, fs: &dyn FileSystem) {
        if self.file.is_some() && fs.file_id(&self.path).is_ok_and(|now| now != self.file) {
            self.forget();
        }
    }

    fn sync_once(&mut self, fs: &dyn FileSystem) -> io::Result<()> {
        let mut file = self.open(fs)?;
        if self.covered == 0 {
            // It is another one, which has none of the lines.
            return Err(io::ErrorKind::NotFound.into());
        }
        if let Err(error) = file.sync() {
            // The system may take the lines for durable from now on, so they are written once more.
            self.forget();
            self.file = Some(file.id()?);
            self.read = file.len()?;
            self.is_end_in_doubt = true;
            return Err(error);
        }
        if self.has_unsynced_name {
            let base = self.path.parent().unwrap_or(&self.path);
            fs.sync_folder(base)?;
            self.has_unsynced_name = false;
        }
        self.is_unsynced = false;
        Ok(())
    }

    /// Opens the file, and begins anew if it is not the one that was known.
    fn open(&mut self, fs: &dyn FileSystem) -> io::Result<Box<dyn LogFile>> {
        let file = fs.open_in_base(&self.path, self.mode)?;
        let id = Some(file.id()?);
        if id != self.file || file.len()? < self.read {
            self.forget();
            self.file = id;
            self.has_unsynced_name = true;
        }
        Ok(file)
    }

    fn forget(&mut self) {
        self.covered = 0;
        self.file = None;
        self.read = 0;
        self.lines.clear();
    }

    /// Reads what is new, and appends what is missing.
    fn add(
        &mut self,
        mut file: Box<dyn LogFile>,
        seen: &[Arc<CountedStatement>],
    ) -> io::Result<()> {
        let is_torn = self.read_new(&mut *file)?;
        let missing = lines_of(seen, self.covered)
            .filter(|line| !self.lines.contains(&self.hasher.hash_one(line.as_bytes())));
        let mut bytes = missing
            .flat_map(|line| (line + "\n").into_bytes())
            .collect::<Vec<_>>();
        if !bytes.is_empty() {
            let size = self.read + bytes.len() as u64;
            if size > MAX_SIZE {
                // Not tried again with each record.
                self.covered = seen.len();
                return Err(io::Error::other(too_large()));
            }
            if is_torn || self.is_end_in_doubt {
                bytes.insert(0, b'\n');
            }
            file.append_all(&bytes)?;
            self.is_end_in_doubt = false;
        }
        self.covered = seen.len();
        self.is_unsynced = true;
        Ok(())
    }

    /// Reads the whole lines that are new. Returns whether half a line follows, which a process
    /// left that was killed, or a full disk.
    fn read_new(&mut self, file: &mut dyn LogFile) -> io::Result<bool> {
        let found = file.read_from(self.read)?;
        let newline = found.iter().rposition(|byte| *byte == b'\n');
        let (whole, rest) = found.split_at(newline.map_or(0, |at| at + 1));
        for line in whole.split(|byte| *byte == b'\n') {
            self.lines.insert(self.hasher.hash_one(line));
        }
        self.read += whole.len() as u64;
        Ok(!rest.is_empty())
    }
}

/// Returns the lines of all statements but the first, as far as they are listed.
fn lines_of(seen: &[Arc<CountedStatement>], but: usize) -> impl Iterator<Item = String> {
    let listed = seen.iter().skip(but).filter(|it| it.is_listed);
    listed.map(|it| it.statement.to_json())
}

fn too_large() -> String {
    let mebibytes = MAX_SIZE >> 20;
    format!("it has {mebibytes} MiB, and no statement is added; remove it, and it begins anew")
}
