//! The tree on disk: its manifest, its folders, its files, their lines and their timestamps.
//!
//! Opens regular files only, and never writes.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf, absolute},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest};

use self::{
    copies::{unit_of, with_unlike_copies},
    file_facts::FileFacts,
    given::GivenFiles,
    packed::{archive_stem, members},
    root::{Described, folders_to_watch, interval_of},
};
pub use self::{
    descriptors::raise_limit,
    file_name::shown_path,
    foreign::Foreign,
    positional::FileContent,
    root::{Opened, Root},
    spool::{has_input, wait_for_all},
};
pub(crate) use self::{
    descriptors::share as descriptor_share,
    file_name::{path_of, shown_file_name},
    folder_events::FolderEvents,
    identity::TreeIdentity,
    lines::{Lines, RawLine},
    listing::Listing,
    packed::{file_state, open_file, plain_state, take_trouble, uncompressed_name},
    positional::{FileState, Identity, OpenFile, read_at},
    repeats::begin_of_new,
    spool::{has_ended, wake_on_growth},
    timestamps::{LineDater, LinePlace, LineStart, TimestampReader},
};
use crate::streams::{StreamId, StreamNames, Streams};

mod copies;
mod decode;
mod descriptors;
mod file_facts;
mod file_name;
mod folder_events;
mod folder_files;
mod foreign;
mod given;
mod growth;
pub(crate) mod header;
mod identity;
mod late_files;
mod lines;
mod listing;
mod packed;
mod positional;
mod repeated_hour;
mod repeats;
mod root;
mod rotation;
#[cfg(feature = "seal")]
pub(crate) mod sealed;
mod spool;
mod timestamps;
#[cfg(feature = "zstd")]
mod zstd_frames;

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
pub const LONGEST_PRINTED: usize = 16 << 20;

/// The source of the time.
pub type Clock = fn() -> DateTime<Utc>;

/// Converts the time of a file, if chrono can represent it.
pub(crate) fn instant_of(time: SystemTime) -> Option<DateTime<Utc>> {
    let span = |span| TimeDelta::from_std(span).ok();
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => DateTime::UNIX_EPOCH.checked_add_signed(span(after)?),
        Err(before) => DateTime::UNIX_EPOCH.checked_sub_signed(span(before.duration())?),
    }
}

/// Modification time and length of a manifest file.
type ManifestState = (Option<SystemTime>, u64);

/// A log tree.
#[derive(Debug)]
pub struct Tree {
    /// The base folder.
    base: Listing,
    /// What is read.
    root: Root,
    /// The files of what was given, if that is not a tree.
    given: GivenFiles,
    /// The files whose dates are known.
    dated: BTreeMap<(StreamId, u32), Identity>,
    /// The interval folders, in order.
    folders: Vec<Folder>,
    /// The packed folders, with the names of their archives.
    packed: BTreeMap<Folder, String>,
    /// The archives that stand beside their folders, by name.
    beside: BTreeMap<Folder, String>,
    /// The manifest, if there is one.
    manifest: Option<Manifest>,
    /// The state of the manifest files, and the streams of what was given when they were read.
    manifest_state: (Vec<Option<ManifestState>>, BTreeSet<String>),
    /// How timestamps are parsed.
    timestamps: TimestampReader,
    /// All streams seen so far.
    streams: Streams,
    /// Their names, shared with other readers of the tree.
    names: StreamNames,
    /// The most bytes of a line.
    longest_line: usize,
    /// When the tree was last looked at.
    refreshed: DateTime<Utc>,
}

/// How much of a folder was read, so that another reader can resume there.
#[derive(Debug)]
pub struct Handover {
    /// The folder.
    pub folder: Folder,
    /// The length that was read of each file.
    pub read: BTreeMap<PathBuf, u64>,
    /// The state of the timestamps, by stream.
    pub(crate) daters: BTreeMap<StreamId, LineDater>,
}

/// A file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamFile {
    /// The stream it belongs to.
    pub stream: StreamId,
    /// 0 for `app.log`, 1 for `app.1.log`.
    pub part: u32,
    /// Its name in the folder, as a text that [`path_of`] takes.
    pub name: String,
    /// How it goes on.
    pub kind: PartKind,
}

/// How a file of a stream goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// It is a file of a tree. A numbered one may repeat lines of the one before.
    Own,
    /// It is any other file.
    Foreign,
    /// It was renamed when it was full, and is not written any more.
    Rotated,
}

impl Tree {
    /// A tree that has not been read. Lines are cut at `longest_line` bytes.
    pub fn new(root: impl Into<Root>, longest_line: usize, names: StreamNames) -> Self {
        let root = root.into();
        let timestamps = TimestampReader::new(None, Foreign::chosen());
        Self {
            base: Listing::new(root.base().to_owned()),
            root,
            given: GivenFiles::default(),
            dated: BTreeMap::new(),
            folders: Vec::new(),
            packed: BTreeMap::new(),
            beside: BTreeMap::new(),
            manifest: None,
            manifest_state: (Vec::new(), BTreeSet::new()),
            timestamps,
            streams: Streams::default(),
            names,
            longest_line,
            refreshed: DateTime::UNIX_EPOCH,
        }
    }

    /// Returns the base folder.
    pub(crate) fn base(&self) -> &Listing {
        &self.base
    }

    /// Returns what is read.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Returns the interval folders, in order.
    pub fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// Returns the manifest, if there is one.
    pub fn manifest(&self) -> Option<&Manifest> {
        self.manifest.as_ref()
    }

    /// Returns how timestamps are parsed.
    pub fn timestamps(&self) -> &TimestampReader {
        &self.timestamps
    }

    /// Returns all streams seen so far.
    pub fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Adds the streams that other readers have seen.
    pub fn learn(&mut self) {
        self.streams.learn(&self.names);
    }

    /// Adds the streams of a folder.
    pub fn learn_from(&mut self, folder: Folder, now: DateTime<Utc>) {
        let mut names = self.listing(folder);
        // A folder that cannot be listed has no known streams.
        if names.refresh(now).is_ok() {
            self.files(&names);
        }
    }

    /// Returns the most bytes of a line. Longer lines are cut.
    pub(crate) fn longest_line(&self) -> usize {
        self.longest_line
    }

    /// Returns whether the lines are those of a few small files, which need not be in the order of
    /// time.
    pub fn is_read_in_whole(&self) -> bool {
        let files = self.given.folders.values().flatten();
        let states =
            files.filter_map(|file| stored_state(&path_of(Path::new(""), &file.path)).ok());
        !self.has_intervals() && states.map(|state| state.length).sum::<u64>() <= SMALL
    }

    /// Returns whether folders tell the date of lines. Folders of single files do not.
    pub(crate) fn has_intervals(&self) -> bool {
        matches!(self.root, Root::Base(_))
    }

    /// Returns whether nothing can be added: everything comes out of pipes that have ended.
    pub fn has_ended(&self) -> bool {
        match &self.root {
            Root::Base(_) => false,
            Root::Given(given) => given.sources.iter().all(|source| has_ended(&source.path)),
        }
    }

    /// Returns the listing of an interval folder. A packed folder is unpacked.
    pub(crate) fn listing(&self, folder: Folder) -> Listing {
        if !self.has_intervals() {
            let files = self.given.folders.get(&folder).into_iter().flatten();
            let paths = files.map(|file| file.path.clone());
            return Listing::of(self.root.base().to_owned(), paths.collect());
        }
        let Some(path) = self.archive(folder) else {
            let path = self.base.path().join(folder.name());
            return Listing::of_interval(path, self.archive_beside(folder));
        };
        // An archive that cannot be unpacked is a folder that cannot be listed.
        match members(&path) {
            Ok(names) => Listing::of_archive(path, names),
            Err(error) => Listing::of_failure(path, error.to_string()),
        }
    }

    /// Returns the path of the archive that an interval folder is packed in.
    pub fn archive(&self, folder: Folder) -> Option<PathBuf> {
        let archive = self.packed.get(&folder)?;
        Some(self.base.path().join(archive))
    }

    /// Returns the path of the archive that a folder was packed in, if late lines made another
    /// folder beside it. It is no path below the folder, and so is absolute.
    pub(crate) fn archive_beside(&self, folder: Folder) -> Option<PathBuf> {
        let archive = self.base.path().join(self.beside.get(&folder)?);
        Some(absolute(&archive).unwrap_or(archive))
    }

    /// Returns the archives that files of a folder come out of.
    pub(crate) fn archives(&self, folder: Folder) -> Vec<PathBuf> {
        match &self.root {
            Root::Base(_) => {
                let archive = self.archive(folder);
                let archive = archive.or_else(|| self.archive_beside(folder));
                archive.into_iter().collect()
            }
            Root::Given(given) => given.archives().map(Path::to_owned).collect(),
        }
    }

    /// Returns whether files of a folder must be unpacked.
    pub(crate) fn is_packed(&self, folder: Folder, now: DateTime<Utc>) -> bool {
        if self.packed.contains_key(&folder) || self.beside.contains_key(&folder) {
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
        if !self.has_intervals() {
            return self.given.folders.contains_key(&folder);
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
            (Root::Given(given), None) => given.watched(),
            (Root::Given(_), Some(folder)) => {
                let files = self.given.folders.get(&folder).into_iter().flatten();
                let paths: Vec<PathBuf> = files
                    .map(|file| path_of(Path::new(""), &file.path))
                    .collect();
                let folders = folders_to_watch(paths.iter().map(PathBuf::as_path)).into_iter();
                folders.map(|path| (path, None)).collect()
            }
        }
    }

    /// Reads the base folder and the manifest again if they have changed.
    ///
    /// # Errors
    ///
    /// Fails if the base folder cannot be read.
    pub fn refresh(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.learn();
        self.refreshed = now;
        if let Some(base) = self.root.grown_tree() {
            self.base = Listing::new(base.clone());
            self.root = Root::Base(base);
        }
        if let Root::Given(given) = &self.root {
            let result = self.given.refresh(given, now);
            self.folders = self.given.folders.keys().copied().collect();
            self.read_manifests();
            self.read_facts();
            return result;
        }
        let result = self.base.refreshed(now);
        if !matches!(result, Ok(false)) {
            self.find_folders();
        }
        self.read_manifests();
        result.map(drop)
    }

    fn find_folders(&mut self) {
        let folders = self.base.folders().iter();
        self.folders = folders.filter_map(|name| Folder::parse(name)).collect();
        self.folders.sort_unstable();
        let stem = |name: &String| Folder::parse(archive_stem(name)?);
        let archives = self.base.files().iter();
        let archives = archives.filter_map(|name| Some((stem(name)?, name.clone())));
        (self.beside, self.packed) =
            archives.partition(|(folder, _)| self.folders.binary_search(folder).is_ok());
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

    /// Reads the manifests again if one has changed. Invalid manifests are ignored.
    fn read_manifests(&mut self) {
        let places = self.root.described();
        let state = |base: &PathBuf| {
            let found = fs::metadata(base.join(MANIFEST_FILE)).ok()?;
            let is_usable = found.is_file() && found.len() <= LARGEST_MANIFEST;
            is_usable.then(|| (found.modified().ok(), found.len()))
        };
        let states = places.iter().map(|place| state(&place.base)).collect();
        let given: BTreeSet<String> = self.given.streams().collect();
        if (&states, &given) == (&self.manifest_state.0, &self.manifest_state.1) {
            return;
        }
        self.manifest_state = (states, given);
        let mut is_first = true;
        for place in &places {
            let text = fs::read_to_string(place.base.join(MANIFEST_FILE)).ok();
            let Some(manifest) = text.and_then(|text| Manifest::from_json(&text).ok()) else {
                continue;
            };
            if std::mem::take(&mut is_first) {
                self.timestamps = TimestampReader::new(Some(&manifest), Foreign::chosen());
                self.dated.clear();
                self.manifest = Some(manifest.clone());
            }
            self.describe(place, &manifest);
        }
        self.find_taken();
    }

    /// Takes over what a manifest says of the streams that are read.
    fn describe(&mut self, place: &Described, manifest: &Manifest) {
        let has_all = self.has_intervals();
        let name = |stream: &str| format!("{}{stream}", place.prefix);
        let is_read = |stream: &str| has_all || self.manifest_state.1.contains(&name(stream));
        let streams: Vec<_> = manifest
            .streams
            .iter()
            .filter(|stream| is_read(&stream.name))
            .collect();
        for stream in &streams {
            let template = stream.line.as_ref().and_then(|line| line.parse().ok());
            let id = self.names.id(&name(&stream.name));
            self.timestamps.set_own(id, template);
        }
        self.streams.learn(&self.names);
        // Of single files, every line is shown.
        for stream in streams.iter().filter(|_| place.has_mirrors) {
            let targets = stream.mirror.iter().filter(|target| is_read(target));
            let targets = targets.map(|target| self.names.id(&name(target))).collect();
            self.streams.learn(&self.names);
            let source = self.names.id(&name(&stream.name));
            self.streams.set_mirrors(source, targets);
        }
        if place.has_mirrors {
            let unlike = with_unlike_copies(&streams);
            let json = streams.iter().filter(|stream| stream.format == "json");
            for stream in json.filter(|stream| unlike.contains(&*stream.name)) {
                let id = self.names.id(&name(&stream.name));
                self.timestamps
                    .set_unit(id, unit_of(&manifest.timestamp_format));
            }
            let unlike: Vec<_> = unlike
                .iter()
                .map(|stream| self.names.id(&name(stream)))
                .collect();
            self.streams.set_unlike(&unlike);
        }
    }

    /// Reads what single files tell of the dates of their lines. The follower reports files that
    /// cannot be read.
    fn read_facts(&mut self) {
        let formats = Foreign::formats();
        let zone = self.timestamps.foreign_zone().clone();
        let known = self.timestamps.files();
        for file in self.given.folders.values().flatten() {
            let path = &path_of(Path::new(""), &file.path);
            let Ok(FileState {
                identity,
                modified: Some(modified),
                ..
            }) = stored_state(path)
            else {
                continue;
            };
            let key = (self.names.id(&file.stream), file.part);
            let is_same = self.dated.insert(key, identity) == Some(identity);
            if let Some(facts) = known.get_mut(&key).filter(|_| is_same) {
                let _ = facts.update(path, modified, formats, &zone);
            } else if let Ok(facts) =
                FileFacts::read(path, interval_of(path), modified, formats, &zone)
            {
                known.insert(key, facts);
            }
        }
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

/// Returns the state of a file as it is stored, or of one that is in an archive or a spool.
fn stored_state(path: &Path) -> io::Result<FileState> {
    plain_state(path).or_else(|_| file_state(path).map(|(state, _)| state))
}

/// Returns whether a folder looks like the base of a tree: it has a manifest or interval folders,
/// packed or not.
pub fn looks_like_tree(path: &Path) -> bool {
    let is_interval_folder = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            return false;
        };
        let stem = archive_stem(name);
        let is_named = Folder::parse(stem.unwrap_or(name)).is_some();
        is_named && entry.path().is_dir() == stem.is_none()
    };
    path.join(MANIFEST_FILE).is_file()
        || fs::read_dir(path).is_ok_and(|entries| entries.flatten().any(is_interval_folder))
}

/// Returns the base folder of a path. For an interval folder, including `current` and packed
/// folders, this is its parent.
pub fn tree_of(path: &Path) -> PathBuf {
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
