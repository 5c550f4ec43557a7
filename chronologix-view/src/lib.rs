//! The terminal viewer of [chronologix](https://docs.rs/chronologix) log trees; this crate is the
//! program `chronologix-view`.
//!
//! | to change | look in |
//! |---|---|
//! | an option | `cli` |
//! | a key, and its line in the help | `keymap/table`, then `action` and `update` |
//! | how something looks | `ui`, a file for each region; colours in `ui/theme` |
//! | what is kept in memory | `model` |
//! | which lines are seen | `lens` |
//! | what can be configured | `home/settings` |
//! | the order of lines, folding of mirrored copies | `merge`, `line` |
//! | any place of the tree: pages, jumps, search, counts | `history` |
//! | how new lines, files and folders are noticed | `follow` |
//! | what counts as a folder or a file of a tree, lines and their dates | `files` |
//! | what is printed into a pipe | `plain` |
//!
//! Only `files`, `follow`, `home` and `terminal` do I/O; `update`, `ui` and `merge` are functions of
//! their arguments.

use std::{
    ffi::OsString,
    io::{self, BufWriter, IsTerminal as _, Write as _},
    path::Path,
    process::ExitCode,
};

use clap::Parser as _;
use jiff::Timestamp;

use crate::{cli::Cli, plain::Failure};

mod action;
mod app;
#[doc(hidden)]
pub mod bench;
mod choices;
mod cli;
mod event;
mod files;
mod follow;
mod fuzzy;
#[expect(dead_code, unused_imports, reason = "what the screen is wired to next")]
mod history;
mod home;
mod keymap;
mod lens;
mod line;
mod live;
mod merge;
mod model;
mod plain;
mod record;
#[cfg(test)]
mod stage;
mod streams;
mod terminal;
mod ui;
mod update;

/// What a pipe is given at a time.
const OUTPUT_BYTES: usize = 64 << 10;

/// Runs the program with these arguments, the first of which is its name.
///
/// The exit code is 0 if all went well, 1 on an error, and 2 on a wrong command line.
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
    let (base, name) = cli.base();
    if files::is_file(&base) {
        return fail(&format!(
            "{name} is a file; give the folder that holds the interval folders"
        ));
    }
    if cli.plain || !io::stdout().is_terminal() {
        return print(&cli, &base, &name);
    }
    match live::watch(base, name) {
        Ok(code) => code,
        Err(live::Failure::Settings(problem)) => fail(&problem),
        Err(live::Failure::Terminal(error)) => {
            fail(&format!("the terminal cannot be used: {error}"))
        }
    }
}

fn print(cli: &Cli, base: &Path, name: &str) -> ExitCode {
    let options = plain::Options {
        follow: cli.follow,
        names: cli.with_names,
    };
    let mut out = BufWriter::with_capacity(OUTPUT_BYTES, io::stdout().lock());
    match plain::print(base, options, Timestamp::now, &mut out, &mut io::stderr()) {
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Incomplete) => ExitCode::FAILURE,
        Err(Failure::Nothing(waiting)) => fail(&format!(
            "{name}: {waiting} (give the base folder of a log tree, or set CHRONOLOGIX_DIR)"
        )),
        Err(Failure::Output(error)) => fail(&format!("cannot write the lines: {error}")),
    }
}

fn fail(text: &str) -> ExitCode {
    // Where even this cannot be said there is nobody to say it to.
    let _ = writeln!(io::stderr(), "chronologix-view: {text}");
    ExitCode::FAILURE
}
