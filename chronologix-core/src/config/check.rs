//! The rules of a configuration.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::{
    Config, ConfigError, ConfigProblem, Settings, StreamConfig, StreamSettings,
    settings::{Modes, default_mirrors, default_streams},
};
use chronologix_schema::layout;

use crate::{Durability, Period, backend::rolling_file};

/// Names Windows keeps for devices, with any extension and in any case.
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8",
    "com9", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Bytes a queue may hold.
const QUEUE_CAPACITIES: std::ops::RangeInclusive<usize> = (4 << 10)..=(1 << 30);

/// As many streams as an index of two bytes tells apart.
const MOST_STREAMS: usize = 1 << 16;

impl Config {
    /// Turns the configuration into settings, or says everything that is wrong with it.
    pub(crate) fn check(&self) -> Result<Settings, ConfigError> {
        let mut problems = self.problems.clone();
        let base = base(&self.base_log_dir, &mut problems);
        let streams = self.streams.clone().unwrap_or_else(default_streams);
        check_streams(&streams, &mut problems);
        check_dedup(&streams, &mut problems);
        self.check_declared(&streams, &mut problems);
        let upkeep = self.check_upkeep(&streams, &mut problems);
        let mut streams = self.resolve(streams);
        self.connect(&mut streams, &mut problems);
        let zone = layout::zone(&self.timezone).unwrap_or_else(|error| {
            problems.push(ConfigProblem::new(
                "timezone",
                &self.timezone,
                &error.to_string(),
            ));
            jiff::tz::TimeZone::UTC
        });
        if !QUEUE_CAPACITIES.contains(&self.queue_capacity) {
            let value = self.queue_capacity.to_string();
            let why = format!("{value} bytes; allowed: 4096 (4 KiB) to 1073741824 (1 GiB)");
            problems.push(ConfigProblem::new("queue_capacity", &value, &why));
        }
        let sinks = self.resolve_sinks(&streams, &mut problems);
        check_mode("file_mode", self.file_mode, 0o600, &mut problems);
        check_mode("dir_mode", self.dir_mode, 0o700, &mut problems);
        #[cfg(feature = "toml")]
        let reload = self.check_reload(&mut problems);
        if !problems.is_empty() {
            return Err(ConfigError::new(problems));
        }
        Ok(Settings {
            base,
            interval: self.interval,
            // `local` would mean another zone on another machine.
            zone_name: zone.iana_name().unwrap_or(&self.timezone).to_owned(),
            zone,
            timestamp_format: self.timestamp_format.clone(),
            streams,
            queue_capacity: self.queue_capacity,
            redactor: self.redactor.clone(),
            modes: Modes {
                file: self.file_mode,
                dir: self.dir_mode,
            },
            exit_timeout: self.exit_timeout,
            flush_on_signals: self.flush_on_signals,
            upkeep,
            sinks,
            #[cfg(feature = "toml")]
            reload,
        })
    }

    /// A declared stream is known by its place.
    fn check_declared(&self, streams: &[StreamConfig], problems: &mut Vec<ConfigProblem>) {
        let Some(declaration) = self.declaration else {
            return;
        };
        let declared = declaration.names().collect::<Vec<_>>();
        let names = streams.iter().map(|stream| &*stream.name);
        if !names
            .clone()
            .take(declared.len())
            .eq(declared.iter().copied())
        {
            let names = names.collect::<Vec<_>>().join(", ");
            let why = format!(
                "the declared streams are {}, and they come first, in this order; others may follow",
                declared.join(", ")
            );
            problems.push(ConfigProblem::new("streams", &names, &why));
        }
    }

    /// Fills in the defaults; mirrors come later.
    fn resolve(&self, streams: Vec<StreamConfig>) -> Vec<StreamSettings> {
        let resolve = |(index, stream): (usize, StreamConfig)| StreamSettings {
            file: stream.file_name(),
            name: stream.name,
            format: stream.format.unwrap_or_default(),
            multiline: stream.multiline.unwrap_or_default(),
            min_level: stream.min_level,
            durability: stream.durability.unwrap_or_default(),
            overflow: stream.overflow.unwrap_or(self.overflow),
            dedup: stream.dedup.map(Period::duration),
            targets: u16::try_from(index).into_iter().collect(),
        };
        streams.into_iter().enumerate().map(resolve).collect()
    }

    fn connect(&self, streams: &mut [StreamSettings], problems: &mut Vec<ConfigProblem>) {
        let of_the_default = default_mirrors();
        let mirrors = match (&self.mirrors, &self.streams) {
            (Some(mirrors), _) => mirrors.as_slice(),
            (None, None) => &of_the_default,
            (None, Some(_)) => &[],
        };
        for (from, to) in mirrors {
            let found = |name: &str| streams.iter().position(|stream| stream.name == name);
            let (source, target) = (found(from), found(to));
            for (name, place) in [(from, source), (to, target)] {
                if place.is_none() {
                    let known = streams.iter().map(|stream| stream.name.as_str());
                    let known = known.collect::<Vec<_>>();
                    problems.push(ConfigProblem::unknown_stream("mirror_map", name, &known));
                }
            }
            let (Some(source), Some(target)) = (source, target) else {
                continue;
            };
            if source == target {
                let why = format!("{from:?} is mirrored into itself; a mirror needs two streams");
                problems.push(ConfigProblem::new("mirror_map", from, &why));
                continue;
            }
            let targets = &mut streams[source].targets;
            targets.extend(
                u16::try_from(target)
                    .ok()
                    .filter(|target| !targets.contains(target)),
            );
        }
    }
}

fn base(path: &Path, problems: &mut Vec<ConfigProblem>) -> PathBuf {
    if path.as_os_str().is_empty() {
        problems.push(ConfigProblem::new(
            "base_log_dir",
            "",
            "an empty path; name a directory",
        ));
    }
    let Ok(in_home) = path.strip_prefix("~") else {
        // The program may change its working directory; the tree stays where it is.
        return std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    };
    if let Some(home) = std::env::var_os("HOME").filter(|home| !home.is_empty()) {
        let path = Path::new(&home).join(in_home);
        return std::path::absolute(&path).unwrap_or(path);
    }
    let why = "`~` stands for the home directory, but HOME is not set; name the directory in full";
    problems.push(ConfigProblem::new(
        "base_log_dir",
        &path.to_string_lossy(),
        why,
    ));
    path.to_owned()
}

fn check_streams(streams: &[StreamConfig], problems: &mut Vec<ConfigProblem>) {
    if streams.is_empty() {
        let why = "the list of streams is empty; name at least one stream";
        problems.push(ConfigProblem::new("streams", "", why));
    }
    if streams.len() > MOST_STREAMS {
        let value = streams.len().to_string();
        let why = format!("{value} streams; allowed: 1 to {MOST_STREAMS}");
        problems.push(ConfigProblem::new("streams", &value, &why));
    }
    let mut names = HashMap::new();
    let mut files = HashMap::new();
    for stream in streams {
        problems.extend(stream.problems.iter().cloned());
        if let Some(why) = wrong_name(&stream.name) {
            problems.push(ConfigProblem::new("streams", &stream.name, &why));
            continue;
        }
        if let Some(first) = names.insert(stream.name.to_ascii_lowercase(), &stream.name) {
            problems.push(ConfigProblem::declared_twice(&stream.name, first));
            continue;
        }
        let key = format!("streams.{}.file", stream.name);
        let file = stream.file_name();
        if let Some(why) = wrong_file(&file) {
            problems.push(ConfigProblem::new(&key, &file, &why));
        } else if let Some(first) = files.insert(file.to_ascii_lowercase(), stream) {
            let first = &first.name;
            let why = format!(
                "{file:?} is the file of stream {first:?} already; to bring two streams together, mirror one into the other"
            );
            problems.push(ConfigProblem::new(&key, &file, &why));
        }
    }
    for stream in streams {
        let Some(file) = &stream.file else { continue };
        let plain = rolling_file::without_number(&file.to_ascii_lowercase());
        if let Some(owner) = plain.and_then(|plain| files.get(&plain)) {
            let owner = &owner.name;
            let why = format!(
                "{file:?} is a name the writer may need for stream {owner:?}, which goes on in numbered files; choose another"
            );
            let key = format!("streams.{}.file", stream.name);
            problems.push(ConfigProblem::new(&key, file, &why));
        }
    }
}

fn check_mode(key: &str, mode: u32, needed: u32, problems: &mut Vec<ConfigProblem>) {
    if mode & !0o777 != 0 || mode & needed != needed {
        let value = format!("0o{mode:o}");
        let why = format!("{value}; allowed: 0o{needed:o} to 0o777 with the owner's bits set");
        problems.push(ConfigProblem::new(key, &value, &why));
    }
}

/// Why `name` cannot be the name of a stream.
fn wrong_name(name: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || name.len() > 64 || !name.bytes().all(allowed) {
        return Some(format!(
            "{name:?} is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -"
        ));
    }
    is_device(name).then(|| format!("{name:?} is the name of a device on Windows; choose another"))
}

/// Why `file` cannot be the file of a stream.
fn wrong_file(file: &str) -> Option<String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if file.is_empty() || file.len() > 128 || !file.bytes().all(allowed) || file.starts_with('.') {
        return Some(format!(
            "{file:?} is not a bare file name; allowed: 1 to 128 of A-Z a-z 0-9 _ - . without a leading dot"
        ));
    }
    let stem = file.split('.').next().unwrap_or_default();
    is_device(stem).then(|| format!("{file:?} is the name of a device on Windows; choose another"))
}

fn is_device(name: &str) -> bool {
    DEVICES
        .iter()
        .any(|device| device.eq_ignore_ascii_case(name))
}

/// Who is promised that a record is on disk must find it there, and not a number.
fn check_dedup(streams: &[StreamConfig], problems: &mut Vec<ConfigProblem>) {
    for stream in streams {
        let Some(period) = stream.dedup else { continue };
        let key = format!("streams.{}.dedup", stream.name);
        let value = period.to_string();
        if period.duration().is_zero() {
            let why = "a period of 0 would collapse nothing; give some time, such as 10s";
            problems.push(ConfigProblem::new(&key, &value, why));
        }
        let durability = stream.durability.unwrap_or_default();
        if durability != Durability::Queued {
            let why = format!(
                "{value} beside durability {durability}: what is only counted is not on disk; allowed: dedup with durability queued"
            );
            problems.push(ConfigProblem::new(&key, &value, &why));
        }
    }
}
