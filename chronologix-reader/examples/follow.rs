//! Follows a tree, and goes on where it was when it is started again:
//! `cargo run --example follow -- my_logs kept.json`.
//!
//! Ends when the tree has been quiet for a second. The cursor is kept only after its records are
//! printed, so a record is printed again rather than never.

use std::{
    env,
    error::Error,
    fs,
    io::{self, Write as _},
    time::Duration,
};

use chronologix_reader::{Cursor, LogTree};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1);
    let path = arguments.next().unwrap_or_else(|| "my_logs".into());
    let kept = arguments.next().unwrap_or_else(|| "kept.json".into());
    let cursor = match fs::read_to_string(&kept) {
        Ok(text) => serde_json::from_str(&text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Cursor::start(),
        Err(error) => return Err(error.into()),
    };
    let mut follower = LogTree::open(path)?.follow(cursor)?;
    let mut out = io::stdout().lock();
    loop {
        let records = follower.next_batch(1_000, Duration::from_secs(1))?;
        for incident in follower.take_incidents() {
            writeln!(io::stderr(), "{incident}")?;
        }
        if records.is_empty() {
            return Ok(());
        }
        for record in records {
            let time = record.time().map_or(String::new(), |time| time.to_string());
            writeln!(out, "{time} {}: {}", record.stream(), record.message())?;
        }
        out.flush()?;
        fs::write(&kept, serde_json::to_vec(&follower.cursor())?)?;
    }
}
