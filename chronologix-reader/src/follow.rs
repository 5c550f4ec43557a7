//! Follows a tree for programs: each record once, in the order of its stream, with a cursor that
//! can be kept.
//!
//! ```text
//!   TreeFollower ─ look ─► FolderTail   the streams of a folder, merged by time
//!                            StreamTail   its files, one after the other; which lines are copies
//!                              PartTail     one file: what is new, what happened to it
//!                ◄─ LogRecord ─
//! ```
//!
//! A look takes the lengths of all files, mirrors first. Records are taken up to these lengths.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::{Folder, Manifest};

pub use self::{
    cursor::FollowCursor,
    file_records::FileRecords,
    incident::{FollowIncident, IncidentKind},
};
use self::{
    cursor::{Begin, FolderProgress, VERSION},
    folder::{DescribedStreams, FolderTail},
    pace::{FIRST_PAUSE, Pace},
    stream::StreamKind,
};
use crate::{
    error::TreeError,
    log_record::LogRecord,
    streams::StreamNames,
    tree::{Clock, LONGEST_PRINTED, Root, Tree, TreeIdentity, plain_state},
};

mod copies;
mod cursor;
mod file_bytes;
mod file_records;
mod folder;
mod incident;
mod pace;
mod part;
mod stream;

#[cfg(test)]
mod tests;

/// The most finished folders that are remembered. A folder that appears before all of them is not
/// read.
const MOST_FOLDERS: usize = 96;

/// The most files whose position is remembered, in folders that were finished.
const MOST_FILES: usize = 1_024;

/// The last folders, whose files are kept open: they may grow.
const LIVE_FOLDERS: usize = 4;

/// How long an incident is not reported again after it was seen last.
const STILL_THE_SAME: TimeDelta = TimeDelta::seconds(10);

/// How often finished folders are looked at, which may grow after a clock was set back.
const CHECK_FINISHED: Duration = Duration::from_secs(5);

/// Follows a tree. Made by [`LogTree::follow`](crate::LogTree::follow).
#[derive(Debug)]
pub struct TreeFollower {
    tree: Tree,
    clock: Clock,
    identity: TreeIdentity,
    begin: Begin,
    described: DescribedStreams,
    /// The description and the number of folders that `described` was made of.
    made_of: (Option<Manifest>, usize),
    /// The folders that were read, or are.
    folders: BTreeMap<Folder, FolderTail>,
    /// Folders up to this one are not read any more.
    before: Option<Folder>,
    /// The folders of the last look.
    seen: BTreeSet<Folder>,
    /// When the files are looked at.
    pace: Pace,
    /// When finished folders were looked at last.
    checked: Option<Instant>,
    /// What happened, until it is taken.
    incidents: Vec<FollowIncident>,
    /// What cannot be read, and when that was seen last.
    lasting: Vec<(FollowIncident, DateTime<Utc>)>,
}

impl TreeFollower {
    pub(crate) fn new(
        root: &Root,
        names: StreamNames,
        clock: Clock,
        cursor: FollowCursor,
    ) -> Result<Self, TreeError> {
        let path = root.path_in_messages().to_owned();
        if root.is_of_files() {
            return Err(TreeError::NotATree { path });
        }
        if cursor.version > VERSION {
            let version = cursor.version;
            return Err(TreeError::NewerCursor { version });
        }
        let unreadable = |source| TreeError::Unreadable {
            path: path.clone(),
            source,
        };
        let identity = TreeIdentity::of(&path).map_err(unreadable)?;
        if let Some(kept) = cursor.tree.as_ref().filter(|kept| !kept.is_same(&identity)) {
            let cursor = kept.path.clone();
            return Err(TreeError::OtherTree { path, cursor });
        }
        let mut tree = Tree::new(root.clone(), LONGEST_PRINTED, names);
        tree.refresh(clock()).map_err(unreadable)?;
        let described = describe(&tree);
        let parse = |name: &String| Folder::parse(name);
        let mut follower = Self {
            begin: Begin::Start,
            before: cursor.before.as_ref().and_then(parse),
            made_of: (tree.manifest().cloned(), tree.folders().len()),
            described,
            folders: BTreeMap::new(),
            seen: tree.folders().iter().copied().collect(),
            pace: Pace::new(),
            checked: None,
            incidents: Vec::new(),
            lasting: Vec::new(),
            identity,
            clock,
            tree,
        };
        for kept in cursor.folders {
            if let Some(folder) = Folder::parse(&kept.name) {
                let tail = FolderTail::new(folder, &follower.tree, Some(kept));
                follower.folders.insert(folder, tail);
            }
        }
        if cursor.tree.is_none() && cursor.begin == Begin::End {
            follower.skip_to_end();
        }
        Ok(follower)
    }

    /// Skips all records that are there.
    fn skip_to_end(&mut self) {
        let now = (self.clock)();
        let folders = self.tree.folders();
        let first = folders.len().saturating_sub(LIVE_FOLDERS);
        self.before = first.checked_sub(1).map(|before| folders[before]);
        while self.open_next(now) {}
        self.folders.values_mut().for_each(FolderTail::skip_to_end);
    }

    /// Returns the next records, at most `most`. Waits for the first one, at most for `timeout`,
    /// and returns none then.
    ///
    /// Each record is returned once, from the stream it was logged to; its copies in mirrors are
    /// left out. Those of one stream come in their order, and those of a folder by time as far as
    /// they are there.
    ///
    /// # Errors
    ///
    /// Does not fail at present: what cannot be read is an incident, and is tried again. See
    /// [`TreeFollower::take_incidents`].
    pub fn next_batch(
        &mut self,
        most: usize,
        timeout: Duration,
    ) -> Result<Vec<LogRecord>, TreeError> {
        let begun = Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            let batch = self.batch(most);
            let left = timeout.saturating_sub(begun.elapsed());
            if !batch.is_empty() || left.is_zero() {
                return Ok(batch);
            }
            let has_unread = self.unread() > 0;
            pause = self.pace.rest(pause, left, has_unread);
        }
    }

    fn must_look(&mut self) -> bool {
        let has_unread = self.unread() > 0;
        self.pace.must_look(has_unread)
    }

    /// Returns the records that are there, at most as many.
    fn batch(&mut self, most: usize) -> Vec<LogRecord> {
        let now = (self.clock)();
        let mut batch = Vec::new();
        let mut has_looked = self.pace.is_late() && self.must_look();
        if has_looked {
            self.look(now);
        }
        while batch.len() < most {
            if let Some(record) = self.next(now) {
                batch.push(record);
            } else if self.open_next(now) {
            } else if has_looked || !batch.is_empty() || !self.must_look() {
                break;
            } else {
                self.look(now);
                has_looked = true;
            }
        }
        batch
    }

    /// Returns the next record of the folders that are open.
    fn next(&mut self, now: DateTime<Utc>) -> Option<LogRecord> {
        let open = self.folders.values_mut();
        for folder in open.filter(|folder| !folder.is_finished) {
            if let Some(record) = folder.next(&self.described, now, &mut self.incidents) {
                return Some(record);
            }
        }
        None
    }

    /// Opens the first folder that was not read. Returns whether there is one.
    fn open_next(&mut self, now: DateTime<Utc>) -> bool {
        let is_new =
            |folder: &&Folder| Some(**folder) > self.before && !self.folders.contains_key(*folder);
        let Some(folder) = self.tree.folders().iter().find(is_new).copied() else {
            return false;
        };
        let mut tail = FolderTail::new(folder, &self.tree, None);
        tail.look(&mut self.tree, &self.described, now, &mut self.incidents);
        self.folders.insert(folder, tail);
        self.watch();
        true
    }

    /// Has all folders watched that may grow, and the one where they are made.
    fn watch(&mut self) {
        let base = self.tree.base().path().clone();
        let open = self.folders.iter().filter(|(_, tail)| !tail.is_finished);
        let open = open.map(|(folder, _)| base.join(folder.name()));
        let folders: Vec<PathBuf> = open.chain([base.clone()]).collect();
        self.pace.watch(&folders);
    }

    /// Looks at the tree and at all folders that may have grown.
    fn look(&mut self, now: DateTime<Utc>) {
        let (begun, unread) = (self.pace.begin_look(), self.unread());
        self.look_at_files(now);
        self.watch();
        self.pace.end_look(begun, self.unread() > unread);
    }

    fn look_at_files(&mut self, now: DateTime<Utc>) {
        if let Err(error) = self.tree.refresh(now) {
            let kind = match error.kind() {
                ErrorKind::NotFound => IncidentKind::Unreadable("it is not there".to_owned()),
                _ => IncidentKind::Unreadable(error.to_string()),
            };
            self.incidents.push(FollowIncident {
                path: self.base().to_owned(),
                kind,
                lost_bytes: None,
            });
        }
        let made_of = (self.tree.manifest(), self.tree.folders().len());
        if (self.made_of.0.as_ref(), self.made_of.1) != made_of {
            self.described = describe(&self.tree);
            self.made_of = (made_of.0.cloned(), made_of.1);
        }
        self.find_late();
        self.finish(now);
        for folder in self
            .folders
            .values_mut()
            .filter(|folder| !folder.is_finished)
        {
            folder.look(&mut self.tree, &self.described, now, &mut self.incidents);
        }
        self.leave_deleted();
        if self
            .checked
            .is_none_or(|checked| checked.elapsed() >= CHECK_FINISHED)
        {
            self.checked = Some(Instant::now());
            self.check_finished(now);
        }
        // If they are never taken, what cannot be read is reported at every look.
        let mut seen = Vec::new();
        self.incidents.retain(|incident| {
            let lasts = matches!(incident.kind, IncidentKind::Unreadable(_));
            let is_known = lasts && seen.contains(incident);
            seen.extend((lasts && !is_known).then(|| incident.clone()));
            !is_known
        });
        let open = self.folders.values_mut().rev().skip(LIVE_FOLDERS);
        open.filter(|folder| folder.is_drained())
            .for_each(FolderTail::close);
    }

    /// Reports folders that appeared too late to be read.
    fn find_late(&mut self) {
        let folders = self.tree.folders().iter();
        let late = folders.filter(|folder| {
            Some(**folder) <= self.before
                && !self.seen.contains(folder)
                && !self.folders.contains_key(folder)
        });
        let base = self.tree.base().path();
        self.incidents.extend(late.map(|folder| FollowIncident {
            path: base.join(folder.name()),
            kind: IncidentKind::LateFolder,
            lost_bytes: None,
        }));
        self.seen = self.tree.folders().iter().copied().collect();
    }

    /// Finishes folders that were read and do not grow any more.
    fn finish(&mut self, now: DateTime<Utc>) {
        let start = |folder: &Folder| self.tree.timestamps().start_or_guess(*folder);
        let started = self.folders.keys().rfind(|folder| start(folder) <= now);
        let Some(current) = started.copied() else {
            return;
        };
        for (_, folder) in self.folders.range_mut(..current) {
            if !folder.is_finished && folder.is_drained() && folder.is_settled(now) {
                folder.finish();
            }
        }
        self.forget();
    }

    /// Forgets the first folders, if there are many.
    fn forget(&mut self) {
        loop {
            let files: usize = self.folders.values().map(FolderTail::files).sum();
            let is_enough = self.folders.len() <= MOST_FOLDERS && files <= MOST_FILES;
            let first = self.folders.first_key_value();
            let is_finished = first.is_some_and(|(_, first)| first.is_finished);
            if is_enough || !is_finished || self.folders.len() <= 3 {
                return;
            }
            self.before = self.folders.pop_first().map(|(folder, _)| folder);
        }
    }

    /// Leaves folders that were deleted, once what is open of them was read.
    fn leave_deleted(&mut self) {
        if self.tree.folders().is_empty() && !self.base().is_dir() {
            // They may come back, with what they lie on.
            return;
        }
        let known = self.tree.folders();
        let is_gone = |(folder, tail): &(&Folder, &FolderTail)| {
            known.binary_search(folder).is_err() && (tail.is_finished || tail.is_drained())
        };
        let gone: Vec<Folder> = self
            .folders
            .iter()
            .filter(is_gone)
            .map(|it| *it.0)
            .collect();
        for folder in gone {
            let tail = self.folders.remove(&folder);
            if let Some(tail) = tail.filter(|tail| !tail.is_finished) {
                tail.leave(&mut self.incidents);
            }
        }
    }

    /// Looks whether finished folders have grown.
    fn check_finished(&mut self, now: DateTime<Utc>) {
        let finished = self.folders.iter_mut().filter(|(_, tail)| tail.is_finished);
        for (folder, tail) in finished {
            if self.tree.archive(*folder).is_some() {
                tail.forget();
                continue;
            }
            if tail.files() == 0 {
                if self.tree.archive_beside(*folder).is_none() {
                    continue;
                }
                tail.leave_out_packed(&mut self.tree, &self.described, now);
            }
            tail.look(&mut self.tree, &self.described, now, &mut self.incidents);
            if tail.unread() > 0 {
                tail.reopen();
            }
        }
    }

    /// Returns what happened since the last call by which records may be missing, and what cannot
    /// be read, which is reported once as long as it lasts.
    pub fn take_incidents(&mut self) -> Vec<FollowIncident> {
        let now = (self.clock)();
        let mut incidents = std::mem::take(&mut self.incidents);
        self.lasting
            .retain(|(_, seen)| now - *seen < STILL_THE_SAME);
        incidents.retain(|new| {
            if !matches!(new.kind, IncidentKind::Unreadable(_)) {
                return true;
            }
            let known = self.lasting.iter_mut().find(|(known, _)| known == new);
            let is_new = known.is_none();
            match known {
                Some((_, seen)) => *seen = now,
                None => self.lasting.push((new.clone(), now)),
            }
            is_new
        });
        incidents
    }

    /// Returns the position behind the last record that was returned.
    pub fn cursor(&mut self) -> FollowCursor {
        let folders = self.folders.values_mut();
        FollowCursor {
            version: VERSION,
            begin: self.begin,
            tree: Some(self.identity.clone()),
            before: self.before.map(Folder::name),
            folders: folders
                .map(FolderTail::progress)
                .collect::<Vec<FolderProgress>>(),
        }
    }

    /// Returns whether everything was returned that was there at the last look.
    #[must_use]
    pub fn is_caught_up(&self) -> bool {
        let is_read = |folder: &Folder| {
            Some(*folder) <= self.before
                || self
                    .folders
                    .get(folder)
                    .is_some_and(|tail| tail.is_finished || tail.is_drained())
        };
        self.pace.has_looked() && self.tree.folders().iter().all(is_read)
    }

    /// Returns how many bytes are there and were not returned: those of mirrors too, and those of
    /// compressed files as they are stored.
    #[must_use]
    pub fn lag_bytes(&self) -> u64 {
        let is_new =
            |folder: &&Folder| Some(**folder) > self.before && !self.folders.contains_key(*folder);
        let new = self.tree.folders().iter().filter(is_new);
        self.unread() + new.map(|folder| self.stored_bytes(*folder)).sum::<u64>()
    }

    /// Returns how many bytes of open folders are known to be there and were not read.
    fn unread(&self) -> u64 {
        let open = self.folders.values().filter(|folder| !folder.is_finished);
        open.map(FolderTail::unread).sum()
    }

    fn stored_bytes(&self, folder: Folder) -> u64 {
        let length = |path: PathBuf| plain_state(&path).map_or(0, |state| state.length);
        if let Some(archive) = self.tree.archive(folder) {
            return length(archive);
        }
        let mut listing = self.tree.listing(folder);
        if listing.refresh((self.clock)()).is_err() {
            return 0;
        }
        let files = listing.files().iter();
        let files = files.filter(|name| !name.starts_with('.'));
        let files = files.map(|name| length(crate::tree::path_of(listing.path(), name)));
        let archive = listing.archive().map(Path::to_owned);
        files.chain(archive.map(length)).sum()
    }

    /// Returns the base folder of the tree.
    #[must_use]
    pub fn base(&self) -> &Path {
        self.tree.root().base()
    }
}

/// Takes over what the tree says of its streams.
fn describe(tree: &Tree) -> DescribedStreams {
    let streams = tree.streams();
    let mut kinds: BTreeMap<_, StreamKind> = BTreeMap::new();
    let mut mirrors = BTreeMap::new();
    let described = tree
        .manifest()
        .map_or(&[][..], |manifest| &manifest.streams);
    let id_of = |name: &str| streams.ids().find(|id| streams.name(*id) == name);
    for source in described {
        let Some(id) = id_of(&source.name) else {
            continue;
        };
        let names: Vec<String> = source
            .mirror
            .iter()
            .filter(|name| **name != source.name)
            .cloned()
            .collect();
        for name in &names {
            let Some(target) = id_of(name) else {
                continue;
            };
            // A JSON line names the stream that it was logged to.
            let is_json = described
                .iter()
                .any(|stream| stream.name == *name && stream.format == "json");
            if !is_json {
                kinds.entry(id).or_default().targets.push(target);
            }
            kinds
                .entry(target)
                .or_default()
                .sources
                .push(source.name.clone());
        }
        mirrors.insert(id, names);
        kinds.entry(id).or_default().is_unlike = streams.has_unlike_copies(id);
    }
    // Mirrors come after what is mirrored into them. In a circle, some order is as good as another.
    for _ in 0..described.len() {
        for source in streams.ids() {
            let rank = kinds.get(&source).map_or(0, |kind| kind.rank) + 1;
            for target in streams.mirrors(source).iter().filter(|it| **it != source) {
                let kind = kinds.entry(*target).or_default();
                kind.rank = kind.rank.max(rank.min(described.len()));
            }
        }
    }
    DescribedStreams {
        kinds,
        mirrors,
        timestamps: Arc::new(tree.timestamps().clone()),
    }
}
