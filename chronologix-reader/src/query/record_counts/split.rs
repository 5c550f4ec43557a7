//! Splits the files of a stream into chunks that any thread counts.
//!
//! What a line means can depend on the lines before it. A thread guesses from the last lines before
//! its chunk. Where that was wrong, the chunk is counted once more when all before it are.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use super::{RecordCounts, RecordGroups, run::RecordRun};
use crate::{
    query::{
        scan::FileChunk,
        stream_files::{FilePosition, StreamFiles},
    },
    streams::StreamId,
    tree::{LineDater, TimestampReader, open_file},
};

#[cfg(test)]
mod tests;

// Small in tests, so that they meet the edges of chunks often.

/// The size of a chunk.
const CHUNK: u64 = if cfg!(test) { 1 << 10 } else { 16 << 20 };

/// The size of a read that looks for the end of a line.
const PROBE: usize = 8 << 10;

/// A chunk of a stream that is counted by itself.
pub(super) struct ChunkTask<'a, G> {
    stream: Arc<SplitStream<'a, G>>,
    /// The index of the chunk.
    index: usize,
}

/// A stream whose chunks are counted by several threads.
struct SplitStream<'a, G> {
    stream: StreamId,
    /// Its name for messages.
    name: String,
    timestamps: TimestampReader,
    groups: RecordGroups<'a, G>,
    /// The chunks in their order. Each begins with a line.
    chunks: Vec<FileChunk>,
    /// The guessed daters at the beginnings of the chunks.
    guesses: Vec<LineDater>,
    counted: Mutex<CountedChunks<'a, G>>,
}

/// The chunks that are counted.
struct CountedChunks<'a, G> {
    /// By the index of the chunk.
    runs: Vec<Option<ChunkRun<'a, G>>>,
    /// The number of chunks that are missing.
    left: usize,
}

/// The counts of a chunk.
struct ChunkRun<'a, G> {
    run: RecordRun<'a, G>,
    /// Why the rest cannot be read.
    trouble: Option<io::Error>,
}

/// Returns whether it is faster to split a stream. Files that were unpacked are not, because too
/// many of them would be unpacked again.
pub(super) fn is_large(files: &StreamFiles) -> bool {
    let parts = files.parts();
    let is_plain = |path| open_file(path).is_ok_and(|file| file.is_plain());
    parts.iter().map(|part| part.length).sum::<u64>() >= 2 * CHUNK
        && parts.iter().all(|part| is_plain(&part.path))
}

/// Splits the files of a stream.
///
/// # Errors
///
/// Fails if a file cannot be read.
pub(super) fn split<'a, G: Ord>(
    files: &mut StreamFiles,
    timestamps: &TimestampReader,
    groups: RecordGroups<'a, G>,
) -> io::Result<Vec<ChunkTask<'a, G>>> {
    let (mut chunks, mut guesses) = (Vec::new(), Vec::new());
    let parts = files.parts().iter();
    let parts: Vec<_> = parts.map(|part| FileChunk::of_part(files, part)).collect();
    for (index, part) in parts.into_iter().enumerate() {
        let mut start = part.range.start;
        while start < part.range.end {
            let end = next_line(files, index, start.saturating_add(CHUNK))?;
            let position = FilePosition {
                part: index,
                offset: start,
            };
            guesses.push(files.dater(position, timestamps)?);
            chunks.push(FileChunk {
                range: start..end,
                ..part.clone()
            });
            start = end;
        }
    }
    let left = chunks.len();
    let stream = Arc::new(SplitStream {
        stream: files.stream(),
        name: files.name(),
        timestamps: timestamps.clone(),
        groups,
        chunks,
        guesses,
        counted: Mutex::new(CountedChunks {
            runs: (0..left).map(|_| None).collect(),
            left,
        }),
    });
    let task = |index| ChunkTask {
        stream: Arc::clone(&stream),
        index,
    };
    Ok((0..left).map(task).collect())
}

/// Returns the start of the first line at an offset or behind it.
fn next_line(files: &mut StreamFiles, part: usize, from: u64) -> io::Result<u64> {
    let length = files.length(part);
    // The byte before it tells whether a line begins there.
    let mut at = from.saturating_sub(1);
    while at < length {
        let block = files.read(part, at, PROBE as u64)?;
        if let Some(found) = memchr::memchr(b'\n', &block) {
            return Ok(at + found as u64 + 1);
        }
        if block.is_empty() {
            break;
        }
        at += block.len() as u64;
    }
    Ok(length)
}

impl<G: Ord> ChunkTask<'_, G> {
    /// Counts the chunk. Returns the counts of the stream if it was the last one.
    pub(super) fn count(self, buffer: &mut Vec<u8>) -> Option<RecordCounts<G>> {
        let Self { stream, index } = self;
        let guess = stream.guesses.get(index)?.clone();
        let run = stream.read(index, guess, buffer)?;
        // The list is consistent wherever a holder could have panicked.
        let mut counted = stream
            .counted
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *counted.runs.get_mut(index)? = Some(run);
        counted.left -= 1;
        if counted.left > 0 {
            return None;
        }
        let runs = std::mem::take(&mut counted.runs);
        drop(counted);
        stream.join(runs.into_iter().flatten().collect(), buffer)
    }
}

impl<'a, G: Ord> SplitStream<'a, G> {
    fn read(
        &self,
        index: usize,
        dater: LineDater,
        buffer: &mut Vec<u8>,
    ) -> Option<ChunkRun<'a, G>> {
        let chunk = self.chunks.get(index)?;
        let mut run = RecordRun::new(dater, self.groups);
        let told = run.read(chunk, &self.timestamps, buffer, &mut |_, _, _| false);
        let trouble = told.err();
        Some(ChunkRun { run, trouble })
    }

    /// Adds the counts of all chunks.
    fn join(&self, runs: Vec<ChunkRun<'a, G>>, buffer: &mut Vec<u8>) -> Option<RecordCounts<G>> {
        let mut runs = runs.into_iter().enumerate();
        let (
            _,
            ChunkRun {
                run: mut whole,
                mut trouble,
            },
        ) = runs.next()?;
        for (index, mut later) in runs {
            let guess = self.guesses.get(index)?;
            if !guess.reads_like(whole.dater(), &self.timestamps) {
                later = self.read(index, whole.dater().clone(), buffer)?;
            }
            whole.append(later.run);
            trouble = trouble.or(later.trouble);
        }
        let mut counts = whole.finish(self.stream);
        if let Some(error) = trouble {
            let name = &self.name;
            counts
                .troubles
                .push(format!("{name} cannot be read: {error}"));
        }
        Some(counts)
    }
}
