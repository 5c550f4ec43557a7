//! Follows one file.
//!
//! Reading continues where it stopped, whatever the name refers to now. A file that is renamed,
//! deleted, replaced, truncated or rewritten is an [`Incident`] and never an error.

use std::{
    io,
    path::{Path, PathBuf},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::tree::{
    FileState, Identity, Lines, OpenFile, RawLine, begin_of_new, file_state, has_ended,
    header::header_in, open_file, plain_state, read_at, take_trouble,
};

#[cfg(test)]
mod tests;

/// The most bytes of one poll.
const BLOCK: usize = 1 << 18;

/// Bytes before the offset that are compared before reading on.
const FOOTPRINT: usize = 32;

/// The byte order mark of UTF-8, which is not part of the first line.
const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes at the beginning that are compared to detect a rewritten file.
const HEAD: usize = 64;

/// An unfinished last line is shown if the file has not grown for this long.
const REST: TimeDelta = TimeDelta::seconds(1);

/// The furthest that the start of an unfinished last line is looked for.
const LONGEST_UNFINISHED: u64 = 64 << 20;

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At the first byte.
    Beginning,
    /// At the first line within this many bytes of the end.
    Last(u64),
    /// Where another reader stopped, at the start of a line.
    At(u64),
}

/// An incident of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incident {
    /// It was truncated, and is read from the beginning.
    Truncated,
    /// Its name refers to another file, which is read from the beginning.
    Replaced,
    /// It begins as before, but continues with other content. All lines must be read again.
    Rewritten,
    /// It was deleted.
    Deleted,
    /// It cannot be read for this reason.
    Unreadable(String),
    /// This is wrong with it, but it can be read in part.
    Damaged(String),
}

/// The result of a poll.
#[derive(Debug, Default)]
pub(crate) struct Polled {
    /// Complete lines.
    pub lines: Vec<RawLine>,
    /// Whether there is more to read immediately.
    pub has_more: bool,
    /// An incident after these lines.
    pub incident: Option<Incident>,
}

/// A file that is read as it grows.
#[derive(Debug)]
pub(crate) struct FileTail {
    path: PathBuf,
    /// Where to begin when the file is first opened.
    start: Start,
    /// Where its lines begin. Those before stand in an earlier file.
    begin: u64,
    /// The open file.
    open: Option<Open>,
    /// Splits the bytes into lines.
    lines: Lines,
    /// Whether earlier lines were left out.
    is_cut: bool,
    /// Whether the current problem has been reported.
    is_reported: bool,
    /// Since when the file has not grown.
    rest: Option<Rest>,
}

/// A time in which a file does not grow.
#[derive(Clone, Copy, Debug)]
struct Rest {
    /// The number of bytes read.
    offset: u64,
    /// When it was first seen with this many bytes, or was last written before it was opened.
    since: DateTime<Utc>,
    /// Whether its unfinished line has been returned.
    is_shown: bool,
}

/// An open file.
#[derive(Debug)]
struct Open {
    /// `None` if it was closed, and has not changed since.
    file: Option<OpenFile>,
    /// Whether its bytes are read as they are stored.
    is_plain: bool,
    identity: Identity,
    /// When it was last written before it was opened.
    written: Option<DateTime<Utc>>,
    /// The number of bytes read or skipped.
    offset: u64,
    /// The last bytes before the offset.
    footprint: Vec<u8>,
    /// The first bytes of the file.
    head: Vec<u8>,
    /// The first bytes of the replaced file, until they have been compared.
    before: Vec<u8>,
}

impl FileTail {
    /// A file that need not exist yet.
    pub(crate) fn new(path: PathBuf, start: Start, longest_line: usize) -> Self {
        let lines = Lines::new(longest_line);
        Self {
            path,
            start,
            begin: 0,
            open: None,
            lines,
            is_cut: false,
            is_reported: false,
            rest: None,
        }
    }

    /// Leaves out lines that stand in an earlier file. Returns whether the file can be read yet.
    pub(crate) fn leave_out_repeats(&mut self) -> bool {
        if self.open.is_some() {
            return true;
        }
        // The poll will find what is wrong with the file.
        let (begin, is_certain) = begin_of_new(&self.path).unwrap_or((0, true));
        self.begin = begin;
        is_certain
    }

    /// Returns the path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Goes on in another place, where the file was packed to.
    pub(crate) fn move_to(&mut self, path: PathBuf) {
        self.path = path;
    }

    /// Returns whether earlier lines were left out.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Returns the unfinished last line of a file that will not grow.
    pub(crate) fn finish(&mut self) -> Option<RawLine> {
        self.lines.finish()
    }

    /// Returns the unfinished last line, once, if the file has not grown for a second.
    pub(crate) fn unfinished(&mut self, now: DateTime<Utc>) -> Option<RawLine> {
        let open = self.open.as_ref()?;
        let rest = match &mut self.rest {
            Some(rest) if rest.offset == open.offset => rest,
            rest => {
                let written = open.written.filter(|_| rest.is_none());
                rest.insert(Rest {
                    offset: open.offset,
                    since: written.map_or(now, |written| written.min(now)),
                    is_shown: false,
                })
            }
        };
        if rest.is_shown || now - rest.since < REST {
            return None;
        }
        rest.is_shown = true;
        self.lines.unfinished()
    }

    /// Reads one new block.
    pub(crate) fn poll(&mut self) -> Polled {
        let mut polled = Polled::default();
        // Looked at first, so that what comes before the end is read below.
        let has_ended = has_ended(&self.path);
        // What has to be unpacked is opened, to see whether it has changed.
        let is_plain = self.open.as_ref().is_some_and(|open| open.is_plain);
        let is_new = self.open.is_none();
        let state = if is_new {
            self.open_first()
        } else if is_plain {
            plain_state(&self.path)
        } else {
            file_state(&self.path).map(|(state, _)| state)
        };
        match state {
            Ok(found) => match self.read(&found, is_new, &mut polled) {
                Ok(()) => self.is_reported = false,
                Err(error) => self.report(Incident::Unreadable(error.to_string()), &mut polled),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.drain(&mut polled),
            Err(error) => self.report(Incident::Unreadable(error.to_string()), &mut polled),
        }
        if !is_plain && polled.incident.is_none() {
            polled.incident = take_trouble(&self.path).map(Incident::Damaged);
        }
        if has_ended && !polled.has_more {
            polled.lines.extend(self.lines.finish());
        }
        polled
    }

    /// Returns whether a descriptor is kept.
    pub(crate) fn is_open(&self) -> bool {
        self.open.as_ref().is_some_and(|open| open.file.is_some())
    }

    /// Closes the file until it changes. What is added to it after it has lost its name is not
    /// read then.
    pub(crate) fn close(&mut self) {
        if let Some(open) = &mut self.open {
            open.file = None;
        }
    }

    /// Opens the file. Returns its state, for which it need not be opened once more.
    fn open_first(&mut self) -> io::Result<FileState> {
        let (open, found) = Open::new(&self.path, self.start, self.begin, &mut self.lines)?;
        self.is_cut = open.offset > self.begin && matches!(self.start, Start::Last(_));
        self.open = Some(open);
        Ok(found)
    }

    /// Reads the file, or the rest of a replaced one.
    fn read(&mut self, found: &FileState, is_new: bool, polled: &mut Polled) -> io::Result<()> {
        let Some(open) = &mut self.open else {
            return Ok(());
        };
        let offset = open.offset;
        if open.file.is_none() {
            if open.identity == found.identity && offset == found.length {
                return Ok(());
            }
            // If it is another file, what comes before the offset tells.
            open.file = Some(open_file(&self.path)?);
        }
        if open.identity != found.identity {
            // The rest of the old file comes before the new one.
            let known = open.advance(u64::MAX, &mut self.lines, polled)?;
            if known == Continuity::Same && open.offset > offset {
                polled.has_more = true;
                return Ok(());
            }
            return self.replace(Incident::Replaced, polled);
        }
        let length = found.length;
        if length < offset || open.advance(length, &mut self.lines, polled)? == Continuity::Changed
        {
            return self.replace(Incident::Truncated, polled);
        }
        if open.is_like_before() {
            polled.lines.clear();
            return self.replace(Incident::Rewritten, polled);
        }
        if is_new && self.lines.is_skipping() && self.start != Start::Last(0) {
            // All that was read is part of the unfinished last line. It is read from its start.
            open.go_to_line_start(self.begin, &mut self.lines)?;
            self.is_cut = open.offset > self.begin;
            polled.has_more = !self.lines.is_skipping();
        }
        Ok(())
    }

    /// Reopens the path.
    fn replace(&mut self, incident: Incident, polled: &mut Polled) -> io::Result<()> {
        let (mut new, _) = Open::new(&self.path, Start::Beginning, 0, &mut self.lines)?;
        let Some(old) = self.open.take() else {
            return Ok(());
        };
        polled.has_more = true;
        if incident != Incident::Rewritten && new.holds(&old)? {
            // It is a copy with the same lines, as some editors and rsync make.
            self.open = Some(Open {
                offset: old.offset,
                footprint: old.footprint,
                ..new
            });
            return Ok(());
        }
        polled.lines.extend(self.lines.finish());
        self.lines.begin_at(0);
        polled.incident = Some(incident);
        if polled.incident != Some(Incident::Rewritten) {
            new.before = old.head;
            if new.is_like_before() {
                polled.incident = Some(Incident::Rewritten);
            }
        }
        self.open = Some(new);
        Ok(())
    }

    /// Reads the rest of a deleted file.
    fn drain(&mut self, polled: &mut Polled) {
        let Some(open) = &mut self.open else { return };
        // The file is gone, so errors do not matter.
        let _ = open.advance(u64::MAX, &mut self.lines, polled);
        if !polled.has_more {
            self.report(Incident::Deleted, polled);
        }
    }

    /// Skips to the end of the file.
    pub(crate) fn skip_to_end(&mut self) {
        self.open = None;
        self.start = Start::Last(0);
    }

    fn report(&mut self, incident: Incident, polled: &mut Polled) {
        if !std::mem::replace(&mut self.is_reported, true) {
            polled.incident = Some(incident);
        }
    }
}

/// Whether the bytes read so far are unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Continuity {
    Same,
    Changed,
}

impl Open {
    fn file(&self) -> io::Result<&OpenFile> {
        let closed = || io::Error::other("it was closed");
        self.file.as_ref().ok_or_else(closed)
    }

    fn new(
        path: &Path,
        start: Start,
        begin: u64,
        lines: &mut Lines,
    ) -> io::Result<(Self, FileState)> {
        let file = open_file(path)?;
        let found = file.state()?;
        let mut head = vec![0; HEAD];
        let length = read_at(&file, &mut head, 0)?;
        head.truncate(length);
        let identity = found.identity;
        let (footprint, before) = (Vec::new(), Vec::new());
        let mut open = Self {
            is_plain: file.is_plain(),
            file: Some(file),
            identity,
            written: found.modified,
            offset: 0,
            footprint,
            head,
            before,
        };
        let offset = match start {
            Start::Beginning => 0,
            Start::Last(bytes) => found.length.saturating_sub(bytes),
            Start::At(offset) => offset.min(found.length),
        };
        open.go_to(offset.max(begin), lines)?;
        Ok((open, found))
    }

    /// Goes on at an offset. If that is inside of a line, the rest of the line is skipped.
    fn go_to(&mut self, offset: u64, lines: &mut Lines) -> io::Result<()> {
        if offset == 0 {
            return Ok(());
        }
        let before = usize::try_from(offset).unwrap_or(usize::MAX).min(FOOTPRINT);
        let mut footprint = vec![0; before];
        let length = read_at(self.file()?, &mut footprint, offset - before as u64)?;
        if length == before {
            lines.begin_at(offset);
            if footprint.last().is_some_and(|last| *last != b'\n') {
                lines.skip_rest();
            }
            (self.offset, self.footprint) = (offset, footprint);
        }
        Ok(())
    }

    /// Goes back to the start of the line that contains the last byte read.
    fn go_to_line_start(&mut self, begin: u64, lines: &mut Lines) -> io::Result<()> {
        let mut end = self.offset;
        let furthest = self.offset.saturating_sub(LONGEST_UNFINISHED).max(begin);
        while end > furthest {
            let start = end.saturating_sub(BLOCK as u64).max(furthest);
            let mut block = vec![0; usize::try_from(end - start).unwrap_or(BLOCK)];
            let length = read_at(self.file()?, &mut block, start)?;
            if let Some(found) = memchr::memrchr(b'\n', &block[..length]) {
                return self.restart(start + found as u64 + 1, lines);
            }
            end = start;
        }
        if furthest == begin {
            return self.restart(begin, lines);
        }
        Ok(())
    }

    /// Goes on at the start of a line.
    fn restart(&mut self, offset: u64, lines: &mut Lines) -> io::Result<()> {
        (self.offset, self.footprint) = (0, Vec::new());
        lines.begin_at(offset);
        self.go_to(offset, lines)
    }

    /// Reads one block up to `end`, if the bytes before it are unchanged.
    fn advance(
        &mut self,
        end: u64,
        lines: &mut Lines,
        polled: &mut Polled,
    ) -> io::Result<Continuity> {
        if end <= self.offset {
            return Ok(Continuity::Same);
        }
        let before = self.footprint.len();
        let wanted = usize::try_from(end - self.offset)
            .unwrap_or(usize::MAX)
            .min(BLOCK);
        let mut block = vec![0; before + wanted];
        let length = read_at(self.file()?, &mut block, self.offset - before as u64)?;
        let block = &block[..length];
        let Some(new) = block.strip_prefix(&self.footprint[..]) else {
            return Ok(Continuity::Changed);
        };
        if self.offset < HEAD as u64 {
            self.head
                .truncate(usize::try_from(self.offset).unwrap_or(HEAD));
            let missing = HEAD - self.head.len();
            self.head.extend_from_slice(&new[..new.len().min(missing)]);
        }
        let first = match self.offset {
            0 if new.starts_with(UTF8_MARK) => UTF8_MARK.len(),
            0 => match header_in(new) {
                Some(header) => header,
                // It is being written.
                None => return Ok(Continuity::Same),
            },
            _ => 0,
        };
        if first > 0 {
            lines.begin_at(first as u64);
        }
        lines.feed(&new[first..], &mut polled.lines);
        self.offset += new.len() as u64;
        polled.has_more = new.len() == wanted && self.offset < end;
        let keep = block.len().saturating_sub(FOOTPRINT);
        self.footprint = block[keep..].to_vec();
        Ok(Continuity::Same)
    }

    /// Returns whether this file contains what was read of the old one, as far as can be told.
    fn holds(&self, old: &Self) -> io::Result<bool> {
        let mut bytes = vec![0; old.footprint.len()];
        let length = read_at(
            self.file()?,
            &mut bytes,
            old.offset - old.footprint.len() as u64,
        )?;
        Ok(old.offset > 0 && length == bytes.len() && bytes == old.footprint)
    }

    /// Returns whether this file begins like the replaced one. True at most once, when enough bytes
    /// have been seen.
    fn is_like_before(&mut self) -> bool {
        if self.head.len() < self.before.len() {
            return false;
        }
        let before = std::mem::take(&mut self.before);
        before.len() >= HEAD / 4 && self.head.starts_with(&before)
    }
}
