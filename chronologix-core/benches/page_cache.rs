//! What retention takes of the page cache: how much of a file that is hot is no more in it after
//! closed folders were compressed.
//!
//! ```sh
//! cargo bench -p chronologix-core --features zstd --bench page_cache -- FOLDER HOT_MB LOGS_MB
//! ```
//!
//! In `FOLDER` it makes a hot file and closed folders of so many MB, waits until these are
//! compressed, and prints how much of the hot file was in the page cache before and after, by
//! `fincore` of util-linux. It shows something only where memory is short: in a control group whose
//! limit is little above `HOT_MB`. Without arguments it does the same with a few MB.

#![expect(clippy::print_stdout, reason = "a benchmark")]

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_core::Config;

/// The MB of a file.
const FILE_MB: u64 = 128;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut args = std::env::args().skip(1).filter(|it| !it.starts_with("--"));
    let temporary = std::env::temp_dir();
    let folder = args.next().map_or(temporary, Into::into);
    let folder = folder.join(format!("page-cache-{}", std::process::id()));
    let mut number = |otherwise| args.next().map_or(Ok(otherwise), |it| it.parse::<u64>());
    let (hot, logs) = (number(8)?, number(16)?);
    fs::create_dir_all(&folder)?;
    let outcome = measure(&folder, hot, logs);
    fs::remove_dir_all(&folder)?;
    outcome
}

fn measure(folder: &Path, hot_mb: u64, logs_mb: u64) -> Result<(), Failure> {
    let files = write_logs(&folder.join("logs"), logs_mb)?;
    let hot = folder.join("hot");
    write_uncached(&hot, hot_mb, 1)?;
    // Read once, as a file that is used from time to time: the kernel gives it up first.
    io::copy(&mut File::open(&hot)?, &mut io::sink())?;
    let before = cached(&hot)?;
    let start = Instant::now();
    let logger = Config::new()
        .base_log_dir(folder.join("logs"))
        .stream("app")
        .compress("zst")
        .start_blocking()?;
    while logger.stats().files_compressed < files {
        thread::sleep(Duration::from_millis(20));
    }
    let took = start.elapsed();
    logger.stop_blocking()?;
    let after = cached(&hot)?;
    println!(
        "{logs_mb} MB of logs compressed in {:.0} s: of a hot file of {hot_mb} MB, {} MB were \
         cached before, {} MB after",
        took.as_secs_f64(),
        before >> 20,
        after >> 20,
    );
    Ok(())
}

/// Writes closed folders. Returns the number of their files.
fn write_logs(base: &Path, megabytes: u64) -> Result<u64, Failure> {
    let files = megabytes.div_ceil(FILE_MB);
    for file in 0..files {
        let day =
            DateTime::<Utc>::from(SystemTime::now()) - TimeDelta::days(i64::try_from(file)? + 3);
        let folder = base.join(day.format("%Y-%m-%d").to_string());
        fs::create_dir_all(&folder)?;
        let left = megabytes - file * FILE_MB;
        write_uncached(&folder.join("app.log"), left.min(FILE_MB), file + 2)?;
    }
    Ok(files)
}

/// Writes a file of log lines that is not in the page cache afterwards.
fn write_uncached(path: &Path, megabytes: u64, seed: u64) -> Result<(), Failure> {
    let mut file = File::create(path)?;
    let mut random = seed;
    for _ in 0..megabytes {
        let mut block = Vec::with_capacity(1 << 20);
        while block.len() < 1 << 20 {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            let (id, time) = (random >> 32, random % 997);
            writeln!(
                block,
                "[14:00:00] [INFO] request {id:08x} served in {time} ms"
            )?;
        }
        block.truncate(1 << 20);
        file.write_all(&block)?;
    }
    file.sync_all()?;
    let mut dropping = Command::new("dd");
    dropping.arg(format!("if={}", path.display()));
    let dropped = dropping
        .args(["iflag=nocache", "count=0", "status=none"])
        .status()?;
    if !dropped.success() {
        return Err("dd cannot drop a file from the page cache".into());
    }
    Ok(())
}

/// Returns how many bytes of a file are in the page cache.
fn cached(path: &Path) -> Result<u64, Failure> {
    let mut fincore = Command::new("fincore");
    let found = fincore
        .args(["--bytes", "--noheadings", "--output", "RES"])
        .arg(path)
        .output()?;
    let mut text = String::new();
    (&found.stdout[..]).read_to_string(&mut text)?;
    Ok(text.trim().parse()?)
}
