//! Reads the records of one stream in a folder, file after file.

use std::{
    collections::{BTreeMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{FileHeader, Folder, Repeat};

use super::{
    copies::{ExpectedCopies, hash_of_copied, stream_of_json},
    cursor::{FileProgress, StreamProgress},
    incident::IncidentKind,
    part::{Look, NextRecord, PartTail, RecordEnds},
};
use crate::{
    log_record::{LogRecord, RecordOrigin},
    streams::StreamId,
    tree::{LineDater, LinePlace, TimestampReader, open_file, read_at},
};

/// The number of files that may still grow: the last one and the one before.
const LIVE_PARTS: usize = 2;

/// How many bytes at the end of a mirror are compared with a quarter as many of a stream.
const LAST_COPIES: u64 = 256 << 10;

/// How many bytes before the offset tell the formats of the lines that follow.
const WARM_UP: u64 = 16 << 10;

/// What the description of the tree says of a stream.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamKind {
    /// Streams are read in this order at one time: mirrors behind what is mirrored into them.
    pub(super) rank: usize,
    /// The mirrors whose copies are known by their text.
    pub(super) targets: Vec<StreamId>,
    /// The names of the streams that are mirrored into it.
    pub(super) sources: Vec<String>,
    /// Whether copies are lines of another shape.
    pub(super) is_unlike: bool,
}

/// A stream in a folder.
#[derive(Debug)]
pub(super) struct StreamTail {
    pub(super) id: StreamId,
    pub(super) name: String,
    pub(super) kind: StreamKind,
    pub(super) parts: BTreeMap<u32, PartTail>,
    /// Files up to this number were read and do not grow any more.
    closed: Option<u32>,
    /// What was read of files that have not been seen yet.
    kept: Vec<FileProgress>,
    dater: LineDater,
    next: Option<(u32, NextRecord)>,
    /// Whether all records that may be taken were taken.
    is_drained: bool,
    ends: RecordEnds,
    /// Whether one of its files could not be read.
    pub(super) is_blocked: bool,
    /// The lines whose copies are still to come in this stream.
    pub(super) expected: ExpectedCopies,
    /// The hash of the line that was read last, if the stream is copied.
    pub(super) last_line: Option<u64>,
}

/// A file of a stream, as it is listed.
#[derive(Debug)]
pub(super) struct ListedPart {
    pub(super) number: u32,
    pub(super) path: PathBuf,
    pub(super) origin: Arc<RecordOrigin>,
    pub(super) is_packed: bool,
}

/// Something that happened to a file, with the bytes that are lost.
pub(super) type PartIncident = (PathBuf, IncidentKind, Option<u64>);

impl StreamTail {
    pub(super) fn new(
        (id, name): (StreamId, String),
        folder: Folder,
        kind: StreamKind,
        kept: Option<StreamProgress>,
        timestamps: &TimestampReader,
    ) -> Self {
        let mut dater = LineDater::new(folder, id, timestamps);
        if let Some(kept) = &kept {
            dater.go_on_from(DateTime::from_timestamp_nanos(kept.time));
        }
        let expected = kept.as_ref().map_or_else(ExpectedCopies::default, |kept| {
            let last = kept.last_copies;
            let last = last.map(|(time, lines)| (DateTime::from_timestamp_nanos(time), lines));
            ExpectedCopies::of(&kept.copies, last)
        });
        let last_line = kept.as_ref().and_then(|kept| kept.last_line);
        let (closed, files) = kept.map_or((None, Vec::new()), |kept| (kept.closed, kept.files));
        Self {
            id,
            name,
            kind,
            parts: BTreeMap::new(),
            closed,
            kept: files,
            dater,
            next: None,
            is_drained: false,
            ends: RecordEnds {
                is_own: timestamps.formats(id).is_none(),
                are_continued: false,
                is_final: false,
            },
            is_blocked: false,
            expected,
            last_line,
        }
    }

    /// Returns whether it has a record that may be taken.
    pub(super) fn next(&self) -> Option<&NextRecord> {
        self.next.as_ref().map(|(_, next)| next)
    }

    /// Returns whether all records that may be taken were taken.
    pub(super) fn is_drained(&self) -> bool {
        self.is_drained && self.next.is_none()
    }

    /// Returns how many bytes are known to be there and were not read.
    pub(super) fn unread(&self) -> u64 {
        self.parts.values().map(PartTail::unread).sum()
    }

    /// Leaves out files up to this number, which were read before.
    pub(super) fn leave_out_to(&mut self, number: u32) {
        self.closed = self.closed.max(Some(number));
    }

    /// Takes unfinished lines as well, because no file will grow.
    pub(super) fn finish(&mut self) {
        self.ends.is_final = true;
        self.is_drained = false;
    }

    /// Begins to look for records that were not there before.
    pub(super) fn go_on(&mut self) {
        self.is_drained = false;
    }

    /// Leaves out everything that is there but an unfinished line.
    pub(super) fn skip_to_end(&mut self) {
        self.next = None;
        // What cannot be read is read from its beginning when it can be.
        let skipped = self.parts.values_mut().map(PartTail::skip_to_end);
        self.is_blocked = skipped.filter(Result::is_err).count() > 0;
    }

    /// Returns hashes of the last lines that were left out, in so many bytes, in their order.
    pub(super) fn last_hashes(&self, bytes: u64) -> Vec<u64> {
        let last = self.parts.values().next_back();
        let lines = last.and_then(|part| part.last_lines(bytes).ok());
        let lines = lines.unwrap_or_default();
        let lines = lines
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty());
        lines
            .map(|line| hash_of_copied(line, None, self.kind.is_unlike))
            .collect()
    }

    /// Expects copies of the last of these lines, those behind the last one that was copied.
    pub(super) fn expect_after_end(&mut self, lines: &[u64]) {
        let copied: HashSet<u64> = self.last_hashes(4 * LAST_COPIES).into_iter().collect();
        let behind = lines.iter().rposition(|line| copied.contains(line));
        for line in &lines[behind.map_or(0, |at| at + 1)..] {
            self.expected.add(*line, None, None);
        }
    }

    pub(super) fn close(&mut self) {
        self.parts.values_mut().for_each(PartTail::close);
    }

    /// Looks at all files, the last first: a file is complete when the next one has lines.
    pub(super) fn look(
        &mut self,
        listed: Vec<ListedPart>,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
        incidents: &mut Vec<PartIncident>,
    ) {
        self.is_blocked = false;
        let mut gone: Vec<u32> = self.parts.keys().copied().collect();
        for part in listed.into_iter().rev() {
            if self.closed.is_some_and(|closed| part.number <= closed) {
                continue;
            }
            gone.retain(|number| *number != part.number);
            self.look_at(part, timestamps, now, incidents);
        }
        for number in gone {
            self.leave_gone(number, now, incidents);
        }
        // What was kept of files that are not there any more.
        for kept in self.kept.drain(..) {
            let lost = kept.length.saturating_sub(kept.offset);
            if lost > 0 {
                let path = PathBuf::from(format!("{}, file {}", self.name, kept.number));
                incidents.push((path, IncidentKind::Deleted, Some(lost)));
            }
        }
        self.is_drained = false;
    }

    fn look_at(
        &mut self,
        listed: ListedPart,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
        incidents: &mut Vec<PartIncident>,
    ) {
        let number = listed.number;
        if !self.parts.contains_key(&number) {
            let kept = self.kept.iter().position(|kept| kept.number == number);
            let kept = kept.map(|at| self.kept.swap_remove(at));
            let part = PartTail::new(number, listed.path.clone(), listed.origin.clone(), kept);
            if let Some(kept) = kept.filter(|_| !self.ends.is_own) {
                self.warm_up(&listed.path, kept.offset, timestamps);
            }
            self.parts.insert(number, part);
        }
        let Some(part) = self.parts.get_mut(&number) else {
            return;
        };
        part.path.clone_from(&listed.path);
        part.origin = listed.origin;
        let look = part.look(listed.is_packed, now);
        let path = listed.path;
        match look {
            Ok(Look::Same | Look::Gone) => {}
            Ok(Look::Cut { length }) => {
                let lost = part.unread();
                self.next = self.next.take().filter(|(of, _)| *of != number);
                if self.goes_on_in_next(number, length) {
                    if let Some(part) = self.parts.get_mut(&number) {
                        part.cut_to(length, length, now);
                    }
                } else {
                    if let Some(part) = self.parts.get_mut(&number) {
                        part.cut_to(0, length, now);
                    }
                    incidents.push((path, IncidentKind::Truncated, Some(lost)));
                }
            }
            Ok(Look::Replaced { lost }) => {
                self.next = self.next.take().filter(|(of, _)| *of != number);
                incidents.push((path, IncidentKind::Replaced, Some(lost)));
            }
            Err(error) => {
                self.is_blocked = true;
                incidents.push((path, IncidentKind::Unreadable(error.to_string()), None));
            }
        }
    }

    /// Returns whether a file was cut because its last lines are in the next file by now, whose
    /// sync did not fail. They are left out there.
    fn goes_on_in_next(&mut self, number: u32, length: u64) -> bool {
        let Some(part) = self.parts.get(&number) else {
            return false;
        };
        let cut = part.offset() - length;
        let Some(bytes) = part.bytes_before(cut) else {
            return false;
        };
        let Some(next) = self.parts.get_mut(&(number + 1)) else {
            return false;
        };
        if !next.has_bytes(&bytes, cut).unwrap_or(false) {
            return false;
        }
        if next.offset() < cut {
            next.begin_at(cut);
            self.next = self.next.take().filter(|(of, _)| *of != number + 1);
        }
        true
    }

    /// Leaves a file that is not listed any more, once what is open of it was read.
    fn leave_gone(&mut self, number: u32, now: DateTime<Utc>, incidents: &mut Vec<PartIncident>) {
        let Some(part) = self.parts.get_mut(&number) else {
            return;
        };
        let has_more = part.is_open() && {
            // What can still be read of it is.
            matches!(part.look(false, now), Ok(Look::Gone | Look::Same)) && !self.is_drained
        };
        if has_more {
            return;
        }
        let lost = part.unread();
        if lost > 0 {
            let path = part.path.clone();
            incidents.push((path, IncidentKind::Deleted, Some(lost)));
        }
        self.parts.remove(&number);
    }

    /// Lets the formats of other programs know the lines before the offset.
    fn warm_up(&mut self, path: &Path, offset: u64, timestamps: &TimestampReader) {
        let begin = offset.saturating_sub(WARM_UP);
        let mut bytes = vec![0; usize::try_from(offset - begin).unwrap_or(0)];
        let read = open_file(path).and_then(|file| read_at(&file, &mut bytes, begin));
        bytes.truncate(read.unwrap_or(0));
        let skipped = if begin == 0 {
            0
        } else {
            memchr::memchr(b'\n', &bytes).map_or(bytes.len(), |end| end + 1)
        };
        for line in bytes[skipped..].split(|byte| *byte == b'\n') {
            let place = LinePlace { part: 0, at: begin };
            self.dater.see(line, place, timestamps);
        }
    }

    /// Finds the next record.
    pub(super) fn find_next(
        &mut self,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
        incidents: &mut Vec<PartIncident>,
    ) {
        if self.next.is_some() || self.is_drained {
            return;
        }
        let numbers: Vec<u32> = self.parts.keys().copied().collect();
        for (at, number) in numbers.iter().enumerate() {
            match self.next_of(*number, at + LIVE_PARTS < numbers.len(), timestamps, now) {
                Ok(Some(next)) => {
                    self.next = Some((*number, next));
                    return;
                }
                Ok(None) => {}
                Err(error) => {
                    self.is_blocked = true;
                    let path = self.parts.get(number).map(|part| part.path.clone());
                    let kind = IncidentKind::Unreadable(error.to_string());
                    incidents.push((path.unwrap_or_default(), kind, None));
                    break;
                }
            }
        }
        self.is_drained = true;
        // Files before the last two are complete.
        while self.parts.len() > LIVE_PARTS
            && self
                .parts
                .values()
                .next()
                .is_some_and(|part| part.unread() == 0)
            && let Some((number, _)) = self.parts.pop_first()
        {
            self.closed = Some(number);
        }
    }

    fn next_of(
        &mut self,
        number: u32,
        is_complete: bool,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
    ) -> io::Result<Option<NextRecord>> {
        let Some(part) = self.parts.get_mut(&number) else {
            return Ok(None);
        };
        if part.unread() == 0 {
            return Ok(None);
        }
        if !part.is_checked {
            let Some(line) = part.first_line()? else {
                if !(is_complete || self.ends.is_final) {
                    return Ok(None);
                }
                return self.next_in(number, is_complete, timestamps, now);
            };
            if FileHeader::begins(line.as_bytes()) {
                part.begin_at(part.offset() + line.len() as u64 + 1);
                part.is_checked = false;
                return self.next_of(number, is_complete, timestamps, now);
            }
            let repeat = Repeat::of_line(&line).filter(|_| number > 0);
            let repeated = repeat.map(|repeat| self.repeated(number, &repeat));
            let Some(part) = self.parts.get_mut(&number) else {
                return Ok(None);
            };
            if let Some(repeated) = repeated {
                let behind = line.len() as u64 + 1 + repeated;
                if part.unread() < behind {
                    // Lines are still being repeated.
                    return Ok(None);
                }
                part.begin_at(part.offset() + behind);
            }
            part.is_checked = true;
        }
        self.next_in(number, is_complete, timestamps, now)
    }

    fn next_in(
        &mut self,
        number: u32,
        is_complete: bool,
        timestamps: &TimestampReader,
        now: DateTime<Utc>,
    ) -> io::Result<Option<NextRecord>> {
        let mut ends = RecordEnds {
            is_final: self.ends.is_final || is_complete,
            ..self.ends
        };
        let Some(part) = self.parts.get_mut(&number) else {
            return Ok(None);
        };
        let found = part.next(&mut ends, &mut self.dater, timestamps, now);
        self.ends.are_continued |= ends.are_continued;
        found
    }

    /// Returns how many bytes of what is repeated were read in the earlier file.
    fn repeated(&self, number: u32, repeat: &Repeat) -> u64 {
        let mut earlier = self.parts.range(..number).map(|(_, part)| part);
        let earlier = earlier.rfind(|part| part.origin.file == repeat.file);
        let bytes = &repeat.bytes;
        // A file that was closed was read to its end.
        let read = earlier.map_or(bytes.end, PartTail::offset);
        read.clamp(bytes.start, bytes.end) - bytes.start
    }

    /// Moves behind the next record. Returns it if it is no copy, and the hash of its line if
    /// copies of it are to come.
    pub(super) fn take(
        &mut self,
        timestamps: &TimestampReader,
    ) -> Option<(LogRecord, Option<u64>)> {
        let (number, next) = self.next.take()?;
        let part = self.parts.get_mut(&number)?;
        let line = part.line(&next);
        let time = next.own.map(|own| timestamps.in_unit(own, self.id));
        let is_mirror = !self.kind.sources.is_empty();
        let named = (is_mirror && line.starts_with(b"{"))
            .then(|| stream_of_json(line))
            .flatten();
        let has_targets = !self.kind.targets.is_empty();
        let is_awaited = named.is_none() && is_mirror && !self.expected.is_empty();
        let hash =
            (has_targets || is_awaited).then(|| hash_of_copied(line, time, self.kind.is_unlike));
        let is_copy = match named {
            Some(named) => self
                .kind
                .sources
                .iter()
                .any(|source| source.as_bytes() == named),
            None => is_awaited && hash.is_some_and(|hash| self.expected.take(hash)),
        };
        self.last_line = hash.filter(|_| has_targets);
        if is_copy {
            part.skip(&next);
            return None;
        }
        Some((part.take(&next), self.last_line))
    }

    /// Returns how much was read.
    pub(super) fn progress(&mut self, has_copies: bool) -> StreamProgress {
        let mut files = self.kept.clone();
        let last_copies = self.expected.latest().and_then(|(time, lines)| {
            let nanos = time.timestamp_nanos_opt()?;
            (has_copies && lines > 0).then_some((nanos, lines))
        });
        // A file that cannot be read any more is taken for another one.
        let parts = self.parts.values_mut();
        files.extend(parts.filter_map(|part| part.progress().ok()));
        StreamProgress {
            name: self.name.clone(),
            time: self
                .dater
                .latest()
                .timestamp_nanos_opt()
                .unwrap_or_default(),
            closed: self.closed,
            files,
            copies: if has_copies {
                self.expected.hashes()
            } else {
                Vec::new()
            },
            last_copies,
            last_line: self.last_line.filter(|_| has_copies),
        }
    }
}
