//! The command line and its help.

use clap::{ValueEnum as _, error::ErrorKind};

use super::*;
use crate::streams::StreamId;

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
    let (root, name) = cli.root().unwrap();
    assert_eq!((root, &*name), (PathBuf::from("my_logs").into(), "my_logs"));
}

#[test]
fn a_wrong_command_line_is_code_2() {
    for arguments in [
        &["--nonsense"][..],
        &["--since", "soon"],
        &["--level", "loud"],
        &["-v"],
        &["--json", "--stats"],
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
        &["--json"],
        &["--stats"],
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
