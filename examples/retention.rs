//! Closed folders: compressed in place, and kept for a week. It makes two weeks of folders as an
//! older run would have left them, and shows what a logger makes of them.
//!
//! Run it with `cargo run --example retention`; in a program of your own it takes
//! `chronologix = { features = ["zstd"] }`. Then look into `logs/retention` with
//! `zstdcat logs/retention/*/app.log.zst`.

#![expect(clippy::print_stdout, reason = "the tree is the result")]

use std::{error::Error, fs, path::Path, thread, time::Duration};

use chrono::{TimeDelta, Utc};
use chronologix::Config;

const BASE: &str = "logs/retention";

fn main() -> Result<(), Box<dyn Error>> {
    let base = Path::new(BASE);
    let today = Utc::now();
    for days_ago in 1..=14 {
        let day = today - TimeDelta::days(days_ago);
        let folder = base.join(day.format("%Y-%m-%d").to_string());
        fs::create_dir_all(&folder)?;
        fs::write(
            folder.join("app.log"),
            "[12:00:00] all is well\n".repeat(100),
        )?;
    }
    // Not a log of ours: it stays, and so does its folder.
    let oldest = today - TimeDelta::days(14);
    fs::write(
        base.join(oldest.format("%Y-%m-%d/notes.txt").to_string()),
        "why that day was odd\n",
    )?;

    let logger = Config::new()
        .base_log_dir(base)
        .stream("app")
        .compress("zst")
        .retain("7d")
        .start_blocking()?;
    // It goes on by itself, on a thread of the lowest priority. Only this example has to wait for
    // it: of the 14 folders, 7 go.
    while logger.stats().folders_removed < 7 {
        thread::sleep(Duration::from_millis(1));
    }
    logger.stop_blocking()?;

    let stats = logger.stats();
    println!(
        "{} files compressed, {} folders removed:",
        stats.files_compressed, stats.folders_removed
    );
    let mut names = Vec::new();
    for folder in fs::read_dir(base)? {
        let folder = folder?;
        // `current` is a link and not one of them.
        if folder.file_type()?.is_dir() {
            for file in fs::read_dir(folder.path())? {
                names.push(file?.path().display().to_string());
            }
        }
    }
    names.sort();
    for name in names {
        println!("{name}");
    }
    Ok(())
}
