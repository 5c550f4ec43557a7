//! Late files of a folder: those that were made after the one of their name was compressed or
//! packed.
//!
//! Lines that come late to a compressed file stand in a new file beside it, and those that come
//! late to a packed folder in a new folder beside the archive. While a file is being compressed or
//! packed, it stands twice for a moment. So a file that holds all of an earlier one takes the place
//! of that, one that holds only a beginning of it is left out, and everything else was added later.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::{
    file_name::{name_text, path_of},
    numbered,
    packed::{lock, members, open_file, uncompressed_name},
    positional::{Identity, OpenFile, read_at},
};

#[cfg(test)]
mod tests;

/// What was found, by folder, and in what versions of the files.
static FOUND: Mutex<BTreeMap<PathBuf, (Versions, DistinctFiles)>> = Mutex::new(BTreeMap::new());

/// What was found of two files, and in what versions of them.
static HELD: Mutex<BTreeMap<[PathBuf; 2], HeldOnce>> = Mutex::new(BTreeMap::new());

/// The versions of an archive or a folder, and of the files beside it or in it.
type Versions = (Option<Identity>, Vec<(String, Option<Identity>)>);

/// The versions of two files, and what the second holds.
type HeldOnce = ([Identity; 2], Held);

/// How many bytes are compared at once.
const BLOCK: usize = if cfg!(test) { 64 } else { 64 << 10 };

/// The files of a folder and of the archive beside it, without those that hold nothing of their
/// own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DistinctFiles {
    /// Names in the folder, and paths in the archive.
    pub(super) files: Vec<String>,
    /// The times that lines were added late, up to those of a file. Missing if there was none.
    pub(super) rounds: BTreeMap<String, u32>,
    /// The first round of files that were added when the archive was made already.
    pub(super) after_archive: u32,
    /// Whether no file is left out. One that is may go on otherwise.
    pub(super) is_settled: bool,
}

/// What a file beside an earlier one holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// All of the earlier one, and perhaps more.
    All,
    /// A beginning of it.
    Beginning,
    /// Something else.
    Other,
}

/// A file that is compared with others of its name.
#[derive(Debug)]
struct ComparedFile {
    path: PathBuf,
    /// How it is listed.
    name: String,
    /// Its name before it was compressed.
    plain: String,
    /// The first file of its stream, and its number.
    stream: (String, u32),
    is_plain: bool,
    is_in_archive: bool,
    version: Option<Identity>,
}

/// Returns whether names differ only by their compression. They must be sorted.
pub(super) fn has_files_twice(names: &[String]) -> bool {
    let mut compressed = BTreeSet::new();
    let visible = names.iter().filter(|name| !name.starts_with('.'));
    let mut plain = visible.filter_map(|name| uncompressed_name(name));
    plain.any(|plain| {
        let is_there = |name: &String| name.as_str().cmp(plain);
        names.binary_search_by(is_there).is_ok() || !compressed.insert(plain)
    })
}

/// Returns the files of a folder, of which these are the names, and of the archive beside it. Those
/// of an archive alone are found in the same way. They are compared once, as long as they stay as
/// they are.
pub(super) fn distinct_files(
    archive: Option<&Path>,
    folder: &Path,
    names: &[String],
) -> DistinctFiles {
    let version = |path: &Path| {
        let found = fs::metadata(path).ok()?;
        Some(Identity::of_packed(&found))
    };
    let names = names.iter().filter(|name| !name.starts_with('.'));
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for name in names.clone() {
        *counts.entry(plain_name(name)).or_default() += 1;
    }
    let names = names.map(|name| {
        // What has only one name is compared with nothing, unless there is an archive.
        let may_be_twice = archive.is_some() || counts.get(plain_name(name)) != Some(&1);
        let version = may_be_twice.then(|| version(&path_of(folder, name)));
        (name.clone(), version.flatten())
    });
    let versions = (version(archive.unwrap_or(folder)), names.collect());
    if let Some((of, found)) = lock(&FOUND).get(folder)
        && *of == versions
    {
        return found.clone();
    }
    let (found, is_certain) = compared(archive, folder, &versions);
    if is_certain {
        lock(&FOUND).insert(folder.to_owned(), (versions, found.clone()));
    }
    found
}

/// Returns the name of a file before it was compressed.
fn plain_name(name: &str) -> &str {
    uncompressed_name(name).unwrap_or(name)
}

/// Compares files that have one name. Returns also whether all of them could be read.
fn compared(archive: Option<&Path>, folder: &Path, versions: &Versions) -> (DistinctFiles, bool) {
    // An archive that cannot be read has no files. It is reported elsewhere.
    let packed = archive.map_or_else(|| Ok(Vec::new()), members);
    let mut is_certain = packed.is_ok();
    let packed = packed.unwrap_or_default();
    let packed = archive.map(|archive| (archive, &packed[..]));
    let mut distinct = DistinctFiles {
        after_archive: u32::from(archive.is_some()),
        is_settled: true,
        ..DistinctFiles::default()
    };
    let mut files: Vec<Option<ComparedFile>> = Vec::new();
    let mut of_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    // The round of the last file of a stream, in a folder or an archive, compressed or not.
    let mut last: BTreeMap<(String, bool, bool), u32> = BTreeMap::new();
    for file in compared_files(packed, folder, versions) {
        let kind = (file.stream.0.clone(), file.is_in_archive, file.is_plain);
        let earlier = of_name.entry(file.plain.clone()).or_default();
        // A file that continues a late one is late as well.
        let after = last.get(&kind).copied().filter(|_| earlier.is_empty());
        let first = if file.is_in_archive {
            0
        } else {
            distinct.after_archive
        };
        let mut round = after.unwrap_or(0).max(first);
        let mut is_left_out = false;
        for at in earlier.iter().copied() {
            let Some(other) = &files[at] else { continue };
            let of_other = distinct.rounds.get(&other.name).copied().unwrap_or(0);
            match held(other, &file) {
                Ok(Held::All) => {
                    round = of_other;
                    files[at] = None;
                    break;
                }
                Ok(Held::Beginning) => {
                    distinct.is_settled = false;
                    is_left_out = true;
                    break;
                }
                // It was removed meanwhile.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    is_left_out = true;
                    break;
                }
                // Reading it reports what cannot be read.
                held => {
                    is_certain &= held.is_ok();
                    round = round.max(of_other + 1);
                }
            }
        }
        if is_left_out {
            continue;
        }
        if file.is_in_archive {
            distinct.after_archive = distinct.after_archive.max(round + 1);
        }
        earlier.push(files.len());
        last.insert(kind, round);
        if round > 0 {
            distinct.rounds.insert(file.name.clone(), round);
        }
        files.push(Some(file));
    }
    distinct.files = files.into_iter().flatten().map(|file| file.name).collect();
    (distinct, is_certain)
}

/// Returns all files in the order in which they were made: those of the archive first, and those
/// that are compressed before those that are not.
fn compared_files(
    packed: Option<(&Path, &[String])>,
    folder: &Path,
    versions: &Versions,
) -> Vec<ComparedFile> {
    let of_file = |path: PathBuf, name: &str, listed: String, version| {
        let plain = plain_name(name).to_owned();
        ComparedFile {
            path,
            name: listed,
            stream: numbered(&plain).unwrap_or_else(|| (plain.clone(), 0)),
            is_plain: plain == name,
            plain,
            is_in_archive: false,
            version,
        }
    };
    let packed = packed.into_iter().flat_map(|(archive, names)| {
        names.iter().map(move |name| {
            let path = path_of(archive, name);
            let listed = name_text(path.as_os_str());
            ComparedFile {
                is_in_archive: true,
                ..of_file(path, name, listed, versions.0)
            }
        })
    });
    let beside = versions.1.iter().map(|(name, version)| {
        // What has no version of its own stands in an archive.
        let version = version.or(versions.0);
        of_file(path_of(folder, name), name, name.clone(), version)
    });
    let mut files: Vec<ComparedFile> = packed.chain(beside).collect();
    files.sort_by(|one, other| {
        let place = |file: &ComparedFile| (!file.is_in_archive, file.is_plain);
        (place(one), &one.stream).cmp(&(place(other), &other.stream))
    });
    files
}

/// Compares a file with an earlier one.
fn held(earlier: &ComparedFile, file: &ComparedFile) -> io::Result<Held> {
    let paths = [earlier.path.clone(), file.path.clone()];
    let versions = earlier.version.zip(file.version).map(|(a, b)| [a, b]);
    if let Some((of, held)) = lock(&HELD).get(&paths)
        && Some(*of) == versions
    {
        return Ok(*held);
    }
    let opened = open_file(&file.path)?;
    let earlier = match open_file(&earlier.path) {
        // It was removed meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Held::All),
        earlier => earlier?,
    };
    let held = compare(&earlier, &opened)?;
    if let Some(versions) = versions {
        lock(&HELD).insert(paths, (versions, held));
    }
    Ok(held)
}

fn compare(earlier: &OpenFile, file: &OpenFile) -> io::Result<Held> {
    let lengths = (earlier.state()?.length, file.state()?.length);
    let end = lengths.0.min(lengths.1);
    let (mut old, mut new) = (vec![0; BLOCK], vec![0; BLOCK]);
    let mut at = 0;
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(BLOCK).min(BLOCK);
        let (old, new) = (&mut old[..length], &mut new[..length]);
        let read = (read_at(earlier, old, at)?, read_at(file, new, at)?);
        if read != (length, length) || old != new {
            return Ok(Held::Other);
        }
        at += length as u64;
    }
    Ok(if lengths.1 < lengths.0 {
        Held::Beginning
    } else if lengths.0 == 0 && lengths.1 > 0 {
        // It may be damaged, which is found out as it is read.
        Held::Other
    } else {
        Held::All
    })
}
