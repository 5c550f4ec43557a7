//! How files of a tree are opened on Windows.
//!
//! They are opened so that others may read, write, rename and remove them meanwhile. A process that
//! opens one without allowing that keeps this process from it: see [`is_in_use`]. What is a
//! symlink, a junction or a mount point is opened as itself, and then refused.

pub(crate) mod locks;
pub(crate) mod retention_fs;

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::windows::fs::OpenOptionsExt as _,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use windows_sys::Win32::{
    Foundation::{ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, GENERIC_WRITE},
    Storage::FileSystem::{
        DELETE, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES,
    },
};

use crate::{
    fs::traits::FileId,
    win32::{self, FileInformation},
};

/// Attempts to do what another process keeps this one from, a millisecond apart: a scanner has a
/// new file open for no longer than that, as a rule.
const ATTEMPTS: u32 = 20;

/// Opens what is at a path, the last `depth` names of which are below the base. Neither they nor
/// what is opened may lead elsewhere.
pub(super) fn open(path: &Path, depth: usize, options: &mut OpenOptions) -> io::Result<File> {
    for folder in path.ancestors().skip(1).take(depth.saturating_sub(1)) {
        if !information(folder, FILE_READ_ATTRIBUTES)?
            .1
            .is_real_folder()
        {
            let error = format!("{} is not a directory", folder.display());
            return Err(io::Error::new(io::ErrorKind::NotADirectory, error));
        }
    }
    let file = options
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT)
        .open(path)?;
    if win32::information(&file)?.is_regular_file() {
        Ok(file)
    } else {
        Err(not_a_log())
    }
}

/// Opens a file of a stream, append-only, and readable for the last byte.
pub(super) fn open_to_append(
    path: &Path,
    depth: usize,
    _mode: u32,
    is_new: bool,
) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options
        .read(true)
        .append(true)
        .create(true)
        .create_new(is_new);
    open(path, depth, &mut options)
}

/// Returns the file if it has one name. If it could not be opened, the error says what is there.
pub(super) fn opened(path: &Path, opened: io::Result<File>) -> io::Result<File> {
    match opened {
        Ok(file) if win32::information(&file)?.links > 1 => Err(not_a_log()),
        Err(error) if is_in_use(&error) => {
            let text = "another process has it open, and does not let others write to it";
            Err(io::Error::new(io::ErrorKind::InvalidInput, text))
        }
        Err(_) if kind(path).is_ok_and(|found| found.is_some_and(|it| !it.is_regular_file())) => {
            Err(not_a_log())
        }
        opened => opened,
    }
}

fn not_a_log() -> io::Error {
    let text = "it is not a regular file that has one name; move it away";
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

/// Renames a file, in the place of one that others may be reading.
pub(super) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    patiently(|| fs::rename(from, to))
}

/// Has `link` lead to a folder beside it. What is neither a junction nor an empty folder is left
/// alone. If there are no junctions here, `are_missing` remembers it.
pub(super) fn set_junction(link: &Path, target: &str, are_missing: &AtomicBool) -> io::Result<()> {
    let target = win32::junction_target(&link.with_file_name(target));
    let target = target.ok_or(io::ErrorKind::Unsupported)?;
    let is_set = fs::read_link(link).is_ok_and(|now| now == target);
    if is_set || are_missing.load(Ordering::Relaxed) {
        return Ok(());
    }
    let is_new = fs::create_dir(link).is_ok();
    let set = information(link, GENERIC_WRITE)
        .and_then(|(folder, _)| win32::set_junction(&folder, &target));
    if set.is_err() && is_new {
        are_missing.store(true, Ordering::Relaxed);
        let _ = fs::remove_dir(link);
    }
    set
}

pub(super) fn id_of(file: &File) -> io::Result<FileId> {
    win32::information(file).map(|found| found.id)
}

pub(super) fn id_at(path: &Path) -> io::Result<Option<FileId>> {
    Ok(kind(path)?.map(|found| found.id))
}

/// Opens what is at a path itself, for its attributes and for `access`, and says what it is.
pub(super) fn information(path: &Path, access: u32) -> io::Result<(File, FileInformation)> {
    let flags = FILE_FLAG_OPEN_REPARSE_POINT | FILE_FLAG_BACKUP_SEMANTICS;
    let mut options = OpenOptions::new();
    let options = options
        .access_mode(access | FILE_READ_ATTRIBUTES)
        .custom_flags(flags);
    let file = options.open(path)?;
    let found = win32::information(&file)?;
    Ok((file, found))
}

/// Returns what is at a path, or `None`. What is removed as soon as it is closed is gone.
pub(super) fn kind(path: &Path) -> io::Result<Option<FileInformation>> {
    match information(path, FILE_READ_ATTRIBUTES) {
        Ok((_, found)) => Ok(Some(found)),
        Err(error) if is_gone(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn is_gone(error: &io::Error) -> bool {
    let kinds = [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory];
    // Attributes may always be read, but not of a file that waits for its removal.
    kinds.contains(&error.kind()) || win32::is_one_of(error, &[ERROR_ACCESS_DENIED])
}

/// Removes what is at a path, if `is_it` says so of it. Returns whether it did.
pub(super) fn remove_if(path: &Path, is_it: impl Fn(&FileInformation) -> bool) -> io::Result<bool> {
    match information(path, DELETE) {
        Ok((file, found)) if is_it(&found) => win32::remove(&file).map(|()| true),
        Ok(_) => Ok(false),
        Err(error) if is_gone(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Returns whether something failed because another process has the file open and does not allow
/// it.
pub(super) fn is_in_use(error: &io::Error) -> bool {
    win32::is_one_of(error, &[ERROR_SHARING_VIOLATION])
}

/// Does something again, for a moment, while another process has the file open.
fn patiently<T>(mut attempt: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    for _ in 1..ATTEMPTS {
        match attempt() {
            Err(error) if is_in_use(&error) || error.kind() == io::ErrorKind::PermissionDenied => {
                thread::sleep(Duration::from_millis(1));
            }
            outcome => return outcome,
        }
    }
    attempt()
}
