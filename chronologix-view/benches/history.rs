//! Measures the viewer on a tree of 24 hourly folders with three streams, 1 GB in all.
//!
//! `cargo bench -p chronologix-view` writes the tree once, below `target/tmp`, and reads it from the page
//! cache. `CHRONOLOGIX_BENCH_TREE` names another tree to be measured, `CHRONOLOGIX_BENCH_BYTES` another size.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for whoever measures"
)]

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{BufWriter, Read as _, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Instant,
};

use chronologix_view::bench::{Bench, Took};

/// Found once, 73 % into the tree.
const NEEDLE: &str = "RARE-NEEDLE";

const DESCRIPTION: &str = r#"{"format_version": 1, "interval": "1h", "timezone": "UTC", "timestamp_format": "%H:%M:%S.%f",
"streams": [{"name": "app", "file": "app.log", "format": "text", "mirror": []},
{"name": "errors", "file": "errors.log", "format": "text", "mirror": ["app"]},
{"name": "orders", "file": "orders.log", "format": "text", "mirror": []}]}"#;

fn main() {
    let bytes = env::var("CHRONOLOGIX_BENCH_BYTES")
        .ok()
        .and_then(|text| text.parse().ok());
    let bytes = bytes.unwrap_or(1_000_000_000);
    let tree =
        env::var_os("CHRONOLOGIX_BENCH_TREE").map_or_else(|| write_tree(bytes), PathBuf::from);
    warm(&tree);
    let mut bench = Bench::new(&tree);
    say("last 200 rows", || bench.last_page(None, 200));
    say("first 200 rows", || bench.first_page(200));
    say("200 rows from 17:30", || {
        bench.page_at("2025-05-04T17:30:00Z", 200)
    });
    say("search, one hit", || bench.search(NEEDLE));
    say("search, one hit, again", || bench.search(NEEDLE));
    say("search by regular expression", || {
        bench.search("RARE-.*DLE")
    });
    say("search, 5 % of the lines", || bench.search(r"\[ERROR\]"));
    say("filter to one row, from the end", || {
        bench.last_page(Some(NEEDLE), 200)
    });
    say("histogram", || bench.histogram());
    println!("{:<44} {:>9}", "peak memory of all that", memory("self"));
    for arguments in [
        &["--plain"][..],
        &["--plain", "--grep", NEEDLE],
        &["--plain", "--since", "17:30"],
    ] {
        program(&tree, arguments);
    }
}

/// Asks, and says how long it took, by the clock and in all threads together.
fn say(what: &str, ask: impl FnOnce() -> Took) {
    let before = processor("self");
    let took = ask();
    let busy = processor("self") - before;
    let millis = |duration: std::time::Duration| duration.as_secs_f64() * 1e3;
    println!(
        "{what:<44} {:>9.1} ms whole {busy:>6.2} CPU s {:>9.1} ms to the first of {}",
        millis(took.whole),
        millis(took.first),
        took.found
    );
}

/// Runs the program in a pipe.
fn program(tree: &Path, arguments: &[&str]) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_chronologix-view"))
        .args(arguments)
        .arg(tree)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut buffer = vec![0; 1 << 20];
    let (mut first, mut bytes) = (None, 0);
    let (mut peak, mut busy) = (String::new(), 0.0);
    loop {
        let read = out.read(&mut buffer).unwrap();
        if read == 0 {
            break;
        }
        first.get_or_insert(start.elapsed());
        let id = child.id().to_string();
        (peak, busy) = (memory(&id), processor(&id));
        bytes += read;
    }
    child.wait().unwrap();
    println!(
        "{:<44} {:>9.1} ms whole {busy:>6.2} CPU s {:>9.1} ms to the first of {bytes} bytes, {peak}",
        arguments.join(" "),
        start.elapsed().as_secs_f64() * 1e3,
        first.unwrap_or_default().as_secs_f64() * 1e3,
    );
}

/// The most memory a process had.
fn memory(process: &str) -> String {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.unwrap_or("?").trim().to_owned()
}

/// Seconds a process had a processor, by the hundredth.
fn processor(process: &str) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    let ticks = fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

/// Reads everything once, so that the disk is not what is measured.
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

/// Lines of about 61 bytes: 60 % in `app`, of them 5 % copied to it from `errors`, the rest in `orders`.
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
