//! Counts the records of a folder.
//!
//! A copy is a line of a mirror that equals one of the mirrored stream, in the same folder. So the
//! lines of mirrored streams are read first. They are few.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher as _, RandomState},
    io,
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::{
    GroupOf, RecordCounts,
    run::RecordRun,
    split::{ChunkTask, is_large, split},
};
use crate::{
    query::{
        mirrored::Mirrored,
        scan::FileChunk,
        stream_files::StreamFiles,
        tree_cursor::{Bounds, open_streams, unpacking_troubles},
    },
    streams::StreamId,
    tree::{LineDater, Tree},
};

/// The most bytes of mirrored streams in a folder. More would need too much memory.
pub(super) const MOST_MIRRORED: u64 = if cfg!(test) { 1 << 10 } else { 64 << 20 };

/// Counts folders.
pub(super) struct FolderCounter<'a, G> {
    wanted: Option<&'a [StreamId]>,
    group: &'a GroupOf<'a, G>,
    hasher: RandomState,
}

impl<'a, G: Ord> FolderCounter<'a, G> {
    /// Counts the records of some streams or of all.
    pub(super) fn new(wanted: Option<&'a [StreamId]>, group: &'a GroupOf<'a, G>) -> Self {
        Self {
            wanted,
            group,
            hasher: RandomState::new(),
        }
    }

    /// Counts a folder, but for what it passes to `leave` in chunks. Returns `None` if the folder
    /// must be read in order.
    pub(super) fn count(
        &mut self,
        folder: Folder,
        tree: &mut Tree,
        now: DateTime<Utc>,
        buffer: &mut Vec<u8>,
        leave: &dyn Fn(Vec<ChunkTask<'a, G>>),
    ) -> Option<RecordCounts<G>> {
        let mut counts = RecordCounts::default();
        let found = open_streams(tree, folder, now, self.wanted, &Bounds::whole());
        let mut found = match found {
            Ok(found) => found,
            Err(error) => {
                counts
                    .troubles
                    .push(format!("{folder} cannot be read: {error}"));
                return Some(counts);
            }
        };
        counts.troubles.append(&mut found.troubles);
        let unpacked = unpacking_troubles(tree, folder, &found.streams);
        counts.troubles.extend(unpacked);
        let streams = tree.streams();
        let ids: Vec<StreamId> = found.streams.iter().map(StreamFiles::stream).collect();
        let has_copies = |stream: StreamId| {
            ids.iter()
                .any(|source| *source != stream && streams.mirrors(*source).contains(&stream))
        };
        // Mirrors come last. A mirror that is mirrored itself is left to the other readers.
        found
            .streams
            .sort_by_key(|files| has_copies(files.stream()));
        let mut mirrored: BTreeMap<StreamId, Mirrored> = BTreeMap::new();
        for files in &mut found.streams {
            let stream = files.stream();
            let targets = streams.mirrors(stream).iter();
            let targets: Vec<StreamId> = targets
                .copied()
                .filter(|target| *target != stream && ids.contains(target))
                .collect();
            let copies = mirrored.remove(&stream);
            let bytes = files.parts().iter().map(|part| part.length).sum::<u64>();
            if tree.timestamps().has_template(stream)
                || !targets.is_empty() && (bytes > MOST_MIRRORED || has_copies(stream))
            {
                return None;
            }
            let is_alone = targets.is_empty() && copies.is_none();
            let told = if is_alone && is_large(files) {
                split(files, tree.timestamps(), self.group).map(leave)
            } else {
                let mirrors = (copies, &targets[..]);
                self.count_stream(files, tree, mirrors, &mut mirrored, (buffer, &mut counts))
            };
            if let Err(error) = told {
                let name = files.name();
                counts
                    .troubles
                    .push(format!("{name} cannot be read: {error}"));
            }
        }
        Some(counts)
    }

    /// Counts the files of a stream in a folder. `copies` has the lines that count elsewhere. The
    /// lines are added to what is expected in `targets`.
    fn count_stream(
        &mut self,
        files: &StreamFiles,
        tree: &Tree,
        (mut copies, targets): (Option<Mirrored>, &[StreamId]),
        mirrored: &mut BTreeMap<StreamId, Mirrored>,
        (buffer, counts): (&mut Vec<u8>, &mut RecordCounts<G>),
    ) -> io::Result<()> {
        let timestamps = tree.timestamps();
        let hasher = &self.hasher;
        let mut is_copy = |line: &[u8], level: usize| {
            let copies = copies.as_mut().filter(|copies| copies.has_level(level));
            let is_copy = copies.is_some_and(|copies| copies.take(hasher.hash_one(line)));
            if !targets.is_empty() {
                let hash = hasher.hash_one(line);
                for target in targets {
                    mirrored.entry(*target).or_default().add(hash, level);
                }
            }
            is_copy
        };
        let dater = LineDater::new(files.folder(), files.stream(), timestamps);
        let mut run = RecordRun::new(dater, self.group);
        for part in files.parts() {
            let chunk = FileChunk::of_part(files, part);
            run.read(&chunk, timestamps, buffer, &mut is_copy)?;
        }
        counts.add(run.finish(files.stream()));
        Ok(())
    }
}
