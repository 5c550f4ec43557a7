//! The rules for names: of streams, their files and their mirrors.

use std::collections::HashMap;

use super::{ConfigProblem, LoggerOptions, StreamOptions, keys::STREAMS, suggest::did_you_mean};
use crate::{Level, layout::file_name::without_number};

/// Names that Windows keeps for devices, with any extension and in any case.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The number of streams that an index of two bytes can tell apart.
const MAX_STREAMS: usize = 1 << 16;

/// Checks the name of a stream.
fn check_name(name: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
        return Err(format!(
            "{name:?} is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -"
        ));
    }
    check_device(name, name)
}

/// Checks the name of a stream's file.
fn check_file(file: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if file.is_empty() || file.len() > 128 || !file.bytes().all(allowed) || file.starts_with('.') {
        return Err(format!(
            "{file:?} is not a bare file name; \
             allowed: 1 to 128 of A-Z a-z 0-9 _ - . without a leading dot"
        ));
    }
    check_device(file, file.split('.').next().unwrap_or_default())
}

fn check_device(name: &str, stem: &str) -> Result<(), String> {
    if DEVICES.iter().any(|it| it.eq_ignore_ascii_case(stem)) {
        return Err(format!(
            "{name:?} is a device name on Windows; choose another name"
        ));
    }
    Ok(())
}

/// Checks names and files of all streams, alone and beside each other.
pub(super) fn check_streams(streams: &[StreamOptions], problems: &mut Vec<ConfigProblem>) {
    // Those that keep records have another file.
    let count = streams.len() + streams.iter().filter(|it| it.keep.is_some()).count();
    if count == 0 {
        let why = "the list of streams is empty; name at least one stream";
        problems.push(ConfigProblem::new(STREAMS, "", why));
    }
    if count > MAX_STREAMS {
        let why = format!("{count} streams; allowed: 1 to {MAX_STREAMS}");
        problems.push(ConfigProblem::new(STREAMS, count.to_string(), why));
    }
    let mut names = HashMap::new();
    let mut files = HashMap::new();
    for stream in streams {
        problems.extend(stream.problems.iter().cloned());
        if let Err(why) = check_name(&stream.name) {
            problems.push(ConfigProblem::new(STREAMS, &stream.name, why));
            continue;
        }
        if let Some(first) = names.insert(stream.name.to_ascii_lowercase(), stream) {
            problems.push(declared_twice(&stream.name, &first.name));
            continue;
        }
        let file = stream.file_name();
        let shared = |first: &StreamOptions| {
            let first = &first.name;
            format!(
                "{file:?} is already the file of stream {first:?}; \
                 to bring two streams together, mirror one into the other"
            )
        };
        let fault = match check_file(&file) {
            Ok(()) => files.insert(file.to_ascii_lowercase(), stream).map(shared),
            Err(fault) => Some(fault),
        };
        if let Some(why) = fault {
            problems.push(ConfigProblem::new(stream.key("file"), &file, why));
        }
    }
    for stream in streams.iter().filter(|stream| stream.keep.is_some()) {
        let file = stream.kept_file_name();
        if let Some(first) = files.insert(file.to_ascii_lowercase(), stream) {
            let why = format!(
                "records that are kept go to {file:?}, which is already the file of stream {:?}; \
                 give one of them another `file`",
                first.name
            );
            let level = stream.keep.map_or("", Level::as_str).to_ascii_lowercase();
            problems.push(ConfigProblem::new(stream.key("keep"), level, why));
        }
    }
    for stream in streams {
        let Some(file) = &stream.file else { continue };
        let plain = without_number(&file.to_ascii_lowercase());
        if let Some(owner) = plain.and_then(|plain| files.get(&plain)) {
            let owner = &owner.name;
            let why = format!(
                "{file:?} is a name that stream {owner:?} may need when its file is continued; \
                 choose another name"
            );
            problems.push(ConfigProblem::new(stream.key("file"), file, why));
        }
    }
}

/// Checks that no file has the name of one that was compressed.
pub(super) fn check_compressed(streams: &[StreamOptions], problems: &mut Vec<ConfigProblem>) {
    for stream in streams {
        let file = stream.file_name();
        let lower = file.to_ascii_lowercase();
        if [".zst", ".gz"].iter().any(|ending| lower.ends_with(ending)) {
            let why = format!(
                "{file:?} is the name of a compressed file, and closed folders are compressed; \
                 choose another name"
            );
            problems.push(ConfigProblem::new(stream.key("file"), &file, why));
        }
    }
}

/// Returns the problem with a stream that was there before, as `first`.
#[must_use]
pub fn declared_twice(name: &str, first: &str) -> ConfigProblem {
    let why = if name == first {
        format!("{name:?} is declared twice")
    } else {
        format!(
            "{name:?} and {first:?} differ only in case; some file systems keep one file for both"
        )
    };
    ConfigProblem::new(STREAMS, name, why)
}

/// Returns the problem with a stream that does not exist.
#[must_use]
pub fn unknown_stream(key: &str, name: &str, known: &[&str]) -> ConfigProblem {
    let meant = did_you_mean(name, known.iter().copied());
    let known = known.join(", ");
    let why = format!("there is no stream {name:?}; {meant}the streams are {known}");
    ConfigProblem::new(key, name, why)
}

impl LoggerOptions {
    /// Returns for each stream the indexes of the streams whose files get its records: its own,
    /// then those of its mirrors, each once.
    pub fn targets(&self, problems: &mut Vec<ConfigProblem>) -> Vec<Vec<usize>> {
        const KEY: &str = super::keys::MIRROR_MAP;
        let streams = self.streams();
        let mut targets = (0..streams.len()).map(|at| vec![at]).collect::<Vec<_>>();
        for (from, to) in self.mirrors().iter() {
            let index = |name: &str| streams.iter().position(|stream| stream.name == name);
            let (source, target) = (index(from), index(to));
            for (name, index) in [(from, source), (to, target)] {
                if index.is_none() {
                    let known = streams.iter().map(|stream| stream.name.as_str());
                    let known = known.collect::<Vec<_>>();
                    problems.push(unknown_stream(KEY, name, &known));
                }
            }
            let (Some(source), Some(target)) = (source, target) else {
                continue;
            };
            if source == target {
                let why = format!("{from:?} is mirrored into itself; a mirror needs two streams");
                problems.push(ConfigProblem::new(KEY, from, why));
            } else if !targets[source].contains(&target) {
                targets[source].push(target);
            }
        }
        targets
    }
}
