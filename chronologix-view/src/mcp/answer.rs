//! The answer to one question: what some command lines print, up to its limit.

use std::io::Write;

use chrono::DateTime;
use rmcp::model::JsonObject;
use serde_json::Value;

use super::{
    bounded::BoundedText,
    tools::{MOST_TOKENS, ToolSpec, USUAL_TOKENS},
};
use crate::{
    cli::Cli,
    number::grouped,
    output::{self, DiffWith, OutputError},
    tree::{Clock, Root},
};

#[cfg(test)]
mod tests;

/// The bytes of a token. Log text has few whole words: tokens of it are shorter than those of
/// prose, which has about 4.
const TOKEN_BYTES: usize = 3;

/// What is kept free for the note of what was left out.
const NOTE_BYTES: usize = 300;

/// The columns of a record.
const COLUMNS: &str = "--fields=timestamp,stream,level,message,fields";

/// The rows of a table by time, at most.
const MOST_BUCKETS: i64 = 24;

/// The spans that records are counted by, with the words of `--by`.
const BUCKETS: [(&str, i64); 10] = [
    ("1s", 1),
    ("10s", 10),
    ("1m", 60),
    ("10m", 600),
    ("1h", 3_600),
    ("6h", 21_600),
    ("1d", 86_400),
    ("7d", 604_800),
    ("30d", 2_592_000),
    ("365d", 31_536_000),
];

/// Returns what a tool says of a log.
///
/// # Errors
///
/// Fails if the arguments are wrong, or if the log cannot be read. The message says what would be
/// right.
pub(super) fn answer(
    root: &Root,
    tool: &ToolSpec,
    arguments: &JsonObject,
    clock: Clock,
) -> Result<String, String> {
    let selection = tool.options(arguments)?;
    let count = |name| arguments.get(name).and_then(Value::as_u64);
    let tokens = count("max_tokens").unwrap_or(USUAL_TOKENS).min(MOST_TOKENS);
    let bytes = usize::try_from(tokens).unwrap_or_default() * TOKEN_BYTES;
    let mut answer = ToolAnswer {
        root,
        clock,
        selection,
        text: BoundedText::new(bytes.saturating_sub(NOTE_BYTES)),
        notes: Vec::new(),
    };
    match tool.name {
        "overview" => answer.overview()?,
        "patterns" => answer.section("patterns", &["--patterns"])?,
        "diff" if arguments.contains_key("against") => answer.section("what is new", &[])?,
        "diff" => answer.section("what is new", &["--diff=before"])?,
        "around" => {
            let time = arguments.get("time").and_then(Value::as_str);
            let before = count("before").unwrap_or(10);
            let after = count("after").unwrap_or(10);
            answer.around(time.unwrap_or_default(), before, after)?;
        }
        _ => {
            let is_forward = arguments.get("oldest_first") == Some(&Value::Bool(true));
            answer.search(count("limit").unwrap_or(50), is_forward)?;
        }
    }
    Ok(answer.finish())
}

/// An answer that is being made.
struct ToolAnswer<'a> {
    root: &'a Root,
    clock: Clock,
    /// The options that select records.
    selection: Vec<String>,
    text: BoundedText,
    /// What the answer ends with.
    notes: Vec<String>,
}

impl ToolAnswer<'_> {
    fn overview(&mut self) -> Result<(), String> {
        // Each counts by level as well. That of times is short, so it comes first.
        let by_stream = self.run(&["--stats"])?;
        if let Some(span) = bucket(&by_stream) {
            let by = format!("--by={span}");
            self.section(&format!("records by time, {span} a row"), &["--stats", &by])?;
        }
        self.titled("records by stream", |answer| {
            answer.write(&by_stream);
            Ok(())
        })
    }

    fn search(&mut self, limit: u64, is_forward: bool) -> Result<(), String> {
        let most = format!("--max-count={limit}");
        let order: &[&str] = if is_forward { &[] } else { &["--reverse"] };
        self.print(&[order, &[COLUMNS, &most]].concat())?;
        let shown = self.text.lines();
        let all = self.run(&["--count"])?.trim().parse().unwrap_or(shown);
        let (few, many) = (grouped(shown), grouped(all));
        self.notes.push(if shown < all {
            format!(
                "{few} of {many} records are shown. Narrow it with since, until, level, streams, \
                 where, regex or exclude, or raise limit and max_tokens."
            )
        } else {
            format!("These are all records that match: {many}.")
        });
        Ok(())
    }

    fn around(&mut self, time: &str, before: u64, after: u64) -> Result<(), String> {
        let (until, last) = (format!("--until={time}"), format!("--lines={before}"));
        let (since, first) = (format!("--since={time}"), format!("--max-count={after}"));
        self.print(&[COLUMNS, &until, &last])?;
        self.write(&format!("--- {time}\n"));
        self.print(&[COLUMNS, &since, &first])?;
        if self.text.is_full() {
            let note = "The answer was cut: lower before and after, or raise max_tokens.";
            self.notes.push(note.to_owned());
        }
        Ok(())
    }

    /// Adds what a command line prints, below a title.
    fn section(&mut self, title: &str, options: &[&str]) -> Result<(), String> {
        self.titled(title, |answer| answer.print(options))
    }

    /// Adds a text below a title.
    fn titled(
        &mut self,
        title: &str,
        add: impl FnOnce(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let was_full = self.text.is_full();
        self.write(&format!("# {title}\n"));
        add(self)?;
        if self.text.is_full() && !was_full {
            let note = format!("Cut in {title:?}: select less, or raise max_tokens.");
            self.notes.push(note);
        }
        Ok(())
    }

    fn write(&mut self, text: &str) {
        // What does not fit is noted.
        let _ = self.text.write_all(text.as_bytes());
    }

    fn print(&mut self, options: &[&str]) -> Result<(), String> {
        let command_line = command_line(options, &self.selection);
        let troubles = print(self.root, &command_line, self.clock, &mut self.text)?;
        self.note(troubles);
        // What does not fit is noted.
        let _ = self.text.flush();
        Ok(())
    }

    /// Returns what a command line prints.
    fn run(&mut self, options: &[&str]) -> Result<String, String> {
        let mut out = Vec::new();
        let command_line = command_line(options, &self.selection);
        let troubles = print(self.root, &command_line, self.clock, &mut out)?;
        self.note(troubles);
        Ok(String::from_utf8_lossy(&out).into_owned())
    }

    /// Adds what could not be read, each once.
    fn note(&mut self, troubles: Vec<String>) {
        for trouble in troubles {
            if !self.notes.contains(&trouble) {
                self.notes.push(trouble);
            }
        }
    }

    fn finish(self) -> String {
        let mut text = self.text.into_text();
        let notes = self.notes.iter().map(|note| format!("({note})\n"));
        text.extend(notes);
        text
    }
}

fn command_line<'a>(options: &[&'a str], selection: &'a [String]) -> Vec<&'a str> {
    let selection = selection.iter().map(String::as_str);
    let all = ["chronologix-view"].into_iter().chain(selection);
    all.chain(options.iter().copied()).collect()
}

/// Prints what a command line asks for. Returns what could not be read.
fn print(
    root: &Root,
    command_line: &[&str],
    clock: Clock,
    out: &mut dyn Write,
) -> Result<Vec<String>, String> {
    let cli = Cli::parse(command_line).map_err(|error| error.to_string())?;
    let options = cli.options().map_err(|error| error.to_string())?;
    if let Some(DiffWith::Other(path)) = &options.diff {
        // A client reads the logs that it was given, and no other file.
        let path = path.display();
        return Err(format!(
            "{path} is no time to compare with: before, -1d, yesterday, last week"
        ));
    }
    let mut troubles = Vec::new();
    match output::print(root.clone(), &options, clock, out, &mut troubles) {
        Ok(())
        | Err(
            OutputError::NoMatch
            | OutputError::NewErrors
            | OutputError::Closed
            | OutputError::Incomplete,
        ) => {}
        Err(failure) => return Err(failure.to_string()),
    }
    let troubles = String::from_utf8_lossy(&troubles);
    Ok(troubles.lines().map(str::to_owned).collect())
}

/// Returns the word of the shortest span that gives a table of few rows. The last line of `stats`
/// is that of all records, and ends with the first and the last time. Without times there is none.
fn bucket(stats: &str) -> Option<&'static str> {
    let mut cells = stats.lines().last()?.split_whitespace().rev();
    let mut time = || DateTime::parse_from_rfc3339(cells.next()?).ok();
    let (last, first) = (time()?, time()?);
    let seconds = (last - first).num_seconds();
    let fits = |(_, span): &&(&str, i64)| seconds / span < MOST_BUCKETS;
    let found = BUCKETS.iter().find(fits).or(BUCKETS.last());
    found.map(|(word, _)| *word)
}
