//! The command line.

use std::{io, path::PathBuf};

use chronologix_schema::Level;
use clap::{Args, ColorChoice, CommandFactory as _, Parser};
use clap_complete::Shell;

use crate::{
    output::{Options, Shape},
    query::{BadPattern, Case, Filter, FilterRule, Pattern, TimeSpec},
    tree::{Root, looks_like_tree, tree_of},
};

#[cfg(test)]
mod tests;

/// The parsed command line.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "chronologix-view",
    version,
    about = "Follows a chronologix log tree live, all streams merged by time",
    long_about = "Follows a chronologix log tree live: one tab for each stream and one for all of \
                  them merged by time. New interval folders are followed automatically. Nothing is \
                  ever written to the tree.",
    after_help = EXAMPLES,
    max_term_width = 100,
    color = ColorChoice::Never,
)]
pub(crate) struct Cli {
    #[arg(help = DIR_HELP, env = "CHRONOLOGIX_DIR", hide_env = true, value_name = "DIR|FILE")]
    paths: Vec<PathBuf>,

    /// Print the lines of all interval folders in order instead of opening the viewer; this is the
    /// default if the output is not a terminal or a printing option is given
    #[arg(short, long)]
    plain: bool,

    #[command(flatten)]
    printing: Printing,

    /// Neither restore the filters, hidden streams and marks of the last session nor save this one
    #[arg(long)]
    pub(crate) no_session: bool,

    /// Print the completion script for a shell
    #[arg(long, value_name = "SHELL", exclusive = true)]
    pub(crate) completions: Option<Shell>,

    /// Print the manual page
    #[arg(long, exclusive = true)]
    pub(crate) man: bool,
}

/// The printing options.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[command(next_help_heading = "Printing")]
struct Printing {
    /// Keep printing new lines, including those in new folders
    #[arg(short, long)]
    follow: bool,

    /// Only the last NUMBER records of the selection
    #[arg(short = 'n', long, value_name = "NUMBER")]
    lines: Option<usize>,

    /// Only records logged at this time or later: 14:02, -10m, 2025-05-04, '2025-05-04 14:02'; in
    /// the time zone of the tree unless it has an offset
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<TimeSpec>,

    /// Only records logged before this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<TimeSpec>,

    /// Only this stream; can be given several times
    #[arg(short, long = "stream", value_name = "NAME")]
    streams: Vec<String>,

    /// Only lines that match this regular expression; if given several times, lines that match all
    #[arg(short, long, value_name = "REGEX")]
    grep: Vec<String>,

    /// Only lines that --grep does not match
    #[arg(short = 'v', long, requires = "grep")]
    invert: bool,

    /// Ignore case in --grep
    #[arg(short, long, requires = "grep")]
    ignore_case: bool,

    /// Only lines of at least this level: trace, debug, info, warn, error, critical
    #[arg(short, long, value_name = "LEVEL")]
    level: Option<Level>,

    /// Put folder and stream before each line, as grep -H does
    #[arg(short = 'H', long)]
    with_names: bool,

    /// Print each record as a JSON object on one line: timestamp, folder, stream, mirrors, level,
    /// message, fields
    #[arg(long, conflicts_with = "with_names")]
    json: bool,

    /// Print the number of records by stream and level
    #[arg(long, conflicts_with_all = ["with_names", "json", "follow"])]
    stats: bool,
}

const DIR_HELP: &str = "\
The log tree: the folder that holds the interval folders; or single files, of this or any other \
logger. Compressed files (.zst, .gz) and packed folders (.tar.zst, .tar.gz, .zip) are read in place \
[default: $CHRONOLOGIX_DIR, else the working directory if it is a tree, else \"logs\"]";

const EXAMPLES: &str = "\
Examples:
  chronologix-view my_logs                       watch the tree; ? shows the keys
  chronologix-view my_logs/current               the same
  chronologix-view app.log /var/log/other.log.gz single files, merged
  chronologix-view -p my_logs | less             everything, oldest first
  chronologix-view -fn20 my_logs                 the last 20 lines, and new ones
  chronologix-view --since -1h --level warn      warnings and errors of the last hour
  chronologix-view -g timeout -s app -s orders   lines of two streams that match
  chronologix-view --since 14:02 --until 14:05 --json | jq .message
  chronologix-view --stats my_logs               how many records of which level

Exit status: 0 if something was printed, 1 if nothing was to be printed, 2 on an invalid command
line or if something cannot be read, 130 when interrupted. A closed pipe is not an error.";

impl Cli {
    /// Returns the tree or the files to read, and their name in messages.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read.
    pub(crate) fn root(&self) -> io::Result<(Root, String)> {
        // An empty variable counts as not set.
        let given = self
            .paths
            .iter()
            .filter(|path| !path.as_os_str().is_empty());
        let given: Vec<PathBuf> = given.cloned().collect();
        match &given[..] {
            [] => Ok(match std::env::current_dir() {
                Ok(here) if looks_like_tree(&here) => {
                    let name = here.display().to_string();
                    (here.into(), name)
                }
                _ => (PathBuf::from("logs").into(), "logs".to_owned()),
            }),
            [path] => {
                let base = tree_of(path);
                let name = base.display().to_string();
                if base.is_file() {
                    return Ok((Root::of_files(&given)?, name));
                }
                Ok((base.into(), name))
            }
            [first, rest @ ..] => {
                let name = format!("{} +{}", first.display(), rest.len());
                Ok((Root::of_files(&given)?, name))
            }
        }
    }

    /// Returns whether lines are printed even if the output is a terminal.
    pub(crate) fn is_plain(&self) -> bool {
        let printing = &self.printing;
        self.plain
            || printing.follow
            || printing.with_names
            || printing.json
            || printing.stats
            || printing.lines.is_some()
            || printing.since.is_some()
            || printing.until.is_some()
            || printing.level.is_some()
            || !printing.streams.is_empty()
            || !printing.grep.is_empty()
    }

    /// Returns what to print.
    ///
    /// # Errors
    ///
    /// Fails if a regular expression is invalid.
    pub(crate) fn options(&self) -> Result<Options, BadPattern> {
        let printing = &self.printing;
        let case = if printing.ignore_case {
            Case::Insensitive
        } else {
            Case::Sensitive
        };
        let patterns = printing.grep.iter().map(|text| Pattern::new(text, case));
        let rule = |pattern| FilterRule::new(pattern, !printing.invert);
        let rules = patterns.map(|pattern| pattern.map(rule));
        let rules = rules.collect::<Result<_, _>>()?;
        let shape = match (printing.json, printing.stats, printing.with_names) {
            (true, ..) => Shape::Json,
            (_, true, _) => Shape::Stats,
            (.., true) => Shape::NamedLines,
            _ => Shape::Lines,
        };
        Ok(Options {
            follow: printing.follow,
            shape,
            streams: printing.streams.clone(),
            filter: Filter::new(printing.level, rules),
            since: printing.since,
            until: printing.until,
            last: printing.lines,
        })
    }
}

/// Returns the completion script for a shell.
pub(crate) fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    let mut command = Cli::command();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut command, name, &mut text);
    text
}

/// Returns the manual page.
///
/// # Errors
///
/// Never fails in practice: it writes to memory.
pub(crate) fn manual() -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text)?;
    Ok(text)
}
