//! Counts the lines in the files after a run: none may be lost, doubled, torn or out of order.

use std::{
    fmt, fs,
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
};

use crate::{Failure, order, order::Order};

#[cfg(test)]
mod tests;

/// What was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
    lost: u64,
    doubled: u64,
    torn: u64,
    /// Lines of a caller behind a later line of the same caller.
    disordered: u64,
}

/// Lines that must be in the files, and no others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    /// In the files of this name; `None` for all files.
    file: Option<&'static str>,
    /// Whether the record with this index is among them.
    wanted: fn(u64) -> bool,
    /// Bytes that a message has at least.
    message_bytes: usize,
}

impl Lines {
    /// Every record once, in whatever file.
    pub(crate) fn all() -> Self {
        Self {
            file: None,
            wanted: |_| true,
            message_bytes: 0,
        }
    }

    /// The same, messages having at least so many bytes.
    pub(crate) fn long(message_bytes: usize) -> Self {
        Self {
            message_bytes,
            ..Self::all()
        }
    }

    /// Some of the records, in the files of this name.
    pub(crate) fn of(file: &'static str, wanted: fn(u64) -> bool) -> Self {
        Self {
            file: Some(file),
            wanted,
            message_bytes: 0,
        }
    }
}

/// The records of one caller found so far.
struct Seen {
    /// By index of the record.
    records: Vec<bool>,
    /// The index behind the highest found.
    next: usize,
}

/// Reads the log files below `dir` and compares them with what was logged: `records[caller]` each.
pub(crate) fn check(dir: &Path, lines: Lines, records: &[u64]) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut seen = Vec::new();
    for records in records {
        // What is not wanted counts as found, so that it is doubled if it is there.
        let records = (0..*records).map(|index| !(lines.wanted)(index)).collect();
        seen.push(Seen { records, next: 0 });
    }
    let mut files = log_files(dir)?;
    files.retain(|path| {
        lines
            .file
            .is_none_or(|name| path.file_stem() == Some(name.as_ref()))
    });
    files.sort();
    for file in files {
        read(&file, lines.message_bytes, &mut found, &mut seen)?;
    }
    let lost = |seen: &Seen| seen.records.iter().filter(|found| !**found).count() as u64;
    found.lost = seen.iter().map(lost).sum();
    if found.is_whole() {
        Ok(found)
    } else {
        Err(found.to_string().into())
    }
}

pub(crate) fn log_files(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // Links to folders are passed by: what they lead to is found anyway.
        if entry.file_type()?.is_dir() {
            files.append(&mut log_files(&entry.path())?);
        } else if entry.path().extension().is_some_and(|kind| kind == "log") {
            files.push(entry.path());
        }
    }
    Ok(files)
}

fn read(
    file: &Path,
    message_bytes: usize,
    found: &mut Found,
    seen: &mut [Seen],
) -> Result<(), Failure> {
    let mut reader = BufReader::with_capacity(1 << 18, File::open(file)?);
    let (mut line, mut message) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        let bytes = reader.read_until(b'\n', &mut line)?;
        if bytes == 0 {
            return Ok(());
        }
        found.bytes += bytes as u64;
        if is_about_a_dump(&line) {
            continue;
        }
        found.lines += 1;
        match origin(&line, message_bytes, &mut message) {
            Some((caller, index)) if caller < seen.len() => {
                seen[caller].note(usize::try_from(index)?, found);
            }
            _ => found.torn += 1,
        }
    }
}

/// Who wrote the line and as which of its records, if the line is exactly as it should be.
fn origin(line: &[u8], message_bytes: usize, scratch: &mut Vec<u8>) -> Option<(usize, u64)> {
    let message = without_level(without_delay(without_stamp(line.strip_suffix(b"\n")?)?));
    let (caller, index) = order::origin(message)?;
    scratch.clear();
    Order::new(index, &order::long_name(caller, message_bytes)).write_to(scratch);
    (scratch == message).then_some((caller, index))
}

/// The message behind `HH:MM:SS.ffffff `, the stamp with or without brackets.
fn without_stamp(line: &[u8]) -> Option<&[u8]> {
    const SHAPE: &[u8] = b"00:00:00.000000";
    let bracketed = line.strip_prefix(b"[");
    let (stamp, rest) = bracketed.unwrap_or(line).split_at_checked(SHAPE.len())?;
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        mark => byte == mark,
    };
    if !stamp.iter().zip(SHAPE).all(fits) {
        return None;
    }
    rest.strip_prefix(if bracketed.is_some() {
        b"] ".as_slice()
    } else {
        b" "
    })
}

/// The message behind the delay `12ms ` that ftlog writes and cannot be told to leave out.
fn without_delay(message: &[u8]) -> &[u8] {
    let digits = message.iter().take_while(|byte| byte.is_ascii_digit());
    let (number, rest) = message.split_at(digits.count());
    match rest.strip_prefix(b"ms ") {
        Some(rest) if !number.is_empty() => rest,
        _ => message,
    }
}

/// The message behind the level that every record of our bridges has, and of our kept records.
fn without_level(message: &[u8]) -> &[u8] {
    let levels = [b"[INFO] ".as_slice(), b"[TRACE] "];
    let mut rest = levels
        .iter()
        .filter_map(|level| message.strip_prefix(*level));
    rest.next().unwrap_or(message)
}

/// Whether the line is that which says where our kept records are.
fn is_about_a_dump(line: &[u8]) -> bool {
    let message = without_stamp(line).map(without_level);
    message.is_some_and(|message| message.starts_with(b"chronologix: ") && line.ends_with(b"log\n"))
}

impl Seen {
    fn note(&mut self, index: usize, found: &mut Found) {
        match self.records.get_mut(index) {
            None => found.torn += 1,
            Some(true) => found.doubled += 1,
            Some(unseen) => {
                *unseen = true;
                found.disordered += u64::from(index < self.next);
                self.next = self.next.max(index + 1);
            }
        }
    }
}

impl Found {
    fn is_whole(&self) -> bool {
        self.lost + self.doubled + self.torn + self.disordered == 0
    }
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} lines: {} lost, {} doubled, {} torn, {} out of order",
            self.lines, self.lost, self.doubled, self.torn, self.disordered
        )
    }
}
