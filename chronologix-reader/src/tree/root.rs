//! What the viewer reads: a tree, or files, folders, trees and pipes that are given together.

use std::{
    collections::BTreeSet,
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{Folder, STATEMENTS_FILE};

use super::{
    file_name::{shown_file_name, shown_path},
    instant_of, looks_like_tree, numbered,
    packed::{is_archive, uncompressed_name, without_suffix},
    positional::Identity,
    rotation::Rotated,
    spool, tree_of,
};

#[cfg(test)]
mod tests;

/// The most bytes of a catalogue of statements. None is as large.
const MOST_OF_STATEMENTS: u64 = 64 << 20;

/// What is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Root {
    /// The base folder of a tree.
    Base(PathBuf),
    /// Anything else.
    Given(Given),
}

/// Files, folders, trees and pipes that are shown as one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The base folder of the tree that the first belongs to, or else its folder.
    pub base: PathBuf,
    /// In the order they were given.
    pub(super) sources: Vec<Source>,
    /// The folder that stands for all lines, so that they are in the order of time. `None` if
    /// each file lies in an interval folder, which then stands for it.
    pub(super) day: Option<Folder>,
}

/// Something that was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Source {
    /// Its absolute path.
    pub(super) path: PathBuf,
    /// The name of its stream, or of its streams together.
    pub(super) label: String,
    /// The interval folder that a file lies in.
    pub(super) interval: Option<Folder>,
}

/// A tree with a manifest.
#[derive(Clone, Debug)]
pub(super) struct Described {
    /// Its base folder.
    pub(super) base: PathBuf,
    /// What the names of its streams begin with here.
    pub(super) prefix: String,
    /// Whether all of its streams are read, so that copies are known as such.
    pub(super) has_mirrors: bool,
}

/// What was given, and what of it there is not.
#[derive(Debug, Default)]
pub struct Opened {
    /// What can be read. `None` if that is nothing.
    pub root: Option<Root>,
    /// Messages about what cannot.
    pub troubles: Vec<String>,
}

impl From<PathBuf> for Root {
    fn from(base: PathBuf) -> Self {
        Self::Base(base)
    }
}

impl Root {
    /// Returns whether lines lie in interval folders. If not, their folder means nothing to a user.
    pub fn has_folders(&self) -> bool {
        match self {
            Self::Base(_) => true,
            Self::Given(given) => given.day.is_none(),
        }
    }

    /// Finds out what paths stand for. `-` is standard input. With `waits`, what is not there yet
    /// is waited for.
    pub fn open(paths: &[PathBuf], waits: bool, now: DateTime<Utc>) -> Opened {
        let mut opened = Opened::default();
        let (mut found, mut known) = (Vec::new(), BTreeSet::new());
        for path in paths {
            match usable(path, waits) {
                // A file may be named twice, also by a link.
                Ok(path) => {
                    let real = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
                    if known.insert(real) {
                        found.push(path);
                    }
                }
                Err(error) => opened
                    .troubles
                    .push(format!("{}: {error}", shown_path(path))),
            }
        }
        let tree = match paths {
            [path] => tree_of(&resolve_current(path.clone())),
            _ => PathBuf::new(),
        };
        opened.root = match &found[..] {
            [] => None,
            [_] if looks_like_tree(&tree) => Some(Self::Base(tree)),
            _ => Some(Self::Given(Given::new(found, now))),
        };
        opened
    }

    /// Returns the root of files that are all there.
    #[cfg(any(test, feature = "internals"))]
    pub fn of_files(paths: &[PathBuf]) -> io::Result<Self> {
        let opened = Self::open(paths, false, DateTime::UNIX_EPOCH);
        let problem = || io::Error::other(opened.troubles.join("; "));
        opened.root.ok_or_else(problem)
    }

    /// Returns where manifests may be.
    pub(super) fn described(&self) -> Vec<Described> {
        let described = |base: &Path, prefix: String, has_mirrors| Described {
            base: base.to_owned(),
            prefix,
            has_mirrors,
        };
        let Self::Given(given) = self else {
            return vec![described(self.base(), String::new(), true)];
        };
        let folders = given.sources.iter().filter(|source| source.path.is_dir());
        let folders = folders.map(|it| described(&it.path, format!("{}/", it.label), true));
        let files = described(&given.base, String::new(), false);
        [files].into_iter().chain(folders).collect()
    }

    /// Returns the base folder of the tree that a single path has become.
    pub(super) fn grown_tree(&self) -> Option<PathBuf> {
        let Self::Given(given) = self else {
            return None;
        };
        let [source] = &given.sources[..] else {
            return None;
        };
        looks_like_tree(&source.path).then(|| source.path.clone())
    }

    /// Returns the path that messages name.
    pub fn path_in_messages(&self) -> &Path {
        match self {
            Self::Given(Given { sources, .. }) if sources.len() == 1 => &sources[0].path,
            _ => self.base(),
        }
    }

    /// Returns the catalogue of the log statements of the tree. Empty if there is none.
    pub fn statements(&self) -> String {
        let path = self.base().join(STATEMENTS_FILE);
        let is_small = |file: &Metadata| file.is_file() && file.len() <= MOST_OF_STATEMENTS;
        if !fs::metadata(&path).is_ok_and(|file| is_small(&file)) {
            return String::new();
        }
        let bytes = fs::read(&path).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Returns whether it is of single files.
    pub fn is_of_files(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    /// Returns the base folder.
    pub fn base(&self) -> &Path {
        match self {
            Self::Base(base) => base,
            Self::Given(given) => &given.base,
        }
    }
}

/// Returns a path through `current` as one through the folder that `current.txt` names, if there is
/// no such link: some file systems have none.
pub(super) fn resolve_current(path: PathBuf) -> PathBuf {
    let is_missing = |folder: &&Path| folder.ends_with("current") && !folder.exists();
    let Some(current) = path.ancestors().find(is_missing) else {
        return path;
    };
    let text = fs::read_to_string(current.with_extension("txt")).unwrap_or_default();
    match (Folder::parse(text.trim()), path.strip_prefix(current)) {
        (Some(folder), Ok(rest)) => current.with_file_name(folder.name()).join(rest),
        _ => path,
    }
}

impl Given {
    /// Returns the folders in which files may appear.
    pub(super) fn watched(&self) -> Vec<(PathBuf, Option<Identity>)> {
        let mut folders = BTreeSet::new();
        for source in &self.sources {
            if source.path.is_dir() {
                folders.insert(source.path.clone());
            } else {
                folders.extend(source.path.parent().map(Path::to_owned));
            }
        }
        folders.into_iter().map(|folder| (folder, None)).collect()
    }

    /// Returns the archives among what was given.
    pub(super) fn archives(&self) -> impl Iterator<Item = &Path> {
        let paths = self.sources.iter().map(|source| &*source.path);
        paths.filter(|path| is_archive(path))
    }

    /// Names the streams, and chooses what stands for their folders. The paths must be absolute.
    fn new(paths: Vec<PathBuf>, now: DateTime<Utc>) -> Self {
        let labels = labels(&paths);
        let source = |(path, label): (PathBuf, String)| {
            let interval = (!path.is_dir()).then(|| interval_of(&path)).flatten();
            Source {
                path,
                label,
                interval,
            }
        };
        let sources: Vec<Source> = paths.into_iter().zip(labels).map(source).collect();
        let has_no_interval = |source: &Source| source.interval.is_none();
        let day = sources.iter().any(has_no_interval).then(|| {
            let modified = |source: &Source| fs::metadata(&source.path).ok()?.modified().ok();
            let newest = sources.iter().filter_map(modified).max();
            day_of(newest.and_then(instant_of).unwrap_or(now))
        });
        let base = sources.first().map_or_else(PathBuf::new, |first| {
            let parent = first.path.parent().unwrap_or(Path::new("/"));
            if first.path.is_dir() {
                first.path.clone()
            } else if first.interval.is_some() {
                let parent = fs::canonicalize(parent).unwrap_or(parent.to_owned());
                parent.parent().unwrap_or(&parent).to_owned()
            } else {
                parent.to_owned()
            }
        });
        Self {
            base,
            sources,
            day: day.flatten(),
        }
    }
}

/// Returns the absolute path of something that can be read, and starts to read a pipe.
fn usable(path: &Path, waits: bool) -> io::Result<PathBuf> {
    let path = if path == Path::new("-") {
        PathBuf::from(spool::STDIN)
    } else {
        std::path::absolute(resolve_current(path.to_owned()))?
    };
    if spool::is_needed(&path) {
        spool::start(&path)?;
        return Ok(path);
    }
    match fs::metadata(&path) {
        Ok(found) if found.is_file() || found.is_dir() => Ok(path),
        Ok(_) => Err(io::Error::other("it is not a regular file")),
        Err(error) if error.kind() == io::ErrorKind::NotFound && waits => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(io::Error::other("no such file or directory"))
        }
        Err(error) => Err(error),
    }
}

/// Returns the interval folder that a file lies in, also through the link `current`.
pub(super) fn interval_of(path: &Path) -> Option<Folder> {
    let parent = path.parent()?;
    let named = |folder: &Path| folder.file_name()?.to_str().and_then(Folder::parse);
    named(parent).or_else(|| named(&fs::canonicalize(parent).ok()?))
}

/// Returns the folder of a day. Lines keep their own dates.
fn day_of(time: DateTime<Utc>) -> Option<Folder> {
    let date = time.date_naive();
    let epoch = DateTime::UNIX_EPOCH.date_naive();
    // A modification time may be out of the range of folders.
    [date, epoch]
        .iter()
        .find_map(|date| Folder::parse(&date.to_string()))
}

/// Returns names for paths: without suffix and what rotation adds, and with as many parent folders
/// as make them differ. Rotated siblings have one name.
fn labels(paths: &[PathBuf]) -> Vec<String> {
    let families: Vec<(PathBuf, String)> = paths.iter().map(|path| family(path)).collect();
    let label = |(folder, name): &(PathBuf, String), depth: usize| {
        let parents = folder.ancestors().take(depth);
        let names = parents.filter_map(Path::file_name);
        names.fold(name.clone(), |label, parent| {
            format!("{}/{label}", shown_path(Path::new(parent)))
        })
    };
    let unique = |family: &(PathBuf, String)| {
        let others = || families.iter().filter(|other| *other != family);
        let labels = (0..family.0.ancestors().count()).map(|depth| (depth, label(family, depth)));
        let is_unique =
            |(depth, name): &(usize, String)| others().all(|other| label(other, *depth) != *name);
        labels.filter(is_unique).map(|(_, label)| label).next()
    };
    families
        .iter()
        .map(|family| unique(family).unwrap_or_else(|| family.1.clone()))
        .collect()
}

/// Returns what the files of one stream have in common: a folder, or the base of a tree, and the
/// name of the stream.
fn family(path: &Path) -> (PathBuf, String) {
    let name = shown_file_name(path);
    let folder = path.parent().unwrap_or(Path::new("/"));
    if path.is_dir() {
        return (folder.to_owned(), name);
    }
    if interval_of(path).is_none() {
        return (folder.to_owned(), stream_name(&Rotated::parse(&name).stem));
    }
    let name = uncompressed_name(&name).unwrap_or(&name);
    let stem = numbered(name).map_or_else(|| name.to_owned(), |(stem, _)| stem);
    let folder = fs::canonicalize(folder).unwrap_or(folder.to_owned());
    let base = folder.parent().unwrap_or(&folder);
    (base.to_owned(), stream_name(&stem))
}

/// Returns the name of the stream of a file.
pub(super) fn stream_name(file: &str) -> String {
    let name = without_suffix(file, ".log").unwrap_or(file);
    let name = if name.is_empty() { file } else { name };
    name.trim_start_matches('.').to_owned()
}

/// Returns the folders of files and of what they link to, which tell when the files change.
pub(super) fn folders_to_watch<'a>(paths: impl Iterator<Item = &'a Path>) -> BTreeSet<PathBuf> {
    let mut folders = BTreeSet::new();
    for path in paths {
        folders.extend(path.parent().map(Path::to_owned));
        if fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
            && let Ok(target) = fs::canonicalize(path)
        {
            folders.extend(target.parent().map(Path::to_owned));
        }
    }
    folders
}
