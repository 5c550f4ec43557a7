//! One file: what was read of it, and what happened to it since.
//!
//! A file is read where it was left off, whatever its name stands for now: renamed, deleted,
//! replaced, cut short or written anew are values here, never errors that end the viewer.

use std::{
    fs::{File, Metadata},
    io,
    path::{Path, PathBuf},
};

use crate::tree::{Identity, Lines, RawLine, metadata, open_file, read_at};

#[cfg(test)]
mod tests;

/// The most bytes one poll reads.
const BLOCK: usize = 1 << 18;

/// Bytes before the offset that must still be there when the file is read on.
const FOOTPRINT: usize = 32;

/// Bytes at the beginning by which a file written anew is told from one with other content.
const HEAD: usize = 64;

/// Where the reading of a file begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Start {
    /// At its first byte.
    Beginning,
    /// At the first line within so many bytes of its end.
    Last(u64),
    /// Where somebody else stopped reading, at the beginning of a line.
    At(u64),
}

/// What happened to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Incident {
    /// It was emptied or cut short; it is read from its beginning.
    Truncated,
    /// Its name stands for another file now, which is read from its beginning.
    Replaced,
    /// It begins as before, but what follows is not what was read: its lines are to be read
    /// again.
    Rewritten,
    /// Its name is gone.
    Deleted,
    /// It cannot be read, for this reason.
    Unreadable(String),
}

/// What a poll found.
#[derive(Debug, Default)]
pub(crate) struct Polled {
    /// Lines, complete.
    pub(crate) lines: Vec<RawLine>,
    /// Whether there is more to read at once.
    pub(crate) has_more: bool,
    /// What happened, after those lines.
    pub(crate) incident: Option<Incident>,
}

/// One file that is read as it grows.
#[derive(Debug)]
pub(crate) struct FileTail {
    path: PathBuf,
    /// Where to begin when the file is opened for the first time.
    start: Start,
    /// The file, as long as it was found.
    open: Option<Open>,
    /// Keeps the unfinished line.
    lines: Lines,
    /// Whether lines before the first were left out.
    is_cut: bool,
    /// Whether trouble with the name was told already.
    is_reported: bool,
}

/// A file that was opened.
#[derive(Debug)]
struct Open {
    file: File,
    identity: Identity,
    /// Bytes read or left out.
    offset: u64,
    /// The last bytes before the offset.
    footprint: Vec<u8>,
    /// The first bytes of the file, as far as they were seen.
    head: Vec<u8>,
    /// The first bytes of the file that was here before, until they were compared.
    before: Vec<u8>,
}

impl FileTail {
    /// A file to be read. It need not exist yet.
    pub(crate) fn new(path: PathBuf, start: Start, longest_line: usize) -> Self {
        let lines = Lines::new(longest_line);
        Self {
            path,
            start,
            open: None,
            lines,
            is_cut: false,
            is_reported: false,
        }
    }

    /// The file's path.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether lines before the first were left out.
    pub(crate) fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// The unfinished last line, for a file that will not grow any more.
    pub(crate) fn finish(&mut self) -> Option<RawLine> {
        self.lines.finish()
    }

    /// Reads one block of what is new.
    pub(crate) fn poll(&mut self) -> Polled {
        let mut polled = Polled::default();
        match metadata(&self.path) {
            Ok(found) if !found.is_file() => {
                self.report(
                    Incident::Unreadable("it is not a regular file".into()),
                    &mut polled,
                );
            }
            Ok(found) => match self.read(&found, &mut polled) {
                Ok(()) => self.is_reported = false,
                Err(error) => self.report(Incident::Unreadable(error.to_string()), &mut polled),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.drain(&mut polled),
            Err(error) => self.report(Incident::Unreadable(error.to_string()), &mut polled),
        }
        polled
    }

    /// Reads the file under the path, or what is left of the one that was there before.
    fn read(&mut self, found: &Metadata, polled: &mut Polled) -> io::Result<()> {
        let open = if let Some(open) = &mut self.open {
            open
        } else {
            let open = Open::new(&self.path, self.start, &mut self.lines)?;
            self.is_cut = open.offset > 0 && matches!(self.start, Start::Last(_));
            self.open.insert(open)
        };
        let offset = open.offset;
        if open.identity != Identity::of(found) {
            // What was still written to the old file comes before the new one.
            let known = open.advance(u64::MAX, &mut self.lines, polled)?;
            if known == Continuity::Same && open.offset > offset {
                polled.has_more = true;
                return Ok(());
            }
            return self.replace(Incident::Replaced, polled);
        }
        let length = found.len();
        if length < offset || open.advance(length, &mut self.lines, polled)? == Continuity::Changed
        {
            return self.replace(Incident::Truncated, polled);
        }
        if open.is_like_before() {
            polled.lines.clear();
            return self.replace(Incident::Rewritten, polled);
        }
        Ok(())
    }

    /// Begins again with whatever the path stands for now.
    fn replace(&mut self, incident: Incident, polled: &mut Polled) -> io::Result<()> {
        let mut new = Open::new(&self.path, Start::Beginning, &mut self.lines)?;
        let Some(old) = self.open.take() else {
            return Ok(());
        };
        polled.has_more = true;
        if incident != Incident::Rewritten && new.holds(&old)? {
            // A copy of the same lines has taken the place, as some editors and rsync do.
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

    /// Reads what was still written to a file whose name is gone.
    fn drain(&mut self, polled: &mut Polled) {
        let Some(open) = &mut self.open else { return };
        // Reading a deleted file cannot fail in a way that matters more than its being gone.
        let _ = open.advance(u64::MAX, &mut self.lines, polled);
        if !polled.has_more {
            self.report(Incident::Deleted, polled);
        }
    }

    /// Moves to the end of the file without reading.
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

/// Whether a file still is what was read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Continuity {
    Same,
    Changed,
}

impl Open {
    fn new(path: &Path, start: Start, lines: &mut Lines) -> io::Result<Self> {
        let file = open_file(path)?;
        let found = file.metadata()?;
        let mut head = vec![0; HEAD];
        let length = read_at(&file, &mut head, 0)?;
        head.truncate(length);
        let identity = Identity::of(&found);
        let (footprint, before) = (Vec::new(), Vec::new());
        let mut open = Self {
            file,
            identity,
            offset: 0,
            footprint,
            head,
            before,
        };
        let offset = match start {
            Start::Beginning => 0,
            Start::Last(bytes) => found.len().saturating_sub(bytes),
            Start::At(offset) => offset.min(found.len()),
        };
        if offset > 0 {
            let before = usize::try_from(offset).unwrap_or(usize::MAX).min(FOOTPRINT);
            let mut footprint = vec![0; before];
            let length = read_at(&open.file, &mut footprint, offset - before as u64)?;
            if length == before {
                lines.begin_at(offset);
                if footprint.last().is_some_and(|last| *last != b'\n') {
                    lines.skip_rest();
                }
                (open.offset, open.footprint) = (offset, footprint);
            }
        }
        Ok(open)
    }

    /// Reads one block of the bytes up to `end`, if those before are still what they were.
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
        let length = read_at(&self.file, &mut block, self.offset - before as u64)?;
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
        lines.feed(new, &mut polled.lines);
        self.offset += new.len() as u64;
        polled.has_more = new.len() == wanted && self.offset < end;
        let keep = block.len().saturating_sub(FOOTPRINT);
        self.footprint = block[keep..].to_vec();
        Ok(Continuity::Same)
    }

    /// Whether this file has what was read of the old one, as far as can be told.
    fn holds(&self, old: &Self) -> io::Result<bool> {
        let mut bytes = vec![0; old.footprint.len()];
        let length = read_at(
            &self.file,
            &mut bytes,
            old.offset - old.footprint.len() as u64,
        )?;
        Ok(old.offset > 0 && length == bytes.len() && bytes == old.footprint)
    }

    /// Whether this file begins as the one before it did. Answered once, when as many bytes of
    /// it were seen.
    fn is_like_before(&mut self) -> bool {
        if self.head.len() < self.before.len() {
            return false;
        }
        let before = std::mem::take(&mut self.before);
        before.len() >= HEAD / 4 && self.head.starts_with(&before)
    }
}
