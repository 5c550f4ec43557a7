//! The disk of the state folder: the few calls by which the cursor and refused records are kept.
//! Tests put one in its place that forgets what was not synced.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
};

#[cfg(test)]
pub(crate) mod crash;

/// What a state folder lies on.
pub(crate) trait Disk: fmt::Debug + Send + Sync {
    /// Reads a file.
    fn read(&self, path: &Path) -> io::Result<String>;

    /// Makes a file, or empties the one that is there.
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>>;

    /// Opens a file to append to it, and makes it if it is not there. Returns its last byte too.
    fn open_end(&self, path: &Path) -> io::Result<(Box<dyn DiskFile>, Option<u8>)>;

    /// Puts a file in the place of another one.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Makes a folder in one that is there. Fails with `AlreadyExists` if it is there.
    fn create_folder(&self, path: &Path) -> io::Result<()>;

    /// Returns whether a folder is there.
    fn is_folder(&self, path: &Path) -> bool;

    /// Syncs the names in a folder.
    fn sync_folder(&self, path: &Path) -> io::Result<()>;
}

/// A file that is written to.
pub(crate) trait DiskFile {
    /// Writes at its end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Returns when its bytes are on disk.
    fn sync(&mut self) -> io::Result<()>;
}

/// The disk of the machine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OsDisk;

impl Disk for OsDisk {
    fn read(&self, path: &Path) -> io::Result<String> {
        fs::read_to_string(path)
    }

    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        Ok(Box::new(File::create(path)?))
    }

    fn open_end(&self, path: &Path) -> io::Result<(Box<dyn DiskFile>, Option<u8>)> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path)?;
        let length = file.metadata()?.len();
        let mut last = [0];
        if length > 0 {
            file.seek(SeekFrom::Start(length - 1))?;
            file.read_exact(&mut last)?;
        }
        Ok((Box::new(file), (length > 0).then_some(last[0])))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn create_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    /// Windows keeps names in order by itself.
    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        if cfg!(unix) {
            File::open(path)?.sync_all()?;
        }
        Ok(())
    }
}

impl DiskFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Returns the folder that has a name. That of a bare name is the current one; the root has none.
pub(crate) fn folder_of(path: &Path) -> Option<&Path> {
    let above = path.parent()?;
    let is_bare = above.as_os_str().is_empty();
    Some(if is_bare { Path::new(".") } else { above })
}

/// Makes a folder and those above it that are missing, and returns when their names are on disk.
///
/// # Errors
///
/// If one of them cannot be made, or a name not be synced.
pub(crate) fn create_folders_synced(disk: &dyn Disk, path: &Path) -> io::Result<()> {
    // The root is always there.
    let Some(above) = folder_of(path) else {
        return Ok(());
    };
    if disk.is_folder(path) {
        // A run that was killed may have made it just before. If it was made by others, the folder
        // above may be one that this process cannot open, and it is theirs to sync.
        let _ = disk.sync_folder(above);
        return Ok(());
    }
    create_folders_synced(disk, above)?;
    match disk.create_folder(path) {
        // Another process was faster.
        Err(error) if !disk.is_folder(path) => return Err(error),
        _ => {}
    }
    disk.sync_folder(above)
}
