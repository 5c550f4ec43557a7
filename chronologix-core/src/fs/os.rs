//! The real file system.

#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod folder_lock;
#[cfg(unix)]
pub(crate) mod open_beneath;
#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod retention_fs;
#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod tree_lock;

mod file;

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};

use self::file::OsFile;
use super::traits::{FileId, FileSystem, LockGuard, LogFile};

/// Bytes a small file may have.
const MAX_READ: u64 = 1 << 20;

/// How long replacing a symlink waits for another logger that has the lock of the tree.
#[cfg(unix)]
const LINK_TIMEOUT: Duration = Duration::from_millis(20);

/// The operating system's file system.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OsFs;

impl FileSystem for OsFs {
    fn create_folders(&self, path: &Path, mode: u32) -> io::Result<Vec<PathBuf>> {
        let mut missing = Vec::new();
        for folder in path.ancestors() {
            // The folder itself must not be a symlink. Those above it are the user's own.
            let is_there = if folder == path {
                fs::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_dir())
            } else {
                folder.is_dir()
            };
            if folder.as_os_str().is_empty() || is_there {
                break;
            }
            if fs::symlink_metadata(folder).is_ok() {
                let error = format!("{} is not a directory", folder.display());
                return Err(io::Error::new(io::ErrorKind::NotADirectory, error));
            }
            missing.push(folder);
        }
        let mut created = Vec::new();
        for folder in missing.into_iter().rev() {
            match folder_builder(mode).create(folder) {
                Ok(()) => created.push(folder.to_owned()),
                // Another process has just created it.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => {
                    self.remove_folders(&created);
                    return Err(error);
                }
            }
        }
        Ok(created)
    }

    fn open(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        let opened = open_to_append(path, mode, false);
        let metadata = match &opened {
            Ok(file) => file.metadata(),
            Err(_) => fs::symlink_metadata(path),
        };
        if metadata.is_ok_and(|metadata| !is_private_file(&metadata)) {
            return Err(not_private());
        }
        Ok(Box::new(OsFile::new(opened?, path)))
    }

    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        let file = open_to_append(path, mode, true)?;
        Ok(Box::new(OsFile::new(file, path)))
    }

    #[cfg(unix)]
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Windows has no such call: a name is durable with its file.
    #[cfg(not(unix))]
    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        text_of(reading().open(path)?)
    }

    fn replace(&self, path: &Path, content: &str, mode: u32) -> io::Result<()> {
        let temporary = temporary_beside(path);
        let written = (|| {
            let mut file = file_options(mode).create_new(true).open(&temporary)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()?;
            fs::rename(&temporary, path)
        })();
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    #[cfg(unix)]
    fn set_symlink(&self, link: &Path, target: &str) -> io::Result<()> {
        match fs::symlink_metadata(link) {
            Ok(metadata) if !metadata.is_symlink() => {
                // It is not one of ours, so it is not ours to replace.
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            Ok(_) if fs::read_link(link)? == Path::new(target) => return Ok(()),
            Ok(_) | Err(_) => {}
        }
        // If the lock cannot be had in time, the link is replaced all the same: at worst the other
        // logger replaces it once more.
        let _guard = link.parent().map(|base| self.lock_tree(base, LINK_TIMEOUT));
        let temporary = temporary_beside(link);
        std::os::unix::fs::symlink(target, &temporary)?;
        fs::rename(&temporary, link).inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Windows lets only some users create symlinks, so `current.txt` names the folder in use.
    #[cfg(not(unix))]
    fn set_symlink(&self, link: &Path, target: &str) -> io::Result<()> {
        let path = link.with_extension("txt");
        if self.read(&path).is_ok_and(|now| now == target) {
            return Ok(());
        }
        self.replace(&path, target, 0)
    }

    fn file_id(&self, path: &Path) -> io::Result<Option<FileId>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(id_of(&metadata))),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    #[cfg(all(unix, not(target_os = "solaris")))]
    fn lock_folder(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(folder_lock::lock_shared(folder)?))
    }

    /// These systems have no locks on folders.
    #[cfg(not(all(unix, not(target_os = "solaris"))))]
    fn lock_folder(&self, _folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    #[cfg(all(unix, not(target_os = "solaris")))]
    fn lock_tree(&self, base: &Path, timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(tree_lock::lock(base, timeout)?))
    }

    /// See [`OsFs::lock_folder`].
    #[cfg(not(all(unix, not(target_os = "solaris"))))]
    fn lock_tree(&self, _base: &Path, _timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        Ok(Box::new(()))
    }

    #[cfg(all(unix, not(target_os = "solaris")))]
    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool> {
        folder_lock::remove_if_empty(folder, files)
    }

    #[cfg(not(all(unix, not(target_os = "solaris"))))]
    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool> {
        let mut empty = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let metadata = entry.metadata()?;
            let ours = files.iter().any(|file| name == *file);
            if !ours || !metadata.is_file() || metadata.len() > 0 {
                return Ok(false);
            }
            empty.push(entry.path());
        }
        for path in empty {
            fs::remove_file(path)?;
        }
        fs::remove_dir(folder)?;
        Ok(true)
    }

    fn remove_folders(&self, paths: &[PathBuf]) {
        for path in paths.iter().rev() {
            #[cfg(all(unix, not(target_os = "solaris")))]
            let _ = fs::remove_file(path.join(tree_lock::NAME));
            let _ = fs::remove_dir(path);
        }
    }

    #[cfg(all(unix, not(target_os = "solaris")))]
    fn retention_fs(&self, base: &Path) -> Option<Box<dyn super::retention_fs::RetentionFs>> {
        Some(Box::new(retention_fs::OsRetentionFs::new(base)))
    }

    /// Nothing is removed without a lock.
    #[cfg(not(all(unix, not(target_os = "solaris"))))]
    fn retention_fs(&self, _base: &Path) -> Option<Box<dyn super::retention_fs::RetentionFs>> {
        None
    }

    #[cfg(target_os = "linux")]
    fn poller(&self) -> Option<super::poller::Poller> {
        super::poller::Poller::open().ok()
    }
}

/// Returns a path beside `path` that no other logger uses at this moment. Its process may even have
/// the same number as this one, in another container.
fn temporary_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{:016x}.tmp", RandomState::new().hash_one(path)));
    path.with_file_name(name)
}

/// Returns whether this is a regular file of this user with one name. A second name may be that of
/// a file somewhere else, and a file of another user may be read and changed by that user.
#[cfg(unix)]
fn is_private_file(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;

    let is_ours = metadata.uid() == rustix::process::geteuid().as_raw();
    metadata.is_file() && metadata.nlink() <= 1 && is_ours
}

#[cfg(not(unix))]
fn is_private_file(metadata: &fs::Metadata) -> bool {
    metadata.is_file()
}

fn not_private() -> io::Error {
    let text = "it is not a regular file that this user owns and that has one name; move it away";
    io::Error::new(io::ErrorKind::InvalidInput, text)
}

#[cfg(unix)]
fn id_of(metadata: &fs::Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Windows does not let an open file be replaced, so there is nothing to tell apart.
#[cfg(not(unix))]
fn id_of(_metadata: &fs::Metadata) -> FileId {
    (0, 0)
}

#[cfg(unix)]
fn folder_builder(mode: u32) -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(mode);
    builder
}

#[cfg(not(unix))]
fn folder_builder(_mode: u32) -> DirBuilder {
    DirBuilder::new()
}

/// Opens the file of a stream, `folder/file` below the base, through no symlink. It is append-only,
/// and readable for the last byte. `NONBLOCK`: without it, opening a FIFO would wait for its other
/// end.
#[cfg(unix)]
fn open_to_append(path: &Path, mode: u32, is_new: bool) -> io::Result<File> {
    use rustix::fs::OFlags;

    let mut flags =
        OFlags::RDWR | OFlags::APPEND | OFlags::CREATE | OFlags::NONBLOCK | OFlags::NOCTTY;
    if is_new {
        flags |= OFlags::EXCL;
    }
    open_beneath::open(path, 2, flags, mode)
}

#[cfg(not(unix))]
fn open_to_append(path: &Path, mode: u32, is_new: bool) -> io::Result<File> {
    let mut options = file_options(mode);
    if is_new {
        options.create_new(true)
    } else {
        options.create(true)
    }
    .open(path)
}

/// Returns how files in the base itself are opened.
#[cfg(unix)]
fn file_options(mode: u32) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    let mut options = reading();
    options.append(true).mode(mode);
    options
}

#[cfg(unix)]
fn reading() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let mut options = OpenOptions::new();
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options
        .read(true)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    options
}

/// Returns the content of a settings file. It is the user's own, and often a symlink that a
/// deployment points at the newest one.
#[cfg(feature = "toml")]
pub(crate) fn read_settings(path: &Path) -> io::Result<String> {
    // Opening a FIFO would wait for its other end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    text_of(File::open(path)?)
}

fn text_of(file: File) -> io::Result<String> {
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut text = String::new();
    file.take(MAX_READ + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_READ {
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(text)
}

#[cfg(not(unix))]
fn file_options(_mode: u32) -> OpenOptions {
    let mut options = reading();
    options.append(true);
    options
}

#[cfg(not(unix))]
fn reading() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true);
    options
}
