//! The files behind what was given: those of folders, archives and trees as well.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chronologix_schema::layout::Folder;

use super::{
    Listing, PartKind, SUFFIX,
    file_name::{name_text, path_of, shown_name},
    looks_like_tree, numbered,
    packed::{archive_stem, is_archive, members, open_file, take_trouble, uncompressed_name},
    positional::read_at,
    root::{Given, Source, stream_name},
    rotation::{Age, Rotated},
    spool,
};

#[cfg(test)]
mod tests;

/// The bytes at the beginning that tell whether a file is text.
const SAMPLE: usize = 512;

/// The fewest zero bytes that are a hole at the beginning of a text, and not the beginning of
/// something else.
const HOLE: usize = 8;

/// The number of the file that is written. Below are numbers for [`Age::Number`], and below them
/// those for [`Age::Date`], which are counted in [`TICK`]s.
const NEWEST_PART: u32 = 1_040_000;

/// The time between two dates that have numbers of their own.
const TICK: TimeDelta = TimeDelta::minutes(5);

/// What is the first date with a number of its own, before the day of all files.
const OLDEST: TimeDelta = TimeDelta::days(3_200);

/// A file that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GivenFile {
    /// The name of its stream.
    pub(super) stream: String,
    /// Its place among the files of the stream.
    pub(super) part: u32,
    /// Its absolute path, as a text that [`path_of`] takes.
    pub(super) path: String,
    /// Whether it is still written.
    pub(super) kind: PartKind,
}

/// The files of what was given, and what was seen of its folders.
#[derive(Debug, Default)]
pub(super) struct GivenFiles {
    /// By the folders that stand for them.
    pub(super) folders: BTreeMap<Folder, Vec<GivenFile>>,
    /// The folders that were listed.
    listings: BTreeMap<PathBuf, Listing>,
    /// Whether files of folders are text, as far as that is known.
    texts: BTreeMap<PathBuf, bool>,
}

/// A file before its place among its siblings is known.
struct Candidate {
    stream: String,
    /// The folder and the name that siblings share.
    family: (PathBuf, String),
    interval: Option<Folder>,
    age: Age,
    path: PathBuf,
}

impl GivenFiles {
    /// Looks at everything that was given once more.
    ///
    /// # Errors
    ///
    /// Fails if there is nothing to read.
    pub(super) fn refresh(&mut self, given: &Given, now: DateTime<Utc>) -> io::Result<()> {
        let mut candidates = Vec::new();
        let is_alone = given.sources.len() == 1;
        let mut is_missing = true;
        for source in &given.sources {
            let label = (!is_alone).then_some(&*source.label);
            is_missing &= self.find(source, label, now, &mut candidates)?;
        }
        leave_out_links(&mut candidates);
        self.folders = in_order(candidates, given);
        if self.folders.is_empty() && is_missing {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok(())
    }

    /// Returns the names of the streams.
    pub(super) fn streams(&self) -> impl Iterator<Item = String> {
        let files = self.folders.values().flatten();
        files.map(|file| file.stream.clone())
    }

    /// Adds the files of a source. Returns whether it does not exist.
    fn find(
        &mut self,
        source: &Source,
        label: Option<&str>,
        now: DateTime<Utc>,
        found: &mut Vec<Candidate>,
    ) -> io::Result<bool> {
        let path = &source.path;
        let is_folder = path.is_dir();
        if is_folder && looks_like_tree(path) {
            self.find_in_tree(path, label, now, found);
        } else if is_folder {
            let names = self.names(path, now);
            for name in names {
                let file = path_of(path, &name);
                if !name.starts_with('.') && file.is_file() && self.is_text(&file) {
                    found.push(candidate(&file, label, None));
                }
            }
        } else if spool::is_needed(path) {
            found.push(Candidate {
                stream: source.label.clone(),
                family: (path.clone(), String::new()),
                interval: None,
                age: Age::Current,
                path: path.clone(),
            });
        } else if is_archive(path) {
            self.find_in_archive(path, label, found)?;
        } else if path.is_file() {
            let mut file = candidate(path, None, source.interval);
            file.stream.clone_from(&source.label);
            found.push(file);
        } else {
            return Ok(true);
        }
        Ok(false)
    }

    /// Adds the files of an archive. Beside other sources, a reader tells why it cannot be read.
    fn find_in_archive(
        &mut self,
        path: &Path,
        label: Option<&str>,
        found: &mut Vec<Candidate>,
    ) -> io::Result<()> {
        let names = match members(path) {
            Ok(names) => names,
            Err(error) if label.is_none() => return Err(error),
            Err(_) => return Ok(()),
        };
        if names.is_empty()
            && label.is_none()
            && let Some(trouble) = take_trouble(path)
        {
            return Err(io::Error::other(format!("it {trouble}")));
        }
        for name in names {
            let file = path_of(path, &name);
            let is_hidden = name
                .rsplit('/')
                .next()
                .is_some_and(|name| name.starts_with('.'));
            if is_hidden || !self.is_text(&file) {
                continue;
            }
            // Files of one name in several folders of the archive are streams of their own.
            let inner = name.rsplit_once('/').map(|(folder, _)| folder);
            let inner = inner.map(shown_name);
            let labels: Vec<&str> = label.into_iter().chain(inner.as_deref()).collect();
            let label = (!labels.is_empty()).then(|| labels.join("/"));
            found.push(candidate(&file, label.as_deref(), None));
        }
        Ok(())
    }

    /// Adds the files of the interval folders of a tree.
    fn find_in_tree(
        &mut self,
        base: &Path,
        label: Option<&str>,
        now: DateTime<Utc>,
        found: &mut Vec<Candidate>,
    ) {
        let folders: BTreeSet<String> = {
            let listing = self.listing(base, now);
            let names = listing.folders().iter().chain(listing.files());
            names.cloned().collect()
        };
        for name in folders {
            let Some(interval) = Folder::parse(archive_stem(&name).unwrap_or(&name)) else {
                continue;
            };
            let folder = path_of(base, &name);
            let names = if folder.is_dir() {
                self.names(&folder, now)
            } else {
                // A reader tells why an archive cannot be read.
                members(&folder).unwrap_or_default()
            };
            let is_log = |name: &String| {
                let name = uncompressed_name(name).unwrap_or(name);
                !name.starts_with('.') && name.ends_with(SUFFIX)
            };
            for name in names.into_iter().filter(is_log) {
                found.push(candidate(&path_of(&folder, &name), label, Some(interval)));
            }
        }
    }

    /// Returns the names of the files in a folder.
    fn names(&mut self, folder: &Path, now: DateTime<Utc>) -> Vec<String> {
        self.listing(folder, now).files().to_vec()
    }

    fn listing(&mut self, folder: &Path, now: DateTime<Utc>) -> &Listing {
        let new = || Listing::new(folder.to_owned());
        let listing = self.listings.entry(folder.to_owned()).or_insert_with(new);
        // A folder that cannot be listed has no files.
        let _ = listing.refresh(now);
        listing
    }

    /// Returns whether a file holds text, by its first bytes.
    fn is_text(&mut self, path: &Path) -> bool {
        if let Some(is_text) = self.texts.get(path) {
            return *is_text;
        }
        // What is compressed would have to be unpacked for that.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(stem) = uncompressed_name(&name) {
            return archive_stem(&name).is_none() && !stem.is_empty();
        }
        let sample = sample_of(path);
        let is_text = sample.as_ref().is_ok_and(|sample| {
            let has_zeros = memchr::memchr(0, sample).is_some();
            !has_zeros
        });
        // An empty file may become either.
        if !sample.is_ok_and(|sample| sample.is_empty()) {
            self.texts.insert(path.to_owned(), is_text);
        }
        is_text
    }
}

/// Returns some bytes of a file: its first, or its last if it begins with a hole.
fn sample_of(path: &Path) -> io::Result<Vec<u8>> {
    let file = open_file(path)?;
    let mut sample = vec![0; SAMPLE];
    let length = read_at(&file, &mut sample, 0)?;
    sample.truncate(length);
    let hole = sample.iter().take_while(|byte| **byte == 0).count();
    if hole < HOLE {
        return Ok(sample);
    }
    let end = file.state()?.length;
    let start = end.saturating_sub(SAMPLE as u64).max(hole as u64);
    sample.resize(
        usize::try_from(end.saturating_sub(start)).unwrap_or(SAMPLE),
        0,
    );
    let length = read_at(&file, &mut sample, start)?;
    sample.truncate(length);
    let hole = sample.iter().take_while(|byte| **byte == 0).count();
    // If there is nothing else, it is no text.
    let rest = sample.split_off(hole.min(length.saturating_sub(1)));
    Ok(rest)
}

/// Leaves out links to files that are read anyway.
fn leave_out_links(files: &mut Vec<Candidate>) {
    let is_link = |file: &Candidate| {
        let found = fs::symlink_metadata(&file.path);
        found.is_ok_and(|found| found.is_symlink())
    };
    let are_links: Vec<bool> = files.iter().map(is_link).collect();
    if !are_links.contains(&true) {
        return;
    }
    let real = |file: &Candidate| fs::canonicalize(&file.path).ok();
    let others = files
        .iter()
        .zip(&are_links)
        .filter(|(_, is_link)| !**is_link);
    let mut known: BTreeSet<PathBuf> = others.filter_map(|(file, _)| real(file)).collect();
    let mut are_links = are_links.into_iter();
    files.retain(|file| {
        let is_link = are_links.next().unwrap_or(false);
        !is_link || real(file).is_none_or(|real| known.insert(real))
    });
}

/// Returns a file with the name of its stream and what tells its place.
fn candidate(path: &Path, label: Option<&str>, interval: Option<Folder>) -> Candidate {
    let name = name_text(path.file_name().unwrap_or_default());
    let folder = path.parent().unwrap_or(Path::new(""));
    let (stem, age, family) = if let Some(interval) = interval {
        // In a folder of a tree, `app.1.log` follows `app.log`.
        let name = uncompressed_name(&name).unwrap_or(&name);
        let (stem, number) = numbered(name).unwrap_or((name.to_owned(), 0));
        let tree = folder.parent().unwrap_or(folder);
        (stem, Age::Date(interval.start(), number), tree)
    } else {
        let Rotated { stem, age } = Rotated::parse(&name);
        (stem, age, folder)
    };
    let stream = shown_name(&stream_name(&stem));
    Candidate {
        stream: label.map_or(stream.clone(), |label| format!("{label}/{stream}")),
        family: (family.to_owned(), stem),
        interval,
        age,
        path: path.to_owned(),
    }
}

/// Numbers the files of each stream in the order of time.
fn in_order(mut candidates: Vec<Candidate>, given: &Given) -> BTreeMap<Folder, Vec<GivenFile>> {
    candidates.sort_by(|one, other| (&one.stream, one.age).cmp(&(&other.stream, other.age)));
    let written: BTreeSet<(PathBuf, String)> = candidates
        .iter()
        .filter(|file| file.age == Age::Current)
        .map(|file| file.family.clone())
        .collect();
    let mut folders: BTreeMap<Folder, Vec<GivenFile>> = BTreeMap::new();
    let mut last: Option<(Folder, String, Age, u32)> = None;
    for file in candidates {
        let Some(folder) = given.day.or(file.interval) else {
            continue;
        };
        let siblings = last
            .as_ref()
            .filter(|(known, stream, ..)| *known == folder && *stream == file.stream);
        let is_compressed = uncompressed_name(&file.path.to_string_lossy()).is_some();
        // While a file is being compressed, it exists twice. The first is the original.
        if is_compressed && siblings.is_some_and(|(.., age, _)| *age == file.age) {
            continue;
        }
        let next = siblings.map_or(0, |(.., part)| part + 1);
        let part = match (given.day, file.age) {
            (None, Age::Date(_, number)) => number,
            (_, age) => part_of(age, folder.start()),
        };
        let part = part.max(next);
        let kind = match file.age {
            Age::Date(_, number) if file.interval.is_some() && number > 0 => PartKind::Own,
            Age::Number(_) => PartKind::Rotated,
            Age::Date(..) if written.contains(&file.family) => PartKind::Rotated,
            Age::Date(..) | Age::Current => PartKind::Foreign,
        };
        last = Some((folder, file.stream.clone(), file.age, part));
        folders.entry(folder).or_default().push(GivenFile {
            stream: file.stream,
            part,
            path: name_text(file.path.as_os_str()),
            kind,
        });
    }
    folders
}

/// Returns the number of a file by its age. It stays the same when others come or go.
fn part_of(age: Age, day: NaiveDateTime) -> u32 {
    match age {
        Age::Current => NEWEST_PART,
        Age::Number(number) => NEWEST_PART - 1 - number.0,
        Age::Date(date, number) => {
            let ticks = (date - day + OLDEST).num_seconds() / TICK.num_seconds();
            let ticks = u32::try_from(ticks).unwrap_or(0);
            ticks.saturating_add(number).min(NEWEST_PART - 2_000)
        }
    }
}
