//! A tree of 24 hourly folders with three streams, one of them mirrored: 1 GB, or the size in
//! `CHRONOLOGIX_BENCH_BYTES`.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

/// Found once, 73 % into the tree.
pub(crate) const NEEDLE: &str = "RARE-NEEDLE";

pub(crate) const DESCRIPTION: &str = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S.%f",
"streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
{"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
{"name": "orders", "file": "orders.log", "format": "text", "mirror": []}]}"#;

/// Returns the tree in the page cache. Writes it if necessary, unless `CHRONOLOGIX_BENCH_TREE`
/// names another.
pub(crate) fn whole_tree() -> PathBuf {
    let bytes = env::var("CHRONOLOGIX_BENCH_BYTES")
        .ok()
        .and_then(|text| text.parse().ok());
    let bytes = bytes.unwrap_or(1_000_000_000);
    let tree =
        env::var_os("CHRONOLOGIX_BENCH_TREE").map_or_else(|| write_tree(bytes), PathBuf::from);
    warm(&tree);
    tree
}

/// Reads everything once, so that the disk is not measured.
fn warm(tree: &Path) {
    for folder in fs::read_dir(tree)
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().is_dir())
    {
        for file in fs::read_dir(folder.path()).unwrap().flatten() {
            let _ = std::io::copy(
                &mut fs::File::open(file.path()).unwrap(),
                &mut std::io::sink(),
            );
        }
    }
}

/// Writes lines of about 61 bytes: 60 % to `app`, 5 % of them copies from `errors`, and the rest to
/// `orders`.
fn write_tree(bytes: u64) -> PathBuf {
    let tree = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("view-{bytes}"));
    if tree.join("whole").exists() {
        return tree;
    }
    let lines = bytes / 61;
    let each = lines / 24;
    for hour in 0..24 {
        let folder = tree.join(format!("2025-05-04__{hour:02}-00"));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str| BufWriter::new(fs::File::create(folder.join(name)).unwrap());
        let mut files = ["app.log", "errors.log", "orders.log"].map(file);
        let mut line = String::new();
        for number in 0..each {
            let micros = number * 3_600_000_000 / each;
            let (minute, second, fraction) = (
                micros / 60_000_000,
                micros / 1_000_000 % 60,
                micros % 1_000_000,
            );
            line.clear();
            write!(line, "[{hour:02}:{minute:02}:{second:02}.{fraction:06}] ").unwrap();
            let count = hour * each + number;
            if count == lines * 73 / 100 {
                writeln!(line, "[INFO] {NEEDLE} in the hay").unwrap();
                files[0].write_all(line.as_bytes()).unwrap();
                continue;
            }
            match count % 20 {
                0 => {
                    writeln!(line, "[ERROR] order {count} was refused by the venue").unwrap();
                    files[0].write_all(line.as_bytes()).unwrap();
                    files[1].write_all(line.as_bytes()).unwrap();
                }
                1..=12 => {
                    writeln!(line, "[INFO] request {count} took {} ms", count % 997).unwrap();
                    files[0].write_all(line.as_bytes()).unwrap();
                }
                _ => {
                    writeln!(
                        line,
                        "[INFO] order {count} filled qty={} side=buy",
                        count % 100
                    )
                    .unwrap();
                    files[2].write_all(line.as_bytes()).unwrap();
                }
            }
        }
    }
    fs::write(tree.join(".chronologix.json"), DESCRIPTION).unwrap();
    fs::write(tree.join("whole"), "").unwrap();
    tree
}
