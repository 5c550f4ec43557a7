//! Reads the records of one interval folder: all streams merged by time, each record once.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashSet},
    io,
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_schema::layout::Folder;

use super::{
    cursor::{FolderProgress, StreamProgress},
    incident::{FollowIncident, IncidentKind},
    stream::{ListedPart, PartIncident, StreamKind, StreamTail},
};
use crate::{
    log_record::{LogRecord, RecordOrigin},
    streams::StreamId,
    tree::{Listing, TimestampReader, Tree, path_of, take_trouble, uncompressed_name},
};

/// A folder is not expected to grow if nothing was written to it for this long.
const SETTLED: TimeDelta = TimeDelta::minutes(2);

/// How many bytes at the end of a stream may have no copies yet.
const LAST_LINES: u64 = 256 << 10;

/// What the description of the tree says of all streams.
#[derive(Clone, Debug)]
pub(super) struct DescribedStreams {
    pub(super) kinds: BTreeMap<StreamId, StreamKind>,
    /// The names of the mirrors of each stream.
    pub(super) mirrors: BTreeMap<StreamId, Vec<String>>,
    pub(super) timestamps: Arc<TimestampReader>,
}

/// A folder that is read.
#[derive(Debug)]
pub(super) struct FolderTail {
    folder: Folder,
    listing: Listing,
    /// Mirrors first, which is the order in which they are looked at.
    streams: Vec<StreamTail>,
    /// What was read of streams that have not been seen yet.
    kept: Vec<StreamProgress>,
    /// Whether all of it was read, and it is not expected to grow.
    pub(super) is_finished: bool,
    /// Whether its unfinished lines are taken as they are.
    is_closing: bool,
}

impl FolderTail {
    /// A folder that was read up to here.
    pub(super) fn new(folder: Folder, tree: &Tree, kept: Option<FolderProgress>) -> Self {
        let is_finished = kept.as_ref().is_some_and(|kept| kept.is_finished);
        Self {
            folder,
            listing: tree.listing(folder),
            streams: Vec::new(),
            kept: kept.map_or_else(Vec::new, |kept| kept.streams),
            is_finished,
            is_closing: false,
        }
    }

    /// Looks at what is there: mirrors before the streams that are mirrored into them. So a copy is
    /// seen with its original, which is written before.
    pub(super) fn look(
        &mut self,
        tree: &mut Tree,
        described: &DescribedStreams,
        now: DateTime<Utc>,
        incidents: &mut Vec<FollowIncident>,
    ) {
        if let Err(error) = self.list(tree, now)
            && tree.folders().contains(&self.folder)
        {
            incidents.push(FollowIncident {
                path: self.listing.path().clone(),
                kind: IncidentKind::Unreadable(error.to_string()),
                lost_bytes: None,
            });
            return;
        }
        let mut listed = self.listed(tree, described);
        let mut happened = Vec::new();
        for rank in (0..=self.highest_rank()).rev() {
            // An original may stand in a file that is newer than the last list.
            if let Ok(true) = self.listing.refreshed(now) {
                listed = self.listed(tree, described);
            }
            let of_rank = self.streams.iter_mut();
            for stream in of_rank.filter(|stream| stream.kind.rank == rank) {
                let files = listed.remove(&stream.id).unwrap_or_default();
                stream.look(files, &described.timestamps, now, &mut happened);
            }
        }
        self.leave_kept(&mut happened);
        incidents.extend(happened.into_iter().map(incident));
        let packed = self.listing.archive().unwrap_or(self.listing.path());
        if let Some(trouble) = take_trouble(packed) {
            incidents.push(FollowIncident {
                path: packed.to_owned(),
                kind: IncidentKind::Damaged(trouble),
                lost_bytes: None,
            });
        }
    }

    /// Lists the files that are there.
    fn list(&mut self, tree: &Tree, now: DateTime<Utc>) -> io::Result<()> {
        let path = tree.base().path().join(self.folder.name());
        let beside = tree.archive_beside(self.folder);
        if tree.archive(self.folder).is_some()
            || self.listing.path() != &path
            || self.listing.archive() != beside.as_deref()
        {
            self.listing = tree.listing(self.folder);
        }
        self.listing.refresh(now)
    }

    /// Leaves out what is in the archive beside it: all of it was read before the folder was made
    /// anew.
    pub(super) fn leave_out_packed(
        &mut self,
        tree: &mut Tree,
        described: &DescribedStreams,
        now: DateTime<Utc>,
    ) {
        if self.list(tree, now).is_err() {
            return;
        }
        self.listed(tree, described);
        for ((id, number), file) in tree.files(&self.listing) {
            let mut streams = self.streams.iter_mut();
            if !self.listing.is_after_archive(&file.name)
                && let Some(stream) = streams.find(|stream| stream.id == id)
            {
                stream.leave_out_to(number);
            }
        }
    }

    fn highest_rank(&self) -> usize {
        let ranks = self.streams.iter().map(|stream| stream.kind.rank);
        ranks.max().unwrap_or(0)
    }

    /// Leaves what was kept of streams that have no files any more.
    fn leave_kept(&mut self, incidents: &mut Vec<PartIncident>) {
        for stream in self.kept.drain(..) {
            let files = stream.files.iter();
            let lost = files.map(|file| file.length.saturating_sub(file.offset));
            let lost: u64 = lost.sum();
            if lost > 0 {
                let path = self.listing.path().join(stream.name);
                incidents.push((path, IncidentKind::Deleted, Some(lost)));
            }
        }
    }

    /// Returns the files of each stream, in order. Adds streams that are new.
    fn listed(
        &mut self,
        tree: &mut Tree,
        described: &DescribedStreams,
    ) -> BTreeMap<StreamId, Vec<ListedPart>> {
        let is_packed = tree.archive(self.folder).is_some();
        let mut listed: BTreeMap<StreamId, Vec<ListedPart>> = BTreeMap::new();
        let files = tree.files(&self.listing);
        described
            .timestamps
            .add_files(self.folder, &self.listing, &files);
        for ((id, number), file) in files {
            let name = self.listing.name_in_folder(&file.name);
            let plain = uncompressed_name(name);
            let known = self.streams.iter().find(|stream| stream.id == id);
            let known = known.and_then(|stream| stream.parts.get(&number));
            let mirrors = described.mirrors.get(&id).map_or(&[][..], Vec::as_slice);
            let known = known.map(|part| &part.origin).filter(|origin| {
                Arc::ptr_eq(&origin.timestamps, &described.timestamps) && origin.mirrors == mirrors
            });
            let origin = || {
                Arc::new(RecordOrigin {
                    stream: tree.streams().name(id).to_owned(),
                    mirrors: mirrors.to_vec(),
                    id,
                    folder: Some(self.folder),
                    folder_name: self.folder.name(),
                    file: plain.unwrap_or(name).to_owned(),
                    timestamps: Arc::clone(&described.timestamps),
                })
            };
            listed.entry(id).or_default().push(ListedPart {
                number,
                path: path_of(self.listing.path(), &file.name),
                origin: known.map_or_else(origin, Arc::clone),
                is_packed: is_packed || plain.is_some() || self.listing.is_packed(&file.name),
            });
        }
        for stream in &mut self.streams {
            if let Some(kind) = described.kinds.get(&stream.id) {
                stream.kind.clone_from(kind);
            }
        }
        for id in listed.keys() {
            if !self.streams.iter().any(|stream| stream.id == *id) {
                self.add(*id, tree, described);
            }
        }
        self.streams
            .sort_by_key(|stream| (Reverse(stream.kind.rank), stream.id));
        listed
    }

    fn add(&mut self, id: StreamId, tree: &Tree, described: &DescribedStreams) {
        let name = tree.streams().name(id).to_owned();
        let kept = self.kept.iter().position(|kept| kept.name == name);
        let kept = kept.map(|at| self.kept.swap_remove(at));
        let kind = described.kinds.get(&id).cloned().unwrap_or_default();
        let timestamps = &described.timestamps;
        let named = (id, name);
        self.streams
            .push(StreamTail::new(named, self.folder, kind, kept, timestamps));
    }

    /// Returns the next record. `None` if all that may be taken were taken.
    pub(super) fn next(
        &mut self,
        described: &DescribedStreams,
        now: DateTime<Utc>,
        incidents: &mut Vec<FollowIncident>,
    ) -> Option<LogRecord> {
        let timestamps = &described.timestamps;
        let mut happened = Vec::new();
        let found = loop {
            for stream in &mut self.streams {
                stream.find_next(timestamps, now, &mut happened);
            }
            let Some(at) = self.earliest() else {
                break None;
            };
            let latest = self.streams[at].next().map(|next| next.latest);
            let Some((record, hash)) = self.streams[at].take(timestamps) else {
                continue;
            };
            if let Some(hash) = hash {
                let stream = &self.streams[at];
                let (id, targets) = (stream.id, stream.kind.targets.clone());
                let is_target = |stream: &&mut StreamTail| targets.contains(&stream.id);
                for mirror in self.streams.iter_mut().filter(is_target) {
                    mirror.expected.add(hash, latest, Some(id));
                }
            }
            break Some(record);
        };
        incidents.extend(happened.into_iter().map(incident));
        found
    }

    /// Returns the stream with the next record in the order of time. A mirror comes after the
    /// streams that are mirrored into it, unless very many of its copies are waited for.
    fn earliest(&self) -> Option<usize> {
        let is_blocked = self.streams.iter().any(|stream| stream.is_blocked);
        let mut earliest: Option<(usize, DateTime<Utc>)> = None;
        for (at, stream) in self.streams.iter().enumerate() {
            // Originals that cannot be read would be taken for none.
            let is_mirror = !stream.kind.sources.is_empty();
            let Some(next) = stream.next().filter(|_| !(is_mirror && is_blocked)) else {
                continue;
            };
            // The streams are in the order of their ranks, the highest first.
            if earliest.is_none_or(|(_, time)| next.latest <= time) {
                earliest = Some((at, next.latest));
            }
        }
        let (at, time) = earliest?;
        Some(self.before_full(at, time).unwrap_or(at))
    }

    /// Returns what to read before a stream whose mirror has to come up with: many lines have one
    /// time, and the cursor is to stay small. `None` if the stream itself has to be read first.
    fn before_full(&self, at: usize, time: DateTime<Utc>) -> Option<usize> {
        let targets = &self.streams[at].kind.targets;
        let is_full =
            |stream: &StreamTail| targets.contains(&stream.id) && stream.expected.is_full(time);
        let full = self.streams.iter().position(is_full)?;
        self.streams[full].next()?;
        let unread = self.unread_originals(full);
        if unread.is_empty() {
            return Some(full);
        }
        let others = unread.into_iter().filter(|other| *other != at);
        let others = others.filter(|other| self.unread_originals(*other).is_empty());
        others.min_by_key(|other| self.streams[*other].next().map(|it| it.latest))
    }

    /// Returns the streams of which an unread line may be copied in the next line of a mirror.
    fn unread_originals(&self, mirror: usize) -> Vec<usize> {
        let mirror = &self.streams[mirror];
        let Some(next) = mirror.next() else {
            return Vec::new();
        };
        let may_be_copied = |stream: &StreamTail| {
            let is_copied = |original| {
                let is_it = |source: &StreamTail| {
                    source.id == original && source.kind.targets.contains(&stream.id)
                };
                original == stream.id || self.streams.iter().any(is_it)
            };
            let is_awaited = |last| {
                let behind = stream.expected.copies_of(last);
                mirror.expected.awaits(last, is_copied, behind)
            };
            stream.kind.targets.contains(&mirror.id)
                && stream.next().is_some_and(|it| it.latest <= next.latest)
                && !stream.last_line.is_some_and(is_awaited)
        };
        let all = 0..self.streams.len();
        all.filter(|at| may_be_copied(&self.streams[*at])).collect()
    }

    /// Returns whether all records that may be taken were taken.
    pub(super) fn is_drained(&self) -> bool {
        self.streams.iter().all(StreamTail::is_drained)
    }

    /// Returns how many bytes are known to be there and were not read.
    pub(super) fn unread(&self) -> u64 {
        self.streams.iter().map(StreamTail::unread).sum()
    }

    /// Returns whether nothing was written for a while.
    pub(super) fn is_settled(&self, now: DateTime<Utc>) -> bool {
        let mut parts = self.streams.iter().flat_map(|stream| stream.parts.values());
        parts.all(|part| part.modified().is_none_or(|at| now - at >= SETTLED))
    }

    /// Closes a folder that does not grow any more: first its unfinished lines are taken, then its
    /// files are closed.
    pub(super) fn finish(&mut self) {
        if self.is_closing {
            self.is_finished = true;
            self.streams.iter_mut().for_each(StreamTail::close);
        } else {
            self.is_closing = true;
            self.streams.iter_mut().for_each(StreamTail::finish);
        }
    }

    /// Reads a finished folder again, because it has grown.
    pub(super) fn reopen(&mut self) {
        self.is_finished = false;
        self.is_closing = false;
        self.streams.iter_mut().for_each(StreamTail::go_on);
    }

    /// Closes its files, until they grow.
    pub(super) fn close(&mut self) {
        self.streams.iter_mut().for_each(StreamTail::close);
    }

    /// Leaves out everything that is there.
    pub(super) fn skip_to_end(&mut self) {
        self.streams.iter_mut().for_each(StreamTail::skip_to_end);
        // Copies of the last lines may still be on their way.
        for at in 0..self.streams.len() {
            let stream = &self.streams[at];
            let targets = stream.kind.targets.clone();
            if targets.is_empty() {
                continue;
            }
            let last = stream.last_hashes(LAST_LINES);
            for mirror in &mut self.streams {
                if targets.contains(&mirror.id) {
                    mirror.expect_after_end(&last);
                }
            }
        }
    }

    /// Forgets how much was read of its files, which are not there as they were.
    pub(super) fn forget(&mut self) {
        self.streams.clear();
        self.kept.clear();
    }

    /// Returns how many files are known.
    pub(super) fn files(&self) -> usize {
        let kept = self.kept.iter().map(|kept| kept.files.len());
        let known = self.streams.iter().map(|stream| stream.parts.len());
        kept.chain(known).sum()
    }

    /// Returns what is lost of a folder that was deleted.
    pub(super) fn leave(&self, incidents: &mut Vec<FollowIncident>) {
        let kept = self.kept.iter().flat_map(|kept| &kept.files);
        let kept: u64 = kept
            .map(|file| file.length.saturating_sub(file.offset))
            .sum();
        let lost = self.unread() + kept;
        if lost > 0 {
            incidents.push(FollowIncident {
                path: self.listing.path().clone(),
                kind: IncidentKind::Deleted,
                lost_bytes: Some(lost),
            });
        }
    }

    /// Returns how much was read.
    pub(super) fn progress(&mut self) -> FolderProgress {
        let is_finished = self.is_finished;
        let mut streams = self.kept.clone();
        let known = self.streams.iter_mut();
        streams.extend(known.map(|stream| stream.progress(!is_finished)));
        let awaited = streams.iter().flat_map(|it| it.copies.iter().copied());
        let awaited: HashSet<u64> = awaited.collect();
        for stream in &mut streams {
            stream.last_line = stream.last_line.filter(|line| awaited.contains(line));
        }
        FolderProgress {
            name: self.folder.name(),
            is_finished,
            streams,
        }
    }
}

fn incident((path, kind, lost_bytes): PartIncident) -> FollowIncident {
    FollowIncident {
        path,
        kind,
        lost_bytes,
    }
}
