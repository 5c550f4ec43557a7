//! What is done in a tree: on a disk in memory, with everything in the way that may be.

#[cfg(all(feature = "gzip", feature = "tar", feature = "zip", feature = "zstd"))]
mod every_crash;
#[cfg(all(feature = "gzip", feature = "tar", feature = "zip", feature = "zstd"))]
mod killed;
mod retention;
#[cfg(feature = "seal")]
mod seals;
#[cfg(feature = "gzip")]
mod steps;

use std::{collections::BTreeMap, path::Path, sync::atomic::AtomicBool, time::Duration};

use super::{RetentionWorker, RunReport};
use crate::{
    Config, ManualClock,
    clock::ClockReading,
    config::tests::samples::config,
    fs::{tests::sim::SimFs, traits::FileSystem},
};

/// Half past two: the current folder is `2025-05-04__14-00`.
const NOW: &str = "2025-05-04T14:30:00Z";

/// The oldest folder of these tests that may be touched by then is `11-00`; `12-00` is too young.
const OLD: &str = "2025-05-04__11-00";

fn worker(fs: &SimFs, config: Config) -> RetentionWorker {
    let settings = config.base_log_dir("/base").check().unwrap();
    let closed = fs.retention_fs(Path::new("/base")).unwrap();
    RetentionWorker::new(&settings, closed, now())
}

/// A run of a keeper that knows nothing of earlier ones.
fn run(fs: &SimFs, config: Config) -> RunReport {
    worker(fs, config).run(now(), &AtomicBool::new(false))
}

fn now() -> ClockReading {
    later(0)
}

fn later(minutes: u64) -> ClockReading {
    let clock = ManualClock::at(NOW.parse().unwrap());
    clock.advance(Duration::from_secs(60 * minutes));
    clock.read()
}

/// All that stands below the base: files with their text, links with their target, and folders.
fn standing(fs: &SimFs) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for name in fs.list(&format!("/base{folder}")) {
            if let Some((name, target)) = name.split_once(" -> ") {
                found.insert(format!("{folder}/{name}"), format!("to {target}"));
                continue;
            }
            let path = format!("{folder}/{name}");
            let mut text = None;
            fs.for_each_snapshot(|file| {
                if !file.is_gone && file.path == Path::new(&format!("/base{path}")) {
                    text = Some(format!("{:?}", String::from_utf8_lossy(file.bytes)));
                }
            });
            if text.is_none() {
                folders.push(path.clone());
            }
            found.insert(path, text.unwrap_or_else(|| "a folder".to_owned()));
        }
    }
    found
}

/// The names that stand below the base.
#[cfg(any(feature = "gzip", feature = "seal"))]
fn names(fs: &SimFs) -> Vec<String> {
    standing(fs).into_keys().collect()
}
