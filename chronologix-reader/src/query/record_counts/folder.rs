//! Counts the records of a folder.

use std::io;

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::{
    RecordCounts, RecordGroups,
    run::RecordRun,
    split::{ChunkTask, is_large, split},
};
use crate::{
    query::{
        mirrored::{FolderMirrors, MirroredStream},
        scan::FileChunk,
        stream_files::StreamFiles,
        tree_cursor::{Bounds, open_streams, unpacking_troubles},
    },
    streams::StreamId,
    tree::{LineDater, Tree},
};

/// Counts folders.
pub(super) struct FolderCounter<'a, G> {
    wanted: Option<&'a [StreamId]>,
    groups: RecordGroups<'a, G>,
}

impl<'a, G: Ord> FolderCounter<'a, G> {
    /// Counts the records of some streams or of all.
    pub(super) fn new(wanted: Option<&'a [StreamId]>, groups: RecordGroups<'a, G>) -> Self {
        Self { wanted, groups }
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
        let mut mirrors = FolderMirrors::of(&found.streams, tree.streams());
        mirrors.sort(&mut found.streams);
        for files in &mut found.streams {
            let stream = files.stream();
            // Such a folder is left to the other readers.
            if tree.timestamps().has_template(stream) || mirrors.needs_order(files) {
                return None;
            }
            let mirrored = mirrors.stream(stream);
            let read = if mirrored.is_alone() && is_large(files) {
                split(files, tree.timestamps(), self.groups).map(leave)
            } else {
                self.count_stream(files, tree, mirrored, buffer, &mut counts)
            };
            if let Err(error) = read {
                let name = files.name();
                counts
                    .troubles
                    .push(format!("{name} cannot be read: {error}"));
            }
        }
        Some(counts)
    }

    /// Counts the files of a stream in a folder.
    fn count_stream(
        &self,
        files: &StreamFiles,
        tree: &Tree,
        mut mirrored: MirroredStream<'_>,
        buffer: &mut Vec<u8>,
        counts: &mut RecordCounts<G>,
    ) -> io::Result<()> {
        let timestamps = tree.timestamps();
        let stream = files.stream();
        let mut is_copy = |line: &[u8], own: Option<DateTime<Utc>>, level| {
            let time = own.map(|own| timestamps.in_unit(own, stream));
            mirrored.is_copy(line, time, level)
        };
        let dater = LineDater::new(files.folder(), files.stream(), timestamps);
        let mut run = RecordRun::new(dater, self.groups);
        for part in files.parts() {
            let chunk = FileChunk::of_part(files, part);
            run.read(&chunk, timestamps, buffer, &mut is_copy)?;
        }
        counts.add(run.finish(files.stream()));
        Ok(())
    }
}
