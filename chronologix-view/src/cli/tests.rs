//! The command line and its help.

use clap::{CommandFactory as _, error::ErrorKind};

use super::*;

fn parse(arguments: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from([&["chronologix-view"], arguments].concat())
}

#[test]
fn the_table_of_options_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn options_can_be_put_together() {
    let cli = parse(&["-pfH", "my_logs"]).unwrap();
    assert!(cli.plain && cli.follow && cli.with_names);
    assert_eq!(cli.base(), (PathBuf::from("my_logs"), "my_logs".to_owned()));
}

#[test]
fn a_wrong_command_line_is_code_2() {
    for arguments in [&["--nonsense"][..], &["a", "b"]] {
        let error = parse(arguments).unwrap_err();
        assert_eq!(error.exit_code(), 2, "{error}");
    }
    let help = parse(&["--help"]).unwrap_err();
    assert_eq!((help.kind(), help.exit_code()), (ErrorKind::DisplayHelp, 0));
}

#[test]
fn the_readme_shows_the_help() {
    let help = Cli::command()
        .term_width(100)
        .render_long_help()
        .to_string();
    let readme = include_str!("../../README.md").replace("\r\n", "\n");
    assert!(
        readme.contains(help.trim_end()),
        "put this into README.md:\n\n{help}"
    );
}
