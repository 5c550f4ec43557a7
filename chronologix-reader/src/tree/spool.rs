//! Standard input, pipes and other files that can be read only once.
//!
//! A thread copies what comes out of them into an unnamed temporary file, which is read and
//! followed like any other. Compressed data is decompressed on the way.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
    thread,
};

use super::{
    decode::decode,
    packed::keep_trouble,
    positional::{Identity, OpenFile, not_regular},
};

#[cfg(test)]
mod tests;

/// The path of standard input.
pub(crate) const STDIN: &str = "/dev/stdin";

/// All spools of the process, by the paths they stand for.
static SPOOLS: Mutex<Spools> = Mutex::new(Spools {
    by_path: BTreeMap::new(),
    wakers: Vec::new(),
});

/// Notified when a spool has come to its end.
static ENDED: Condvar = Condvar::new();

struct Spools {
    by_path: BTreeMap<PathBuf, Spool>,
    /// Woken when something was spooled.
    wakers: Vec<SyncSender<()>>,
}

/// What comes out of a pipe.
#[derive(Clone, Debug)]
struct Spool {
    file: Arc<File>,
    identity: Identity,
    has_ended: bool,
    /// Why nothing could be read.
    failure: Option<String>,
}

/// Returns whether a path can be read only once: a pipe, a socket, a terminal or `/dev/null`.
pub(crate) fn is_needed(path: &Path) -> bool {
    if lock().by_path.contains_key(path) {
        return true;
    }
    fs::metadata(path).is_ok_and(|found| is_stream(path, &found))
}

#[cfg(unix)]
fn is_stream(path: &Path, found: &fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = found.file_type();
    // Reading any other device could have side effects or go on for ever.
    let is_harmless = path == Path::new("/dev/null") || path == Path::new(STDIN);
    kind.is_fifo() || kind.is_socket() || (kind.is_char_device() && is_harmless)
}

#[cfg(not(unix))]
fn is_stream(path: &Path, _found: &fs::Metadata) -> bool {
    path == Path::new(STDIN)
}

/// Returns whether something is sent to standard input.
#[cfg(unix)]
pub fn has_input() -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    fs::metadata(STDIN).is_ok_and(|found| {
        let kind = found.file_type();
        kind.is_fifo() || kind.is_socket() || kind.is_file()
    })
}

/// Returns whether something is sent to standard input.
#[cfg(not(unix))]
pub fn has_input() -> bool {
    // It may also be closed, or belong to a service.
    false
}

/// Starts to read a path that can be read only once. Does nothing if that has been started.
///
/// # Errors
///
/// Fails if there is no temporary file or thread for it.
pub(crate) fn start(path: &Path) -> io::Result<()> {
    let mut spools = lock();
    if spools.by_path.contains_key(path) {
        return Ok(());
    }
    let file = tempfile::tempfile()?;
    let identity = Identity::of(&file.metadata()?);
    let spool = Spool {
        file: Arc::new(file.try_clone()?),
        identity,
        has_ended: false,
        failure: None,
    };
    let from = path.to_owned();
    thread::Builder::new()
        .name("spool".into())
        .spawn(move || copy(&from, file, identity))?;
    spools.by_path.insert(path.to_owned(), spool);
    Ok(())
}

/// Waits until everything that was started has come to its end.
pub fn wait_for_all() {
    let spools = lock();
    let is_open = |spools: &mut Spools| spools.by_path.values().any(|spool| !spool.has_ended);
    drop(ENDED.wait_while(spools, is_open));
}

/// Returns whether a path is spooled, and everything that comes out of it was.
pub(crate) fn has_ended(path: &Path) -> bool {
    let spools = lock();
    let spool = spools.by_path.get(path);
    spool.is_some_and(|spool| spool.has_ended)
}

/// Wakes `waker` whenever something was spooled.
pub(crate) fn wake_on_growth(waker: SyncSender<()>) {
    lock().wakers.push(waker);
}

/// Opens what was spooled of a path. `None` if it is not spooled.
pub(super) fn open(path: &Path) -> Option<io::Result<OpenFile>> {
    let spools = lock();
    let spool = spools.by_path.get(path)?;
    let (file, identity) = (Arc::clone(&spool.file), spool.identity);
    Some(match &spool.failure {
        Some(failure) => Err(io::Error::other(failure.clone())),
        None => Ok(OpenFile::unpacked(file, identity)),
    })
}

/// Copies everything from a path into its file.
fn copy(path: &Path, file: File, identity: Identity) {
    let mut spooled = WakingWriter(file);
    let result = source(path).and_then(|source| decode(source, &mut spooled));
    let is_empty = spooled.0.metadata().is_ok_and(|found| found.len() == 0);
    let mut failure = None;
    match result {
        Ok(trouble) => keep_trouble(path, identity, trouble),
        Err(error) if is_empty => failure = Some(error.to_string()),
        Err(error) => keep_trouble(path, identity, Some(format!("ends early: {error}"))),
    }
    let mut spools = lock();
    if let Some(spool) = spools.by_path.get_mut(path) {
        (spool.has_ended, spool.failure) = (true, failure);
    }
    ENDED.notify_all();
    spools.wake();
}

/// Opens a path for reading. Waits for the other end of a named pipe.
fn source(path: &Path) -> io::Result<Box<dyn Read>> {
    if path == Path::new(STDIN) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path)?;
    // It may have been replaced since.
    if is_stream(path, &file.metadata()?) {
        Ok(Box::new(file))
    } else {
        Err(not_regular())
    }
}

/// Writes into the file of a spool, and wakes those who follow it.
struct WakingWriter(File);

impl Write for WakingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.0.write(bytes)?;
        lock().wake();
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spools {
    fn wake(&self) {
        for waker in &self.wakers {
            // It is awake or gone.
            let _ = waker.try_send(());
        }
    }
}

fn lock() -> MutexGuard<'static, Spools> {
    // The list is consistent wherever a holder could have panicked.
    SPOOLS.lock().unwrap_or_else(PoisonError::into_inner)
}
