//! The tree on disk: its description, its folders, its files, their lines and their timestamps.
//!
//! Nothing is ever written, and nothing but regular files is ever opened.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, MANIFEST_FILE, Manifest};

use self::packed::{ARCHIVES, uncompressed_name, unpack};
pub(crate) use self::{
    lines::{Lines, RawLine},
    listing::Listing,
    packed::{metadata, open_file},
    positional::{Identity, OpenFile, file_length, read_at},
    root::Root,
    timestamps::{LineDater, TimestampReader},
};
use crate::streams::{StreamId, StreamNames, Streams};

mod lines;
mod listing;
mod packed;
mod positional;
mod root;
mod timestamps;

#[cfg(test)]
mod tests;

/// How the files of a stream end where the tree does not name them.
const SUFFIX: &str = ".log";

/// A description larger than this is none.
const LARGEST_DESCRIPTION: u64 = 1 << 20;

/// The most bytes of a line on the screen; the rest of a longer one is left out.
pub(crate) const LONGEST_SHOWN: usize = 64 << 10;

/// The most bytes of a line that is printed.
pub(crate) const LONGEST_PRINTED: usize = 16 << 20;

/// Where the time comes from.
pub(crate) type Clock = fn() -> DateTime<Utc>;

/// The instant of a file's time, if chrono has it.
fn instant_of(time: SystemTime) -> Option<DateTime<Utc>> {
    let span = |span| TimeDelta::from_std(span).ok();
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => DateTime::UNIX_EPOCH.checked_add_signed(span(after)?),
        Err(before) => DateTime::UNIX_EPOCH.checked_sub_signed(span(before.duration())?),
    }
}

/// A log tree, as far as it is known.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The base folder.
    base: Listing,
    /// What it was given as.
    root: Root,
    /// The interval folders in it, in order.
    folders: Vec<Folder>,
    /// Those that are packed, with the names of their archives.
    packed: BTreeMap<Folder, String>,
    /// What the tree says of itself, if it does.
    description: Option<Manifest>,
    /// When the file it was read from had changed, and how long it was.
    described: Option<(Option<SystemTime>, u64)>,
    /// How its stamps are read.
    timestamps: TimestampReader,
    /// All streams seen so far.
    streams: Streams,
    /// Their names, shared with others who read the tree.
    names: StreamNames,
    /// The most bytes one line takes.
    longest_line: usize,
}

/// Where the reading of a folder goes on that somebody else began.
#[derive(Debug)]
pub(crate) struct Handover {
    /// The folder.
    pub(crate) folder: Folder,
    /// What was read of each file.
    pub(crate) read: BTreeMap<PathBuf, u64>,
    /// What dates the lines that come next, by stream.
    pub(crate) daters: BTreeMap<StreamId, LineDater>,
}

/// A file of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamFile {
    /// The stream it belongs to.
    pub(crate) stream: StreamId,
    /// 0 for `app.log`, 1 for `app.1.log` that goes on from it.
    pub(crate) part: u32,
    /// Its name in the folder.
    pub(crate) name: String,
}

impl Tree {
    /// A tree that is not read yet, whose lines are cut at `longest_line` bytes.
    pub(crate) fn new(root: impl Into<Root>, longest_line: usize, names: StreamNames) -> Self {
        let root = root.into();
        let timestamps = timestamps(&root, None);
        Self {
            base: Listing::new(root.base().to_owned()),
            root,
            folders: Vec::new(),
            packed: BTreeMap::new(),
            description: None,
            described: None,
            timestamps,
            streams: Streams::default(),
            names,
            longest_line,
        }
    }

    /// The base folder.
    pub(crate) fn base(&self) -> &Listing {
        &self.base
    }

    /// The interval folders, in order.
    pub(crate) fn folders(&self) -> &[Folder] {
        &self.folders
    }

    /// What the tree says of itself, if it does.
    pub(crate) fn description(&self) -> Option<&Manifest> {
        self.description.as_ref()
    }

    /// How its stamps are read.
    pub(crate) fn timestamps(&self) -> &TimestampReader {
        &self.timestamps
    }

    /// All streams seen so far.
    pub(crate) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Takes in the streams that others have seen.
    pub(crate) fn learn(&mut self) {
        self.streams.learn(&self.names);
    }

    /// Takes in the streams of a folder.
    pub(crate) fn learn_from(&mut self, folder: Folder, now: DateTime<Utc>) {
        let mut names = self.listing(folder);
        // A folder that cannot be listed has no streams to be known.
        if names.refresh(now).is_ok() {
            self.files(names.files());
        }
    }

    /// The most bytes one line takes; the rest of a longer one is left out.
    pub(crate) fn longest_line(&self) -> usize {
        self.longest_line
    }

    /// Whether folders say when their lines were logged; single files do not.
    pub(crate) fn has_intervals(&self) -> bool {
        matches!(self.root, Root::Base(_))
    }

    /// The files of an interval folder, to be listed; those of a packed one are unpacked.
    pub(crate) fn listing(&self, folder: Folder) -> Listing {
        if let Root::Files(files) = &self.root {
            let files = files.folders.get(&folder).into_iter().flatten();
            let paths = files.map(|(_, path)| path.clone());
            return Listing::of(self.root.base().to_owned(), paths.collect());
        }
        let path = match self.packed.get(&folder) {
            Some(archive) => self.base.path().join(archive),
            None => self.base.path().join(folder.name()),
        };
        if self.packed.contains_key(&folder)
            && let Ok(unpacked) = unpack(&path)
        {
            return Listing::of_unpacked(unpacked);
        }
        // An archive that cannot be unpacked is a folder that cannot be listed.
        Listing::new(path)
    }

    /// Whether what is in a folder is known only after something was unpacked.
    pub(crate) fn is_packed(&self, folder: Folder, now: DateTime<Utc>) -> bool {
        if self.packed.contains_key(&folder) {
            return true;
        }
        let mut names = self.listing(folder);
        let is_compressed = |name: &String| uncompressed_name(name).is_some();
        names.refresh(now).is_ok() && names.files().iter().any(is_compressed)
    }

    /// Whether a file in the folder has bytes.
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

    /// The folders in which something of an interval folder, or a new one, can appear.
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

    /// Reads the base folder and the description again if they changed.
    ///
    /// # Errors
    ///
    /// When the base folder cannot be read.
    pub(crate) fn refresh(&mut self, now: DateTime<Utc>) -> io::Result<()> {
        self.learn();
        if let Root::Files(files) = &self.root {
            self.folders = files.folders.keys().copied().collect();
            self.describe();
            return Ok(());
        }
        let result = self.base.refreshed(now);
        if !matches!(result, Ok(false)) {
            self.find_folders();
        }
        self.describe();
        result.map(drop)
    }

    fn find_folders(&mut self) {
        let folders = self.base.folders().iter();
        self.folders = folders.filter_map(|name| Folder::parse(name)).collect();
        self.folders.sort_unstable();
        self.packed.clear();
        for name in self.base.files() {
            let stem = ARCHIVES.iter().find_map(|suffix| name.strip_suffix(suffix));
            // A folder that is still there is what the archive is being made of.
            if let Some(folder) = stem.and_then(Folder::parse)
                && self.folders.binary_search(&folder).is_err()
            {
                self.packed.insert(folder, name.clone());
            }
        }
        self.folders.extend(self.packed.keys());
        self.folders.sort_unstable();
    }

    /// Reads the description if it changed. One that cannot be read is as good as none.
    fn describe(&mut self) {
        let path = self.base.path().join(MANIFEST_FILE);
        let found = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
        let found = found.filter(|found| found.len() <= LARGEST_DESCRIPTION);
        let state = found.map(|found| (found.modified().ok(), found.len()));
        if state == self.described {
            return;
        }
        self.described = state;
        let text = state.and_then(|_| fs::read_to_string(&path).ok());
        let Some(description) = text.and_then(|text| Manifest::from_json(&text).ok()) else {
            return;
        };
        for stream in &description.streams {
            self.names.id(&stream.name);
        }
        for stream in &description.streams {
            let targets = stream.mirror.iter();
            let targets = targets.map(|target| self.names.id(target)).collect();
            let source = self.names.id(&stream.name);
            self.streams.learn(&self.names);
            self.streams.set_mirrors(source, targets);
        }
        self.timestamps = timestamps(&self.root, Some(&description));
        self.description = Some(description);
    }

    /// The files of streams in a folder, by stream and part. Files of streams not seen before add
    /// the stream.
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
        let described = self
            .description
            .iter()
            .flat_map(|description| &description.streams);
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
            // While it is being compressed, a file is there twice; the first is the original.
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

fn timestamps(root: &Root, description: Option<&Manifest>) -> TimestampReader {
    let timestamps = TimestampReader::new(description);
    match root {
        Root::Base(_) => timestamps,
        Root::Files(_) => timestamps.with_bare(),
    }
}

/// `app.1.log` is part 1 of `app.log`.
fn numbered(name: &str) -> Option<(String, u32)> {
    let (rest, suffix) = name.rsplit_once('.')?;
    let (stem, number) = rest.rsplit_once('.')?;
    let part = number
        .parse()
        .ok()
        .filter(|part: &u32| *part > 0 && part.to_string() == number)?;
    Some((format!("{stem}.{suffix}"), part))
}

/// Whether a folder is, or could be, the base of a log tree: it describes itself, or holds interval
/// folders.
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

/// The tree a path stands for: a folder of a tree, also by way of `current` or packed, stands for
/// the tree.
pub(crate) fn tree_of(path: &Path) -> PathBuf {
    let is_interval_folder = |real: &PathBuf| {
        let name = real.file_name().and_then(|name| name.to_str());
        let stem = name.map(|name| {
            let packed = ARCHIVES.iter().find_map(|suffix| name.strip_suffix(suffix));
            packed.unwrap_or(name)
        });
        stem.and_then(Folder::parse).is_some()
    };
    let real = fs::canonicalize(path).ok().filter(is_interval_folder);
    let base = real.as_deref().and_then(Path::parent);
    match base {
        Some(base) if !looks_like_tree(path) => base.to_owned(),
        _ => path.to_owned(),
    }
}
