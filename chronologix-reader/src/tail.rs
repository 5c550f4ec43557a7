//! Follows the files of a tree as they grow.
//!
//! ```text
//!   watch ─ wake ─► Follower::scan
//!                     folder   its files, by stream
//!                     file     one file: what is new, what happened to it
//!                   ─► Change
//! ```
//!
//! File events are hints only. Every scan looks at the folders and files themselves, so a lost
//! event costs a moment and nothing else.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    path::PathBuf,
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{Folder, Manifest};

pub(crate) use self::file::Start;
use self::folder::{OpenFolder, Scanned};
pub use self::{
    change::{Change, Waiting},
    file::Incident,
    pump::pump,
};
use crate::{
    line::{Key, LogLine},
    streams::{StreamId, StreamNames, Streams},
    tree::{Handover, Identity, LONGEST_PRINTED, LONGEST_SHOWN, Root, Tree},
};

mod change;
mod file;
mod folder;
mod pump;
mod watch;

#[cfg(test)]
mod tests;

/// The most bytes that are read of a file when the viewer opens, from its end.
const OPENING: u64 = 64 << 10;

/// The most bytes that are read of all files of a folder then.
const OPENING_OF_ALL: u64 = 4 << 20;

/// Earlier folders are opened as well until this many lines are loaded.
const ENOUGH_LINES: usize = 1_000;

/// The most folders that are opened at the start.
const OPENING_FOLDERS: usize = 32;

/// How following begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// With the newest lines of the tree.
    Newest,
    /// With the folders passed to [`Follower::resume`].
    Handed,
}

/// The result of a scan.
#[derive(Debug, Default)]
pub(crate) struct ScanOutcome {
    /// In order.
    pub changes: Vec<Change>,
    /// Whether there is more to read immediately.
    pub has_more: bool,
}

/// Follows a tree.
#[derive(Debug)]
pub struct Follower {
    tree: Tree,
    opening: Opening,
    /// The open folders: the current one, the one before, which may still get late lines, and those
    /// between them that have not been read completely.
    open: BTreeMap<Folder, OpenFolder>,
    current: Option<Folder>,
    /// The last state that was reported, to report each change once.
    reported: (Option<Waiting>, Option<(Streams, Option<Manifest>)>),
    /// Whether the end was reported.
    has_ended: bool,
}

impl Follower {
    /// Follows the tree in `base`, which need not exist yet.
    pub fn new(root: impl Into<Root>, opening: Opening, names: StreamNames) -> Self {
        let open = BTreeMap::new();
        let longest_line = match opening {
            Opening::Newest => LONGEST_SHOWN,
            Opening::Handed => LONGEST_PRINTED,
        };
        let tree = Tree::new(root, longest_line, names);
        Self {
            tree,
            opening,
            open,
            current: None,
            reported: (None, None),
            has_ended: false,
        }
    }

    /// Returns the tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Reads the base folder and returns its interval folders.
    pub fn folders(&mut self, now: DateTime<Utc>) -> Result<&[Folder], Waiting> {
        let waiting = match self.tree.refresh(now) {
            Ok(()) if self.tree.folders().is_empty() => Waiting::Empty,
            Ok(()) => return Ok(self.tree.folders()),
            Err(error) if error.kind() == ErrorKind::NotFound => Waiting::Missing,
            Err(error) => Waiting::Unreadable(error.to_string()),
        };
        Err(waiting)
    }

    /// Resumes a folder where another reader stopped.
    pub fn resume(&mut self, handover: Handover, now: DateTime<Utc>) {
        let folder = handover.folder;
        let mut open = OpenFolder::resume(handover, &self.tree);
        open.refresh(&mut self.tree, now);
        self.current = Some(folder);
        self.open.insert(folder, open);
        self.forget_early();
    }

    /// Looks at everything that may have changed.
    pub(crate) fn scan(&mut self, now: DateTime<Utc>) -> ScanOutcome {
        let mut found = ScanOutcome::default();
        if let Err(waiting) = self.folders(now) {
            // Open folders stay open: they may come back, for example after a remount.
            if self.reported.0.as_ref() != Some(&waiting) {
                self.reported.0 = Some(waiting.clone());
                found.changes.push(Change::Waiting(waiting));
            }
            return found;
        }
        let has_waited = self.reported.0.take().is_some();
        // Looked at first, so that what comes before the end is read below.
        let has_ended = self.tree.has_ended();
        let before = self.current;
        let Some(current) = self.choose(now) else {
            return found;
        };
        self.current = Some(current);
        if before.is_none() && self.opening == Opening::Newest {
            return self.open_newest(current, now);
        }
        self.open_from(before, current);
        let mut lines = Vec::new();
        let mut unfinished = Vec::new();
        let mut incidents = Vec::new();
        let mut open_files = 0;
        for open in self.open.values_mut() {
            open.refresh(&mut self.tree, now);
            let Scanned {
                lines: new,
                unfinished: at_rest,
                incidents: happened,
                has_more,
            } = open.scan(&self.tree, now, &mut open_files);
            append(&mut lines, new);
            unfinished.extend(at_rest);
            incidents.extend(happened);
            found.has_more |= has_more;
        }
        if !found.has_more {
            lines.extend(self.forget_early());
        }
        self.report_streams(&mut found.changes);
        if before != Some(current) || has_waited {
            found.changes.push(Change::Current(current));
        }
        push_lines(&mut found.changes, lines, unfinished);
        self.handle(incidents, &mut found);
        if has_ended && !found.has_more && !std::mem::replace(&mut self.has_ended, true) {
            found.changes.push(Change::Ended);
        }
        found
    }

    /// Returns the folders to watch.
    pub(crate) fn watched(&self) -> Vec<(PathBuf, Option<Identity>)> {
        let mut paths = self.tree.watched(None);
        for (folder, open) in self.open.iter().rev() {
            let identity = open.identity();
            let watched = self.tree.watched(Some(*folder)).into_iter();
            paths.extend(watched.map(|(path, _)| (path, identity)));
        }
        // The folder made in advance, which gets the first line of the next interval.
        let mut folders = self.tree.folders().iter();
        let next = folders.find(|folder| Some(**folder) > self.current);
        paths.extend(
            next.into_iter()
                .flat_map(|next| self.tree.watched(Some(*next))),
        );
        paths
    }

    /// Returns the current folder: the one that grows.
    fn choose(&self, now: DateTime<Utc>) -> Option<Folder> {
        let usual = self.usual(now)?;
        Some(self.tree.growing(usual, now))
    }

    /// Returns the latest folder. It never goes back as long as the last one exists.
    fn usual(&self, now: DateTime<Utc>) -> Option<Folder> {
        let folders = self.tree.folders();
        let later = match self.current {
            Some(current) => &folders[folders.partition_point(|folder| *folder < current)..],
            None => folders,
        };
        let has_started = |folder| {
            self.tree
                .timestamps()
                .start(folder)
                .is_some_and(|at| at <= now)
        };
        let is_current = |folder| Some(folder) == self.current;
        let has_bytes = |folder| is_current(folder) || self.tree.has_bytes(folder);
        let candidates = if later.is_empty() { folders } else { later };
        let known = newest_folder(candidates, has_started, has_bytes)?;
        let is_guess = !has_started(known) && !has_bytes(known);
        if !is_guess || self.current.is_some() {
            return Some(known);
        }
        // There are only empty folders of an unknown time zone.
        let has_started = |folder: Folder| folder.start().and_utc() <= now;
        newest_folder(folders, has_started, |_| false)
    }

    /// Reads the newest lines, going back over folders until there are enough.
    fn open_newest(&mut self, current: Folder, now: DateTime<Utc>) -> ScanOutcome {
        let mut found = ScanOutcome::default();
        let folders = self.tree.folders();
        let earlier = folders[..folders.partition_point(|folder| *folder <= current)].to_vec();
        let mut lines: Vec<LogLine> = Vec::new();
        let mut unfinished: Vec<LogLine> = Vec::new();
        let mut cuts: Vec<Key> = Vec::new();
        for (back, folder) in earlier.into_iter().rev().take(OPENING_FOLDERS).enumerate() {
            let is_enough = lines.len() >= ENOUGH_LINES || !cuts.is_empty();
            if is_enough && back >= 2 {
                break;
            }
            let bytes = OPENING.min(OPENING_OF_ALL / self.tree.streams().len().max(1) as u64);
            // The folder before the current one may still get late lines.
            let bytes = if is_enough { 0 } else { bytes };
            let mut open = OpenFolder::new(folder, &self.tree, Start::Last(bytes));
            open.refresh(&mut self.tree, now);
            let mut read = read_all(&mut open, &self.tree, now);
            if back < 2 {
                self.open.insert(folder, open);
                unfinished.extend(read.unfinished);
            } else {
                read.lines.extend(open.finish(&self.tree));
            }
            if !is_enough {
                cuts.extend(read.cuts);
                append(&mut lines, read.lines);
            }
        }
        self.report_streams(&mut found.changes);
        found
            .changes
            .extend([Change::Opened(cuts), Change::Current(current)]);
        push_lines(&mut found.changes, lines, unfinished);
        found.has_more = true;
        found
    }

    /// Opens the folders after `before` up to the current one, to be read from the beginning.
    fn open_from(&mut self, before: Option<Folder>, current: Folder) {
        for folder in self.tree.folders() {
            if *folder <= current && Some(*folder) > before && !self.open.contains_key(folder) {
                let open = OpenFolder::new(*folder, &self.tree, Start::Beginning);
                self.open.insert(*folder, open);
            }
        }
        // The current folder was deleted and created again.
        let tree = &self.tree;
        let open = || OpenFolder::new(current, tree, Start::Beginning);
        self.open.entry(current).or_insert_with(open);
    }

    /// Closes early folders, except the one before the current one. Returns their unfinished lines.
    fn forget_early(&mut self) -> Vec<LogLine> {
        let mut lines = Vec::new();
        while self.open.len() > 2
            && let Some((folder, mut open)) = self.open.pop_first()
        {
            if Some(folder) >= self.current {
                self.open.insert(folder, open);
                break;
            }
            lines.extend(open.finish(&self.tree));
        }
        lines
    }

    fn handle(&mut self, incidents: Vec<(Key, String, Incident)>, found: &mut ScanOutcome) {
        for (key, name, incident) in incidents {
            if incident == Incident::Rewritten {
                match self.opening {
                    Opening::Newest => {
                        // Starts again, so that no line is on screen twice.
                        (self.current, self.open) = (None, BTreeMap::new());
                        found.has_more = true;
                    }
                    // Printed lines cannot be taken back.
                    Opening::Handed => {
                        if let Some(open) = self.open.get_mut(&key.folder) {
                            open.skip_to_end(key.stream);
                        }
                    }
                }
            }
            found.changes.push(Change::Incident(key, name, incident));
        }
    }

    fn report_streams(&mut self, changes: &mut Vec<Change>) {
        let now = (self.tree.streams(), self.tree.manifest());
        if self
            .reported
            .1
            .as_ref()
            .map(|(streams, reported)| (streams, reported.as_ref()))
            != Some(now)
        {
            let (streams, manifest) = (now.0.clone(), now.1.cloned());
            self.reported.1 = Some((streams.clone(), manifest.clone()));
            changes.push(Change::Streams(streams, manifest));
        }
    }
}

/// What was read of a folder when the tree was opened.
#[derive(Debug, Default)]
struct OpenedFolder {
    lines: Vec<LogLine>,
    unfinished: Vec<LogLine>,
    /// The first key of each stream with earlier lines.
    cuts: Vec<Key>,
}

/// Reads a folder to its end.
fn read_all(open: &mut OpenFolder, tree: &Tree, now: DateTime<Utc>) -> OpenedFolder {
    let mut opened = OpenedFolder::default();
    loop {
        let scanned = open.scan(tree, now, &mut 0);
        append(&mut opened.lines, scanned.lines);
        opened.unfinished.extend(scanned.unfinished);
        if !scanned.has_more {
            break;
        }
    }
    let cut: BTreeSet<StreamId> = open.cuts().collect();
    let first = |stream| {
        let keys = opened.lines.iter().map(|line| line.key);
        keys.filter(move |key| key.stream == stream).min()
    };
    opened.cuts = cut.into_iter().filter_map(first).collect();
    opened
}

/// Adds lines to others. The first are not moved: when a tree is opened, they are all.
fn append(lines: &mut Vec<LogLine>, mut more: Vec<LogLine>) {
    if lines.is_empty() {
        *lines = more;
    } else {
        lines.append(&mut more);
    }
}

/// Adds lines in order of time, and unfinished lines after them.
fn push_lines(changes: &mut Vec<Change>, mut lines: Vec<LogLine>, mut unfinished: Vec<LogLine>) {
    lines.sort_by_key(|line| line.key);
    unfinished.sort_by_key(|line| line.key);
    if !lines.is_empty() {
        changes.push(Change::Lines(lines));
    }
    if !unfinished.is_empty() {
        changes.push(Change::Unfinished(unfinished));
    }
}

/// Returns the current folder: the latest that has started or has bytes, else the first.
///
/// The writer makes the next folder in advance, and it stays empty until its interval starts. The
/// last name is therefore not the current folder. If the clock differs from that of the writer,
/// bytes count more than the clock.
///
/// `folders` must be in order. Later folders are asked for bytes before earlier ones.
fn newest_folder(
    folders: &[Folder],
    has_started: impl Fn(Folder) -> bool,
    mut has_bytes: impl FnMut(Folder) -> bool,
) -> Option<Folder> {
    let latest = folders
        .iter()
        .rev()
        .find(|folder| has_started(**folder) || has_bytes(**folder));
    latest.or(folders.first()).copied()
}
