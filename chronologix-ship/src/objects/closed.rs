//! The closed folders of a tree, and the files in them that are to be shipped.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{
    Folder, Interval, MANIFEST_FILE, Manifest, ManifestStream, SHIPPED_DIR, ShippedMark, TimeZone,
    file_name::without_number,
};

use super::content::{ARCHIVES, COMPRESSED, FileSource, members};
use crate::{
    cursor::{ReplaceErrors, replace_synced},
    error::ShipError,
};

/// How long a folder is left alone after it was closed. Records that were queued before its end are
/// written meanwhile. Those that come later have their file shipped again.
const SETTLES: TimeDelta = TimeDelta::minutes(1);

/// A tree, as far as shipping its folders goes.
#[derive(Debug)]
pub(crate) struct ClosedTree {
    base: PathBuf,
    manifest: Manifest,
    interval: Interval,
    zone: TimeZone,
}

/// A file of a closed folder.
#[derive(Debug)]
pub(crate) struct ClosedFile {
    /// Its name, without the suffix of a compression.
    pub(crate) name: String,
    pub(crate) stream: String,
    pub(crate) part: u32,
    pub(crate) is_json: bool,
    /// Where its bytes are, in their order: as it is, compressed, or in an archive of the folder.
    pub(crate) sources: Vec<FileSource>,
}

/// A closed folder.
#[derive(Debug)]
pub(crate) struct ClosedFolder {
    pub(crate) folder: Folder,
    /// When it begins.
    pub(crate) start: DateTime<Utc>,
    pub(crate) files: Vec<ClosedFile>,
}

impl ClosedTree {
    /// Reads the description of a tree.
    ///
    /// # Errors
    ///
    /// If there is none, or it cannot be understood.
    pub(crate) fn open(base: &Path) -> Result<Self, ShipError> {
        let wrong = |source: Box<dyn std::error::Error + Send + Sync>| ShipError::Tree {
            path: base.to_owned(),
            source,
        };
        let path = base.join(MANIFEST_FILE);
        let text = fs::read_to_string(&path).map_err(|error| {
            let why = format!("{}: {error}; name the folder of a log tree", path.display());
            wrong(why.into())
        })?;
        let manifest = Manifest::from_json(&text)
            .map_err(|error| wrong(format!("{}: {error}", path.display()).into()))?;
        let interval = manifest.interval.parse::<Interval>();
        let zone = TimeZone::described(&manifest.timezone);
        Ok(Self {
            base: base.to_owned(),
            interval: interval.map_err(|error| wrong(error.to_string().into()))?,
            zone: zone.map_err(|error| wrong(error.to_string().into()))?,
            manifest,
        })
    }

    /// Returns the folders that are closed and not marked as shipped as they stand, oldest first.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn unshipped(&self, now: DateTime<Utc>) -> Result<Vec<Folder>, ShipError> {
        let is_closed =
            |folder: &Folder| now - self.interval.close_of_any(*folder, &self.zone) >= SETTLES;
        let folders = self.folders()?.into_iter().filter(is_closed);
        // One that cannot be listed is looked at by those who read it.
        let is_shipped = |folder: &Folder| self.is_shipped(*folder).unwrap_or(false);
        Ok(folders.filter(|folder| !is_shipped(folder)).collect())
    }

    /// Returns whether a folder is shipped as it stands. Names and sizes tell: nothing is opened
    /// but its mark.
    fn is_shipped(&self, folder: Folder) -> io::Result<bool> {
        let mark = self.mark(folder);
        for suffix in ARCHIVES {
            let name = format!("{folder}{suffix}");
            let found = fs::metadata(self.base.join(&name));
            if found.is_ok_and(|found| !mark.has_standing(&name, found.len())) {
                return Ok(false);
            }
        }
        let dir = self.base.join(folder.name());
        for name in list_folder(&dir)? {
            if self.stream(uncompressed(&name).unwrap_or(&name)).is_none() {
                continue;
            }
            // What was just compressed or removed is looked at the next time.
            let found = fs::metadata(dir.join(&name));
            if found.is_ok_and(|found| !mark.has_standing(&name, found.len())) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns a folder with its files. One that retention compresses meanwhile is read as it is
    /// at the end.
    ///
    /// # Errors
    ///
    /// If it cannot be listed.
    pub(crate) fn read(&self, folder: Folder) -> Result<ClosedFolder, ShipError> {
        let dir = self.base.join(folder.name());
        let mut files = BTreeMap::<String, ClosedFile>::new();
        // Archives first: what is there beside them was added later.
        for suffix in ARCHIVES {
            let archive = self.base.join(format!("{folder}{suffix}"));
            let mut names = match members(&archive) {
                Ok(names) => names,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(source) => {
                    let file = format!("{folder}{suffix}");
                    return Err(ShipError::Unreadable { file, source });
                }
            };
            // Before the folder was packed, its files may have been compressed.
            names.sort_by_key(|(name, _)| uncompressed(name).is_none());
            for (name, bytes) in names {
                let log = uncompressed(&name);
                let source = FileSource::Member {
                    archive: archive.clone(),
                    name: name.clone(),
                    bytes: log.is_none().then_some(bytes),
                };
                self.add(&mut files, log.unwrap_or(&name), source);
            }
        }
        let names = list_folder(&dir).map_err(|source| {
            let file = folder.name();
            ShipError::Unreadable { file, source }
        })?;
        let mut names = Vec::from_iter(names);
        names.sort_by_key(|name| uncompressed(name).is_none());
        for name in names {
            let path = dir.join(&name);
            match uncompressed(&name) {
                Some(log) => self.add(&mut files, log, FileSource::Compressed(path)),
                None => self.add(&mut files, &name, FileSource::Plain(path)),
            }
        }
        Ok(ClosedFolder {
            folder,
            start: self.start(folder),
            files: files.into_values().collect(),
        })
    }

    /// Returns when a folder begins.
    pub(crate) fn start(&self, folder: Folder) -> DateTime<Utc> {
        self.zone.instant(folder.start())
    }

    /// Returns the stream of a file.
    pub(crate) fn stream(&self, name: &str) -> Option<&ManifestStream> {
        let plain = without_number(name);
        let file = plain.as_deref().unwrap_or(name);
        let mut streams = self.manifest.streams.iter();
        streams.find(|stream| stream.file == file)
    }

    /// Adds a source to its file, if it is one of a stream.
    fn add(&self, files: &mut BTreeMap<String, ClosedFile>, name: &str, source: FileSource) {
        let Some(stream) = self.stream(name) else {
            return;
        };
        let number = || name.rsplit('.').find_map(|part| part.parse().ok());
        let part = (stream.file != name).then(number).flatten();
        let found = files.entry(name.to_owned());
        let found = found.or_insert_with(|| ClosedFile {
            name: name.to_owned(),
            stream: stream.name.clone(),
            part: part.unwrap_or(0),
            is_json: stream.format == "json",
            sources: Vec::new(),
        });
        found.sources.push(source);
    }

    /// Returns the folders that are there, as folders or as archives.
    pub(crate) fn folders(&self) -> Result<BTreeSet<Folder>, ShipError> {
        let names = list(&self.base).map_err(ShipError::io("cannot list the tree", &self.base))?;
        let folder = |name: &String| {
            let packed = ARCHIVES.iter().find_map(|suffix| name.strip_suffix(suffix));
            Folder::parse(packed.unwrap_or(name))
        };
        Ok(names.iter().filter_map(folder).collect())
    }

    /// Returns what of a folder was shipped. A mark that cannot be read is none: the folder is
    /// shipped again.
    pub(crate) fn mark(&self, folder: Folder) -> ShippedMark {
        let text = fs::read_to_string(self.base.join(ShippedMark::path_of(folder)));
        let mark = text
            .ok()
            .and_then(|text| ShippedMark::from_json(&text).ok());
        mark.unwrap_or_default()
    }

    /// Returns the folder of all marks.
    pub(crate) fn marks(&self) -> PathBuf {
        self.base.join(SHIPPED_DIR)
    }

    /// Marks a folder as shipped, and returns when the mark is on disk.
    ///
    /// # Errors
    ///
    /// If one of the steps fails. The mark from before stays.
    pub(crate) fn set_mark(&self, folder: Folder, mark: &ShippedMark) -> Result<(), ShipError> {
        let path = self.base.join(ShippedMark::path_of(folder));
        let aside = path.with_extension("json.new");
        let doing = ReplaceErrors {
            write: "cannot write the mark",
            replace: "cannot replace the mark",
            sync: "cannot sync the folder",
        };
        replace_synced(&path, &aside, mark.to_json().as_bytes(), &doing)
    }

    /// Removes the marks of folders that are gone.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn forget_gone(&self) -> Result<(), ShipError> {
        let folders = self.folders()?;
        let names = list(&self.marks()).unwrap_or_default();
        for name in &names {
            let folder = name.strip_suffix(".json").and_then(Folder::parse);
            if folder.is_some_and(|folder| !folders.contains(&folder)) {
                // One that stays says something true about a folder that is not there.
                let _ = fs::remove_file(self.marks().join(name));
            }
        }
        Ok(())
    }
}

/// Returns the name of the log that was compressed to a file. `None` if none was.
fn uncompressed(name: &str) -> Option<&str> {
    COMPRESSED.iter().find_map(|it| name.strip_suffix(it))
}

/// Returns the names in a folder of the tree. There are none if it is packed.
fn list_folder(dir: &Path) -> io::Result<BTreeSet<String>> {
    match list(dir) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(BTreeSet::new()),
        listed => listed,
    }
}

/// Returns the names of files and folders in a folder, as far as they are text.
fn list(folder: &Path) -> io::Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_symlink() {
            continue;
        }
        names.extend(entry.file_name().into_string().ok());
    }
    Ok(names)
}
