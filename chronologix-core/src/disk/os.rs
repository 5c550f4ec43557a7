//! The real file system.

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process,
};

use super::{Disk, DiskFile, Identity};

/// The operating system's files.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct OsDisk;

#[derive(Debug)]
struct OsFile(File);

impl Disk for OsDisk {
    fn create_folders(&self, path: &Path, mode: u32) -> io::Result<Vec<PathBuf>> {
        let mut missing = Vec::new();
        for folder in path.ancestors() {
            if folder.as_os_str().is_empty() || folder.is_dir() {
                break;
            }
            if folder.exists() {
                let error = format!("{} is not a directory", folder.display());
                return Err(io::Error::new(io::ErrorKind::NotADirectory, error));
            }
            missing.push(folder);
        }
        let mut created = Vec::new();
        for folder in missing.into_iter().rev() {
            match folder_builder(mode).create(folder) {
                Ok(()) => created.push(folder.to_owned()),
                // Another process was faster.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => {
                    self.remove_folders(&created);
                    return Err(error);
                }
            }
        }
        Ok(created)
    }

    fn open(&self, path: &Path, mode: u32) -> io::Result<Box<dyn DiskFile>> {
        let file = file_options(mode).create(true).open(path)?;
        if !file.metadata()?.is_file() {
            let error = "it is not a regular file; move it away, a log needs a file of its own";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, error));
        }
        Ok(Box::new(OsFile(file)))
    }

    fn open_new(&self, path: &Path, mode: u32) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(OsFile(
            file_options(mode).create_new(true).open(path)?,
        )))
    }

    #[cfg(unix)]
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        File::open(path)?.sync_all()
    }

    /// Windows has no such thing: names are durable with the file.
    #[cfg(not(unix))]
    fn sync_folder(&self, _path: &Path) -> io::Result<()> {
        Ok(())
    }

    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(path)
    }

    fn replace(&self, path: &Path, content: &str, mode: u32) -> io::Result<()> {
        let aside = aside(path);
        let written = (|| {
            let mut file = file_options(mode).create(true).open(&aside)?;
            file.set_len(0)?;
            file.write_all(content.as_bytes())?;
            file.sync_all()?;
            fs::rename(&aside, path)
        })();
        if written.is_err() {
            let _ = fs::remove_file(&aside);
        }
        written
    }

    #[cfg(unix)]
    fn point(&self, link: &Path, target: &str) -> io::Result<()> {
        if fs::read_link(link).is_ok_and(|now| now == Path::new(target)) {
            return Ok(());
        }
        let aside = aside(link);
        let _ = fs::remove_file(&aside);
        std::os::unix::fs::symlink(target, &aside)?;
        fs::rename(&aside, link).inspect_err(|_| drop(fs::remove_file(&aside)))
    }

    /// Without symlinks for everyone, `current.txt` says which folder is in use.
    #[cfg(not(unix))]
    fn point(&self, link: &Path, target: &str) -> io::Result<()> {
        self.replace(&link.with_extension("txt"), target, 0)
    }

    fn identity(&self, path: &Path) -> io::Result<Option<Identity>> {
        match fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(identity_of(&metadata))),
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
            let _ = fs::remove_dir(path);
        }
    }
}

impl DiskFile for OsFile {
    fn append(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(0) if !bytes.is_empty() => return Err(io::ErrorKind::WriteZero.into()),
                outcome => return outcome,
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn last_byte(&mut self) -> io::Result<Option<u8>> {
        if self.0.metadata()?.len() == 0 {
            return Ok(None);
        }
        self.0.seek(SeekFrom::End(-1))?;
        let mut byte = [0];
        self.0.read_exact(&mut byte)?;
        Ok(Some(byte[0]))
    }

    fn identity(&self) -> io::Result<Identity> {
        self.0.metadata().map(|metadata| identity_of(&metadata))
    }
}

/// Beside `path`, and ours alone while this process lives.
fn aside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", process::id()));
    path.with_file_name(name)
}

#[cfg(unix)]
fn identity_of(metadata: &fs::Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

/// Windows keeps an open file from being replaced, so that there is nothing to tell apart.
#[cfg(not(unix))]
fn identity_of(_metadata: &fs::Metadata) -> Identity {
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

/// Append-only and readable (for the last byte). On Unix never through a symlink at the end of
/// the path, and never waiting for the other end of a FIFO.
#[cfg(unix)]
fn file_options(mode: u32) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;

    use rustix::fs::OFlags;

    let mut options = OpenOptions::new();
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options
        .append(true)
        .read(true)
        .mode(mode)
        .custom_flags(i32::try_from(flags.bits()).unwrap_or_default());
    options
}

#[cfg(not(unix))]
fn file_options(_mode: u32) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).read(true);
    options
}
