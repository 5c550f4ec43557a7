//! The command line.

use std::{any::Any, ffi::OsString, io, path::PathBuf, sync::Arc};

use chronologix_schema::Level;
use clap::{Arg, ArgAction, ArgMatches, ColorChoice, Command, value_parser};
use clap_complete::Shell;

use crate::{
    output::{Options, Shape},
    query::{BadPattern, Case, Condition, Filter, FilterRule, Pattern, TimeSpec},
    tree::{Root, looks_like_tree, resolve_current, tree_of},
};

#[cfg(test)]
mod tests;

/// The parsed command line.
#[derive(Clone, Debug)]
pub(crate) struct Cli(ArgMatches);

/// Returns the table of options. Without clap's derive, which takes long to build.
fn command() -> Command {
    let long_about = "Shows and follows log files: one tab for each stream, and one for all streams \
                      merged by time. Follows new interval folders of a chronologix log tree. Never \
                      writes to the tree.";
    let paths = Arg::new("paths")
        .help(DIR_HELP)
        .env("CHRONOLOGIX_DIR")
        .hide_env(true)
        .value_name("DIR|FILE")
        .num_args(1..)
        .action(ArgAction::Append)
        .value_parser(value_parser!(PathBuf));
    let plain = "print records instead of opening the viewer (default if stdout is not a terminal \
                 or a printing option is given)";
    let no_session = "do not restore or save filters, hidden streams and bookmarks";
    let completions = "print the completion script for SHELL";
    Command::new("chronologix-view")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Shows and follows logs, all streams merged by time")
        .long_about(long_about)
        .after_help(EXAMPLES)
        .max_term_width(100)
        .color(ColorChoice::Never)
        .args([paths, switch("plain", plain).short('p')])
        .next_help_heading("Printing")
        .args(printing())
        .args([
            switch("no-session", no_session),
            value("completions", "SHELL", completions)
                .value_parser(value_parser!(Shell))
                .exclusive(true),
            switch("man", "print the manual page").exclusive(true),
        ])
}

fn printing() -> [Arg; 13] {
    let follow = "keep printing new records";
    let stream = "show records of stream NAME (repeatable)";
    let stats = "print record counts by stream and level";
    let lines = "show the last NUMBER records";
    let since = "show records at or after TIME: 14:02, -10m, 2025-05-04, '2025-05-04 14:02' (in \
                 the time zone of the tree, unless TIME has an offset)";
    let grep = "show records that match REGEX (repeatable: all must match)";
    let condition = "show records with such fields: 'status>=500 and not path~^/health'";
    let level = "show records of this level or higher: trace, debug, info, warn, error, critical";
    let with_names = "prefix each line with folder and stream, as grep -H";
    let json = "print JSON lines: timestamp, folder, stream, mirrors, level, message, fields";
    let time = |id, help| {
        value(id, "TIME", help)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(TimeSpec))
    };
    let of_grep = |id, help| switch(id, help).requires("grep");
    [
        switch("follow", follow).short('f'),
        value("lines", "NUMBER", lines)
            .short('n')
            .value_parser(value_parser!(usize)),
        time("since", since),
        time("until", "show records before TIME"),
        value("stream", "NAME", stream)
            .short('s')
            .action(ArgAction::Append),
        value("grep", "REGEX", grep)
            .short('g')
            .action(ArgAction::Append),
        of_grep("invert", "show records that --grep does not match").short('v'),
        of_grep("ignore-case", "match --grep case-insensitively").short('i'),
        value("where", "CONDITION", condition).value_parser(value_parser!(Condition)),
        value("level", "LEVEL", level)
            .short('l')
            .value_parser(value_parser!(Level)),
        switch("with-names", with_names).short('H'),
        switch("json", json).conflicts_with("with-names"),
        switch("stats", stats).conflicts_with_all(["with-names", "json", "follow"]),
    ]
}

fn switch(id: &'static str, help: &'static str) -> Arg {
    let switch = Arg::new(id).long(id).help(help);
    switch.action(ArgAction::SetTrue)
}

fn value(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).help(help).value_name(name)
}

const DIR_HELP: &str = "\
log tree (the folder with the interval folders), or log files of any logger. Reads compressed files \
(.zst, .gz) and packed folders (.tar.zst, .tar.gz, .zip) in place \
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
    /// Parses the arguments, the first of which is the name of the program.
    ///
    /// # Errors
    ///
    /// Fails if they are invalid, or ask for the help or the version.
    pub(crate) fn parse<T: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        command().try_get_matches_from(arguments).map(Self)
    }

    /// Returns whether a switch is on.
    pub(crate) fn is(&self, switch: &str) -> bool {
        self.0.get_flag(switch)
    }

    /// Returns the shell whose completion script is to be printed.
    pub(crate) fn shell(&self) -> Option<Shell> {
        self.one("completions")
    }

    fn one<T: Any + Clone + Send + Sync>(&self, id: &str) -> Option<T> {
        self.0.get_one(id).cloned()
    }

    fn all<T: Any + Clone + Send + Sync>(&self, id: &str) -> Vec<T> {
        let given = self.0.get_many(id).into_iter().flatten();
        given.cloned().collect()
    }

    /// Returns the tree or the files to read, and their name in messages.
    ///
    /// # Errors
    ///
    /// Fails if a file cannot be read.
    pub(crate) fn root(&self) -> io::Result<(Root, String)> {
        // An empty variable counts as not set.
        let given = self.all::<PathBuf>("paths").into_iter();
        let given = given.filter(|path| !path.as_os_str().is_empty());
        let given: Vec<_> = given.map(resolve_current).collect();
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
        let switches = ["plain", "follow", "with-names", "json", "stats"];
        let values = [
            "lines", "since", "until", "level", "stream", "grep", "where",
        ];
        switches.into_iter().any(|id| self.is(id))
            || values.into_iter().any(|id| self.0.contains_id(id))
    }

    /// Returns what to print.
    ///
    /// # Errors
    ///
    /// Fails if a regular expression is invalid.
    pub(crate) fn options(&self) -> Result<Options, BadPattern> {
        let case = if self.is("ignore-case") {
            Case::Insensitive
        } else {
            Case::Sensitive
        };
        let patterns: Vec<String> = self.all("grep");
        let patterns = patterns.iter().map(|text| Pattern::new(text, case));
        let keeps = !self.is("invert");
        let rule = |pattern| FilterRule::new(pattern, keeps);
        let rules = patterns.map(|pattern| pattern.map(rule));
        let rules = rules.collect::<Result<_, _>>()?;
        let shape = match (self.is("json"), self.is("stats"), self.is("with-names")) {
            (true, ..) => Shape::Json,
            (_, true, _) => Shape::Stats,
            (.., true) => Shape::NamedLines,
            _ => Shape::Lines,
        };
        let mut filter = Filter::new(self.one("level"), rules);
        filter.condition = self.one("where").map(Arc::new);
        Ok(Options {
            follow: self.is("follow"),
            shape,
            streams: self.all("stream"),
            filter,
            since: self.one("since"),
            until: self.one("until"),
            last: self.one("lines"),
        })
    }
}

/// Returns the completion script for a shell.
pub(crate) fn completions(shell: Shell) -> Vec<u8> {
    let mut text = Vec::new();
    let mut command = command();
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
    clap_mangen::Man::new(command()).render(&mut text)?;
    Ok(text)
}
