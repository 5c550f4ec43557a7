//! The tree on disk: its manifest, its folders, its files, their lines and their timestamps.
//!
//! Opens regular files only, and never writes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest};

use self::{
    file_facts::FileFacts,
    packed::{archive_stem, members, uncompressed_name},
};
pub(crate) use self::{
    foreign::Foreign,
    lines::{Lines, RawLine},
    listing::Listing,
    packed::{file_state, open_file, plain_state, take_trouble},
    positional::{FileState, Identity, OpenFile, read_at},
    repeats::begin_of_new,
    root::Root,
    timestamps::{LineDater, LinePlace, TimestampReader},
};
use crate::streams::{StreamId, StreamNames, Streams};

mod decode;
mod file_facts;
mod foreign;
mod lines;
mod listing;
mod packed;
mod positional;
mod repeats;
mod root;
mod spool;
mod timestamps;

#[cfg(test)]
mod tests;

/// The suffix of log files that the manifest does not name.
const SUFFIX: &str = ".log";

/// The largest manifest. A larger file is ignored.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// The most bytes of single files that are read in whole. More are in the order of time.
const SMALL: u64 = 64 << 20;

/// The most bytes of a line on the screen. Longer lines are cut.
pub(crate) const LONGEST_SHOWN: usize = 64 << 10;

/// The most bytes of a printed line.
pub(crate) const LONGEST_PRINTED: usize = 16 << 20;

/// The source of the time.
pub(crate) type Clock = fn() -> DateTime<Utc>;

/// Converts the time of a file, if chrono can represent it.
pub(crate) fn instant_of(time: SystemTime) -> Option<DateTime<Utc>> {
    let span = |span| TimeDelta::from_std(span).ok();
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => DateTime::UNIX_EPOCH.checked_add_signed(span(after)?),
        Err(before) => DateTime::UNIX_EPOCH.checked_sub_signed(span(before.duration())?),
    }
}

/// A log tree.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The base folder.
    base: Listing,
    /// The path of the tree, or single files.
    root: Root,
    /// The interval folders, in order.
    folders: Vec<Folder>,
    /// The packed folders, with the names of their archives.
    packed: BTreeMap<Folder, String>,
    /// The manifest, if there is one.
    manifest: Option<Manifest>,
    /// Modification time and length of the manifest file.
    manifest_state: Option<(Option<SystemTime>, u64)>,
    /// How timestamps are parsed.
    timestamps: TimestampReader,
    /// All streams seen so far.
    streams: Streams,
    /// Their names, shared with other readers of the tree.
    names: StreamNames,
    /// The most bytes of a line.
    longest_line: usize,
}

/// How much of a folder was read, so that another reader can resume there.
#[derive(Debug)]
pub(crate) struct Handover {
    /// The folder.
    pub(crate) folder: Folder,
    /// The length that was read of each file.
    pub(crate) read: BTreeMap<PathBuf, u64>,
    /// The state of the timestamps, by stream.
    pub(crate) daters: BTreeMap<StreamId, LineDater>,
}

/// A file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamFile {
    /// The stream it belongs to.
    pub(crate) stream: StreamId,
    /// 0 for `app.log`, 1 for `app.1.log`.
    pub(crate) part: u32,
    /// Its name in the folder.
    pub(crate) name: String,
}

impl Tree {
    /// A tree that has not been read. Lines are cut at `longest_line` bytes.
    pub(crate) fn new(root: impl Into<Root>, longest_line: usize, names: StreamNames) -> Self {
        let root = root.into();
        let timestamps = TimestampReader::new(None, Foreign::chosen());
        Self {
            base: Listing::new(root.base().to_owned()),
            root,
            folders: Vec::new(),
            packed: BTreeMap::new(),
            manifest: None,
            manifest_state: None,
            timestamps,
            streams: Streams::default(),
            names,
            longest_line,
        }
    }

    /// Returns the base folder.
    pub(crate) fn base(&self) -> &Listing {
        &self.base
    }

    /// Returns the interval folders, in order.
    pub(crate) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// Returns the manifest, if there is one.
    pub(crate) fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// Returns how timestamps are parsed.
    pub(crate) fn timestamps(&self) -> &TimestampReader {
        &self.timestamps
    }

    /// Returns all streams seen so far.
    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Adds the streams that other readers have seen.
    pub(crate) fn learn(&mut self) {
        self.streams.learn(&self.names);
    }

    /// Adds the streams of a folder.
    pub(crate) fn learn_from(&mut self, folder: Folder, now: DateTime<Utc>) {
        let mut names = self.listing(folder);
        // A folder that cannot be listed has no known streams.
        if names.refresh(now).is_ok() {
            self.files(names.files());
        }
    }

    /// Returns the most bytes of a line. Longer lines are cut.
    pub(crate) fn longest_line(&self) -> usize {
        self.longest_line
    }

    /// Returns whether the lines are those of a few small files, which need not be in the order of
    /// time.
    pub(crate) fn is_read_in_whole(&self) -> bool {
        let Root::Files(files) = &self.root else {
            return false;
        };
        let paths = files.folders.values().flatten().map(|(_, path)| path);
        let bytes = paths.filter_map(|path| fs::metadata(path).ok());
        bytes.map(|found| found.len()).sum::<u64>() <= SMALL
    }

    /// Returns whether folders tell the date of lines. Folders of single files do not.
    pub(crate) fn has_intervals(&self) -> bool {
        matches!(self.root, Root::Base(_))
    }

    /// Returns the listing of an interval folder. A packed folder is unpacked.
    pub(crate) fn listing(&self, folder: Folder) -> Listing {
        if let Root::Files(files) = &self.root {
            let files = files.folders.get(&folder).into_iter().flatten();
            let paths = files.map(|(_, path)| path.clone());
            return Listing::of(self.root.base().to_owned(), paths.collect());
        }
        let Some(path) = self.archive(folder) else {
            return Listing::new(self.base.path().join(folder.name()));
        };
        // An archive that cannot be unpacked is a folder that cannot be listed.
        match members(&path) {
            Ok(names) => Listing::of(path, names),
            Err(error) => Listing::of_failure(path, error.to_string()),
        }
    }

    /// Returns the path of the archive that an interval folder is packed in.
    pub(crate) fn archive(&self, folder: Folder) -> Option<PathBuf> {
        let archive = self.packed.get(&folder)?;
        Some(self.base.path().join(archive))
    }

    /// Returns whether files of a folder must be unpacked.
    pub(crate) fn is_packed(&self, folder: Folder, now: DateTime<Utc>) -> bool {
        if self.packed.contains_key(&folder) {
            return true;
        }
        let mut names = self.listing(folder);
        let is_compressed = |name: &String| uncompressed_name(name).is_some();
        names.refresh(now).is_ok() && names.files().iter().any(is_compressed)
    }

    /// Returns whether a file in the folder is not empty.
    pub(crate) fn has_bytes(&self, folder: Folder) -> bool {
        if self.packed.contains_key(&folder) {
            return true;
        }
        if let Root::Files(files) = &self.root {
            let files = files.folders.get(&folder);
            return files.is_some_and(|files| !files.is_empty());
        }
        let is_filled = |entry: fs::DirEntry| {
            let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
            let found = fs::metadata(entry.path());
            !is_hidden && found.is_ok_and(|found| found.is_file() && found.len() > 0)
        };
        let path = self.base.path().join(folder.name());
        fs::read_dir(path).is_ok_and(|entries| entries.flatten().any(is_filled))
    }

    /// Returns the folders to watch: those of an interval, or the one in which new intervals
    /// appear.
    pub(crate) fn watched(&self, folder: Option<Folder>) -> Vec<(PathBuf, Option<Identity>)> {
        match (&self.root, folder) {
            (Root::Base(base), None) => vec![(base.clone(), self.base.identity())],
            (Root::Base(_), Some(folder)) if self.packed.contains_key(&folder) => Vec::new(),
            (Root::Base(base), Some(folder)) => vec![(base.join(folder.name()), None)],
            (Root::Files(_), None) => Vec::new(),
            (Root::Files(files), Some(folder)) => {
                let files = files.folders.get(&folder).into_iter().flatten();
                let folders = files.filter_map(|(_, path)| Path::new(path).parent());
                let folders: BTreeSet<&Path> = folders.collect();
                folders
                    .into_iter()
                    .map(|path| (path.to_owned(), None))
                    .collect()
            }
        }
    }

    /// Reads the base folder and the manifest again if they have changed.
    ///
    /// # Errors
    ///
    /// Fails if the base folder cannot be read.
    pub(crate) fn refresh(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.learn();
        if let Root::Files(files) = &self.root {
            self.folders = files.folders.keys().copied().collect();
            let given: Vec<(String, String)> = files.folders.values().flatten().cloned().collect();
            self.read_manifest();
            for (stream, path) in given {
                self.read_facts(self.names.id(&stream), Path::new(&path));
            }
            return Ok(());
        }
        let result = self.base.refreshed(now);
        if !matches!(result, Ok(false)) {
            self.find_folders();
        }
        self.read_manifest();
        result.map(drop)
    }

    fn find_folders(&mut self) {
        let folders = self.base.folders().iter();
        self.folders = folders.filter_map(|name| Folder::parse(name)).collect();
        self.folders.sort_unstable();
        self.packed.clear();
        for name in self.base.files() {
            let stem = archive_stem(name);
            // While a folder is being packed, it exists beside its archive.
            if let Some(folder) = stem.and_then(Folder::parse)
                && self.folders.binary_search(&folder).is_err()
            {
                self.packed.insert(folder, name.clone());
            }
        }
        self.folders.extend(self.packed.keys());
        self.folders.sort_unstable();
        self.find_taken();
    }

    /// Finds what has the name of a folder and is none.
    fn find_taken(&mut self) {
        let names = self.base.files().iter();
        let taken = names.filter_map(|name| Folder::parse(name));
        let taken = taken.filter(|folder| self.folders.binary_search(folder).is_err());
        self.timestamps.set_taken(taken);
    }

    /// Reads the manifest if it has changed. An invalid manifest is ignored.
    fn read_manifest(&mut self) {
        let path = self.base.path().join(MANIFEST_FILE);
        let found = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
        let found = found.filter(|found| found.len() <= LARGEST_MANIFEST);
        let state = found.map(|found| (found.modified().ok(), found.len()));
        if state == self.manifest_state {
            return;
        }
        self.manifest_state = state;
        let text = state.and_then(|_| fs::read_to_string(&path).ok());
        let Some(manifest) = text.and_then(|text| Manifest::from_json(&text).ok()) else {
            return;
        };
        for stream in &manifest.streams {
            self.names.id(&stream.name);
        }
        // Of single files, every line is shown.
        if self.has_intervals() {
            self.set_mirrors(&manifest);
        }
        self.timestamps = TimestampReader::new(Some(&manifest), Foreign::chosen());
        for stream in &manifest.streams {
            let template = stream.line.as_ref().and_then(|line| line.parse().ok());
            self.timestamps
                .set_own(self.names.id(&stream.name), template);
        }
        self.manifest = Some(manifest);
        self.find_taken();
    }

    fn set_mirrors(&mut self, manifest: &Manifest) {
        for stream in &manifest.streams {
            let targets = stream.mirror.iter();
            let targets = targets.map(|target| self.names.id(target)).collect();
            let source = self.names.id(&stream.name);
            self.streams.learn(&self.names);
            self.streams.set_mirrors(source, targets);
        }
    }

    /// Reads what a single file tells of the dates of its lines. The follower reports a file that
    /// cannot be read.
    fn read_facts(&mut self, stream: StreamId, path: &Path) {
        let found = fs::metadata(path).and_then(|found| found.modified());
        let Some(modified) = found.ok().and_then(instant_of) else {
            return;
        };
        let Foreign { formats, .. } = Foreign::chosen();
        let files = self.timestamps.files();
        if let Some(facts) = files.get_mut(&(stream, 0)) {
            let _ = facts.update(path, modified, formats);
            return;
        }
        let name = path
            .parent()
            .and_then(|parent| parent.file_name()?.to_str());
        let folder = name.and_then(Folder::parse);
        if let Ok(facts) = FileFacts::read(path, folder, modified, formats) {
            files.insert((stream, 0), facts);
        }
    }

    /// Finds the files of streams in a folder, by stream and part. Adds new streams.
    pub(crate) fn files(&mut self, names: &[String]) -> BTreeMap<(StreamId, u32), StreamFile> {
        if let Root::Files(files) = &self.root {
            let given = files.folders.values().flatten();
            let given = given.filter(|(_, path)| names.contains(path));
            let file = |(stream, path): &(String, String)| {
                let stream = self.names.id(stream);
                let name = path.clone();
                (
                    (stream, 0),
                    StreamFile {
                        stream,
                        part: 0,
                        name,
                    },
                )
            };
            let found = given.map(file).collect();
            self.learn();
            return found;
        }
        let described = self.manifest.iter().flat_map(|manifest| &manifest.streams);
        let described: BTreeMap<&str, &str> = described
            .map(|stream| (&*stream.file, &*stream.name))
            .collect();
        let stream_of = |name: &str| match described.get(name) {
            Some(stream) => Some((*stream).to_owned()),
            None => name.strip_suffix(SUFFIX).map(ToOwned::to_owned),
        };
        let has = |name: &String| {
            let is_it = |real: &String| uncompressed_name(real) == Some(name);
            names.binary_search(name).is_ok() || names.iter().any(is_it)
        };
        let mut files = BTreeMap::new();
        for real in names.iter().filter(|name| !name.starts_with('.')) {
            let name = uncompressed_name(real).unwrap_or(real);
            let numbered = numbered(name).filter(|(first, _)| {
                !described.contains_key(name) && (described.contains_key(&**first) || has(first))
            });
            let (first, part) = numbered.unwrap_or_else(|| (name.to_owned(), 0));
            let Some(stream) = stream_of(&first).filter(|stream| !stream.is_empty()) else {
                continue;
            };
            let stream = self.names.id(&stream);
            // While a file is being compressed, it exists twice. The first is the original.
            files.entry((stream, part)).or_insert_with(|| StreamFile {
                stream,
                part,
                name: real.clone(),
            });
        }
        self.streams.learn(&self.names);
        files
    }
}

/// Splits `app.1.log` into `app.log` and 1.
fn numbered(name: &str) -> Option<(String, u32)> {
    let (rest, suffix) = name.rsplit_once('.')?;
    let (stem, number) = rest.rsplit_once('.')?;
    let part = number
        .parse()
        .ok()
        .filter(|part: &u32| *part > 0 && part.to_string() == number)?;
    Some((format!("{stem}.{suffix}"), part))
}

/// Returns whether a folder looks like the base of a tree: it has a manifest or interval folders.
pub(crate) fn looks_like_tree(path: &Path) -> bool {
    path.join(MANIFEST_FILE).is_file()
        || fs::read_dir(path).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| {
                    entry.file_name().to_str().and_then(Folder::parse).is_some()
                        && entry.path().is_dir()
                })
            })
        })
}

/// Returns a path through `current` as one through the folder that `current.txt` names, if there is
/// no such link: some file systems have none.
pub(crate) fn resolve_current(path: PathBuf) -> PathBuf {
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

/// Returns the base folder of a path. For an interval folder, including `current` and packed
/// folders, this is its parent.
pub(crate) fn tree_of(path: &Path) -> PathBuf {
    let is_interval_folder = |real: &PathBuf| {
        let name = real.file_name().and_then(|name| name.to_str());
        let stem = name.map(|name| archive_stem(name).unwrap_or(name));
        stem.and_then(Folder::parse).is_some()
    };
    let real = fs::canonicalize(path).ok().filter(is_interval_folder);
    let base = real.as_deref().and_then(Path::parent);
    match base {
        Some(base) if !looks_like_tree(path) => base.to_owned(),
        _ => path.to_owned(),
    }
}
