//! Compares a sealed folder with its sums: which files there are, and what is in them.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    io,
    path::Path,
};

use chronologix_schema::layout::{Digest, Folder, SUMS_FILE, SealedSums, Sums, SumsSection};

use super::{
    Finding, FindingKind, Verification,
    content::{self, ContentChecker, ContentJobId, ContentOutcome},
};
use crate::tree::sealed::{self, EntryKind, LogPiece};

/// A folder as the chain of seals has it, and as it stands in the tree.
#[derive(Debug)]
pub(super) struct SealedFolder<'a> {
    pub(super) base: &'a Path,
    pub(super) folder: Folder,
    /// The hash of its sums.
    pub(super) digest: Digest,
    /// The names of the folder and its archives, as far as they are there.
    pub(super) places: &'a [String],
    /// Records may still come to it.
    pub(super) is_open: bool,
}

/// The sums of a folder, as they were found.
#[derive(Debug)]
pub(super) struct FoundSums {
    sealed: SealedSums,
    /// More stands behind what is in the chain.
    is_longer: bool,
}

/// A folder whose files are being compared.
#[derive(Debug)]
pub(super) struct FolderCheck {
    folder: String,
    is_open: bool,
    sums: Sums,
    files: Vec<FileCheck>,
    /// Files that are not in the sums.
    extra: BTreeMap<String, Vec<LogPiece>>,
}

/// A log: what it may consist of.
#[derive(Debug)]
struct FileCheck {
    log: String,
    /// The file as it is, alone.
    plain: Option<ContentJobId>,
    /// What is compressed, alone, and the name of that.
    packed: Option<(ContentJobId, String)>,
    /// Both, one behind the other.
    both: Option<ContentJobId>,
}

/// What may be in a folder.
#[derive(Debug, Default)]
struct Listed {
    /// By the name of the log: as it is, and compressed.
    plain: BTreeMap<String, LogPiece>,
    packed: BTreeMap<String, (LogPiece, String)>,
    /// What is no file.
    others: BTreeSet<String>,
}

impl Listed {
    /// Adds what is compressed. A second form of a log is a file of its own, which was not sealed.
    fn add_packed(&mut self, log: String, piece: LogPiece, name: String) {
        match self.packed.entry(log) {
            Entry::Occupied(_) => {
                self.plain.insert(name, piece);
            }
            Entry::Vacant(first) => {
                first.insert((piece, name));
            }
        }
    }
}

/// Returns the hashes that a folder or an archive may have in the chain.
pub(super) fn sums_digests(place: &Path) -> Vec<Digest> {
    let text = sealed::read_whole(&place.join(SUMS_FILE)).ok().flatten();
    let Some(text) = text.and_then(|text| String::from_utf8(text).ok()) else {
        return Vec::new();
    };
    let (sections, _) = SumsSection::parse_start(&text);
    let digests = sections.iter().map(|section| section.seal_digest(&text));
    digests.collect()
}

impl SealedFolder<'_> {
    /// Reads the sums, in the folder or in its archive. `None` if they are not those of the chain.
    pub(super) fn sums(&self) -> Option<FoundSums> {
        self.places.iter().find_map(|name| {
            let path = self.base.join(name).join(SUMS_FILE);
            let text = sealed::read_whole(&path).ok().flatten()?;
            let sealed = SealedSums::find(&text, self.digest)?;
            let is_longer = sealed.end < text.len();
            Some(FoundSums { sealed, is_longer })
        })
    }

    /// Says what became of a folder without its sums. `moved_to` is what has them, under another
    /// name.
    pub(super) fn missing(&self, moved_to: Option<&String>, found: &mut Verification) {
        let name = self.folder.name();
        let (kind, text) = match moved_to {
            Some(other) if self.places.is_empty() => {
                (FindingKind::Renamed, format!("was renamed to {other}"))
            }
            Some(other) => {
                let text = format!("is another folder: what was sealed under this name is {other}");
                (FindingKind::Renamed, text)
            }
            None if self.places.is_empty() => {
                (FindingKind::Removed, "is not there any more".to_owned())
            }
            None => {
                let text = "is not the one that was sealed, or was changed: then nothing tells how \
                            its files were";
                found.add(Finding::of_file(
                    FindingKind::Changed,
                    (&name, SUMS_FILE),
                    None,
                    text,
                ));
                return;
            }
        };
        found.add(Finding::of_folder(kind, &name, text));
    }

    fn list(&self) -> io::Result<Listed> {
        let mut listed = Listed::default();
        for place in self.places {
            let path = self.base.join(place);
            if sealed::packed_folder(place).is_some() && Folder::parse(place).is_none() {
                for name in sealed::list_archive(&path)? {
                    let piece = LogPiece::Stored(path.join(&name));
                    if name != SUMS_FILE {
                        listed.add_packed(name, piece, place.clone());
                    }
                }
                continue;
            }
            for (name, kind) in sealed::list(&path)? {
                let path = path.join(&name);
                match (kind, sealed::compressed_log(&name)) {
                    _ if name == SUMS_FILE && kind == EntryKind::File => {}
                    (EntryKind::File, Some(log)) => {
                        let piece = LogPiece::Compressed(path);
                        listed.add_packed(log.to_owned(), piece, name.clone());
                    }
                    (EntryKind::File, None) => {
                        drop(listed.plain.insert(name, LogPiece::Stored(path)));
                    }
                    _ => drop(listed.others.insert(name)),
                }
            }
        }
        Ok(listed)
    }
}

impl FolderCheck {
    /// Lists a folder, and has its files compared.
    pub(super) fn begin(
        sealed: &SealedFolder<'_>,
        sums: FoundSums,
        checker: &mut ContentChecker,
        found: &mut Verification,
    ) -> Option<Self> {
        let folder = sealed.folder.name();
        let FoundSums {
            sealed: SealedSums { sums, seals, .. },
            is_longer,
        } = sums;
        if seals > 1 {
            found.resealed.push((folder.clone(), seals));
        }
        if is_longer {
            found.unseal(&folder, "its last seal was not completed");
        }
        let mut listed = match sealed.list() {
            Ok(listed) => listed,
            Err(error) => {
                let text = format!("cannot be listed: {error}");
                found.add(Finding::of_folder(FindingKind::Unreadable, &folder, text));
                return None;
            }
        };
        let mut files = Vec::new();
        for (log, sum) in &sums.files {
            let plain = listed.plain.remove(log);
            let packed = listed.packed.remove(log);
            let both = match (&packed, &plain) {
                (Some((packed, _)), Some(plain)) => {
                    Some(checker.add(sum, vec![packed.clone(), plain.clone()]))
                }
                _ => None,
            };
            files.push(FileCheck {
                log: log.clone(),
                plain: plain.map(|piece| checker.add(sum, vec![piece])),
                packed: packed.map(|(piece, name)| (checker.add(sum, vec![piece]), name)),
                both,
            });
        }
        let is_known = |name: &String| sums.others.contains(name) || is_unfinished(name, &sums);
        let mut extra = BTreeMap::new();
        for (name, piece) in listed.plain {
            extra.insert(name, vec![piece]);
        }
        for (log, (piece, name)) in listed.packed {
            // What is in an archive has the name of the log.
            let name = if sealed::packed_folder(&name).is_some() {
                log
            } else {
                name
            };
            extra.insert(name, vec![piece]);
        }
        extra.extend(listed.others.into_iter().map(|name| (name, Vec::new())));
        extra.retain(|name, _| !is_known(name));
        found.folders += 1;
        Some(Self {
            folder,
            is_open: sealed.is_open,
            sums,
            files,
            extra,
        })
    }

    /// Says what is not as it was sealed.
    pub(super) fn finish(mut self, outcomes: &[ContentOutcome], found: &mut Verification) {
        let files = std::mem::take(&mut self.files);
        for file in &files {
            found.files += 1;
            self.finish_file(file, outcomes, found);
        }
        for name in self.extra.keys() {
            if self.is_open {
                found.unseal(&self.folder, &format!("{name} is new since it was sealed"));
            } else {
                let text = "was added after the folder was sealed";
                self.report(FindingKind::Added, name, None, text, found);
            }
        }
    }

    fn finish_file(
        &mut self,
        file: &FileCheck,
        outcomes: &[ContentOutcome],
        found: &mut Verification,
    ) {
        let log = &file.log;
        let of = |id| ContentOutcome::of(outcomes, id);
        let plain = file.plain.map(of);
        let packed = file.packed.as_ref().map(|(id, name)| (of(*id), name));
        let both = file.both.map(of);
        let outcome = match (plain, packed, both) {
            // A compression that was killed has left the file beside what it made of it.
            (Some(plain), Some((packed, name)), _) if plain.is_same() && !packed.is_same() => {
                let text = "was put beside the log, and is not what is in it";
                self.report(FindingKind::Added, name, None, text, found);
                plain
            }
            (Some(plain), Some(_), _) if plain.is_same() => plain,
            (_, _, Some(both)) => both,
            (Some(one), None, _) | (None, Some((one, _)), _) => one,
            _ => return self.finish_missing(log, found),
        };
        found.bytes += outcome.bytes();
        if outcome.has_grown() && self.is_open {
            let why = format!("{log} has grown since it was sealed");
            return found.unseal(&self.folder, &why);
        }
        if let Some(other) = self.is_what_another_was(log, outcome) {
            let text = format!("has what was sealed as {other}");
            return self.report(FindingKind::Renamed, log, None, &text, found);
        }
        for (kind, lines, text) in outcome.faults() {
            self.report(kind, log, lines, &text, found);
        }
    }

    /// Finds what was a log under another name.
    fn finish_missing(&mut self, log: &str, found: &mut Verification) {
        let sealed = self.sums.files[log].digest;
        let is_it = |pieces: &Vec<LogPiece>| {
            !pieces.is_empty() && content::digest_of(pieces).is_ok_and(|digest| digest == sealed)
        };
        let other = self.extra.iter().find(|(_, pieces)| is_it(pieces));
        let Some(other) = other.map(|(name, _)| name.clone()) else {
            let text = "is not there any more";
            return self.report(FindingKind::Removed, log, None, text, found);
        };
        self.extra.remove(&other);
        let text = format!("was renamed to {other}");
        self.report(FindingKind::Renamed, log, None, &text, found);
    }

    /// Returns the log whose content a changed one has.
    fn is_what_another_was(&self, log: &str, outcome: &ContentOutcome) -> Option<String> {
        if outcome.is_same() || !outcome.is_another() || outcome.error.is_some() {
            return None;
        }
        let digest = outcome.digest().ok()?;
        let mut others = self.sums.files.iter();
        let other = others.find(|(name, sum)| *name != log && sum.digest == digest)?;
        Some(other.0.clone())
    }

    fn report(
        &self,
        kind: FindingKind,
        file: &str,
        lines: Option<(u64, u64)>,
        text: &str,
        found: &mut Verification,
    ) {
        found.add(Finding::of_file(kind, (&self.folder, file), lines, text));
    }
}

/// Returns whether this is what a compression or a seal is writing.
fn is_unfinished(name: &str, sums: &Sums) -> bool {
    let finished = name
        .strip_prefix('.')
        .and_then(|name| name.strip_suffix(".tmp"));
    finished.is_some_and(|name| {
        let log = sealed::compressed_log(name).unwrap_or(name);
        name == SUMS_FILE || sums.files.contains_key(log)
    })
}
