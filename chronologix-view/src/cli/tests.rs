//! The command line and its help.

use chronologix_schema::Level;
use clap::{ValueEnum as _, error::ErrorKind};

use super::*;
use crate::{
    output::{Context, GroupBy, PrintedFields, Shape, StatsShape},
    streams::StreamId,
};

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    Cli::parse([&["chronologix-view"], arguments].concat())
}

#[test]
fn the_table_of_options_is_sound() {
    command().debug_assert();
}

#[test]
fn options_can_be_put_together() {
    let cli = parse(&["-pfH", "my_logs"]).unwrap();
    let options = cli.options().unwrap();
    assert!(cli.is_plain() && options.follow);
    assert_eq!(options.shape, Shape::NamedLines);
    let (opened, name) = cli.root(DateTime::UNIX_EPOCH);
    assert_eq!(name, "my_logs");
    assert!(opened.root.is_some(), "it is waited for");
    let (opened, _) = parse(&["-p", "my_logs"])
        .unwrap()
        .root(DateTime::UNIX_EPOCH);
    assert_eq!(opened.root, None);
    assert_eq!(opened.troubles, ["my_logs: no such file or directory"]);
}

#[test]
fn a_wrong_command_line_is_code_2() {
    for arguments in [
        &["--nonsense"][..],
        &["--since", "soon"],
        &["--level", "loud"],
        &["-v"],
        &["--json", "-o", "csv"],
        &["-o", "xml"],
        &["-n1", "-m1"],
        &["-r", "-f"],
        &["--by", "level"],
        &["-z", "Mars/Base"],
        &["--utc", "--local"],
        &["--where", "status>="],
        &["--theme", "loud"],
        &["--color=loud"],
        &["-c", "--json"],
        &["--max"],
        &["--top", "status", "-f"],
        &["--top", "status", "--fields", "message"],
        &["--top", "status", "--max", "--min"],
        &["--man", "--json"],
    ] {
        let error = parse(arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
    }
    let help = parse(&["--help"]).unwrap_err();
    assert_eq!((help.kind(), help.exit_code()), (ErrorKind::DisplayHelp, 0));
}

#[test]
fn the_readme_shows_the_help() {
    let help = command().term_width(100).render_long_help().to_string();
    let readme = include_str!("../../README.md").replace("\r\n", "\n");
    assert!(
        readme.contains(help.trim_end()),
        "put this into README.md:\n\n{help}"
    );
}

#[test]
fn an_option_of_printing_prints_even_on_a_terminal() {
    assert!(!parse(&["my_logs"]).unwrap().is_plain());
    for arguments in [
        &["-p"][..],
        &["-f"],
        &["-n5"],
        &["--since", "-10m"],
        &["--until", "14:02"],
        &["-s", "app"],
        &["-g", "x"],
        &["-l", "warn"],
        &["-H"],
        &["-e", "x"],
        &["-x", "x"],
        &["-c"],
        &["-q"],
        &["-r"],
        &["-F"],
        &["--tail", "3"],
        &["--head", "3"],
        &["-C3"],
        &["-o", "csv"],
        &["--fields", "a,b"],
        &["--where", "a"],
        &["--json"],
        &["--stats"],
        &["--top", "status"],
    ] {
        assert!(parse(arguments).unwrap().is_plain(), "{arguments:?}");
    }
}

#[test]
fn what_is_grepped() {
    let options = |arguments: &[&str]| parse(arguments).unwrap().options();
    let filter = options(&["-g", "a", "-g", "B", "-l", "warn"])
        .unwrap()
        .filter;
    let keeps: Vec<bool> = filter.rules.iter().map(|rule| rule.keeps).collect();
    assert_eq!(keeps, [true, true]);
    assert!(
        filter.takes_text("[x] [WARN] aB", None, None, StreamId(0))
            && !filter.takes_text("[x] [WARN] ab", None, None, StreamId(0))
    );
    let filter = options(&["-vig", "B"]).unwrap().filter;
    assert!(
        filter.takes_text("a", None, None, StreamId(0))
            && !filter.takes_text("b", None, None, StreamId(0))
    );
    let error = options(&["-g", "("]).unwrap_err();
    assert!(error.to_string().contains("invalid regex"));
}

#[test]
fn there_are_completions_for_every_shell_and_a_manual() {
    for shell in Shell::value_variants() {
        let text = String::from_utf8(completions(*shell)).unwrap();
        assert!(
            text.contains("--since") || text.contains("since"),
            "{shell}"
        );
    }
    let manual = String::from_utf8(manual().unwrap()).unwrap();
    assert!(manual.contains(".TH chronologix") && manual.contains("last 20 lines"));
}

fn options(arguments: &[&str]) -> crate::output::Options {
    parse(arguments).unwrap().options().unwrap()
}

/// Returns those of these texts that pass the filter of a command line.
fn kept<'t>(arguments: &[&str], texts: &[&'t str]) -> Vec<&'t str> {
    let filter = options(arguments).filter;
    let takes = |text: &&&str| filter.takes_text(text, None, None, StreamId(0));
    texts.iter().filter(takes).copied().collect()
}

#[test]
fn patterns_can_be_combined() {
    let texts = ["alpha", "beta", "alpha beta", "Gamma", "alphabet", "a.b"];
    for (arguments, expected) in [
        (
            &["-e", "alpha", "-e", "Gamma"][..],
            &["alpha", "alpha beta", "Gamma", "alphabet"][..],
        ),
        (&["-g", "alpha", "-g", "beta"], &["alpha beta"]),
        (&["-g", "alpha", "-x", "beta"], &["alpha", "alphabet"]),
        (&["-x", "alpha", "-x", "beta"], &["Gamma", "a.b"]),
        (&["-ve", "alpha", "-e", "Gamma"], &["beta", "a.b"]),
        (&["-wg", "alpha"], &["alpha", "alpha beta"]),
        (&["-we", "alpha|Gamma"], &["alpha", "alpha beta", "Gamma"]),
        (
            &["-ie", "gamma", "-e", "BETA"],
            &["beta", "alpha beta", "Gamma"],
        ),
        (&["--fixed-strings", "-g", "a.b"], &["a.b"]),
        (&["-e", "(?i)GAMMA", "-e", "ALPHA"], &["Gamma"]),
        (
            &["-e", "^a", "-e", "t$"],
            &["alpha", "alpha beta", "alphabet", "a.b"],
        ),
    ] {
        assert_eq!(kept(arguments, &texts), expected, "{arguments:?}");
    }
}

#[test]
fn levels_have_short_names_and_the_last_one_counts() {
    for (word, level) in [
        ("warning", Level::Warn),
        ("err", Level::Error),
        ("fatal", Level::Critical),
        ("E", Level::Error),
        ("t", Level::Trace),
    ] {
        assert_eq!(options(&["-l", word]).filter.least(), Some(level), "{word}");
    }
    let twice = options(&["-l", "error", "-l", "info"]);
    assert_eq!(twice.filter.least(), Some(Level::Info));
    assert!(
        parse(&["-l", "loud"])
            .unwrap_err()
            .to_string()
            .contains("levels are")
    );
}

#[test]
fn numbers_have_the_names_of_other_tools() {
    assert_eq!(options(&["--tail", "3"]).last, Some(3));
    assert_eq!(options(&["--limit=3"]).last, Some(3));
    for arguments in [["-m", "3"], ["--head", "3"], ["--max-count", "3"]] {
        assert_eq!(options(&arguments).first, Some(3));
    }
    let context = |before, after| Context { before, after };
    assert_eq!(options(&["-C2"]).context, context(2, 2));
    assert_eq!(options(&["-C2", "-A5"]).context, context(2, 5));
    assert_eq!(options(&["-B", "1"]).context, context(1, 0));
    assert!(options(&["-F"]).follow && options(&["-r"]).reverse);
}

#[test]
fn formats_have_the_names_of_other_tools() {
    for (arguments, shape) in [
        (&["-p"][..], Shape::Lines),
        (&["-o", "text"], Shape::Lines),
        (&["-o", "json"], Shape::Json),
        (&["--jsonl"], Shape::Json),
        (&["-o", "logfmt"], Shape::Logfmt),
        (&["-o", "csv", "--fields", "a"], Shape::Csv),
        (&["--fields", "a"], Shape::Columns),
        (&["-c"], Shape::Count),
        (&["-q"], Shape::Quiet),
        (&["--stats"], Shape::Stats(StatsShape::Table)),
        (&["--stats", "--json"], Shape::Stats(StatsShape::Json)),
        (&["--stats", "-o", "csv"], Shape::Stats(StatsShape::Csv)),
    ] {
        assert_eq!(options(arguments).shape, shape, "{arguments:?}");
    }
    let PrintedFields { names, has_header } =
        options(&["--fields", "a,b", "--fields", "c"]).columns;
    assert_eq!((names.join(" "), has_header), ("a b c".to_owned(), true));
    assert_eq!(
        options(&["-s", "a,b", "-s", "err*"]).streams,
        ["a", "b", "err*"]
    );
    assert_eq!(
        options(&["--stats", "--by", "level"]).by,
        Some(GroupBy::Level)
    );
    assert!(options(&["--color"]).has_colours && options(&["--color=always"]).has_colours);
    assert!(!options(&["--color=never"]).has_colours && !options(&["-p"]).has_colours);
}

#[test]
fn zones_are_named_or_one_of_two() {
    let zone = |arguments: &[&str]| options(arguments).zone.map(|zone| zone.name().to_owned());
    assert_eq!(zone(&["-p"]), None);
    assert_eq!(zone(&["--utc"]).as_deref(), Some("UTC"));
    assert_eq!(
        zone(&["-z", "europe/prague"]).as_deref(),
        Some("Europe/Prague")
    );
    assert!(zone(&["--local"]).is_some());
}

#[test]
fn an_unknown_option_says_what_it_may_have_meant() {
    for (typed, expected) in [
        ("--csv", "'-o csv'"),
        ("--histogram", "'--stats --by 1h'"),
        ("--no-color", "'--color=never'"),
        ("--strem", "'--stream'"),
    ] {
        let error = parse(&[typed]).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains("as a value"), "{error}");
    }
}

/// Splits a command of a shell into words, up to a pipe, a redirection or a comment.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut is_quoted = false;
    for letter in command.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            '|' | '>' | '#' if !is_quoted => break,
            ' ' if !is_quoted => words.push(String::new()),
            letter => words.last_mut().unwrap().push(letter),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[test]
fn the_examples_of_the_readme_are_valid() {
    let readme = include_str!("../../README.md").replace("\r\n", "\n");
    let (_, rest) = readme.split_once("## Pipes").unwrap();
    let (section, _) = rest.split_once("\n## ").unwrap();
    let examples = section.lines();
    let examples = examples.filter(|line| line.starts_with("chronologix-view "));
    let mut count = 0;
    for example in examples {
        let words = words(example);
        let cli = Cli::parse(&words).unwrap_or_else(|error| panic!("{example}: {error}"));
        assert!(cli.is_plain() && cli.options().is_ok(), "{example}");
        count += 1;
    }
    assert_eq!(count, 23);
}

#[test]
fn what_does_not_go_together_is_refused() {
    for line in ["-C2 -f", "-C2 -n5", "-A1 -r", "-B1 -n5", "-r -f", "-n5 -m5"] {
        let arguments = ["chronologix-view"].into_iter().chain(line.split(' '));
        let refused = Cli::parse(arguments).err();
        let said = refused.map_or_else(String::new, |error| error.to_string());
        assert!(said.contains("cannot be used with"), "{line}: {said}");
    }
}
