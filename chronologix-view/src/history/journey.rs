//! From a place in the tree on, over folders, either way.

use std::{collections::BTreeMap, io, path::PathBuf};

use chronologix_schema::layout::Folder;
use jiff::{SignedDuration, Timestamp};

use super::{
    blocks::Blocks,
    filter::{Sieve, View},
    request::{Direction, Place},
    strand::{Part, Spot, Strand},
    walk::{Step, Walk},
};
use crate::{
    files::{Tree, file_length},
    follow::Handover,
    line::Key,
    streams::StreamId,
};

#[cfg(test)]
pub(super) mod tests;

/// How many folders at the end of the tree may still get lines.
const LIVE_FOLDERS: usize = 2;

/// What looking into a folder counts for, in bytes.
const FOLDER_COST: u64 = 4 << 10;

/// The most that may lie around a place and be of its very time, for copies to be known.
const MOST_OF_ONE_TIME: u64 = 12 << 20;

/// Walks from a place over the folders of a tree.
#[derive(Debug)]
pub(crate) struct Journey {
    direction: Direction,
    sieve: Sieve,
    streams: Option<Vec<StreamId>>,
    /// The folders that are still to be walked over, the next one last.
    folders: Vec<Folder>,
    /// Only records beyond this place are given.
    from: Place,
    walk: Option<Walk>,
    /// Where the walk is, if there is none.
    reached: Option<Key>,
    /// How folders are opened.
    bounds: Bounds,
    /// What could not be read, until it was told.
    troubles: Vec<String>,
    /// What was read of folders that are done.
    spent: u64,
}

impl Journey {
    /// Sets out from a place. The tree was refreshed.
    pub(crate) fn new(tree: &Tree, view: &View, from: Place, direction: Direction) -> Self {
        let all = tree.folders();
        let folders: Vec<Folder> = match (direction, folder_of(tree, from)) {
            (Direction::Older, Some(folder)) => {
                all[..all.partition_point(|other| *other <= folder)].to_vec()
            }
            (Direction::Newer, Some(folder)) => {
                all[all.partition_point(|other| *other < folder)..].to_vec()
            }
            (_, None) => Vec::new(),
        };
        // Beyond the ends there is nothing.
        let mut folders = match (direction, from) {
            (Direction::Older, Place::Beginning) | (Direction::Newer, Place::End) => Vec::new(),
            _ => folders,
        };
        if direction == Direction::Newer {
            folders.reverse();
        }
        Self {
            direction,
            sieve: Sieve::new(view.filter.clone()),
            streams: view.streams.clone(),
            folders,
            from,
            walk: None,
            reached: None,
            bounds: Bounds::default(),
            troubles: Vec::new(),
            spent: 0,
        }
    }

    /// Reads files no further than it is said.
    pub(crate) fn within(mut self, bounds: Bounds) -> Self {
        self.bounds = bounds;
        self
    }

    /// Bytes read.
    #[expect(dead_code, reason = "for whoever looks what a journey costs")]
    pub(crate) fn spent(&self) -> u64 {
        self.spent + self.walk.as_ref().map_or(0, Walk::spent)
    }

    /// How far the journey got; records beyond are still to come.
    pub(crate) fn reached(&self) -> Place {
        let edge = self.walk.as_ref().and_then(Walk::reach).or(self.reached);
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

    /// One step further.
    pub(crate) fn step(&mut self, tree: &mut Tree, now: Timestamp) -> Step {
        if let Some(trouble) = self.troubles.pop() {
            return Step::Trouble(trouble);
        }
        let Some(walk) = &mut self.walk else {
            let Some(folder) = self.folders.pop() else {
                return Step::End;
            };
            self.spent += FOLDER_COST;
            return match self.enter(folder, tree, now) {
                Ok(walk) => {
                    self.walk = Some(walk);
                    Step::Reading
                }
                Err(error) => Step::Trouble(format!("{folder} cannot be read: {error}")),
            };
        };
        match walk.step(&self.sieve, tree.stamps(), tree.streams()) {
            Step::End => {
                self.reached = walk.reach().or(self.reached);
                self.spent += walk.spent();
                self.walk = None;
                Step::Reading
            }
            Step::Records(mut records) => {
                if let Place::Row(row) = self.from {
                    records.retain(|record| match self.direction {
                        Direction::Older => record.line.key < row,
                        Direction::Newer => record.line.key > row,
                    });
                }
                if records.is_empty() {
                    Step::Reading
                } else {
                    Step::Records(records)
                }
            }
            other => other,
        }
    }

    /// Opens the streams of a folder where the walk is to begin in it.
    fn enter(&mut self, folder: Folder, tree: &mut Tree, now: Timestamp) -> io::Result<Walk> {
        let found = strands(tree, folder, now, self.streams.as_deref(), &self.bounds)?;
        self.troubles.extend(found.troubles);
        let mut around = Vec::new();
        let mut strands = found.strands;
        strands.retain_mut(|strand| match self.around(strand, tree, folder) {
            Ok(spots) => {
                around.push(spots);
                true
            }
            Err(error) => {
                // The others are read all the same.
                let name = strand.name();
                self.troubles
                    .push(format!("{name} cannot be read: {error}"));
                false
            }
        });
        let exact_row = self.exact_row(folder, &strands, &around);
        let mut blocks = Vec::new();
        for (mut strand, (first, after)) in strands.into_iter().zip(around) {
            let whole = match self.direction {
                Direction::Older => after,
                Direction::Newer => first,
            };
            let spot = match exact_row {
                Some(row) => exact(&mut strand, row, first, after)?.unwrap_or(whole),
                None => whole,
            };
            blocks.push(Blocks::new(
                strand,
                self.direction,
                spot,
                tree.longest_line(),
            ));
        }
        Ok(Walk::new(blocks, self.direction))
    }

    /// Where in a strand what is of the very time of the place begins, and where it ends; of a place
    /// that lies elsewhere, where everything does.
    fn around(&self, strand: &mut Strand, tree: &Tree, folder: Folder) -> io::Result<(Spot, Spot)> {
        let stamps = tree.stamps();
        match self.from {
            Place::Time(time) if folder_of(tree, self.from) == Some(folder) => {
                let spot = strand.seek(time, stamps)?;
                Ok((spot, spot))
            }
            Place::Row(row) if row.folder == folder => {
                let after = row.instant.checked_add(SignedDuration::from_nanos(1));
                let after = after.unwrap_or(Timestamp::MAX);
                Ok((
                    strand.seek(row.instant, stamps)?,
                    strand.seek(after, stamps)?,
                ))
            }
            _ => Ok((Strand::beginning(), strand.end())),
        }
    }

    /// The row to begin exactly at. Usually all lines of its time are read, so that copies among them
    /// are known, unless there can be none, or too much.
    fn exact_row(
        &self,
        folder: Folder,
        strands: &[Strand],
        around: &[(Spot, Spot)],
    ) -> Option<Key> {
        let Place::Row(row) = self.from else {
            return None;
        };
        let same = strands.iter().zip(around);
        let same = same.map(|(strand, (first, after))| strand.distance(*first, *after));
        let is_exact = strands.len() < 2 || same.sum::<u64>() > MOST_OF_ONE_TIME;
        (row.folder == folder && is_exact).then_some(row)
    }
}

/// The place in a strand that divides what is before a row from what is after it, if it is known.
fn exact(strand: &mut Strand, row: Key, first: Spot, after: Spot) -> io::Result<Option<Spot>> {
    if strand.stream() == row.stream {
        let spot = strand.spot(row.sequence)?;
        return Ok(spot.filter(|spot| *spot >= first && *spot < after));
    }
    let is_before = strand.stream() < row.stream;
    Ok(Some(if is_before { after } else { first }))
}

/// The folder a place lies in, or the nearest one.
fn folder_of(tree: &Tree, place: Place) -> Option<Folder> {
    let folders = tree.folders();
    match place {
        Place::Beginning => folders.first().copied(),
        Place::End => folders.last().copied(),
        Place::Row(row) => Some(row.folder),
        Place::Time(time) => {
            let start = |folder: Folder| tree.stamps().start_or_guess(folder);
            let after = folders.partition_point(|folder| start(*folder) <= time);
            folders.get(after.saturating_sub(1)).copied()
        }
    }
}

/// How far files are read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Bounds {
    /// Of these files only so much.
    pub(crate) lengths: BTreeMap<PathBuf, u64>,
    /// Whether unfinished lines at the end of the tree are lines. Otherwise they are left to whoever
    /// follows it.
    pub(crate) takes_unfinished: bool,
}

impl Bounds {
    /// Everything.
    pub(crate) fn whole() -> Self {
        Self {
            takes_unfinished: true,
            ..Self::default()
        }
    }
}

/// The streams of a folder.
#[derive(Debug, Default)]
pub(crate) struct Strands {
    /// Those that can be read.
    pub(crate) strands: Vec<Strand>,
    /// What to say of the others.
    pub(crate) troubles: Vec<String>,
}

/// Finds the streams of a folder, each with its files.
pub(crate) fn strands(
    tree: &mut Tree,
    folder: Folder,
    now: Timestamp,
    wanted: Option<&[StreamId]>,
    bounds: &Bounds,
) -> io::Result<Strands> {
    let mut names = tree.listing(folder);
    names.refresh(now)?;
    let mut found = Strands::default();
    let mut parts: BTreeMap<StreamId, Vec<Part>> = BTreeMap::new();
    for ((stream, number), file) in tree.files(names.files()) {
        if wanted.is_some_and(|wanted| !wanted.contains(&stream)) {
            continue;
        }
        let path = names.path().join(&file.name);
        let length = match bounds.lengths.get(&path) {
            Some(length) => Ok(*length),
            None => file_length(&path),
        };
        match length {
            Ok(length) => parts.entry(stream).or_default().push(Part {
                number,
                path,
                length,
            }),
            Err(error) => {
                let name = file.name;
                let trouble = format!("{folder}/{name} cannot be read: {error}");
                found.troubles.push(trouble);
            }
        }
    }
    let live = tree.folders().len().saturating_sub(LIVE_FOLDERS);
    let is_live = !bounds.takes_unfinished && tree.folders()[live..].contains(&folder);
    for (stream, parts) in parts {
        let mut strand = Strand::new(folder, stream, parts).keeping(names.unpacked());
        if is_live && let Err(error) = strand.leave_out_unfinished() {
            let name = strand.name();
            found
                .troubles
                .push(format!("{name} cannot be read: {error}"));
        } else {
            found.strands.push(strand);
        }
    }
    Ok(found)
}

/// What there is of the folders that may still get lines, for whoever follows them from there.
pub(crate) fn handovers(tree: &mut Tree, now: Timestamp) -> Vec<Handover> {
    let live = tree.folders().len().saturating_sub(LIVE_FOLDERS);
    let mut handovers = Vec::new();
    let live = tree.folders()[live..].to_vec();
    for folder in live {
        // What cannot be listed is seen by whoever follows.
        let found = strands(tree, folder, now, None, &Bounds::default()).unwrap_or_default();
        let mut handover = Handover {
            folder,
            read: BTreeMap::new(),
            datings: BTreeMap::new(),
        };
        for mut strand in found.strands {
            let read = strand.parts().iter();
            handover
                .read
                .extend(read.map(|part| (part.path.clone(), part.length)));
            if let Ok(dating) = strand.dating(strand.end(), tree.stamps()) {
                handover.datings.insert(strand.stream(), dating);
            }
        }
        handovers.push(handover);
    }
    handovers
}
