//! Opens what is in an interval folder: never through a symlink, be it the folder or the file, and
//! never outside of the base.
//!
//! Symlinks above the interval folders are the user's own. Those in the base may be an attacker's.
//! So the base is opened first, and the rest from there: with one `openat2(2)` where the kernel has
//! it, otherwise folder by folder.

use std::{
    ffi::OsStr,
    fs::File,
    io,
    path::{Component, Path},
};

use rustix::{
    fd::{AsRawFd as _, OwnedFd, RawFd},
    fs::{CWD, Mode, OFlags, openat},
    io::{Errno, fcntl_dupfd_cloexec},
};

#[cfg(test)]
mod tests;

/// Opens a file or folder. The last `depth` names of its path are below the base.
pub(crate) fn open(path: &Path, depth: usize, flags: OFlags, mode: u32) -> io::Result<File> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NOCTTY;
    // Without it, opening a FIFO would wait for its other end.
    let flags = flags | OFlags::NONBLOCK;
    let mode = Mode::from_raw_mode(mode as rustix::fs::RawMode);
    let mut base = path;
    for _ in 0..depth {
        base = base.parent().unwrap_or(base);
    }
    // Cannot fail: `base` is an ancestor.
    let below = path.strip_prefix(base).unwrap_or(path);
    let base = if base.as_os_str().is_empty() {
        Path::new(".")
    } else {
        base
    };
    let base = openat(CWD, base, FOLDER, Mode::empty())?;
    let opened = open_below(base, below, flags, mode)?;
    Ok(File::from(beside_standard_streams(opened)?))
}

/// Keeps a file from the numbers of the standard streams, which a program may have closed:
/// everything that it prints would be in the file.
fn beside_standard_streams(file: OwnedFd) -> io::Result<OwnedFd> {
    const FIRST: RawFd = 3;
    if file.as_raw_fd() >= FIRST {
        return Ok(file);
    }
    Ok(fcntl_dupfd_cloexec(file, FIRST)?)
}

// Android is a target of its own, so `openat2`, for which it ends a process, is not called there.

/// For a folder in which only names are looked up.
#[cfg(target_os = "linux")]
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

#[cfg(not(target_os = "linux"))]
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

#[cfg(target_os = "linux")]
fn open_below(base: OwnedFd, below: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    use rustix::fs::{ResolveFlags, openat2};

    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match openat2(&base, below, flags, mode, resolve) {
        // Linux before 5.6 and sandboxes that forbid the call answer with one of these. If `ACCESS`
        // is about the path, the other way says so as well.
        Err(Errno::NOSYS | Errno::PERM | Errno::ACCESS) => step_by_step(base, below, flags, mode),
        opened => Ok(opened?),
    }
}

#[cfg(not(target_os = "linux"))]
fn open_below(base: OwnedFd, below: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    step_by_step(base, below, flags, mode)
}

fn step_by_step(base: OwnedFd, below: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    if below.components().any(|part| part == Component::ParentDir) {
        // The one call says the same of a path that leaves the base.
        return Err(Errno::XDEV.into());
    }
    let mut at = base;
    for folder in below.parent().into_iter().flat_map(Path::components) {
        let flags = FOLDER | OFlags::NOFOLLOW;
        at = openat(&at, folder.as_os_str(), flags, Mode::empty())?;
    }
    let last = below.file_name().unwrap_or(OsStr::new("."));
    Ok(openat(&at, last, flags, mode)?)
}
