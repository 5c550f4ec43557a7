//! Syncs of files and of the names in folders, as far as the file system has them.

#[cfg(unix)]
use std::path::Path;
use std::{
    fs::File,
    io::{self, ErrorKind},
};

#[cfg(unix)]
use rustix::{
    fs::{Access, access, fsync},
    io::Errno,
};

#[cfg(unix)]
use super::limits::MountLimits;

#[cfg(unix)]
#[cfg(test)]
mod tests;

/// Returns whether the file system does not know this kind of sync, as opposed to one that failed.
#[cfg(not(unix))]
pub(super) fn is_unknown(error: &io::Error) -> bool {
    error.kind() == ErrorKind::Unsupported
}

/// Returns whether the file system does not know this kind of sync, as opposed to one that failed.
#[cfg(unix)]
pub(super) fn is_unknown(error: &io::Error) -> bool {
    let unknown = [
        Errno::INVAL,
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
        Errno::NOSYS,
        // Some file systems sync only what is open for writing, and a folder never is.
        Errno::BADF,
    ];
    Errno::from_io_error(error).is_some_and(|error| unknown.contains(&error))
}

/// Makes the data of a file durable.
pub(super) fn sync_data(file: &File) -> io::Result<()> {
    match file.sync_data() {
        #[cfg(unix)]
        // Apple's systems are asked for more than `fsync`, which not every mount knows.
        Err(error) if is_unknown(&error) => Ok(fsync(file)?),
        synced => synced,
    }
}

/// Makes the names in a folder durable. Where that cannot be had, a logger does without: the names
/// are as durable as the file system makes them by itself.
#[cfg(unix)]
pub(super) fn sync_names(
    limits: &MountLimits,
    path: &Path,
    folder: io::Result<File>,
) -> io::Result<()> {
    let error = match folder.and_then(|folder| sync_folder(&folder)) {
        // A folder that may be entered, but not read, cannot be opened.
        Err(error) if error.kind() == ErrorKind::PermissionDenied || is_unknown(&error) => error,
        synced => return synced,
    };
    // What this user cannot write to has no names of ours that are new. It may be read-only.
    if access(path, Access::WRITE_OK).is_ok() {
        let instead = "files are synced, but their names may not be durable";
        limits.report("sync the names in", path, &error, instead);
    }
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &File) -> io::Result<()> {
    match folder.sync_all() {
        Err(error) if is_unknown(&error) => Ok(fsync(folder)?),
        synced => synced,
    }
}
