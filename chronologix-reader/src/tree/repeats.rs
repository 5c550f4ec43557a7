//! Lines of a numbered file that stand in an earlier file of the stream too.
//!
//! The writer repeats lines whose sync failed where it shares a folder, and says so in the first
//! line of the new file, or behind its header. They are read where they were written first, as far
//! as they are there.

use std::{
    io,
    path::{Path, PathBuf},
};

use chronologix_schema::layout::Repeat;

use super::{
    numbered, open_file,
    packed::{COMPRESSED, uncompressed_name},
    positional::OpenFile,
    read_at,
};

#[cfg(test)]
mod tests;

/// The longest first line that is looked at.
const LONGEST_MARK: usize = 4 << 10;

/// How many bytes are compared at once.
const BLOCK: usize = if cfg!(test) { 64 } else { 64 << 10 };

/// Returns where the lines begin that stand in this file alone, and whether that is certain:
/// repeated lines may still be being written. Behind the header if no line is repeated.
///
/// # Errors
///
/// Fails if a file cannot be read.
pub(crate) fn begin_of_new(path: &Path) -> io::Result<(u64, bool)> {
    let file = open_file(path)?;
    let header = file.mark();
    let mut head = vec![0; LONGEST_MARK];
    let length = read_at(&file, &mut head, header)?;
    let line = memchr::memchr(b'\n', &head[..length]).map(|end| &head[..end]);
    let mark = line.and_then(|line| Repeat::of_line(str::from_utf8(line).ok()?));
    let Some((line, mark)) = line.zip(mark) else {
        return Ok((header, length > 0));
    };
    match earlier_file(path, &mark.file) {
        Some(earlier) => {
            let first = header + line.len() as u64 + 1;
            let (begin, is_certain) = compare(&file, first, &open_file(&earlier)?, &mark)?;
            Ok((begin.max(header), is_certain))
        }
        None => Ok((header, true)),
    }
}

/// Compares what follows the mark with what it names.
fn compare(
    file: &OpenFile,
    first: u64,
    earlier: &OpenFile,
    mark: &Repeat,
) -> io::Result<(u64, bool)> {
    let (mut at, mut begin) = (mark.bytes.start, 0);
    while at < mark.bytes.end {
        let left = usize::try_from(mark.bytes.end - at).unwrap_or(usize::MAX);
        let (mut old, mut new) = (vec![0; left.min(BLOCK)], vec![0; left.min(BLOCK)]);
        let here = first + (at - mark.bytes.start);
        let there = read_at(earlier, &mut old, at)?;
        let written = read_at(file, &mut new, here)?;
        let pairs = old.iter().zip(&new).take(there.min(written));
        let same = pairs.take_while(|(old, new)| old == new).count();
        if let Some(end) = memchr::memrchr(b'\n', &new[..same]) {
            begin = here + end as u64 + 1;
        }
        if same < new.len() {
            // Another line follows, or the earlier file has lost its end, or more is to come.
            return Ok((begin, same < written));
        }
        at += same as u64;
    }
    Ok((begin, true))
}

/// Returns the path of an earlier file of the same stream, compressed or not.
fn earlier_file(path: &Path, name: &str) -> Option<PathBuf> {
    let own = path.file_name()?.to_str()?;
    let (stream, number) = numbered(uncompressed_name(own).unwrap_or(own))?;
    let is_earlier =
        name == stream || numbered(name).is_some_and(|it| it.0 == stream && it.1 < number);
    let names = [""].into_iter().chain(COMPRESSED);
    let mut paths = names.map(|suffix| path.with_file_name(format!("{name}{suffix}")));
    is_earlier.then(|| paths.find(|path| path.is_file()))?
}
