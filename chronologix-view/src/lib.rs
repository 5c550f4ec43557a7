//! The terminal viewer of [chronologix](https://docs.rs/chronologix) log trees; this crate is the
//! program `chronologix-view`.
//!
//! | to change | look in |
//! |---|---|
//! | an option | `cli` |
//! | a key, and its line in the help | `keymap/table`, then `action` and `update` |
//! | how something looks | `ui`, a file for each region; colours in `ui/theme` |
//! | what is kept in memory | `model` |
//! | which lines are seen | `query/filter`, `model/row_match` |
//! | what can be configured | `user_files/settings` |
//! | the order of lines, folding of mirrored copies | `merge`, `line` |
//! | any place of the tree: pages, jumps, search, counts | `query` |
//! | how new lines, files and folders are noticed | `tail` |
//! | what counts as a folder or a file of a tree, lines and their timestamps | `tree` |
//! | what is printed into a pipe | `output` |
//!
//! Only `tree`, `tail`, `user_files` and `tui` do I/O; `update`, `ui` and `merge` are functions of
//! their arguments.

use std::{
    ffi::OsString,
    io::{self, BufWriter, IsTerminal as _, Write as _},
    process::ExitCode,
};

use chrono::Utc;
use clap::Parser as _;

use crate::{cli::Cli, output::OutputError, tree::Root};

mod action;
mod cli;
mod fuzzy;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod keymap;
mod line;
mod merge;
mod model;
mod output;
mod query;
mod record;
mod sanitize;
mod streams;
mod tail;
#[cfg(test)]
mod tests;
mod theme;
mod tree;
mod tui;
mod ui;
mod update;
mod user_files;

/// The exit code where nothing was to be printed, as that of grep.
const NO_MATCH: u8 = 1;

/// The exit code where something cannot be done.
const TROUBLE: u8 = 2;

/// What a pipe is given at a time.
const OUTPUT_BYTES: usize = 64 << 10;

/// Runs the program with these arguments, the first of which is its name.
///
/// The exit code is 0 if all went well, 1 if there was nothing to print, and 2 on an error or a wrong
/// command line.
///
/// ```
/// use std::process::ExitCode;
///
/// let code = chronologix_view::run(["chronologix-view", "--version"]);
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
pub fn run<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors; whether they could be printed changes nothing.
            let _ = error.print();
            return u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from);
        }
    };
    if let Some(shell) = cli.completions {
        return say(&cli::completions(shell));
    }
    if cli.man {
        return match cli::manual() {
            Ok(text) => say(&text),
            Err(error) => fail(&error.to_string()),
        };
    }
    let (root, name) = match cli.root() {
        Ok(root) => root,
        Err(error) => return fail(&error.to_string()),
    };
    if cli.is_plain() || !io::stdout().is_terminal() {
        return print(&cli, root, &name);
    }
    match tui::watch(root, name, !cli.no_session) {
        Ok(code) => code,
        Err(tui::TuiError::Settings(problem) | tui::TuiError::Session(problem)) => fail(&problem),
        Err(tui::TuiError::Terminal(error)) => {
            fail(&format!("the terminal cannot be used: {error}"))
        }
    }
}

fn print(cli: &Cli, root: Root, name: &str) -> ExitCode {
    let options = match cli.options() {
        Ok(options) => options,
        Err(error) => return fail(&error.to_string()),
    };
    let mut out = BufWriter::with_capacity(OUTPUT_BYTES, io::stdout().lock());
    match output::print(root, &options, Utc::now, &mut out, &mut io::stderr()) {
        Ok(()) | Err(OutputError::Closed) => ExitCode::SUCCESS,
        Err(OutputError::NoMatch) => ExitCode::from(NO_MATCH),
        // What could not be read was said.
        Err(OutputError::Incomplete) => ExitCode::from(TROUBLE),
        Err(failure @ OutputError::Nothing(_)) => fail(&format!("{name}: {failure}")),
        Err(failure) => fail(&failure.to_string()),
    }
}

/// Writes a text; a closed pipe is no error.
fn say(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error.to_string()),
        _ => ExitCode::SUCCESS,
    }
}

fn fail(text: &str) -> ExitCode {
    // Where even this cannot be said there is nobody to say it to.
    let _ = writeln!(io::stderr(), "chronologix-view: {text}");
    ExitCode::from(TROUBLE)
}
