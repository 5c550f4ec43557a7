//! The real file system.

#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod folder_lock;
#[cfg(unix)]
pub(crate) mod open_beneath;
#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod retention_fs;
#[cfg(all(unix, not(target_os = "solaris")))]
pub(crate) mod tree_lock;
#[cfg(windows)]
pub(crate) mod windows;

mod file;
mod limits;
#[cfg(unix)]
mod ownership;
#[cfg_attr(
    target_os = "solaris",
    expect(
        dead_code,
        reason = "there are no locks, so no closed folders are looked after"
    )
)]
mod page_cache;
mod sync;
mod sync_pool;

#[cfg(any(unix, windows))]
use std::time::Duration;
use std::{
    fs::{self, DirBuilder, File},
    hash::{BuildHasher, RandomState},
    io::{self, ErrorKind, Read, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

#[cfg(unix)]
use rustix::fs::OFlags;

#[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
use self::retention_fs::OsRetentionFs;
#[cfg(windows)]
use self::windows::{
    id_at, locks as folder_lock, locks as tree_lock, open_to_append, rename, retention_fs,
};
use self::{file::OsFile, limits::MountLimits, sync_pool::SyncPool};
use super::traits::{FileId, FileSystem, LogFile};
#[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
use super::{retention_fs::RetentionFs, traits::LockGuard};
#[cfg(unix)]
use std::fs::rename;

use crate::error_reporter::ErrorReporter;

/// Bytes a small file may have.
const MAX_READ: u64 = 1 << 20;

/// How long replacing a symlink waits for another logger that has the lock of the tree.
#[cfg(unix)]
const LINK_TIMEOUT: Duration = Duration::from_millis(20);

/// The operating system's file system.
#[derive(Clone, Debug, Default)]
pub(crate) struct OsFs {
    limits: Arc<MountLimits>,
    sync_pool: Arc<SyncPool>,
}

impl FileSystem for OsFs {
    fn report_to(&self, reporter: &Arc<ErrorReporter>) {
        self.limits.report_to(reporter);
    }

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
                return Err(if folder == path {
                    let text = "something that is not a folder has this name; it is left alone";
                    io::Error::new(ErrorKind::AlreadyExists, text)
                } else {
                    let text = format!("{} is not a directory", folder.display());
                    io::Error::new(ErrorKind::NotADirectory, text)
                });
            }
            missing.push(folder);
        }
        let mut created = Vec::new();
        for folder in missing.into_iter().rev() {
            match folder_builder(mode).create(folder) {
                Ok(()) => created.push(folder.to_owned()),
                // Another process has just created it.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => {
                    self.remove_folders(&created);
                    return Err(error);
                }
            }
        }
        Ok(created)
    }

    fn open(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        open_log(path, 2, mode)
    }

    fn open_in_base(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        open_log(path, 1, mode)
    }

    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn LogFile>> {
        let file = open_to_append(path, 2, mode, true)?;
        Ok(Box::new(OsFile::new(file, path)))
    }

    fn sync_files(&self, files: Vec<Box<dyn LogFile>>) -> Vec<(Box<dyn LogFile>, io::Result<()>)> {
        self.sync_pool.sync(files)
    }

    #[cfg(unix)]
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        sync::sync_names(&self.limits, path, File::open(path))
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        #[cfg(unix)]
        let file = open_beneath::open(path, 1, OFlags::RDONLY, 0)?;
        #[cfg(windows)]
        let file = windows::open(path, 1, fs::OpenOptions::new().read(true))?;
        text_of(file)
    }

    fn replace(&self, path: &Path, content: &str, mode: u32) -> io::Result<()> {
        let temporary = temporary_beside(path);
        let written = (|| {
            let mut file = open_to_append(&temporary, 1, mode, true)?;
            file.write_all(content.as_bytes())?;
            self.sync_small(&file, &temporary)?;
            drop(file);
            rename(&temporary, path)
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
                return Err(ErrorKind::AlreadyExists.into());
            }
            Ok(_) if fs::read_link(link)? == Path::new(target) => return Ok(()),
            Ok(_) | Err(_) => {}
        }
        // If the lock cannot be had in time, the link is replaced all the same: at worst the other
        // logger replaces it once more.
        let _guard = link.parent().map(|base| self.lock_tree(base, LINK_TIMEOUT));
        let temporary = temporary_beside(link);
        match std::os::unix::fs::symlink(target, &temporary) {
            Err(error) if has_no_symlinks(&error) => {
                self.name_in_text(link, target)?;
                let instead = "`current.txt` names the folder in use instead";
                self.limits.report("create the link", link, &error, instead);
                return Ok(());
            }
            created => created?,
        }
        rename(&temporary, link).inspect_err(|_| drop(fs::remove_file(&temporary)))
    }

    /// Windows lets only some users create symlinks, and each user create junctions. Some file
    /// systems have none, and none leads to another computer, so a text names the folder as well.
    #[cfg(windows)]
    fn set_symlink(&self, link: &Path, target: &str) -> io::Result<()> {
        self.name_in_text(link, target)?;
        windows::set_junction(link, target, &self.limits.are_junctions_missing)
    }

    fn file_id(&self, path: &Path) -> io::Result<Option<FileId>> {
        id_at(path)
    }

    #[cfg(all(unix, not(target_os = "solaris")))]
    fn lock_folder(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        let lock = folder_lock::lock_shared(folder)?;
        for folder in folder.ancestors().take(2) {
            if let Some(owner) = ownership::foreign_owner(folder) {
                let text = format!("it belongs to user {owner}, and all users may write to it");
                let error = io::Error::new(ErrorKind::PermissionDenied, text);
                let instead = "they can remove and replace its files";
                self.limits
                    .report("keep others out of", folder, &error, instead);
            }
        }
        Ok(Box::new(lock))
    }

    #[cfg(windows)]
    fn lock_folder(&self, folder: &Path) -> io::Result<Box<dyn LockGuard>> {
        Ok(match folder_lock::lock_shared(folder)? {
            Some(lock) => Box::new(lock),
            None => Box::new(()),
        })
    }

    #[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
    fn lock_tree(&self, base: &Path, timeout: Duration) -> io::Result<Box<dyn LockGuard>> {
        let locked = tree_lock::lock(base, timeout);
        let locked = locked.inspect_err(|error| {
            let path = base.join(tree_lock::NAME);
            tree_lock::report(&self.limits, "lock the tree by", &path, error);
        });
        Ok(Box::new(locked?))
    }

    #[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
    fn remove_if_empty(&self, folder: &Path, files: &[&str]) -> io::Result<bool> {
        folder_lock::remove_if_empty(folder, files)
    }

    #[cfg(target_os = "solaris")]
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
            #[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
            let _ = fs::remove_file(path.join(tree_lock::NAME));
            let _ = fs::remove_dir(path);
        }
    }

    #[cfg(any(windows, all(unix, not(target_os = "solaris"))))]
    fn retention_fs(&self, base: &Path) -> Option<Box<dyn RetentionFs>> {
        let limits = Arc::clone(&self.limits);
        Some(Box::new(OsRetentionFs {
            base: base.to_owned(),
            limits,
        }))
    }

    #[cfg(target_os = "linux")]
    fn poller(&self) -> Option<super::poller::Poller> {
        super::poller::Poller::open().ok()
    }
}

impl OsFs {
    /// Writes the target of a link to a text file, where there are no links.
    fn name_in_text(&self, link: &Path, target: &str) -> io::Result<()> {
        let path = link.with_extension("txt");
        if self.read(&path).is_ok_and(|now| now == target) {
            return Ok(());
        }
        self.replace(&path, target, 0o600)
    }

    /// Syncs a small file before it takes the place of another. Where nothing can be synced, the
    /// file is as good as the file system makes it by itself.
    fn sync_small(&self, file: &File, path: &Path) -> io::Result<()> {
        match file.sync_all() {
            Err(error) if sync::is_unknown(&error) => {
                let instead = "nothing can be synced here, so `synced` is refused";
                self.limits.report("sync", path, &error, instead);
                Ok(())
            }
            synced => synced,
        }
    }
}

/// Returns whether symlinks cannot be created here: some file systems have none, and some servers
/// and sandboxes forbid them.
#[cfg(unix)]
fn has_no_symlinks(error: &io::Error) -> bool {
    use rustix::io::Errno;

    let errors = [
        Errno::PERM,
        Errno::ACCESS,
        Errno::NOSYS,
        Errno::NOTSUP,
        Errno::OPNOTSUPP,
    ];
    Errno::from_io_error(error).is_some_and(|error| errors.contains(&error))
}

/// Returns a path beside `path` that no other logger uses at this moment. Its process may even have
/// the same number as this one, in another container.
fn temporary_beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{:016x}.tmp", RandomState::new().hash_one(path)));
    path.with_file_name(name)
}

#[cfg(unix)]
fn id_of(metadata: &fs::Metadata) -> FileId {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(unix)]
fn id_at(path: &Path) -> io::Result<Option<FileId>> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(id_of(&metadata))),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(None),
            _ => Err(error),
        },
    }
}

#[cfg(unix)]
fn folder_builder(mode: u32) -> DirBuilder {
    use std::os::unix::fs::DirBuilderExt;
    let mut builder = DirBuilder::new();
    builder.mode(mode);
    builder
}

#[cfg(windows)]
fn folder_builder(_mode: u32) -> DirBuilder {
    DirBuilder::new()
}

/// Opens a file through no symlink, with its last `depth` names below the base. It is append-only,
/// and readable for the last byte.
#[cfg(unix)]
fn open_to_append(path: &Path, depth: usize, mode: u32, is_new: bool) -> io::Result<File> {
    let mut flags = OFlags::RDWR | OFlags::APPEND | OFlags::CREATE;
    flags.set(OFlags::EXCL, is_new);
    open_beneath::open(path, depth, flags, mode)
}

/// Opens a file for appending, `depth` names beneath the user's own folder, if it is one of ours.
fn open_log(path: &Path, depth: usize, mode: u32) -> io::Result<Box<dyn LogFile>> {
    let opened = open_to_append(path, depth, mode, false);
    #[cfg(unix)]
    let opened = ownership::opened(path, depth, opened, |_| false);
    #[cfg(windows)]
    let opened = windows::opened(path, opened);
    Ok(Box::new(OsFile::new(opened?, path)))
}

/// Returns the content of a file of settings, or of a key. It is the user's own, and often a
/// symlink that a deployment points at the newest one.
#[cfg(any(feature = "toml", feature = "seal"))]
pub(crate) fn read_settings(path: &Path) -> io::Result<String> {
    // Opening a FIFO would wait for its other end.
    if !fs::metadata(path)?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    text_of(File::open(path)?)
}

fn text_of(file: File) -> io::Result<String> {
    if !file.metadata()?.is_file() {
        return Err(ErrorKind::InvalidInput.into());
    }
    let mut text = String::new();
    file.take(MAX_READ + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_READ {
        return Err(ErrorKind::InvalidData.into());
    }
    Ok(text)
}
