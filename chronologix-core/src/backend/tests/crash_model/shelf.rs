//! What stands in the files, line by line.

use std::{ops::Range, path::Path};

use super::{
    program::{FILES, STREAMS, Setup},
    world::World,
};
use chronologix_schema::layout::{FileHeader, file_name::without_number};

use crate::fs::tests::sim::FileSnapshot;

/// A file of a stream.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) path: &'a Path,
    pub(crate) folder: String,
    pub(crate) stream: usize,
    pub(crate) lines: Vec<(Range<usize>, Line)>,
    pub(crate) has_number: bool,
}

/// What may stand between two newlines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// The whole line of a record, by its number.
    Record { number: usize, micros: i64 },
    /// So many records of a stream were dropped.
    Dropped { records: u64 },
    /// What the file is.
    Header,
    /// Somebody else's, from before.
    Foreign,
    /// Half a line, or zeros, that were left behind.
    Fragment,
}

/// How lines begin.
const STARTS: [&str; 4] = [
    "[20",
    "{\"timestamp\":\"20",
    "# chronologix/1 ",
    "{\"chronologix\":1,",
];

/// Bytes of a stamp.
const STAMP: usize = "2025-05-04T14:30:00.000000+00:00".len();

/// A stamp: microseconds since 1970, and the civil time as it is written.
struct FileVersion<'a> {
    micros: i64,
    civil: &'a str,
}

/// Reads a file. `None` if it is no stream's.
pub(crate) fn read<'a>(world: &World, file: &FileSnapshot<'a>) -> Result<Option<File<'a>>, String> {
    let Some((folder, stream, has_number)) = place(file.path) else {
        return Ok(None);
    };
    let mut read = File {
        path: file.path,
        folder,
        stream,
        lines: Vec::new(),
        has_number,
    };
    let said = |error| format!("{}: {error}", file.path.display());
    let text = std::str::from_utf8(file.bytes).map_err(|error| said(error.to_string()))?;
    let mut from = 0;
    for mut line in text.split_inclusive('\n') {
        let mut is_behind_hole = false;
        while let Some(hole) = end_of_hole(world, file, line) {
            // What no sync saved is followed by what a later writer did, or by a later write that a
            // crash spared.
            let lost;
            (lost, line) = line.split_at(hole);
            read.lines
                .push((from..from + hole, fragment(lost).map_err(said)?));
            from += hole;
            is_behind_hole = file.unsaved.is_empty();
        }
        let place = from..from + line.len();
        from = place.end;
        let is_first = place.start == 0;
        let line = read_line(world, &read, line, is_first).map_err(said)?;
        if let Line::Record { number, .. } = line {
            if is_behind_hole && number >= world.behind_holes {
                return Err(said(format!("record {number} is glued to zeros")));
            }
        }
        read.lines.push((place, line));
    }
    Ok(Some(read))
}

/// Where the bytes begin that follow zeros in a line, if zeros may stand there.
fn end_of_hole(world: &World, file: &FileSnapshot<'_>, line: &str) -> Option<usize> {
    let text = line.trim_end_matches('\n').trim_end_matches('\0');
    if world.behind_holes > 0 {
        let zeros = text.find('\0')?;
        let behind = text[zeros..].find(|letter| letter != '\0')?;
        return Some(zeros + behind);
    }
    let is_expected = !file.unsaved.is_empty();
    is_expected.then(|| text.rfind('\0').map(|at| at + 1))?
}

/// The folder's name, the stream, and whether it is a numbered file.
fn place(path: &Path) -> Option<(String, usize, bool)> {
    let name = path.file_name()?.to_str()?;
    let plain = without_number(name);
    let has_number = plain.is_some();
    let plain = plain.unwrap_or_else(|| name.to_owned());
    let stream = FILES.iter().position(|file| *file == plain)?;
    let folder = path.parent()?.file_name()?.to_str()?;
    Some((folder.to_owned(), stream, has_number))
}

fn read_line(world: &World, read: &File<'_>, line: &str, is_first: bool) -> Result<Line, String> {
    if is_first && matches!(line, "other\n" | "half" | "half\n") {
        return Ok(Line::Foreign);
    }
    if is_first
        && world.setup.headers
        && line
            .strip_suffix('\n')
            .and_then(FileHeader::of_line)
            .is_some()
    {
        return Ok(Line::Header);
    }
    let Some(text) = line.strip_suffix('\n') else {
        return fragment(line);
    };
    let Some((stamp, message, source)) = take_apart(&world.setup, read.stream, text) else {
        return fragment(text);
    };
    let line = match record_number(message) {
        Some(number)
            if world
                .entries
                .get(number)
                .is_some_and(|entry| entry.message == message) =>
        {
            let entry = &world.entries[number];
            if source.is_some_and(|source| source != STREAMS[entry.stream]) {
                return Err(format!("record {number} is said to be of {source:?}"));
            }
            Line::Record {
                number,
                micros: stamp.micros,
            }
        }
        _ => match dropped_records(message) {
            Some(records) => Line::Dropped { records },
            None => return fragment(text),
        },
    };
    let expected = folder_of(&world.setup, stamp.civil);
    if expected == read.folder {
        Ok(line)
    } else {
        Err(format!("{text:?} belongs to {expected}"))
    }
}

/// Half a line: nothing is glued to it.
fn fragment(text: &str) -> Result<Line, String> {
    let begins_again = |start: &str| text.rfind(start).is_some_and(|at| at > 0);
    if ["[20", "{\"timestamp", "# chronologix/", "{\"chronologix"]
        .into_iter()
        .any(begins_again)
    {
        return Err(format!("a line is glued to another: {text:?}"));
    }
    let content = text.trim_end_matches('\0');
    let is_start = |start: &&str| content.starts_with(*start) || start.starts_with(content);
    if text.is_empty() || content != "half" && !STARTS.iter().any(is_start) {
        return Err(format!("{text:?} is not the beginning of any line"));
    }
    Ok(Line::Fragment)
}

/// The stamp, the message without its level, and the stream if it is said.
fn take_apart<'a>(
    setup: &Setup,
    stream: usize,
    line: &'a str,
) -> Option<(FileVersion<'a>, &'a str, Option<&'a str>)> {
    if !setup.json[stream] {
        let (stamp, rest) = line.strip_prefix('[')?.split_at_checked(STAMP)?;
        let message = rest.strip_prefix("] ")?;
        let message = message.strip_prefix("[WARN] ").unwrap_or(message);
        return Some((read_stamp(stamp)?, message, None));
    }
    let (stamp, rest) = line
        .strip_prefix("{\"timestamp\":\"")?
        .split_at_checked(STAMP)?;
    let rest = rest.strip_prefix("\",\"level\":")?;
    let rest = rest
        .strip_prefix("null")
        .or(rest.strip_prefix("\"WARN\""))?;
    let (source, rest) = rest.strip_prefix(",\"stream\":\"")?.split_once('"')?;
    let message = rest.strip_prefix(",\"message\":\"")?.strip_suffix("\"}")?;
    Some((read_stamp(stamp)?, message, Some(source)))
}

/// The number in front of a record's message.
fn record_number(message: &str) -> Option<usize> {
    let rest = message.strip_prefix('#')?;
    let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
    rest[..end].parse().ok()
}

fn dropped_records(message: &str) -> Option<u64> {
    let rest = message.strip_prefix("chronologix: ")?;
    let (records, rest) = rest.split_once(" record")?;
    let between = rest
        .trim_start_matches('s')
        .strip_prefix(" dropped (queue full) from ")?;
    let (from, to) = between.split_once(" to ")?;
    read_stamp(from).and(read_stamp(to))?;
    records.parse().ok()
}

/// `2025-05-04T14:30:00.000000+00:00`, and nothing else.
fn read_stamp(text: &str) -> Option<FileVersion<'_>> {
    let number = |range: Range<usize>| text.get(range)?.parse::<i64>().ok();
    let shape = text
        .bytes()
        .map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    let sign = match text.as_bytes().get(26)? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let shapes = [
        &b"0000-00-00T00:00:00.000000+00:00"[..],
        b"0000-00-00T00:00:00.000000-00:00",
    ];
    if !shapes.contains(&&*shape.collect::<Vec<_>>()) {
        return None;
    }
    let days = days_since_1970(number(0..4)?, number(5..7)?, number(8..10)?);
    let hours = days * 24 + number(11..13)?;
    let offset = sign * (number(27..29)? * 60 + number(30..32)?);
    let minutes = hours * 60 + number(14..16)? - offset;
    let seconds = minutes * 60 + number(17..19)?;
    Some(FileVersion {
        micros: seconds * 1_000_000 + number(20..26)?,
        civil: &text[..19],
    })
}

/// By the rule of the Gregorian calendar, with years that begin in March.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leaps = year / 4 - year / 100 + year / 400;
    year * 365 + leaps + (month * 153 + 2) / 5 + day - 1 - 719_468
}

/// The folder of a civil time, by its hour and minute alone.
fn folder_of(setup: &Setup, civil: &str) -> String {
    let number = |range: Range<usize>| civil[range].parse::<u32>().unwrap_or_default();
    let minute = number(11..13) * 60 + number(14..16);
    let start = minute - minute % setup.interval.minutes();
    format!("{}__{:02}-{:02}", &civil[..10], start / 60, start % 60)
}
