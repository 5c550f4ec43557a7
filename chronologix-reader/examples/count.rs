//! Counts the records of a log by stream and level: `cargo run --example count -- my_logs`.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    io::{self, Write as _},
};

use chronologix_reader::{Level, LogTree};

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args_os().nth(1).unwrap_or_else(|| "my_logs".into());
    let mut counts: BTreeMap<(String, Option<Level>), u64> = BTreeMap::new();
    for record in LogTree::open(path)?.records() {
        let record = record?;
        let group = (record.stream().to_owned(), record.level());
        *counts.entry(group).or_default() += 1;
    }
    let mut out = io::stdout().lock();
    for ((stream, level), count) in counts {
        let level = level.map_or_else(|| "-".to_owned(), |level| level.to_string());
        writeln!(out, "{stream:16} {level:8} {count:>12}")?;
    }
    Ok(())
}
