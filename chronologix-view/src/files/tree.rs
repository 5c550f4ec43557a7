//! What a tree says of itself: its description where it has one, its folders, and which file in
//! them belongs to which stream.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::SystemTime,
};

use chronologix_core::layout::{Description, FILE_NAME, Folder};
use jiff::Timestamp;

use super::{Listing, Stamps};
use crate::streams::{StreamId, StreamNames, Streams};

#[cfg(test)]
mod tests;

/// How the files of a stream end where the tree does not name them.
const SUFFIX: &str = ".log";

/// A description larger than this is none.
const LARGEST_DESCRIPTION: u64 = 1 << 20;

/// A log tree, as far as it is known.
#[derive(Debug)]
pub(crate) struct Tree {
    /// The base folder.
    base: Listing,
    /// The interval folders in it, in order.
    folders: Vec<Folder>,
    /// What the tree says of itself, if it does.
    description: Option<Description>,
    /// When the file it was read from had changed, and how long it was.
    described: Option<(Option<SystemTime>, u64)>,
    /// How its stamps are read.
    stamps: Stamps,
    /// All streams seen so far.
    streams: Streams,
    /// Their names, shared with others who read the tree.
    names: StreamNames,
    /// The most bytes one line takes.
    longest_line: usize,
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
    pub(crate) fn new(base: PathBuf, longest_line: usize, names: StreamNames) -> Self {
        Self {
            base: Listing::new(base),
            folders: Vec::new(),
            description: None,
            described: None,
            stamps: Stamps::new(None),
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
    pub(crate) fn description(&self) -> Option<&Description> {
        self.description.as_ref()
    }

    /// How its stamps are read.
    pub(crate) fn stamps(&self) -> &Stamps {
        &self.stamps
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
    pub(crate) fn learn_from(&mut self, folder: Folder, now: Timestamp) {
        let mut names = Listing::new(self.path(folder));
        // A folder that cannot be listed has no streams to be known.
        if names.refresh(now).is_ok() {
            self.files(names.files());
        }
    }

    /// The most bytes one line takes; the rest of a longer one is left out.
    pub(crate) fn longest_line(&self) -> usize {
        self.longest_line
    }

    /// The path of an interval folder.
    pub(crate) fn path(&self, folder: Folder) -> PathBuf {
        self.base.path().join(folder.name())
    }

    /// Reads the base folder and the description again if they changed.
    ///
    /// # Errors
    ///
    /// When the base folder cannot be read.
    pub(crate) fn refresh(&mut self, now: Timestamp) -> io::Result<()> {
        let result = self.base.refresh(now);
        self.folders = self
            .base
            .folders()
            .iter()
            .filter_map(|name| Folder::parse(name))
            .collect();
        self.folders.sort_unstable();
        self.describe();
        result
    }

    /// Reads the description if it changed. One that cannot be read is as good as none.
    fn describe(&mut self) {
        let path = self.base.path().join(FILE_NAME);
        let found = fs::metadata(&path).ok().filter(fs::Metadata::is_file);
        let found = found.filter(|found| found.len() <= LARGEST_DESCRIPTION);
        let state = found.map(|found| (found.modified().ok(), found.len()));
        if state == self.described {
            return;
        }
        self.described = state;
        let text = state.and_then(|_| fs::read_to_string(&path).ok());
        let Some(description) = text.and_then(|text| Description::from_json(&text).ok()) else {
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
        self.stamps = Stamps::new(Some(&description));
        self.description = Some(description);
    }

    /// The files of streams in a folder, by stream and part. Files of streams not seen before add
    /// the stream.
    pub(crate) fn files(&mut self, names: &[String]) -> BTreeMap<(StreamId, u32), StreamFile> {
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
        let mut files = BTreeMap::new();
        for name in names.iter().filter(|name| !name.starts_with('.')) {
            let numbered = numbered(name).filter(|(first, _)| {
                !described.contains_key(&**name)
                    && (described.contains_key(&**first) || names.binary_search(first).is_ok())
            });
            let (first, part) = numbered.unwrap_or_else(|| (name.clone(), 0));
            let Some(stream) = stream_of(&first).filter(|stream| !stream.is_empty()) else {
                continue;
            };
            let stream = self.names.id(&stream);
            files.insert(
                (stream, part),
                StreamFile {
                    stream,
                    part,
                    name: name.clone(),
                },
            );
        }
        self.streams.learn(&self.names);
        files
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
    path.join(FILE_NAME).is_file()
        || fs::read_dir(path).is_ok_and(|mut entries| {
            entries.any(|entry| {
                entry.is_ok_and(|entry| {
                    entry.file_name().to_str().and_then(Folder::parse).is_some()
                        && entry.path().is_dir()
                })
            })
        })
}

/// The tree a path stands for: a folder of a tree, also by way of `current`, stands for the tree.
pub(crate) fn tree_of(path: &Path) -> PathBuf {
    let is_interval_folder = |real: &PathBuf| {
        real.file_name()
            .and_then(|name| name.to_str())
            .and_then(Folder::parse)
            .is_some()
    };
    let real = fs::canonicalize(path).ok().filter(is_interval_folder);
    let base = real.as_deref().and_then(Path::parent);
    match base {
        Some(base) if !looks_like_tree(path) => base.to_owned(),
        _ => path.to_owned(),
    }
}

/// Whether there is a file where a folder is wanted.
pub(crate) fn is_file(path: &Path) -> bool {
    path.is_file()
}
