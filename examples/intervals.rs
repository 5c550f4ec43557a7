//! The eight intervals at once: eight loggers in one process, each with a base directory of its
//! own, made without the macros.
//!
//! Run it with `cargo run --example intervals`, then open `logs/intervals/5m/current/app.log`, and
//! compare the names of the folders that it printed.

#![expect(clippy::print_stdout, reason = "the folders are the result")]

use std::{error::Error, fs, path::Path};

use chronologix::{Config, Interval};

fn main() -> Result<(), Box<dyn Error>> {
    let mut loggers = Vec::new();
    for interval in Interval::ALL {
        let base = Path::new("logs/intervals").join(interval.as_str());
        let logger = Config::new()
            .base_log_dir(&base)
            .interval(interval)
            .stream("app")
            .start_blocking()?;
        let app = logger.stream("app")?;
        app.log(format_args!("this folder covers {interval}"))
            .wait();
        loggers.push((base, logger));
    }
    for (base, logger) in loggers {
        // The folder of the next interval was made ahead. It stayed empty, so stopping removes it.
        logger.stop_blocking()?;
        for folder in folders(&base)? {
            println!("{folder}");
        }
    }
    Ok(())
}

/// The interval folders of a base directory, oldest first. `current` is a link and not one of them.
fn folders(base: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut folders = Vec::new();
    for entry in fs::read_dir(base)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            folders.push(entry.path().display().to_string());
        }
    }
    folders.sort();
    Ok(folders)
}
