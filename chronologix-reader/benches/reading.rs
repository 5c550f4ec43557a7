//! How fast a tree is read: all records, and batches of a follower. Lines have 60 bytes.

use std::{fmt::Write as _, fs, time::Duration};

use chronologix_reader::{Cursor, LogTree};
use divan::{Bencher, counter::ItemsCount};

const RECORDS: u32 = 200_000;

fn main() {
    divan::main();
}

/// A tree of `app`, `errors -> app` and `audit`. One record in ten is mirrored.
fn tree() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a folder");
    let folder = dir.path().join("2025-05-04__14-00");
    fs::create_dir(&folder).expect("a folder");
    let manifest = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC",
        "timestamp_format": "%H:%M:%S.%f", "streams": [
        {"name": "app", "file": "app.log", "format": "text", "mirror": []},
        {"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
        {"name": "audit", "file": "audit.log", "format": "text", "mirror": []}]}"#;
    fs::write(dir.path().join(".chronologix.json"), manifest).expect("a file");
    let mut files = [String::new(), String::new(), String::new()];
    for number in 0..RECORDS {
        let micros = u64::from(number) * 3_000_000_000 / u64::from(RECORDS);
        let (second, micros) = (micros / 1_000_000, micros % 1_000_000);
        let (minute, second) = (second / 60, second % 60);
        let mut line = String::new();
        let _ = writeln!(
            line,
            "[14:{minute:02}:{second:02}.{micros:06}] [INFO] request {number:06} served in 17 ms"
        );
        match number % 10 {
            0 => {
                files[1].push_str(&line);
                files[0].push_str(&line);
            }
            1 | 2 => files[2].push_str(&line),
            _ => files[0].push_str(&line),
        }
    }
    for (name, text) in ["app", "errors", "audit"].iter().zip(files) {
        fs::write(folder.join(format!("{name}.log")), text).expect("a file");
    }
    dir
}

#[divan::bench]
fn records(bencher: Bencher<'_, '_>) {
    let dir = tree();
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        let tree = LogTree::open(dir.path()).expect("a tree");
        let count = tree.records().map(Result::unwrap).count();
        assert_eq!(count, RECORDS as usize);
    });
}

/// Batches of a follower, with the cursor after each.
#[divan::bench(args = [1_000, 10_000])]
fn next_batch(bencher: Bencher<'_, '_>, most: usize) {
    let dir = tree();
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        let tree = LogTree::open(dir.path()).expect("a tree");
        let mut follower = tree.follow(Cursor::start()).expect("a tree");
        let mut count = 0;
        while count < RECORDS as usize {
            let batch = follower.next_batch(most, Duration::ZERO).expect("records");
            count += batch.len();
            divan::black_box(follower.cursor());
        }
        assert_eq!(count, RECORDS as usize);
    });
}

/// The same, with each record taken apart.
#[divan::bench]
fn parts(bencher: Bencher<'_, '_>) {
    let dir = tree();
    bencher.counter(ItemsCount::new(RECORDS)).bench_local(|| {
        let tree = LogTree::open(dir.path()).expect("a tree");
        let mut follower = tree.follow(Cursor::start()).expect("a tree");
        let mut count = 0;
        while count < RECORDS as usize {
            let batch = follower.next_batch(1_000, Duration::ZERO).expect("records");
            count += batch.len();
            for record in batch {
                divan::black_box(record.parts());
            }
        }
    });
}
