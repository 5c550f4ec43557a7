//! Follows the files of one interval folder.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use chronologix_schema::layout::Folder;

use super::file::{FileTail, Incident, Start};
use crate::{
    line::{Key, LogLine},
    streams::StreamId,
    tree::{
        Handover, Identity, LineDater, Listing, PartKind, RawLine, Tree, descriptor_share, path_of,
        shown_file_name, uncompressed_name,
    },
};

#[cfg(test)]
mod tests;

/// The number of files per stream that may still grow: the last one and the one before.
const LIVE_PARTS: usize = 2;

/// An open interval folder.
#[derive(Debug)]
pub(crate) struct OpenFolder {
    folder: Folder,
    names: Listing,
    /// Where to begin in files that exist when the folder is opened.
    start: Start,
    /// What another reader has read.
    before: Option<Handover>,
    streams: BTreeMap<StreamId, OpenStream>,
    /// Whether its files were seen before.
    has_listed: bool,
}

/// The files of a stream in the folder.
#[derive(Debug)]
struct OpenStream {
    /// The files by number.
    parts: BTreeMap<u32, FileTail>,
    /// What kinds of files these are, and were.
    kinds: BTreeMap<u32, PartKind>,
    /// Files up to this number are complete and closed.
    closed: Option<u32>,
    dater: LineDater,
    /// Whether earlier lines were left out.
    is_cut: bool,
    /// Whether no line has been returned yet.
    is_fresh: bool,
}

/// What was read of a folder.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    /// Lines, each stream in order.
    pub lines: Vec<LogLine>,
    /// Unfinished last lines of files that have not grown for a moment.
    pub unfinished: Vec<LogLine>,
    /// Incidents, with the names of the files.
    pub(crate) incidents: Vec<(Key, String, Incident)>,
    /// Whether there is more to read immediately.
    pub has_more: bool,
}

impl OpenFolder {
    /// Opens a folder, to be read from `start` on.
    pub(crate) fn new(folder: Folder, tree: &Tree, start: Start) -> Self {
        let names = tree.listing(folder);
        Self {
            folder,
            names,
            start,
            before: None,
            streams: BTreeMap::new(),
            has_listed: false,
        }
    }

    /// Opens a folder where another reader stopped.
    pub(crate) fn resume(handover: Handover, tree: &Tree) -> Self {
        let mut open = Self::new(handover.folder, tree, Start::Beginning);
        open.before = Some(handover);
        open
    }

    /// Returns the identity of the folder.
    pub(crate) fn identity(&self) -> Option<Identity> {
        self.names.identity()
    }

    /// Returns the streams with earlier lines that were left out.
    pub(crate) fn cuts(&self) -> impl Iterator<Item = StreamId> {
        self.streams
            .iter()
            .filter(|(_, stream)| stream.is_cut)
            .map(|(id, _)| *id)
    }

    /// Finds new files.
    pub(crate) fn refresh(&mut self, tree: &mut Tree, now: DateTime<Utc>) {
        let beside = tree.archive_beside(self.folder);
        if !tree.has_intervals() || self.names.archive() != beside.as_deref() {
            // The tree has looked at what was given, and for archives.
            self.names = tree.listing(self.folder);
        }
        // A folder that cannot be listed has no files. The base folder tells whether it is gone.
        if self.names.refresh(now).is_err() {
            return;
        }
        let files = tree.files(&self.names);
        tree.timestamps()
            .add_files(self.folder, &self.names, &files);
        let mut before = self.before.take();
        for ((id, part), file) in files {
            let dater = before.as_mut().and_then(|before| before.daters.remove(&id));
            let fresh = || LineDater::new(self.folder, id, tree.timestamps());
            let stream = self.streams.entry(id).or_insert_with(|| OpenStream {
                parts: BTreeMap::new(),
                closed: None,
                dater: dater.unwrap_or_else(fresh),
                is_cut: false,
                is_fresh: true,
                kinds: BTreeMap::new(),
            });
            // What was renamed since has been read under its old name.
            if self.has_listed && file.kind == PartKind::Rotated {
                continue;
            }
            if stream.closed.is_none_or(|closed| closed < part) {
                stream.kinds.insert(part, file.kind);
                let path = path_of(self.names.path(), &file.name);
                let read = before.as_ref().and_then(|before| before.read.get(&path));
                let start = read.map_or(self.start, |read| Start::At(*read));
                let tail = || FileTail::new(path.clone(), start, tree.longest_line());
                let tail = stream.parts.entry(part).or_insert_with(tail);
                let is_compressed = uncompressed_name(&file.name).is_some();
                if file.kind == PartKind::Own && (is_compressed || self.names.is_packed(&file.name))
                {
                    // Its old name may be that of a late file by now.
                    tail.move_to(path);
                }
            }
        }
        self.has_listed |= !self.streams.is_empty();
        if self.start != Start::Beginning {
            // Files that are created later are read from the beginning.
            self.start = Start::Beginning;
            self.streams
                .values_mut()
                .for_each(OpenStream::leave_out_early_parts);
        }
    }

    /// Reads one block of each file. Counts the files that stay open.
    pub(crate) fn scan(
        &mut self,
        tree: &Tree,
        now: DateTime<Utc>,
        open_files: &mut usize,
    ) -> Scanned {
        let mut scanned = Scanned::default();
        for stream in self.streams.values_mut() {
            stream.scan(tree, now, open_files, &mut scanned);
        }
        scanned
    }

    /// Returns the unfinished last lines of a folder that will not grow.
    pub(crate) fn finish(&mut self, tree: &Tree) -> Vec<LogLine> {
        self.streams
            .values_mut()
            .flat_map(|stream| stream.finish(tree))
            .collect()
    }

    /// Skips to the end of a rewritten file.
    pub(crate) fn skip_to_end(&mut self, id: StreamId) {
        if let Some(stream) = self.streams.get_mut(&id) {
            stream.parts.values_mut().for_each(FileTail::skip_to_end);
        }
    }
}

impl OpenStream {
    /// Skips all files but the last ones.
    fn leave_out_early_parts(&mut self) {
        while self.parts.len() > LIVE_PARTS
            && let Some((part, _)) = self.parts.pop_first()
        {
            self.closed = Some(part);
            self.is_cut = true;
        }
    }

    /// Reads one block of each file that may still grow.
    fn scan(
        &mut self,
        tree: &Tree,
        now: DateTime<Utc>,
        open_files: &mut usize,
        scanned: &mut Scanned,
    ) {
        let mut closed = Vec::new();
        let parts = self.parts.len();
        for (index, (part, tail)) in self.parts.iter_mut().enumerate() {
            let kind = self.kinds.get(part).copied().unwrap_or(PartKind::Own);
            if *part > 0 && kind == PartKind::Own && !tail.leave_out_repeats() {
                break;
            }
            let polled = tail.poll();
            self.is_cut |= tail.is_cut();
            let lines = date(&mut self.dater, polled.lines, *part, tree);
            let lines = whole_records(lines, self.is_fresh && self.is_cut);
            self.is_fresh &= lines.is_empty();
            super::append(&mut scanned.lines, lines);
            if let Some(incident) = polled.incident {
                let name = shown_file_name(tail.path());
                scanned
                    .incidents
                    .push((self.dater.next_key(), name, incident));
            }
            if tail.is_open() {
                *open_files += 1;
            }
            if *open_files > descriptor_share() {
                tail.close();
                *open_files -= 1;
            }
            if polled.has_more {
                // The next file continues this one, so it must wait.
                scanned.has_more = true;
                break;
            }
            if let Some(line) = tail.unfinished(now) {
                // The line is dated again when it is finished.
                let line = self.dater.clone().date(line, *part, tree.timestamps());
                scanned.unfinished.push(line);
            }
            if index + LIVE_PARTS < parts || kind == PartKind::Rotated {
                closed.push(*part);
            }
        }
        for part in closed {
            self.parts.remove(&part);
            self.closed = Some(part);
        }
    }

    fn finish(&mut self, tree: &Tree) -> Vec<LogLine> {
        let mut lines = Vec::new();
        for (part, tail) in &mut self.parts {
            let unfinished = tail.finish().into_iter().collect();
            lines.extend(date(&mut self.dater, unfinished, *part, tree));
        }
        lines
    }
}

fn date(dater: &mut LineDater, lines: Vec<RawLine>, part: u32, tree: &Tree) -> Vec<LogLine> {
    lines
        .into_iter()
        .map(|line| dater.date(line, part, tree.timestamps()))
        .collect()
}

/// Drops the rest of a record at the start if earlier lines were left out, because its time is
/// unknown.
fn whole_records(mut lines: Vec<LogLine>, is_after_cut: bool) -> Vec<LogLine> {
    if is_after_cut {
        let first = lines.iter().position(|line| line.own.is_some());
        lines.drain(..first.unwrap_or(0));
    }
    lines
}
