//! Opening what lies in an interval folder: never through a symlink, be it the folder or the file, and never outside of the base.
//!
//! What stands above the interval folders is the user's, who may have put symlinks there. What stands in the base may have been put there by
//! somebody else. So the base is opened first, and the rest from there: in one `openat2(2)` where the kernel has it, else folder by folder.

use std::{ffi::OsStr, fs::File, io, path::Path};

use rustix::{
    fd::OwnedFd,
    fs::{CWD, Mode, OFlags, openat},
};

/// Opens a file or folder of which the last `depth` names are ours.
pub(crate) fn open(path: &Path, depth: usize, flags: OFlags, mode: u32) -> io::Result<File> {
    let flags = flags | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let mode = Mode::from_raw_mode(mode as rustix::fs::RawMode);
    let mut above = path;
    for _ in 0..depth {
        above = above.parent().unwrap_or(above);
    }
    // Without a path above it is below itself.
    let ours = path.strip_prefix(above).unwrap_or(path);
    let above = if above.as_os_str().is_empty() {
        Path::new(".")
    } else {
        above
    };
    let base = openat(CWD, above, FOLDER, Mode::empty())?;
    Ok(File::from(open_in(base, ours, flags, mode)?))
}

/// For looking things up in a folder, and for nothing else.
#[cfg(target_os = "linux")]
const FOLDER: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

#[cfg(not(target_os = "linux"))]
const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

#[cfg(target_os = "linux")]
fn open_in(base: OwnedFd, ours: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    use rustix::{
        fs::{ResolveFlags, openat2},
        io::Errno,
    };

    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
    match openat2(&base, ours, flags, mode, resolve) {
        // Before Linux 5.6, or where the process may not use it: sandboxes say one or the other.
        Err(Errno::NOSYS | Errno::PERM) => step_by_step(base, ours, flags, mode),
        opened => Ok(opened?),
    }
}

#[cfg(not(target_os = "linux"))]
fn open_in(base: OwnedFd, ours: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    step_by_step(base, ours, flags, mode)
}

fn step_by_step(base: OwnedFd, ours: &Path, flags: OFlags, mode: Mode) -> io::Result<OwnedFd> {
    let mut at = base;
    for folder in ours.parent().into_iter().flat_map(Path::components) {
        let flags = FOLDER | OFlags::NOFOLLOW;
        at = openat(&at, folder.as_os_str(), flags, Mode::empty())?;
    }
    let last = ours.file_name().unwrap_or(OsStr::new("."));
    Ok(openat(&at, last, flags, mode)?)
}

#[cfg(test)]
mod tests;
