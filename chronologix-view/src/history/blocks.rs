//! The lines of a strand from one place on, either way, a block at a time.

use std::io;

use super::{
    filter::Sieve,
    request::Direction,
    strand::{Spot, Strand, WARM, lines},
};
use crate::{
    files::{Dating, Lines, Stamps},
    line::{Key, LogLine, sequence},
};

#[cfg(test)]
mod tests;

// Both are small in tests, so that their edges are met often.

/// Bytes of the first block. Where blocks have no line that is wanted, they double up to the most.
const LEAST: u64 = if cfg!(test) { 128 } else { 64 << 10 };

/// The most bytes of a block; a line that is longer is skipped over without being kept.
const MOST: u64 = if cfg!(test) { 512 } else { 1 << 20 };

/// Reads a strand in one direction.
#[derive(Debug)]
pub(crate) struct Blocks {
    strand: Strand,
    direction: Direction,
    /// Everything up to here is read.
    spot: Spot,
    /// Dates the lines from `spot` on; for newer lines only, and none before the first.
    dating: Option<Dating>,
    /// No line that is still to come lies on the other side of this key.
    reach: Key,
    /// Whether `spot` lies inside a line that is longer than a block.
    is_inside: bool,
    /// Bytes of the next block.
    size: u64,
    /// The most bytes of a line that are kept.
    longest: usize,
}

impl Blocks {
    /// Reads on from `spot`.
    pub(crate) fn new(strand: Strand, direction: Direction, spot: Spot, longest: usize) -> Self {
        let reach = match direction {
            Direction::Older => Key::last_of(strand.folder()),
            Direction::Newer => Key::first_of(strand.folder()),
        };
        Self {
            strand,
            direction,
            spot,
            dating: None,
            reach,
            is_inside: false,
            size: LEAST,
            longest,
        }
    }

    /// The strand.
    pub(crate) fn strand(&self) -> &Strand {
        &self.strand
    }

    /// No line that is still to come is on the other side of this.
    pub(crate) fn reach(&self) -> Key {
        self.reach
    }

    /// Reads one block and gives the lines in it that are wanted, oldest first, which may be none;
    /// `None` at the end of the strand.
    ///
    /// # Errors
    ///
    /// When a file cannot be read.
    pub(crate) fn next(
        &mut self,
        sieve: &Sieve,
        stamps: &Stamps,
    ) -> io::Result<Option<Vec<LogLine>>> {
        let lines = match self.direction {
            Direction::Older => self.older(sieve, stamps)?,
            Direction::Newer => self.newer(sieve, stamps)?,
        };
        if let Some(lines) = &lines {
            self.size = if lines.is_empty() {
                (self.size * 2).min(MOST).max(self.size)
            } else {
                LEAST
            };
        }
        Ok(lines)
    }

    /// The most bytes of a block that is taken for the sake of a long line.
    fn most(&self) -> u64 {
        MOST.max(self.longest as u64 + 1)
    }

    fn older(&mut self, sieve: &Sieve, stamps: &Stamps) -> io::Result<Option<Vec<LogLine>>> {
        while self.spot.offset == 0 {
            let Some(part) = self.spot.part.checked_sub(1) else {
                return Ok(None);
            };
            let offset = self.strand.length(part);
            self.spot = Spot { part, offset };
        }
        let (part, end) = (self.spot.part, self.spot.offset);
        let start = end.saturating_sub(self.size);
        let mut block = self.strand.read(part, start, end - start)?;
        let Some((_, inner)) = block.split_last() else {
            // It was cut short since it was opened.
            self.spot.offset = 0;
            return Ok(Some(Vec::new()));
        };
        let first = if self.is_inside {
            // Of a line longer than a block, its beginning is looked for.
            memchr::memrchr(b'\n', &block).map(|end| end + 1)
        } else if start == 0 {
            Some(0)
        } else {
            // The first line lacks its beginning; the last byte ends a line and begins none.
            memchr::memchr(b'\n', inner).map(|end| end + 1)
        };
        let first = match first {
            Some(first) => first,
            None if start == 0 => 0,
            None if self.size < self.most() && !self.is_inside => {
                self.size = (self.size * 4).min(self.most());
                return Ok(Some(Vec::new()));
            }
            None => {
                (self.is_inside, self.spot.offset) = (true, start);
                return Ok(Some(Vec::new()));
            }
        };
        let from = start + first as u64;
        if std::mem::take(&mut self.is_inside) {
            block = self.strand.read(part, from, self.longest as u64 + 1)?;
            if let Some(end) = memchr::memchr(b'\n', &block) {
                block.truncate(end);
            }
        } else {
            block.drain(..first);
        }
        self.give(from, &block, sieve, stamps).map(Some)
    }

    /// The wanted lines of a block of older lines that begins at `from`.
    fn give(
        &mut self,
        from: u64,
        block: &[u8],
        sieve: &Sieve,
        stamps: &Stamps,
    ) -> io::Result<Vec<LogLine>> {
        self.spot.offset = from;
        let mut dating = self.strand.dating(self.spot, stamps)?;
        if sieve.may_take(block) {
            let lines = self.cut(&mut dating, from, block, true, stamps);
            if let Some((first, _)) = lines.first() {
                self.reach = self.reach.min(first.key);
            }
            return Ok(wanted(lines, sieve));
        }
        if let Some(first) = lines(block).next() {
            dating.see(first, stamps);
        }
        let key = Key {
            folder: self.strand.folder(),
            instant: dating.latest(),
            stream: self.strand.stream(),
            sequence: sequence(self.strand.number(self.spot.part), from),
        };
        self.reach = self.reach.min(key);
        Ok(Vec::new())
    }

    fn newer(&mut self, sieve: &Sieve, stamps: &Stamps) -> io::Result<Option<Vec<LogLine>>> {
        while self.spot.offset >= self.strand.length(self.spot.part) {
            if self.spot >= self.strand.end() {
                return Ok(None);
            }
            self.spot = Spot {
                part: self.spot.part + 1,
                offset: 0,
            };
            self.is_inside = false;
        }
        let (part, start) = (self.spot.part, self.spot.offset);
        let mut dating = match self.dating.take() {
            Some(dating) => dating,
            None => self.strand.dating(self.spot, stamps)?,
        };
        let block = self.strand.read(part, start, self.size)?;
        let is_last = block.is_empty() || start + block.len() as u64 >= self.strand.length(part);
        if block.is_empty() {
            // It was cut short since it was opened.
            self.spot.offset = self.strand.length(part);
        }
        if self.is_inside {
            let end = memchr::memchr(b'\n', &block);
            self.is_inside = end.is_none() && !is_last;
            self.spot.offset += end.map_or(block.len(), |end| end + 1) as u64;
            self.dating = Some(dating);
            return Ok(Some(Vec::new()));
        }
        let end = match memchr::memrchr(b'\n', &block) {
            _ if is_last => block.len(),
            Some(end) => end + 1,
            None if self.size < self.most() => {
                self.size = (self.size * 4).min(self.most());
                self.dating = Some(dating);
                return Ok(Some(Vec::new()));
            }
            None => {
                self.is_inside = true;
                block.len()
            }
        };
        self.spot.offset += end as u64;
        let block = &block[..end];
        let found = if sieve.may_take(block) {
            let lines = self.cut(&mut dating, start, block, is_last, stamps);
            if let Some((last, _)) = lines.last() {
                self.reach = self.reach.max(last.key);
            }
            wanted(lines, sieve)
        } else {
            // As far back as a stamp may go.
            let tail = &block[block.len().saturating_sub(WARM)..];
            let first = if tail.len() < block.len() {
                memchr::memchr(b'\n', tail).map_or(0, |end| end + 1)
            } else {
                0
            };
            for line in lines(&tail[first..]) {
                dating.see(line, stamps);
            }
            self.reach.instant = self.reach.instant.max(dating.latest());
            Vec::new()
        };
        self.dating = Some(dating);
        Ok(Some(found))
    }

    /// The lines of a block that begins at `from`, dated, and whether they have stamps.
    fn cut(
        &self,
        dating: &mut Dating,
        from: u64,
        block: &[u8],
        is_last: bool,
        stamps: &Stamps,
    ) -> Vec<(LogLine, bool)> {
        let number = self.strand.number(self.spot.part);
        let mut state = Lines::new(self.longest);
        let mut raw = Vec::new();
        state.begin_at(from);
        state.feed(block, &mut raw);
        if is_last || self.is_inside {
            raw.extend(state.finish());
        }
        let date = |line| dating.date(line, number, stamps);
        raw.into_iter().map(date).collect()
    }
}

fn wanted(lines: Vec<(LogLine, bool)>, sieve: &Sieve) -> Vec<LogLine> {
    lines
        .into_iter()
        .map(|(line, _)| line)
        .filter(|line| sieve.takes(&line.text))
        .collect()
}
