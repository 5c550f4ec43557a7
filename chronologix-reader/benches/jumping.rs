//! How fast a place is found in a large file, as it stands and compressed.
//!
//! The file has 1 GB of lines of one hour. Each jump goes to another place than those before, and
//! opens the tree anew: what was decompressed for one is of no use for the next.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_reader::LogTree;
use chronologix_schema::layout::{FrameLengths, SeekTable};
use divan::Bencher;

const BYTES: usize = 1_000_000_000;

/// Bytes of a line, about.
const LINE: usize = 85;

/// The bytes of a frame in each tree. At 0 the file is not compressed.
const FRAMES: [usize; 3] = [0, 1 << 20, 4 << 20];

fn main() {
    divan::main();
    for dir in TREES.iter().filter_map(OnceLock::get) {
        drop(fs::remove_dir_all(dir));
    }
}

static TREES: [OnceLock<PathBuf>; 3] = [const { OnceLock::new() }; 3];

fn tree(frame: usize) -> &'static Path {
    let index = FRAMES.iter().position(|it| *it == frame).expect("a tree");
    TREES[index].get_or_init(|| write_tree(frame))
}

fn write_tree(frame: usize) -> PathBuf {
    let dir = tempfile::tempdir().expect("a folder").keep();
    let folder = dir.join("2025-05-04__14-00");
    fs::create_dir(&folder).expect("a folder");
    let manifest = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC",
        "timestamp_format": "%H:%M:%S.%f", "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []}]}"#;
    fs::write(dir.join(".chronologix.json"), manifest).expect("a file");
    let text = text();
    if frame == 0 {
        fs::write(folder.join("app.log"), text).expect("a file");
        return dir;
    }
    let (mut packed, mut table) = (Vec::new(), SeekTable::default());
    for plain in text.as_bytes().chunks(frame) {
        let begin = packed.len();
        zstd::stream::copy_encode(plain, &mut packed, 3).expect("a frame");
        let length = |bytes: usize| u32::try_from(bytes).expect("a small frame");
        table.push(FrameLengths {
            packed: length(packed.len() - begin),
            plain: length(plain.len()),
        });
    }
    packed.extend(table.encode());
    fs::write(folder.join("app.log.zst"), packed).expect("a file");
    dir
}

fn text() -> String {
    let mut text = String::with_capacity(BYTES + LINE);
    let mut random = 1_u64;
    while text.len() < BYTES {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let micros = text.len() as u64 * 3_600_000_000 / (BYTES as u64 + 1000);
        let (second, micros) = (micros / 1_000_000, micros % 1_000_000);
        let (minute, second) = (second / 60, second % 60);
        let _ = writeln!(
            text,
            "[14:{minute:02}:{second:02}.{micros:06}] [INFO] request {:08x} of {:05} served in {} ms",
            random >> 32,
            random % 65_536,
            random % 997,
        );
    }
    text
}

/// A time in the hour: after `round` rounds, that of another place.
fn time(round: u32) -> DateTime<Utc> {
    let begin: DateTime<Utc> = "2025-05-04T14:00:00Z".parse().expect("a time");
    begin + TimeDelta::microseconds(i64::from(round) * 2_224_921_331 % 3_600_000_000)
}

#[divan::bench(args = FRAMES, sample_count = 100, sample_size = 1)]
fn to_a_time(bencher: Bencher<'_, '_>, frame: usize) {
    let dir = tree(frame);
    let mut round = 0;
    bencher.bench_local(|| {
        round += 1;
        let tree = LogTree::open(dir).expect("a tree");
        let mut records = tree.records().since(time(round));
        let record = records.next().expect("a record").expect("a record");
        let late = record.time().expect("a time") - time(round);
        assert!(late >= TimeDelta::zero() && late < TimeDelta::milliseconds(1));
    });
}

#[divan::bench(args = FRAMES, sample_count = 100, sample_size = 1)]
fn to_the_end(bencher: Bencher<'_, '_>, frame: usize) {
    let dir = tree(frame);
    bencher.bench_local(|| {
        let tree = LogTree::open(dir).expect("a tree");
        let mut records = tree.records().newest_first();
        let record = records.next().expect("a record").expect("a record");
        assert!(record.time() > "2025-05-04T14:59:59Z".parse().ok());
    });
}
