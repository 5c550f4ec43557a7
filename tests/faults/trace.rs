//! What a process wrote and synced, call by call, as strace saw it.

use std::{collections::HashMap, path::Path};

use crate::lines::whole;

/// What is known of a file's content.
#[derive(Debug, Default)]
struct Seen {
    /// Written since the last sync.
    pending: Vec<(u64, u64)>,
    has_failed: bool,
}

/// What a trace proves.
#[derive(Debug, Default)]
pub(crate) struct Proof {
    /// Records on disk, and since when, in nanoseconds since 1970.
    pub(crate) synced: HashMap<(u64, u64), u64>,
    /// Syncs that failed.
    pub(crate) failed: u64,
}

/// One call: its name, the file, the rest of the line, and when it began.
struct Call<'a> {
    name: &'a str,
    file: &'a str,
    rest: &'a str,
    begun: u64,
}

/// The options of strace that [`Proof::read`] understands the output of.
pub(crate) const OPTIONS: [&str; 11] = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-ttt",
    "-T",
    "-y",
    "-s",
    "1000000",
    "-e",
    "trace=write,fdatasync",
    "-o",
];

impl Proof {
    /// Reads a trace; only files with `stream` in their name count.
    pub(crate) fn read(trace: &Path, stream: &str) -> Self {
        let text = String::from_utf8_lossy(&std::fs::read(trace).unwrap()).into_owned();
        let mut proof = Self::default();
        let mut files = HashMap::<String, Seen>::new();
        for line in whole_lines(&text) {
            let Some(call) = call(&line) else { continue };
            let name = call.file.rsplit('/').next().unwrap_or_default();
            if name.starts_with(&format!("{stream}.")) {
                let seen = files.entry(call.file.to_owned()).or_default();
                proof.take(&call, seen);
            }
        }
        proof
    }

    fn take(&mut self, call: &Call<'_>, seen: &mut Seen) {
        match (call.name, result(call.rest)) {
            ("write", Some(result)) if result >= 0 => {
                let text = call.rest.split_once('"').map_or("", |(_, text)| text);
                let lines = text.split("\\n").filter_map(|line| line.split_once("] "));
                let records = lines.filter_map(|(_, message)| whole(message));
                seen.pending.extend(records);
            }
            // A file is never trusted again after its sync has failed.
            ("fdatasync", Some(0)) if !seen.has_failed => {
                let done = call.begun + duration(call.rest);
                for record in seen.pending.drain(..) {
                    self.synced.entry(record).or_insert(done);
                }
            }
            ("fdatasync", Some(_)) => {
                self.failed += 1;
                seen.has_failed = true;
                seen.pending.clear();
            }
            _ => {}
        }
    }
}

/// Puts calls together again that were interrupted by what another thread did.
fn whole_lines(text: &str) -> Vec<String> {
    let mut open = HashMap::<&str, String>::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let (thread, rest) = line.split_once(' ').unwrap_or(("", line));
        if let Some(begun) = rest.strip_suffix(" <unfinished ...>") {
            open.insert(thread, begun.to_owned());
        } else if let Some((_, resumed)) = rest.split_once(" resumed>") {
            let begun = open.remove(thread).unwrap_or_default();
            lines.push(begun + resumed);
        } else {
            lines.push(rest.trim_start().to_owned());
        }
    }
    lines
}

/// `1746370650.123456 write(7</path>, "…", 12) = 12 <0.000010>`
fn call(line: &str) -> Option<Call<'_>> {
    let (time, call) = line.trim_start().split_once(' ')?;
    let (name, rest) = call.split_once('(')?;
    let (_, rest) = rest.split_once('<')?;
    let (file, rest) = rest.split_once('>')?;
    Some(Call {
        name,
        file,
        rest,
        begun: nanos(time)?,
    })
}

/// The number behind the last `) = `.
fn result(rest: &str) -> Option<i64> {
    let (_, result) = rest
        .rsplit_once(") = ")
        .or(rest.rsplit_once(")  = "))
        .or_else(|| {
            // Padded to a column.
            rest.rsplit_once(" = ")
        })?;
    result.split(' ').next()?.parse().ok()
}

/// What stands in the last pair of angle brackets.
fn duration(rest: &str) -> u64 {
    let last = rest
        .rsplit_once('<')
        .map(|(_, last)| last.trim_end_matches('>'));
    last.and_then(nanos).unwrap_or_default()
}

/// Seconds with six digits behind the point, as nanoseconds.
fn nanos(seconds: &str) -> Option<u64> {
    let (seconds, micros) = seconds.split_once('.')?;
    let micros = micros.parse::<u64>().ok()?;
    Some((seconds.parse::<u64>().ok()? * 1_000_000 + micros) * 1_000)
}
