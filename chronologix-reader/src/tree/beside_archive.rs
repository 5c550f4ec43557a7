//! A folder beside the archive that it was packed in.
//!
//! Lines that come late to a packed folder stand in a new folder beside the archive. While a folder
//! is being packed, its files stand in both for a moment. So a file that holds all of one in the
//! archive takes the place of that, one that holds only a beginning of it is left out, and
//! everything else was added later.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::{
    file_name::{name_text, path_of},
    packed::{lock, members, open_file, uncompressed_name},
    positional::{Identity, read_at},
};

#[cfg(test)]
mod tests;

/// What was found, by folder, and in what versions of the files.
static FOUND: Mutex<BTreeMap<PathBuf, (Versions, BothNames)>> = Mutex::new(BTreeMap::new());

/// The versions of an archive, and of the files beside it.
type Versions = (Identity, Vec<(String, Option<Identity>)>);

/// How many bytes are compared at once.
const BLOCK: usize = if cfg!(test) { 64 } else { 64 << 10 };

/// The files of a folder and of its archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct BothNames {
    /// Names in the folder, and paths in the archive.
    pub(super) files: Vec<String>,
    /// The names of files whose lines were added later.
    pub(super) late: BTreeSet<String>,
    /// Whether no file is left out. One that is may go on otherwise.
    pub(super) is_settled: bool,
}

/// What a file beside an archive holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    /// All of a file in the archive, and perhaps more.
    All,
    /// A beginning of it.
    Beginning,
    /// Something else.
    Other,
}

/// Returns the files of a folder, of which these are the names, and of its archive. They are
/// compared once, as long as they stay as they are.
///
/// # Errors
///
/// Fails if the archive cannot be read.
pub(super) fn names_of_both(
    archive: &Path,
    folder: &Path,
    names: &[String],
) -> io::Result<BothNames> {
    let version = |path: &Path| fs::metadata(path).map(|found| Identity::of_packed(&found));
    let names = names.iter().filter(|name| !name.starts_with('.')).cloned();
    let names = names.map(|name| {
        let version = version(&path_of(folder, &name));
        (name, version.ok())
    });
    let versions = (version(archive)?, names.collect());
    if let Some((of, found)) = lock(&FOUND).get(folder)
        && *of == versions
    {
        return Ok(found.clone());
    }
    let names = versions.1.iter().map(|(name, _)| name);
    let found = compared(archive, folder, names)?;
    lock(&FOUND).insert(folder.to_owned(), (versions, found.clone()));
    Ok(found)
}

fn compared<'n>(
    archive: &Path,
    folder: &Path,
    names: impl Iterator<Item = &'n String>,
) -> io::Result<BothNames> {
    let plain = |name: &str| uncompressed_name(name).unwrap_or(name).to_owned();
    let packed = members(archive)?.into_iter();
    let mut packed: BTreeMap<String, String> =
        packed.map(|member| (plain(&member), member)).collect();
    let mut both = BothNames {
        is_settled: true,
        ..BothNames::default()
    };
    let mut replaced = Vec::new();
    for name in names {
        let held = match packed.get(&plain(name)) {
            Some(member) => held(&path_of(archive, member), &path_of(folder, name)),
            None => Ok(Held::Other),
        };
        match held {
            Ok(Held::All) => replaced.push(plain(name)),
            Ok(Held::Beginning) => {
                both.is_settled = false;
                continue;
            }
            // It was removed meanwhile.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            // Reading it reports what cannot be read.
            Ok(Held::Other) | Err(_) => {
                both.late.insert(name.clone());
            }
        }
        both.files.push(name.clone());
    }
    packed.retain(|name, _| !replaced.contains(name));
    let path = |member: &String| name_text(path_of(archive, member).as_os_str());
    both.files.extend(packed.values().map(path));
    Ok(both)
}

/// Compares a file of an archive with one beside it.
fn held(member: &Path, beside: &Path) -> io::Result<Held> {
    let (member, beside) = (open_file(member)?, open_file(beside)?);
    let lengths = (member.state()?.length, beside.state()?.length);
    let end = lengths.0.min(lengths.1);
    let (mut packed, mut loose) = (vec![0; BLOCK], vec![0; BLOCK]);
    let mut at = 0;
    while at < end {
        let length = usize::try_from(end - at).unwrap_or(BLOCK).min(BLOCK);
        let (packed, loose) = (&mut packed[..length], &mut loose[..length]);
        let read = (read_at(&member, packed, at)?, read_at(&beside, loose, at)?);
        if read != (length, length) || packed != loose {
            return Ok(Held::Other);
        }
        at += length as u64;
    }
    Ok(if lengths.1 < lengths.0 {
        Held::Beginning
    } else {
        Held::All
    })
}
