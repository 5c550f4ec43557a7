//! Seals closed folders: writes what is in them to `.sums`, and a link to the chain of seals.
//!
//! A seal is made in three steps, each durable before the next: `.sums` in the folder, the link in
//! `.chronologix.seals`, and the head of the chain in `.chronologix.json`. A run that was killed
//! between two of them is continued by the next. What was sealed is never replaced: a folder that
//! has grown is sealed again, in addition, and a folder that has lost something is reported.
//!
//! [`chain`] is pure, [`content`] reads logs, compressed or not.

mod chain;
mod content;

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Read as _},
    path::{Path, PathBuf},
    sync::atomic::AtomicBool,
    time::Duration,
};

use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;

use chronologix_schema::layout::{
    Digest, FileSum, Folder, MANIFEST_FILE, Manifest, SEALS_FILE, SUMS_FILE, SealAction,
    SealedSums, SectionFile, Sums, SumsSection, digest_of,
};

use self::{
    chain::SealChain,
    content::{ContentError, LogPiece, PackedPiece, PlainPiece, Summed},
};
use super::{
    file_names,
    scan::{FoundFile, ScannedFolder, TreeScan},
};
use crate::{
    Compression, DiskError,
    config::Settings,
    fs::retention_fs::{EntryKind, RetentionFs},
};

/// How long the head of the chain waits for loggers that start at this moment.
const MANIFEST_TIMEOUT: Duration = Duration::from_secs(2);

/// Seals the folders of one tree.
#[derive(Debug)]
pub(crate) struct Sealer {
    base: PathBuf,
    file_mode: u32,
    key: Option<SigningKey>,
    /// The chain, while a run goes on. Other loggers may add to it between two runs.
    chain: Option<SealChain>,
    /// Folders that are sealed as they were found, or cannot be sealed like that. They are looked
    /// at again once they have changed.
    known: HashMap<Folder, (ScannedFolder, SealOutcome)>,
}

/// What became of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SealOutcome {
    /// It is sealed as it is.
    Sealed,
    /// A logger is writing to it. A later run tries again.
    InUse,
    /// It cannot be sealed, which was reported.
    Refused,
}

/// A folder that is to be sealed.
#[derive(Clone, Copy)]
struct SealTarget<'a> {
    fs: &'a dyn RetentionFs,
    folder: Folder,
    unit: &'a ScannedFolder,
    stop: &'a AtomicBool,
}

impl Sealer {
    /// Returns `None` if nothing is to be sealed.
    pub(crate) fn new(settings: &Settings) -> Option<Self> {
        let seal = settings.seal.as_ref()?;
        Some(Self {
            base: settings.base.clone(),
            file_mode: settings.modes.file,
            key: seal.key.as_ref().map(|key| SigningKey::from_bytes(&key.0)),
            chain: None,
            known: HashMap::new(),
        })
    }

    /// Reads the chain, for one run. Without it, nothing can be sealed.
    pub(crate) fn begin(&mut self, fs: &dyn RetentionFs) -> Result<(), DiskError> {
        self.chain = None;
        let path = Path::new(SEALS_FILE);
        let text = self
            .doing("read", path, read_whole(fs, path))?
            .unwrap_or_default();
        let head = self.manifest(fs)?.and_then(|manifest| manifest.seals);
        let chain = SealChain::parse(&text, head).map_err(|why| {
            let why = format!("{why}; restore it, or remove it and `seals` in {MANIFEST_FILE}");
            io::Error::new(io::ErrorKind::InvalidData, why)
        });
        let chain = self.doing("add to", path, chain)?;
        if chain.whole < text.len() {
            let whole = &text[..chain.whole];
            self.doing("repair", path, self.replace(fs, path, whole))?;
        }
        if chain.head() != head {
            self.write_head(fs, &chain)?;
        }
        self.chain = Some(chain);
        Ok(())
    }

    /// Returns whether it is known what becomes of a folder with these files.
    pub(crate) fn knows(&self, folder: Folder, unit: &ScannedFolder) -> bool {
        let known = self.known.get(&folder);
        known.is_some_and(|(known, _)| known == unit)
    }

    /// Seals a folder, unless it is sealed as it is.
    pub(crate) fn seal(
        &mut self,
        fs: &dyn RetentionFs,
        (folder, unit): (Folder, &ScannedFolder),
        now: DateTime<Utc>,
        stop: &AtomicBool,
    ) -> Result<SealOutcome, DiskError> {
        let target = SealTarget {
            fs,
            folder,
            unit,
            stop,
        };
        let sealed = self.seal_target(target, now);
        let outcome = match &sealed {
            Ok(SealOutcome::Sealed) => SealOutcome::Sealed,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => SealOutcome::Refused,
            _ => return sealed,
        };
        let mut unit = unit.clone();
        if outcome == SealOutcome::Sealed {
            // It was replaced just now.
            let path = Path::new(&folder.name()).join(SUMS_FILE);
            let Some(EntryKind::File(version)) = self.doing("look at", &path, fs.kind(&path))?
            else {
                return sealed;
            };
            unit.sums = Some(FoundFile {
                name: SUMS_FILE.to_owned(),
                version,
                compressed: None,
            });
        }
        self.known.insert(folder, (unit, outcome));
        sealed
    }

    /// Notes in the chain that a folder is removed, before anything of it is. Returns whether that
    /// is known by then: without the chain, it would look as if the folder was taken away.
    pub(crate) fn note_removal(
        &mut self,
        fs: &dyn RetentionFs,
        folder: Folder,
        now: DateTime<Utc>,
    ) -> Result<bool, DiskError> {
        self.known.remove(&folder);
        let Some(chain) = &self.chain else {
            return Ok(false);
        };
        if let Some(sums) = chain.sums_of(folder) {
            self.add_link(fs, SealAction::Remove, folder, sums, now)?;
        }
        Ok(true)
    }

    /// Forgets folders that are not there any more.
    pub(crate) fn forget_all_but(&mut self, tree: &TreeScan) {
        self.known
            .retain(|folder, _| tree.units.contains_key(folder));
    }

    /// Returns whether a folder is sealed with the files that it has.
    pub(crate) fn has_sealed(&self, folder: Folder, unit: &ScannedFolder) -> bool {
        let known = self.known.get(&folder);
        known.is_some_and(|(known, outcome)| {
            *outcome == SealOutcome::Sealed && known.files == unit.files
        })
    }

    fn seal_target(
        &mut self,
        target: SealTarget<'_>,
        now: DateTime<Utc>,
    ) -> Result<SealOutcome, DiskError> {
        let SealTarget { fs, folder, .. } = target;
        let Some(chain) = &self.chain else {
            return Ok(SealOutcome::Refused);
        };
        let sealed = chain.sums_of(folder);
        let there = self.sums_text(target)?;
        let (mut text, sums) = match sealed {
            Some(digest) => self.sealed_part(target, &there, digest)?,
            None => (Vec::new(), Sums::default()),
        };
        let Some(section) = self.section(target, &sums)? else {
            return Ok(SealOutcome::InUse);
        };
        let has_grown = !section.files.is_empty() || !section.others.is_empty();
        if sealed.is_none() || has_grown {
            text.extend_from_slice(section.to_text().as_bytes());
        }
        let digest = digest_of(&text);
        let name = PathBuf::from(folder.name());
        if text != there || target.unit.sums.is_none() {
            let path = name.join(SUMS_FILE);
            self.doing("seal by", &path, self.replace(fs, &path, &text))?;
        } else if sealed != Some(digest) {
            // The run that was killed may not have synced it.
            self.sync_names(fs, &name.join(SUMS_FILE))?;
        }
        if sealed != Some(digest) {
            self.add_link(fs, SealAction::Seal, folder, digest, now)?;
        }
        Ok(SealOutcome::Sealed)
    }

    /// Returns the text of the sums, in the folder or else in its archive.
    fn sums_text(&self, target: SealTarget<'_>) -> Result<Vec<u8>, DiskError> {
        let SealTarget {
            fs, folder, unit, ..
        } = target;
        if unit.sums.is_some() {
            let path = Path::new(&folder.name()).join(SUMS_FILE);
            let text = self.doing("read", &path, read_whole(fs, &path))?;
            return Ok(text.unwrap_or_default());
        }
        let Some((path, compression)) = archive_of(unit) else {
            return Ok(Vec::new());
        };
        let text = content::sums_in(fs, path.clone(), compression, target.stop);
        Ok(self.doing("look into", &path, text)?.unwrap_or_default())
    }

    /// Returns the part of the sums that is in the chain.
    fn sealed_part(
        &self,
        target: SealTarget<'_>,
        text: &[u8],
        digest: Digest,
    ) -> Result<(Vec<u8>, Sums), DiskError> {
        let Some(SealedSums { sums, end, .. }) = SealedSums::find(text, digest) else {
            let path = Path::new(&target.folder.name()).join(SUMS_FILE);
            return Err(self.changed(&path, "it is not as it was when the folder was sealed"));
        };
        Ok((text[..end].to_vec(), sums))
    }

    /// Returns what has come to a folder since it was sealed. `None` if a logger is writing to it.
    fn section(
        &self,
        target: SealTarget<'_>,
        sums: &Sums,
    ) -> Result<Option<SumsSection>, DiskError> {
        let SealTarget { folder, unit, .. } = target;
        let mut logs: BTreeMap<&str, [Option<&FoundFile>; 2]> = BTreeMap::new();
        for file in &unit.files {
            let (log, at) = match &file.compressed {
                None => (&file.name, 1),
                Some((_, log)) => (log, 0),
            };
            logs.entry(log).or_default()[at] = Some(file);
        }
        for name in sums.files.keys() {
            if !logs.contains_key(name.as_str()) && unit.archives.is_empty() {
                let path = Path::new(&folder.name()).join(name);
                return Err(self.changed(&path, "it is not there any more"));
            }
        }
        let mut files = Vec::new();
        for (log, [packed, plain]) in logs {
            let old = sums.files.get(log);
            let path = Path::new(&folder.name()).join(log);
            let pieces = pieces(target, log, packed, plain, old);
            let Some(pieces) = self.doing("read", &path, pieces)? else {
                continue;
            };
            let none = FileSum::default();
            let summed = content::sum(target.fs, &pieces, old.unwrap_or(&none), target.stop);
            let Summed { sum, ends_mid_line } = match summed {
                Ok(summed) => summed,
                Err(ContentError::Changed(why)) => return Err(self.changed(&path, &why)),
                Err(ContentError::Io(error)) => return self.doing("read", &path, Err(error)),
            };
            if let Some(plain) = plain.filter(|_| ends_mid_line) {
                if !self.is_at_rest(target, plain)? {
                    return Ok(None);
                }
            }
            if old != Some(&sum) {
                let from = old.map_or(0, |old| whole_blocks(old, &sum));
                let mut sum = sum;
                sum.blocks.drain(..from);
                let name = log.to_owned();
                files.push(SectionFile { name, sum, from });
            }
        }
        let is_listed = |name: &&String| !name.chars().any(char::is_control);
        let others = unit.others.iter().filter(is_listed);
        let others = others.filter(|name| !sums.others.contains(*name)).cloned();
        Ok(Some(SumsSection {
            folder: folder.name(),
            files,
            others: others.collect(),
        }))
    }

    /// Returns whether a file that ends in the middle of a line stays like that: no logger has its
    /// folder, which might write the rest or take the beginning back.
    fn is_at_rest(&self, target: SealTarget<'_>, file: &FoundFile) -> Result<bool, DiskError> {
        let folder = PathBuf::from(target.folder.name());
        let claim = self.doing("lock", &folder, target.fs.try_lock_folder(&folder))?;
        let path = folder.join(&file.name);
        let now = self.doing("look at", &path, target.fs.kind(&path))?;
        Ok(claim.is_some() && now == Some(EntryKind::File(file.version)))
    }

    fn add_link(
        &mut self,
        fs: &dyn RetentionFs,
        action: SealAction,
        folder: Folder,
        sums: Digest,
        now: DateTime<Utc>,
    ) -> Result<(), DiskError> {
        let Some(mut chain) = self.chain.take() else {
            return Ok(());
        };
        let link = chain.link(action, folder, sums, now, self.key.as_ref());
        let path = Path::new(SEALS_FILE);
        let added = fs.open_append(path, self.file_mode).and_then(|mut file| {
            file.append_all(format!("{link}\n").as_bytes())?;
            file.sync()
        });
        // After a failure it is unknown how much is on disk: the next run reads it again.
        self.doing("add to", path, added)?;
        if chain.head().is_none() {
            self.sync_names(fs, path)?;
        }
        chain.add(&link);
        self.write_head(fs, &chain)?;
        self.chain = Some(chain);
        Ok(())
    }

    /// Writes the head of the chain into the description of the tree.
    fn write_head(&self, fs: &dyn RetentionFs, chain: &SealChain) -> Result<(), DiskError> {
        let path = Path::new(MANIFEST_FILE);
        // Held until it is replaced, so that a logger that starts does not lose it. Best effort, as
        // at a start: the next run finds the last link all the same.
        let _guard = fs.lock_tree(MANIFEST_TIMEOUT);
        let Some(mut manifest) = self.manifest(fs)? else {
            return Ok(());
        };
        manifest.seals = chain.head();
        let written = self.replace(fs, path, manifest.to_json().as_bytes());
        self.doing("write", path, written)
    }

    fn manifest(&self, fs: &dyn RetentionFs) -> Result<Option<Manifest>, DiskError> {
        let path = Path::new(MANIFEST_FILE);
        let text = self.doing("read", path, read_whole(fs, path))?;
        let text = text.and_then(|text| String::from_utf8(text).ok());
        Ok(text.and_then(|text| Manifest::from_json(&text).ok()))
    }

    /// Replaces a file so that after a crash it is the old one or the new one.
    fn replace(&self, fs: &dyn RetentionFs, path: &Path, content: &[u8]) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let aside = path.with_file_name(file_names::unfinished(&name));
        if let Some(EntryKind::File(version)) = fs.kind(&aside)? {
            // A run that was killed has left it. There is one run at a time.
            fs.remove_file(&aside, version)?;
        }
        let mut file = fs.create_new(&aside, self.file_mode)?;
        file.append_all(content)?;
        file.sync()?;
        drop(file);
        fs.rename_over(&aside, path)?;
        path.ancestors()
            .skip(1)
            .try_for_each(|folder| fs.sync_folder(folder))
    }

    /// Makes the name of a file durable, and that of its folder.
    fn sync_names(&self, fs: &dyn RetentionFs, path: &Path) -> Result<(), DiskError> {
        path.ancestors()
            .skip(1)
            .try_for_each(|folder| self.doing("sync the folder", folder, fs.sync_folder(folder)))
    }

    fn doing<T>(
        &self,
        operation: &'static str,
        below: &Path,
        outcome: io::Result<T>,
    ) -> Result<T, DiskError> {
        outcome.map_err(|error| DiskError::new(operation, &self.base.join(below), error))
    }

    fn changed(&self, below: &Path, why: &str) -> DiskError {
        let why = format!("{why}; `chronologix-view --verify` says what was changed");
        let error = io::Error::new(io::ErrorKind::InvalidData, why);
        DiskError::new("seal again", &self.base.join(below), error)
    }
}

/// Returns the parts of a log. `None` if it is as it was, as far as that shows from outside.
fn pieces(
    target: SealTarget<'_>,
    log: &str,
    packed: Option<&FoundFile>,
    plain: Option<&FoundFile>,
    old: Option<&FileSum>,
) -> io::Result<Option<Vec<LogPiece>>> {
    let SealTarget {
        fs, folder, unit, ..
    } = target;
    let folder = PathBuf::from(folder.name());
    let packed = match (packed, archive_of(unit)) {
        (Some(file), _) => file
            .compressed
            .as_ref()
            .map(|(compression, _)| PackedPiece {
                path: folder.join(&file.name),
                compression: *compression,
                member: String::new(),
            }),
        (None, Some((path, compression))) => Some(PackedPiece {
            path,
            compression,
            member: log.to_owned(),
        }),
        (None, None) => None,
    };
    let plain = plain.map(|file| PlainPiece {
        path: folder.join(&file.name),
        bytes: file.version.bytes,
    });
    let (packed, plain) = match (packed, plain) {
        (None, Some(plain)) if old.is_some_and(|it| it.bytes == plain.bytes) => return Ok(None),
        (Some(_), None) if old.is_some() => return Ok(None),
        // A compression that was killed has left the file beside what it made of it.
        (Some(packed), Some(plain)) if content::are_same(fs, &packed, &plain, target.stop)? => {
            if old.is_some() {
                return Ok(None);
            }
            (None, Some(plain))
        }
        pieces => pieces,
    };
    if let Some(PlainPiece { path, .. }) = &plain {
        // What is sealed must not be lost in a crash. What is as it was has been synced before.
        fs.sync_file(path)?;
    }
    let pieces = packed.map(LogPiece::Packed).into_iter();
    Ok(Some(pieces.chain(plain.map(LogPiece::Plain)).collect()))
}

/// Returns how many blocks of a file are as they were.
fn whole_blocks(old: &FileSum, new: &FileSum) -> usize {
    let pairs = old.blocks.iter().zip(&new.blocks);
    pairs.take_while(|(old, new)| old == new).count()
}

/// Returns the archive that a folder was packed to.
fn archive_of(unit: &ScannedFolder) -> Option<(PathBuf, Compression)> {
    let archive = unit.archives.first()?;
    let (compression, _) = archive.compressed.as_ref()?;
    Some((PathBuf::from(&archive.name), *compression))
}

/// Returns what is in a file, if it is there.
fn read_whole(fs: &dyn RetentionFs, path: &Path) -> io::Result<Option<Vec<u8>>> {
    let mut file = match fs.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
