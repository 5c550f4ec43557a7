//! What the viewer reads: a tree, or single files.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
};

use chronologix_schema::layout::Folder;

use super::{instant_of, packed::uncompressed_name};

#[cfg(test)]
mod tests;

/// A tree, or single files that are shown like one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// The base folder of a tree.
    Base(PathBuf),
    /// Single files.
    Files(Files),
}

/// Single files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// The base folder of the tree they belong to, or the folder of the first file.
    pub(crate) base: PathBuf,
    /// Stream names and paths of the files, by the folder that dates them.
    pub(crate) folders: BTreeMap<Folder, Vec<(String, String)>>,
}

impl From<PathBuf> for Root {
    fn from(base: PathBuf) -> Self {
        Self::Base(base)
    }
}

impl Root {
    /// Makes streams of single files, named after them.
    ///
    /// If a timestamp has no date, it is that of the interval folder of the file, or else that of
    /// the file's last modification.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read.
    pub(crate) fn of_files(paths: &[PathBuf]) -> io::Result<Self> {
        let mut folders: BTreeMap<Folder, Vec<(String, String)>> = BTreeMap::new();
        let mut base = None;
        for given in paths {
            let wrong = |reason: String| {
                io::Error::other(format!("{} cannot be read: {reason}", given.display()))
            };
            let path = std::path::absolute(given).map_err(|error| wrong(error.to_string()))?;
            let found = std::fs::metadata(&path).map_err(|error| wrong(error.to_string()))?;
            if !found.is_file() {
                return Err(wrong("it is not a regular file".into()));
            }
            let Some(text) = path.to_str() else {
                return Err(wrong("its name is not UTF-8".into()));
            };
            let parent = path.parent().unwrap_or(Path::new("/"));
            let of_tree = parent
                .file_name()
                .and_then(|name| Folder::parse(name.to_str()?));
            let changed = found.modified().ok().and_then(instant_of);
            let day = || {
                let date = changed.unwrap_or_default().date_naive();
                Folder::parse(&date.to_string())
            };
            let Some(folder) = of_tree.or_else(day) else {
                return Err(wrong("its modification time is out of range".into()));
            };
            let of_tree = of_tree.and_then(|_| parent.parent());
            base.get_or_insert_with(|| of_tree.unwrap_or(parent).to_owned());
            let files = folders.entry(folder).or_default();
            let stream = free_name(&path, files);
            if files.iter().all(|(_, known)| known != text) {
                files.push((stream, text.to_owned()));
            }
        }
        Ok(Self::Files(Files {
            base: base.unwrap_or_default(),
            folders,
        }))
    }

    /// Returns the base folder.
    pub(crate) fn base(&self) -> &Path {
        match self {
            Self::Base(base) => base,
            Self::Files(files) => &files.base,
        }
    }
}

/// Returns a stream name that is not used yet: the name of the file without its suffix, with as
/// many parent folders as necessary.
fn free_name(path: &Path, files: &[(String, String)]) -> String {
    let last = path.file_name().unwrap_or_default().to_string_lossy();
    let last = uncompressed_name(&last).unwrap_or(&last);
    let mut name = last.strip_suffix(".log").unwrap_or(last).to_owned();
    let mut parents = path.parent();
    while files.iter().any(|(known, _)| *known == name)
        && let Some(parent) = parents.and_then(Path::file_name)
    {
        name = format!("{}/{name}", parent.display());
        parents = parents.and_then(Path::parent);
    }
    name
}
