//! Compares the bytes of logs with their sums, block by block, on all cores.

use std::{
    io::{self, Write},
    num::NonZero,
    ops::Range,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use chronologix_schema::layout::{
    BLOCK_BYTES, ContentHasher, Digest, FileSum, block_value, newlines,
};

use super::FindingKind;
use crate::tree::{
    OpenFile, read_at,
    sealed::{self, LogPiece},
};

/// The blocks that one thread compares at a time: 64 MiB.
const BLOCKS_A_TASK: usize = 1024;

/// The blocks that are read at a time: 1 MiB.
const BLOCKS_A_READ: usize = 16;

/// One block.
#[expect(clippy::cast_possible_truncation, reason = "it is 64 KiB")]
const BLOCK: usize = BLOCK_BYTES as usize;

/// Logs that are to be compared with their sums.
#[derive(Debug, Default)]
pub(super) struct ContentChecker {
    jobs: Vec<ContentJob>,
}

/// Which comparison, in the order in which they were added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ContentJobId(usize);

#[derive(Debug)]
struct ContentJob {
    sum: FileSum,
    pieces: Vec<LogPiece>,
}

/// What a comparison came to.
#[derive(Debug, Default)]
pub(super) struct ContentOutcome {
    sum: FileSum,
    pieces: Vec<LogPiece>,
    /// The bytes that are there.
    bytes: u64,
    /// The blocks that are not as they were, in order.
    bad: Vec<usize>,
    /// Why it cannot be read.
    pub(super) error: Option<String>,
}

/// What is wrong with a log: what was done, in which lines, in words.
pub(super) type Fault = (FindingKind, Option<(u64, u64)>, String);

/// A part of a comparison.
enum ContentTask {
    /// Some blocks of a file that can be read at any place.
    Blocks(usize, Range<usize>),
    /// A file that is unpacked from its beginning to its end.
    Stream(usize),
}

impl ContentChecker {
    /// Adds a log.
    pub(super) fn add(&mut self, sum: &FileSum, pieces: Vec<LogPiece>) -> ContentJobId {
        let sum = sum.clone();
        self.jobs.push(ContentJob { sum, pieces });
        ContentJobId(self.jobs.len() - 1)
    }

    /// Compares all logs.
    pub(super) fn run(self) -> Vec<ContentOutcome> {
        let mut tasks = Vec::new();
        for (index, job) in self.jobs.iter().enumerate() {
            match job.pieces.as_slice() {
                [LogPiece::Stored(_)] => {
                    let blocks = job.sum.blocks.len();
                    let starts = (0..blocks.max(1)).step_by(BLOCKS_A_TASK);
                    let range = |start| start..blocks.min(start + BLOCKS_A_TASK);
                    tasks.extend(starts.map(|start| ContentTask::Blocks(index, range(start))));
                }
                _ => tasks.push(ContentTask::Stream(index)),
            }
        }
        let outcomes = self.jobs.iter().map(|_| Mutex::default());
        let outcomes: Vec<Mutex<ContentOutcome>> = outcomes.collect();
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
                let (ContentTask::Blocks(index, _) | ContentTask::Stream(index)) = task;
                let compared = self.jobs[*index].compare(task);
                let mut outcome = lock(&outcomes[*index]);
                match compared {
                    Ok((bytes, mut bad)) => {
                        outcome.bytes = bytes;
                        outcome.bad.append(&mut bad);
                    }
                    Err(error) => outcome.error = Some(error.to_string()),
                }
            }
        };
        thread::scope(|scope| {
            let threads = thread::available_parallelism().map_or(1, NonZero::get);
            for _ in 1..threads.min(tasks.len()) {
                scope.spawn(work);
            }
            work();
        });
        let outcomes = outcomes.into_iter().zip(self.jobs).map(|(outcome, job)| {
            let mut outcome = outcome.into_inner().unwrap_or_else(PoisonError::into_inner);
            outcome.bad.sort_unstable();
            (outcome.sum, outcome.pieces) = (job.sum, job.pieces);
            outcome
        });
        outcomes.collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ContentJob {
    /// Returns how many bytes there are, and which blocks are not as they were.
    fn compare(&self, task: &ContentTask) -> io::Result<(u64, Vec<usize>)> {
        match task {
            ContentTask::Blocks(_, range) => {
                let Some(file) = sealed::open_stored(&self.pieces)? else {
                    return Ok((0, Vec::new()));
                };
                let bytes = file.state()?.length;
                Ok((bytes, bad_blocks(&file, &self.sum, range.clone())?))
            }
            ContentTask::Stream(_) => {
                let mut blocks = BlockSink::new(&self.sum);
                for piece in &self.pieces {
                    sealed::write_to(piece, &mut blocks)?;
                }
                Ok(blocks.finish())
            }
        }
    }
}

/// Returns the bytes that a block has.
fn length_of(sum: &FileSum, block: usize) -> usize {
    let left = sum.bytes.saturating_sub(block as u64 * BLOCK_BYTES);
    usize::try_from(left).unwrap_or(BLOCK).min(BLOCK)
}

fn bad_blocks(file: &OpenFile, sum: &FileSum, range: Range<usize>) -> io::Result<Vec<usize>> {
    let mut bad = Vec::new();
    let mut buffer = vec![0; BLOCK * BLOCKS_A_READ];
    for start in range.clone().step_by(BLOCKS_A_READ) {
        let read = read_at(file, &mut buffer, start as u64 * BLOCK_BYTES)?;
        for block in start..range.end.min(start + BLOCKS_A_READ) {
            let at = (block - start) * BLOCK;
            let bytes = buffer[..read].get(at..at + length_of(sum, block));
            let is_good = bytes.is_some_and(|bytes| is_block(sum, block, bytes));
            if !is_good {
                bad.push(block);
            }
        }
    }
    Ok(bad)
}

fn is_block(sum: &FileSum, block: usize, bytes: &[u8]) -> bool {
    block_value(block as u64, bytes) == sum.blocks[block].value
}

/// Compares what is written to it.
struct BlockSink<'a> {
    sum: &'a FileSum,
    /// The beginning of a block.
    block: Vec<u8>,
    bytes: u64,
    next: usize,
    bad: Vec<usize>,
}

impl<'a> BlockSink<'a> {
    fn new(sum: &'a FileSum) -> Self {
        Self {
            sum,
            block: Vec::with_capacity(BLOCK),
            bytes: 0,
            next: 0,
            bad: Vec::new(),
        }
    }

    fn finish(mut self) -> (u64, Vec<usize>) {
        // What is not whole, and what is not there at all.
        self.bad.extend(self.next..self.sum.blocks.len());
        (self.bytes, self.bad)
    }
}

impl Write for BlockSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while !rest.is_empty() && self.next < self.sum.blocks.len() {
            let length = length_of(self.sum, self.next);
            let (taken, left) = rest.split_at(rest.len().min(length - self.block.len()));
            self.block.extend_from_slice(taken);
            rest = left;
            if self.block.len() == length {
                if !is_block(self.sum, self.next, &self.block) {
                    self.bad.push(self.next);
                }
                self.block.clear();
                self.next += 1;
            }
        }
        self.bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ContentOutcome {
    /// Returns the outcome of a comparison.
    pub(super) fn of(outcomes: &[Self], id: ContentJobId) -> &Self {
        &outcomes[id.0]
    }

    /// Returns whether the log is as it was, and no longer.
    pub(super) fn is_same(&self) -> bool {
        self.error.is_none() && self.bad.is_empty() && self.bytes == self.sum.bytes
    }

    /// Returns whether the log is as it was, and has grown.
    pub(super) fn has_grown(&self) -> bool {
        self.error.is_none() && self.bad.is_empty() && self.bytes > self.sum.bytes
    }

    /// Returns the bytes that were compared.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Returns whether no block is as it was.
    pub(super) fn is_another(&self) -> bool {
        self.bad.len() == self.sum.blocks.len() && self.bytes > 0
    }

    /// Returns the hash of what is there.
    pub(super) fn digest(&self) -> io::Result<Digest> {
        digest_of(&self.pieces)
    }

    /// Returns what is wrong with the log.
    pub(super) fn faults(&self) -> Vec<Fault> {
        if let Some(error) = &self.error {
            let text = format!("cannot be read: {error}");
            return vec![(FindingKind::Unreadable, None, text)];
        }
        if self.is_same() {
            return Vec::new();
        }
        self.located().unwrap_or_else(|error| {
            let text = format!("was changed, and cannot be read again: {error}");
            vec![(FindingKind::Changed, None, text)]
        })
    }

    fn located(&self) -> io::Result<Vec<Fault>> {
        let total: u64 = self.sum.blocks.iter().map(|it| u64::from(it.lines)).sum();
        let Some(first) = self.bad.first().copied() else {
            let added = self.newlines_from(self.sum.bytes)?;
            let lines = (total + 1, total + added.max(1));
            let text = "these lines were added after it was sealed".to_owned();
            return Ok(vec![(FindingKind::Added, Some(lines), text)]);
        };
        if self.bytes == self.sum.bytes {
            return Ok(self.changed_ranges());
        }
        let last = self.last_bad(first)?;
        let lines = self.sum.lines_of_blocks(first, last);
        if self.bytes > self.sum.bytes {
            let more = self.bytes - self.sum.bytes;
            let text = format!(
                "these lines were changed, or lines put between them: it has {more} bytes more"
            );
            return Ok(vec![(FindingKind::Changed, Some(lines), text)]);
        }
        let less = self.sum.bytes - self.bytes;
        let cut_at = usize::try_from(self.bytes / BLOCK_BYTES).unwrap_or(usize::MAX);
        if first == cut_at && last + 1 == self.sum.blocks.len() {
            let before = self.sum.blocks[..first].iter();
            let before: u64 = before.map(|it| u64::from(it.lines)).sum();
            let whole = before + self.newlines_from(first as u64 * BLOCK_BYTES)?;
            let lines = (whole + 1, total.max(whole + 1));
            let text = format!("these lines are missing at its end: it was cut by {less} bytes");
            return Ok(vec![(FindingKind::Truncated, Some(lines), text)]);
        }
        let text =
            format!("these lines were changed, or some of them removed: it has {less} bytes less");
        Ok(vec![(FindingKind::Changed, Some(lines), text)])
    }

    /// Returns the ranges of changed lines of a log that has as many bytes as it had.
    fn changed_ranges(&self) -> Vec<Fault> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for block in &self.bad {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *block => *last = *block,
                _ => ranges.push((*block, *block)),
            }
        }
        let ranges = ranges.into_iter().map(|(first, last)| {
            let lines = self.sum.lines_of_blocks(first, last);
            let text = "these lines were changed, or one of them".to_owned();
            (FindingKind::Changed, Some(lines), text)
        });
        ranges.collect()
    }

    /// Returns the last block that is not as it was, counted from the end of the log.
    fn last_bad(&self, first: usize) -> io::Result<usize> {
        let file = self.open()?;
        let mut buffer = vec![0; BLOCK];
        for block in (first..self.sum.blocks.len()).rev() {
            let length = length_of(&self.sum, block);
            // As far from the end as it was.
            let from_end = self.sum.bytes - block as u64 * BLOCK_BYTES;
            let Some(at) = self.bytes.checked_sub(from_end) else {
                return Ok(block);
            };
            let read = read_at(&file, &mut buffer[..length], at)?;
            if read < length || !is_block(&self.sum, block, &buffer[..length]) {
                return Ok(block);
            }
        }
        Ok(first)
    }

    fn newlines_from(&self, offset: u64) -> io::Result<u64> {
        let file = self.open()?;
        let mut buffer = vec![0; BLOCK];
        let (mut at, mut found) = (offset, 0);
        loop {
            let read = read_at(&file, &mut buffer, at)?;
            if read == 0 {
                return Ok(found);
            }
            found += u64::from(newlines(&buffer[..read]));
            at += read as u64;
        }
    }

    fn open(&self) -> io::Result<OpenFile> {
        match sealed::open_stored(&self.pieces)? {
            Some(file) => Ok(file),
            None => sealed::spool(&self.pieces),
        }
    }
}

/// Returns the hash of a log.
pub(super) fn digest_of(pieces: &[LogPiece]) -> io::Result<Digest> {
    struct Sink(ContentHasher);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut sink = Sink(ContentHasher::new());
    for piece in pieces {
        sealed::write_to(piece, &mut sink)?;
    }
    Ok(sink.0.finish().digest)
}
