//! Reads the records of a tree from a place on, across folders, in either direction.

use std::{
    collections::BTreeMap,
    io::{self, ErrorKind},
    iter,
    path::PathBuf,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::Folder;

use super::{
    blocks::Blocks,
    filter::{Filter, View},
    folder_cursor::{FolderCursor, Step},
    request::{Direction, Place},
    stream_files::{FilePart, FilePosition, StreamFiles, name_in_messages},
};
use crate::{
    line::Key,
    streams::StreamId,
    tree::{
        Handover, PartKind, Tree, begin_of_new, descriptor_share, file_state, path_of,
        shown_file_name, take_trouble,
    },
};

#[cfg(test)]
pub(super) mod tests;

/// The number of folders at the end of the tree that may still get lines.
const LIVE_FOLDERS: usize = 2;

/// The most bytes of the very time of a place that are read to detect copies.
const MOST_OF_ONE_TIME: u64 = 12 << 20;

/// Reads records from a place on.
#[derive(Debug)]
pub struct TreeCursor {
    direction: Direction,
    filter: Filter,
    streams: Option<Vec<StreamId>>,
    /// The folders to read, the next one last.
    folders: Vec<Folder>,
    /// Only records beyond this place are returned.
    from: Place,
    folder_cursor: Option<FolderCursor>,
    /// How far the cursor got, if no folder is open.
    reached: Option<Key>,
    /// Whether folders whose intervals overlap are merged.
    is_by_time: bool,
    /// How far files are read.
    bounds: Bounds,
    /// Unreadable files that have not been reported.
    troubles: Vec<String>,
}

impl TreeCursor {
    /// Starts at a place. The tree must have been refreshed.
    pub fn new(tree: &Tree, view: &View, from: Place, direction: Direction) -> Self {
        let near = folder_of(tree, from);
        let near = match (near, from) {
            (Some(folder), Place::Time(_)) => tree.overlapping(folder),
            _ => near.as_slice(),
        };
        Self::starting(tree.folders(), near, view, from, direction)
    }

    /// Starts at a time or an end, and merges folders whose intervals overlap. Keys are not in
    /// order then.
    pub fn by_time(tree: &Tree, view: &View, from: Place, direction: Direction) -> Self {
        let near = folder_of(tree, from).map(|folder| tree.overlapping(folder));
        let near = near.unwrap_or_default();
        Self {
            is_by_time: true,
            ..Self::starting(tree.folders(), near, view, from, direction)
        }
    }

    /// Starts at a place, which lies in the folders `near`.
    fn starting(
        all: &[Folder],
        near: &[Folder],
        view: &View,
        from: Place,
        direction: Direction,
    ) -> Self {
        let folders: Vec<Folder> = match (direction, near) {
            (_, []) => Vec::new(),
            (Direction::Older, [.., last]) => {
                all[..all.partition_point(|other| other <= last)].to_vec()
            }
            (Direction::Newer, [first, ..]) => {
                all[all.partition_point(|other| other < first)..].to_vec()
            }
        };
        // There is nothing beyond the ends.
        let mut folders = match (direction, from) {
            (Direction::Older, Place::Beginning) | (Direction::Newer, Place::End) => Vec::new(),
            _ => folders,
        };
        if direction == Direction::Newer {
            folders.reverse();
        }
        Self {
            direction,
            filter: view.filter.clone(),
            streams: view.streams.clone(),
            folders,
            from,
            folder_cursor: None,
            reached: None,
            is_by_time: false,
            bounds: Bounds::default(),
            troubles: Vec::new(),
        }
    }

    /// Limits how far files are read.
    pub fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Reads no other folder.
    pub fn only(mut self, folder: Folder) -> Self {
        self.folders.retain(|other| *other == folder);
        self
    }

    /// Returns how far the cursor got. Records beyond are still to come.
    pub fn reached(&self) -> Place {
        let edge = self
            .folder_cursor
            .as_ref()
            .and_then(FolderCursor::reach)
            .or(self.reached);
        match (edge, self.direction) {
            (None, _) => self.from,
            (Some(key), Direction::Older) => Place::Row(Key {
                stream: StreamId(u16::MAX),
                sequence: u64::MAX,
                ..key
            }),
            (Some(key), Direction::Newer) => Place::Row(Key {
                stream: StreamId(0),
                sequence: 0,
                ..key
            }),
        }
    }

    /// Advances by one step.
    pub fn step(&mut self, tree: &mut Tree, now: DateTime<Utc>) -> Step {
        if let Some(trouble) = self.troubles.pop() {
            return Step::Trouble(trouble);
        }
        let Some(folder_cursor) = &mut self.folder_cursor else {
            let Some(folder) = self.folders.pop() else {
                return Step::End;
            };
            self.folder_cursor = Some(self.enter_all(folder, tree, now));
            return Step::Pending;
        };
        match folder_cursor.step(&self.filter, tree.timestamps(), tree.streams()) {
            Step::End => {
                self.reached = folder_cursor.reach().or(self.reached);
                self.folder_cursor = None;
                Step::Pending
            }
            Step::Records(mut records) => {
                if let Place::Row(row) = self.from {
                    records.retain(|record| match self.direction {
                        Direction::Older => record.line.key < row,
                        Direction::Newer => record.line.key > row,
                    });
                }
                if records.is_empty() {
                    Step::Pending
                } else {
                    Step::Records(records)
                }
            }
            other => other,
        }
    }

    /// Opens a folder, and those to read that overlap with it.
    fn enter_all(&mut self, first: Folder, tree: &mut Tree, now: DateTime<Utc>) -> FolderCursor {
        let mut folders = vec![first];
        if self.is_by_time {
            let overlapping = tree.overlapping(first);
            let is_other = |folder: &mut Folder| overlapping.contains(folder);
            folders.extend(iter::from_fn(|| self.folders.pop_if(is_other)));
        }
        let mut blocks = Vec::new();
        for folder in folders {
            match self.enter(folder, tree, now) {
                Ok(found) => blocks.extend(found),
                Err(error) => {
                    let trouble = format!("{folder} cannot be read: {error}");
                    self.troubles.push(trouble);
                }
            }
        }
        if blocks.len() > descriptor_share() {
            blocks.iter_mut().for_each(Blocks::close_after_reads);
        }
        FolderCursor::new(blocks, self.direction)
    }

    /// Opens the streams of a folder at the positions where reading begins.
    fn enter(
        &mut self,
        folder: Folder,
        tree: &mut Tree,
        now: DateTime<Utc>,
    ) -> io::Result<Vec<Blocks>> {
        let found = open_streams(tree, folder, now, self.streams.as_deref(), &self.bounds)?;
        self.troubles.extend(found.troubles);
        let unpacked = unpacking_troubles(tree, folder, &found.streams);
        self.troubles.extend(unpacked);
        let mut ranges = Vec::new();
        let mut streams = found.streams;
        streams.retain_mut(|files| match self.same_time(files, tree, folder) {
            Ok(positions) => {
                ranges.push(positions);
                true
            }
            Err(error) => {
                // The other streams are read.
                let name = files.name();
                self.troubles
                    .push(format!("{name} cannot be read: {error}"));
                false
            }
        });
        let exact_row = self.exact_row(folder, &streams, &ranges);
        let mut blocks = Vec::new();
        for (mut files, (first, after)) in streams.into_iter().zip(ranges) {
            let whole = match self.direction {
                Direction::Older => after,
                Direction::Newer => first,
            };
            let position = match exact_row {
                Some(row) => exact(&mut files, row, first, after)?.unwrap_or(whole),
                None => whole,
            };
            blocks.push(Blocks::new(
                files,
                self.direction,
                position,
                tree.longest_line(),
            ));
        }
        Ok(blocks)
    }

    /// Returns the range of a stream that has the very time of the place. For other folders, this
    /// is everything.
    fn same_time(
        &self,
        files: &mut StreamFiles,
        tree: &Tree,
        folder: Folder,
    ) -> io::Result<(FilePosition, FilePosition)> {
        let timestamps = tree.timestamps();
        match self.from {
            Place::Time(time)
                if folder_of(tree, self.from)
                    .is_some_and(|near| tree.overlapping(near).contains(&folder)) =>
            {
                let position = files.seek(time, timestamps)?;
                Ok((position, position))
            }
            Place::Row(row) if row.folder == folder => {
                let after = row.instant.checked_add_signed(TimeDelta::nanoseconds(1));
                let after = after.unwrap_or(DateTime::<Utc>::MAX_UTC);
                Ok((
                    files.seek(row.instant, timestamps)?,
                    files.seek(after, timestamps)?,
                ))
            }
            _ => Ok((StreamFiles::beginning(), files.end())),
        }
    }

    /// Returns the row to begin exactly at. Usually all lines of its time are read, so that copies
    /// among them are detected, and records are filtered as a whole. This is not needed for all
    /// lines of a single stream, and too much for very many lines.
    fn exact_row(
        &self,
        folder: Folder,
        streams: &[StreamFiles],
        ranges: &[(FilePosition, FilePosition)],
    ) -> Option<Key> {
        let Place::Row(row) = self.from else {
            return None;
        };
        let same = streams.iter().zip(ranges);
        let same = same.map(|(files, (first, after))| files.distance(*first, *after));
        let is_simple = streams.len() < 2 && self.filter.is_clear();
        let is_exact = is_simple || same.sum::<u64>() > MOST_OF_ONE_TIME;
        (row.folder == folder && is_exact).then_some(row)
    }
}

/// Returns the position in a stream that divides what is before a row from what is after it.
fn exact(
    files: &mut StreamFiles,
    row: Key,
    first: FilePosition,
    after: FilePosition,
) -> io::Result<Option<FilePosition>> {
    if files.stream() == row.stream {
        let position = files.position_of(row.sequence)?;
        return Ok(position.filter(|position| *position >= first && *position < after));
    }
    let is_before = files.stream() < row.stream;
    Ok(Some(if is_before { after } else { first }))
}

/// Returns the folder of a place, or the nearest one.
fn folder_of(tree: &Tree, place: Place) -> Option<Folder> {
    let folders = tree.folders();
    match place {
        Place::Beginning => folders.first().copied(),
        Place::End => tree.newest(),
        Place::Row(row) => Some(row.folder),
        Place::Time(time) => {
            let start = |folder: Folder| tree.timestamps().start_or_guess(folder);
            let after = folders.partition_point(|folder| start(*folder) <= time);
            folders.get(after.saturating_sub(1)).copied()
        }
    }
}

/// Limits how far files are read.
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    /// The lengths of files that are read in part.
    pub lengths: BTreeMap<PathBuf, u64>,
    /// Whether unfinished lines at the end of the tree count. If not, they are left to the
    /// follower.
    pub takes_unfinished: bool,
}

impl Bounds {
    /// No limits.
    pub fn whole() -> Self {
        Self {
            takes_unfinished: true,
            ..Self::default()
        }
    }
}

/// The streams of a folder.
#[derive(Debug, Default)]
pub(crate) struct FolderStreams {
    /// The streams that can be read.
    pub streams: Vec<StreamFiles>,
    /// Messages about the others.
    pub troubles: Vec<String>,
}

/// How often a folder is listed again because a file in it is gone.
const MOST_LISTINGS: usize = 3;

/// Opens the streams of a folder.
///
/// A logger that stops removes files and folders without records. They are no trouble.
pub(crate) fn open_streams(
    tree: &mut Tree,
    folder: Folder,
    now: DateTime<Utc>,
    wanted: Option<&[StreamId]>,
    bounds: &Bounds,
) -> io::Result<FolderStreams> {
    for _ in 1..MOST_LISTINGS {
        match list_streams(tree, folder, now, wanted, bounds) {
            Ok((found, false)) => return Ok(found),
            Ok((_, true)) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {
                tree.refresh(now)?;
                if !tree.folders().contains(&folder) {
                    return Ok(FolderStreams::default());
                }
            }
            Err(error) => return Err(error),
        }
    }
    Ok(list_streams(tree, folder, now, wanted, bounds)?.0)
}

/// Opens the streams of a folder as it is listed now. Returns whether a file is gone already, too.
fn list_streams(
    tree: &mut Tree,
    folder: Folder,
    now: DateTime<Utc>,
    wanted: Option<&[StreamId]>,
    bounds: &Bounds,
) -> io::Result<(FolderStreams, bool)> {
    let mut is_gone = false;
    let mut names = tree.listing(folder);
    names.refresh(now)?;
    let mut found = FolderStreams::default();
    let mut parts: BTreeMap<StreamId, Vec<FilePart>> = BTreeMap::new();
    let files = tree.files(&names);
    tree.timestamps().add_files(folder, &names, &files);
    for ((stream, number), file) in files {
        if wanted.is_some_and(|wanted| !wanted.contains(&stream)) {
            continue;
        }
        let path = path_of(names.path(), &file.name);
        match file_state(&path) {
            Ok((state, mark)) => parts.entry(stream).or_default().push(FilePart {
                number,
                begin: match file.kind {
                    PartKind::Own if number > 0 => begin_of_new(&path).map_or(0, |it| it.0),
                    _ => mark,
                },
                length: bounds
                    .lengths
                    .get(&path)
                    .map_or(state.length, |length| *length),
                path,
            }),
            Err(error) => {
                is_gone |= error.kind() == ErrorKind::NotFound;
                let name = name_in_messages(folder, &path);
                let trouble = format!("{name} cannot be read: {error}");
                found.troubles.push(trouble);
            }
        }
    }
    let is_live = !bounds.takes_unfinished && live_folders(tree).contains(&folder);
    let is_closing = parts.len() > descriptor_share();
    for (stream, parts) in parts {
        let mut files = StreamFiles::new(folder, stream, parts);
        if is_closing {
            files.close_after_reads();
        }
        if is_live && let Err(error) = files.leave_out_unfinished() {
            let name = files.name();
            found
                .troubles
                .push(format!("{name} cannot be read: {error}"));
        } else {
            found.streams.push(files);
        }
    }
    Ok((found, is_gone))
}

/// Returns what was wrong when the files of a folder were unpacked. Tells it once.
pub(super) fn unpacking_troubles(
    tree: &Tree,
    folder: Folder,
    streams: &[StreamFiles],
) -> Vec<String> {
    let of_archive = |path: PathBuf| {
        let trouble = take_trouble(&path)?;
        let name = shown_file_name(&path);
        Some(format!("{name} {trouble}"))
    };
    let archives = tree.archives(folder).into_iter().filter_map(of_archive);
    let files = streams.iter().flat_map(StreamFiles::troubles);
    archives.chain(files).collect()
}

/// Returns the folders that may still get lines, the one that grows last.
fn live_folders(tree: &Tree) -> Vec<Folder> {
    let first = tree.folders().len().saturating_sub(LIVE_FOLDERS);
    let mut live = tree.folders()[first..].to_vec();
    if let Some(newest) = tree.newest().filter(|newest| !live.contains(newest)) {
        live.push(newest);
    }
    live
}

/// Returns how much of the last folders is there, so that a follower can resume from there.
pub fn handovers(tree: &mut Tree, now: DateTime<Utc>) -> Vec<Handover> {
    let mut handovers = Vec::new();
    for folder in live_folders(tree) {
        // The follower reports folders that cannot be listed.
        let found = open_streams(tree, folder, now, None, &Bounds::default()).unwrap_or_default();
        let mut handover = Handover {
            folder,
            read: BTreeMap::new(),
            daters: BTreeMap::new(),
        };
        for mut files in found.streams {
            let read = files.parts().iter();
            handover
                .read
                .extend(read.map(|part| (part.path.clone(), part.length)));
            if let Ok(dater) = files.dater(files.end(), tree.timestamps()) {
                handover.daters.insert(files.stream(), dater);
            }
        }
        handovers.push(handover);
    }
    handovers
}
