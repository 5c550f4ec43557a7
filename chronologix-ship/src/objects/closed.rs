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

use super::content::{ARCHIVES, COMPRESSED, FileSource, members, plain_bytes};
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

    /// Returns the folders that are closed and not marked as shipped, oldest first.
    ///
    /// # Errors
    ///
    /// If the tree cannot be listed.
    pub(crate) fn unshipped(&self, now: DateTime<Utc>) -> Result<Vec<ClosedFolder>, ShipError> {
        let folders = self.folders()?;
        let mut unshipped = Vec::new();
        for folder in folders {
            if now - self.interval.close_of_any(folder, &self.zone) < SETTLES {
                continue;
            }
            let found = self.read(folder)?;
            let mark = self.mark(folder);
            if !found.files.iter().all(|file| is_shipped(file, &mark)) {
                unshipped.push(found);
            }
        }
        Ok(unshipped)
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
            let names = match members(&archive) {
                Ok(names) => names,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(ShipError::io("cannot read the archive", archive)(error)),
            };
            for name in names {
                let source = FileSource::Member(archive.clone(), name.clone());
                self.add(&mut files, &name, source);
            }
        }
        let names = match list(&dir) {
            Err(error) if error.kind() == ErrorKind::NotFound => BTreeSet::new(),
            listed => listed.map_err(ShipError::io("cannot list the folder", &dir))?,
        };
        let packed = |name: &&String| COMPRESSED.iter().any(|suffix| name.ends_with(suffix));
        let (compressed, plain): (Vec<_>, Vec<_>) = names.iter().partition(packed);
        for name in compressed.into_iter().chain(plain) {
            let is_packed = COMPRESSED
                .iter()
                .find_map(|suffix| name.strip_suffix(suffix));
            let path = dir.join(name);
            let source = match is_packed {
                Some(_) => FileSource::Compressed(path),
                None => FileSource::Plain(path),
            };
            self.add(&mut files, is_packed.unwrap_or(name), source);
        }
        Ok(ClosedFolder {
            folder,
            start: self.zone.instant(folder.start()),
            files: files.into_values().collect(),
        })
    }

    /// Adds a source to its file, if it is one of a stream.
    fn add(&self, files: &mut BTreeMap<String, ClosedFile>, name: &str, source: FileSource) {
        let plain = without_number(name);
        let file = plain.as_deref().unwrap_or(name);
        let is_its = |stream: &&ManifestStream| stream.file == file;
        let Some(stream) = self.manifest.streams.iter().find(is_its) else {
            return;
        };
        let number = || name.rsplit('.').find_map(|part| part.parse().ok());
        let part = plain.as_ref().and_then(|_| number());
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
    fn folders(&self) -> Result<BTreeSet<Folder>, ShipError> {
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

/// Returns whether a file is shipped as it is now.
fn is_shipped(file: &ClosedFile, mark: &ShippedMark) -> bool {
    match &*file.sources {
        // Compressed files do not grow. Late records stand beside them.
        [FileSource::Compressed(_) | FileSource::Member(..)] => mark.has_some_of(&file.name),
        [FileSource::Plain(path)] => match fs::metadata(path) {
            Ok(found) => mark.has(&file.name, found.len()),
            // It was just compressed or removed.
            Err(_) => true,
        },
        sources => plain_bytes(sources).is_ok_and(|bytes| mark.has(&file.name, bytes)),
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
