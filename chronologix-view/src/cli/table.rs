//! The table of options. Without clap's derive, which takes long to build.

use std::path::PathBuf;

use chronologix_schema::{
    Level,
    layout::{TimeZone, zone},
};
use clap::{
    Arg, ArgAction, ArgGroup, ColorChoice, Command,
    error::{ContextKind, ContextValue, ErrorKind},
    value_parser,
};
use clap_complete::Shell;

use crate::{
    output::{DiffWith, GroupBy},
    query::{Condition, TimeSpec, level_of_word},
    theme::ThemeName,
};

/// Returns the table of options.
pub(super) fn command() -> Command {
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
    Command::new("chronologix-view")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Shows and follows logs, all streams merged by time")
        .long_about(long_about)
        .after_help(EXAMPLES)
        .max_term_width(100)
        .color(ColorChoice::Never)
        .args([paths, switch("plain", plain).short('p')])
        .next_help_heading("Selecting records")
        .args(times_and_streams())
        .args(patterns())
        .args(numbers())
        .next_help_heading("Printing")
        .args(shapes())
        .args(summaries())
        .args(zones())
        .group(ArgGroup::new("zone").args(["utc", "local", "tz"]))
        .group(
            ArgGroup::new("structured")
                .args(["json", "output"])
                .multiple(true),
        )
        .group(
            ArgGroup::new("pattern")
                .args(["grep", "regexp", "exclude"])
                .multiple(true),
        )
        .next_help_heading("Verifying")
        .args(verifying())
        .next_help_heading("The viewer")
        .args(viewer())
}

/// Options that select records by time, stream, level and field.
fn times_and_streams() -> [Arg; 5] {
    let since = "show records at or after TIME: 14:02, -10m, '1h ago', yesterday, 2025-05-04, \
                 '2025-05-04 14:02', 'Nov 28 22:57', seconds since 1970";
    let until = "show records before TIME; +5m counts from --since";
    let stream = "show records of stream NAME (repeatable; a,b and 'err*' select several)";
    let level = "show records of this level or higher: trace, debug, info, warn, error, critical; \
                 if given twice, the last counts";
    let condition = "show records with such fields: 'status>=500 and not path~^/health' (repeatable: \
                     all must hold)";
    let time = |id, help| {
        value(id, "TIME", help)
            .allow_hyphen_values(true)
            .value_parser(value_parser!(TimeSpec))
    };
    [
        time("since", since).aliases(["from", "start", "after"]),
        time("until", until).aliases(["to", "end", "before"]),
        many("stream", "NAME", stream)
            .short('s')
            .aliases(["streams", "source"])
            .value_delimiter(','),
        value("level", "LEVEL", level)
            .short('l')
            .aliases(["levels", "min-level", "severity", "priority"])
            .overrides_with("level")
            .value_parser(level_parser),
        many("where", "CONDITION", condition)
            .aliases(["filter", "query", "select"])
            .value_parser(value_parser!(Condition)),
    ]
}

fn level_parser(text: &str) -> Result<Level, String> {
    level_of_word(text).ok_or_else(|| {
        "levels are trace, debug, info, warn, error, critical, or their first letters".to_owned()
    })
}

/// Options that select records by regular expressions.
fn patterns() -> [Arg; 7] {
    let of_pattern = |id, help| switch(id, help).requires("pattern");
    [
        many(
            "grep",
            "REGEX",
            "show records that match REGEX (repeatable: all must match)",
        )
        .short('g')
        .aliases(["match", "search"]),
        many(
            "regexp",
            "REGEX",
            "show records that match REGEX (repeatable: one must match)",
        )
        .short('e')
        .alias("regex"),
        many(
            "exclude",
            "REGEX",
            "hide records that match REGEX (repeatable)",
        )
        .short('x')
        .aliases(["not", "grep-v", "drop"]),
        of_pattern(
            "invert",
            "show records that --grep and --regexp do not match",
        )
        .short('v')
        .aliases(["invert-match", "inverse"]),
        of_pattern("ignore-case", "match case-insensitively")
            .short('i')
            .alias("ignorecase"),
        of_pattern("word-regexp", "match whole words only")
            .short('w')
            .aliases(["word", "words"]),
        of_pattern("fixed-strings", "take each REGEX as text").aliases(["fixed", "literal"]),
    ]
}

/// Options that select records by number and order.
fn numbers() -> [Arg; 7] {
    let number = |id, help| value(id, "NUMBER", help).value_parser(value_parser!(usize));
    [
        number("lines", "show the last NUMBER records")
            .short('n')
            .visible_alias("tail")
            .aliases(["last", "limit"]),
        number("max-count", "show the first NUMBER records")
            .short('m')
            .visible_alias("head")
            .alias("first")
            .conflicts_with("lines"),
        number("context", "show NUMBER records before and after each match")
            .short('C')
            .conflicts_with_all(["follow", "lines", "reverse"]),
        number("after-context", "show NUMBER records after each match")
            .short('A')
            .conflicts_with_all(["follow", "lines", "reverse"]),
        number("before-context", "show NUMBER records before each match")
            .short('B')
            .conflicts_with_all(["follow", "lines", "reverse"]),
        switch("reverse", "print the newest records first")
            .short('r')
            .aliases(["desc", "newest-first"])
            .conflicts_with("follow"),
        switch("follow", "keep printing new records")
            .short('f')
            .visible_short_alias('F'),
    ]
}

/// The options that patterns cannot be printed with.
const NOT_OF_PATTERNS: [&str; 11] = [
    "with-names",
    "fields",
    "follow",
    "stats",
    "count",
    "quiet",
    "with-pattern",
    "context",
    "after-context",
    "before-context",
    "reverse",
];

/// Options that say what is printed.
fn shapes() -> [Arg; 9] {
    let output = "print text (default), json, logfmt or csv";
    let fields = "print only these, in this order: timestamp, level, stream, folder, mirrors, \
                  message, or fields of the records such as status and http.path";
    let json = "print JSON lines: timestamp, folder, stream, mirrors, level, message, fields; the \
                same as -o json";
    let by = "with --stats, print counts by span of time, by level, by stream or by the values of a \
              field: 1h, level, status";
    let color = "colour levels and matches: auto (default), always or never";
    [
        value("output", "FORMAT", output)
            .short('o')
            .alias("format")
            .value_parser(["text", "json", "logfmt", "csv"]),
        switch("json", json)
            .aliases(["jsonl", "ndjson"])
            .conflicts_with_all(["with-names", "output"]),
        many("fields", "NAME", fields)
            .aliases(["field", "columns"])
            .value_delimiter(','),
        switch(
            "with-names",
            "prefix each line with folder and stream, as grep -H",
        )
        .short('H')
        .aliases(["with-filename", "names"])
        .conflicts_with_all(["output", "fields"]),
        value("color", "WHEN", color)
            .alias("colour")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("always")
            .value_parser(["auto", "always", "never"]),
        switch("count", "print only how many records there are")
            .short('c')
            .conflicts_with_all(["with-names", "json", "output", "fields", "follow", "stats"]),
        switch(
            "quiet",
            "print nothing; the exit status says whether there are records",
        )
        .short('q')
        .alias("silent")
        .conflicts_with_all(["count", "stats", "follow"]),
        switch("stats", "print record counts by stream and level")
            .alias("summary")
            .conflicts_with_all(["with-names", "fields", "follow"]),
        value("by", "KEY", by)
            .alias("group-by")
            .requires("stats")
            .value_parser(value_parser!(GroupBy)),
    ]
}

/// Options that print what records have in common, not the records, and how counts are printed.
fn summaries() -> [Arg; 8] {
    let top = "print the most frequent values of FIELD with their counts, 20 or --max-count: status, \
               level, stream, message";
    let max = "with --top, print the records with the largest numbers in FIELD";
    let patterns = "print the patterns of the messages, with numbers, ids, paths and names left \
                    out, and how many records each has";
    let diff = "print the patterns that are new, gone, or much more or less frequent than before: \
                before (as long a time just before), -1d (the same time a day earlier), yesterday, \
                'last week', or another tree or file; exits with 1 if one of level error is new";
    let with_pattern = "with --json or -o, print each record with the id of its pattern";
    [
        value("top", "FIELD", top)
            .alias("count-by")
            .conflicts_with_all(["stats", "count", "quiet", "follow", "reverse", "lines"])
            .conflicts_with_all(["context", "after-context", "before-context"]),
        switch("max", max)
            .aliases(["largest", "slowest"])
            .requires("top"),
        switch(
            "min",
            "with --top, print the records with the smallest numbers",
        )
        .alias("smallest")
        .requires("top")
        .conflicts_with("max"),
        switch("patterns", patterns)
            .alias("templates")
            .conflicts_with_all(NOT_OF_PATTERNS),
        value("diff", "SPAN|DIR", diff)
            .alias("compare")
            .allow_hyphen_values(true)
            .value_parser(value_parser!(DiffWith))
            .conflicts_with_all(NOT_OF_PATTERNS)
            .conflicts_with_all(["lines", "max-count"]),
        switch("rarest", "with --patterns, print the rarest first").requires("patterns"),
        switch("with-pattern", with_pattern)
            .long("pattern")
            .requires("structured")
            .conflicts_with_all(["follow", "stats", "count", "quiet"]),
        switch("no-header", "with -o csv, leave out the line of names").requires("output"),
    ]
}

/// Options about time zones.
fn zones() -> [Arg; 3] {
    let tz = "read and print times in this zone, and take it for timestamps without an offset in \
              files of other loggers: an IANA name, UTC or local";
    [
        switch("utc", "the same as --tz UTC"),
        switch("local", "the same as --tz local").alias("localtime"),
        value("tz", "ZONE", tz)
            .short('z')
            .aliases(["timezone", "time-zone", "zone"])
            .value_parser(zone_parser),
    ]
}

fn zone_parser(name: &str) -> Result<TimeZone, String> {
    zone(name).map_err(|unknown| unknown.to_string())
}

/// Options about sealed trees.
fn verifying() -> [Arg; 3] {
    let verify = "compare a sealed tree with its seals, and name each folder, file and range of \
                  lines that was changed, truncated, added, removed or renamed; -o json prints \
                  objects; exits with 1 if there is one, and with 2 if the tree is not sealed";
    let key = "with --verify, demand that each seal is signed with this key: PEM, as openssl pkey \
               -pubout writes it";
    let head = "with --verify, demand that the chain has this link: a head that --verify has \
                printed earlier, and that was kept elsewhere";
    [
        switch("verify", verify).conflicts_with_all(NOT_OF_VERIFY),
        value("public-key", "FILE", key)
            .requires("verify")
            .value_parser(value_parser!(PathBuf)),
        value("chain-head", "NUMBER:HASH", head).requires("verify"),
    ]
}

/// Options that a verification has no use for.
const NOT_OF_VERIFY: [&str; 12] = [
    "follow",
    "with-names",
    "fields",
    "stats",
    "count",
    "quiet",
    "patterns",
    "diff",
    "top",
    "with-pattern",
    "pattern",
    "mcp",
];

/// Options of the viewer and of the program.
fn viewer() -> [Arg; 6] {
    let no_session = "do not restore or save filters, hidden streams and bookmarks";
    let mcp = "answer questions about the logs over stdin and stdout, by the Model Context Protocol \
               (in builds with the feature mcp)";
    let config = "read this configuration instead of $XDG_CONFIG_HOME/chronologix/view.toml";
    [
        value(
            "theme",
            "NAME",
            "use this theme: terminal, dark, light or plain",
        )
        .value_parser(theme_parser),
        value("config", "FILE", config)
            .alias("settings")
            .value_parser(value_parser!(PathBuf)),
        switch("no-session", no_session),
        switch("mcp", mcp).requires("paths"),
        value(
            "completions",
            "SHELL",
            "print the completion script for SHELL",
        )
        .value_parser(value_parser!(Shell))
        .exclusive(true),
        switch("man", "print the manual page").exclusive(true),
    ]
}

fn theme_parser(word: &str) -> Result<ThemeName, String> {
    let theme = ThemeName::ALL.into_iter().find(|name| name.word() == word);
    let names = ThemeName::ALL.map(ThemeName::word).join(", ");
    theme.ok_or_else(|| format!("themes are {names}"))
}

fn switch(id: &'static str, help: &'static str) -> Arg {
    let switch = Arg::new(id).long(id).help(help);
    switch.action(ArgAction::SetTrue)
}

fn value(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    Arg::new(id).long(id).help(help).value_name(name)
}

fn many(id: &'static str, name: &'static str, help: &'static str) -> Arg {
    value(id, name, help).action(ArgAction::Append)
}

/// Options of other programs, and what to use for them.
const OF_OTHERS: [(&str, &str); 10] = [
    ("--raw", "-o text"),
    ("--csv", "-o csv"),
    ("--logfmt", "-o logfmt"),
    ("--text", "-o text"),
    ("--no-color", "--color=never"),
    ("--no-colour", "--color=never"),
    ("--histogram", "--stats --by 1h"),
    ("--group", "--stats --by KEY"),
    ("--no-pager", "-p"),
    ("--live", "--follow"),
];

/// Says what an unknown option may have meant. Clap would suggest to pass it as the name of a file.
pub(super) fn refused(mut error: clap::Error) -> clap::Error {
    if error.kind() != ErrorKind::UnknownArgument {
        return error;
    }
    error.remove(ContextKind::Suggested);
    let given = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(given)) => given.clone(),
        _ => return error,
    };
    let name = given.split('=').next().unwrap_or(&given);
    let other = OF_OTHERS.iter().find(|(option, _)| *option == name);
    if let Some((_, ours)) = other {
        let ours = ContextValue::String((*ours).to_owned());
        error.insert(ContextKind::SuggestedArg, ours);
    }
    error
}

const DIR_HELP: &str = "\
log trees (folders with interval folders), folders of plain logs, and log files of any logger; - is \
stdin. Decompresses gzip, zstd, xz, bzip2 and lz4 [default: $CHRONOLOGIX_DIR, else stdin if it is \
piped, else the working directory if it is a tree, else \"logs\"]";

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
  chronologix-view --top status -g GET my_logs   how often each status occurs
  chronologix-view --top seconds --max my_logs   the slowest requests
  chronologix-view --patterns app.log            which messages, with how many records
  chronologix-view --since -1h --diff -1d        what is new since this time yesterday
  chronologix-view --verify my_logs              whether a sealed tree is as it was

Exit status: 0 if something was printed, 1 if nothing was to be printed or --verify found a change,
2 on an invalid command line or if something cannot be read, 130 when interrupted. A closed pipe is
not an error.";
