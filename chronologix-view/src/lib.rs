//! The terminal viewer of [chronologix](https://docs.rs/chronologix) log trees. This crate is the
//! program `chronologix-view`.
//!
//! | to change | look in |
//! |---|---|
//! | an option | `cli` |
//! | a key, and its line in the help | `action`, then `update` |
//! | how something looks | `ui`, a file for each region of the screen; colours in `theme` |
//! | what is kept in memory | `model` |
//! | which lines are shown | `model/row_match`, and the reader's `query/filter` |
//! | what can be configured | `user_files/settings` |
//! | what is printed into a pipe | `output` |
//! | what other programs can ask | `mcp` |
//! | what is read: trees, files, pages, patterns | the crate `chronologix-reader` |
//!
//! Only `user_files` and `tui` do I/O of their own. `model`, `update` and `ui` are functions of
//! their arguments.

use std::{
    env,
    ffi::OsString,
    io::{self, BufWriter, IsTerminal as _, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use chrono::Utc;
// The rooms below the viewer, as if they were its own.
use chronologix_reader::{
    LogTree,
    viewer::{formats, line, merge, patterns, query, record, streams, tail, tree},
};
use chronologix_schema::layout::{TimeZone, zone};

use crate::{
    cli::{Cli, VerifyRun},
    output::OutputError,
    tree::{Foreign, Opened, Root, raise_limit, wait_for_all},
    user_files::{Settings, UserFiles},
};

mod action;
mod cli;
mod fuzzy;
#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;
mod keymap;
#[cfg(feature = "mcp")]
mod mcp;
mod model;
mod number;
mod output;
mod sanitize;
#[cfg(test)]
mod tests;
mod theme;
mod tui;
mod ui;
mod update;
mod user_files;

/// The exit code if nothing was printed, as that of grep.
const NO_MATCH: u8 = 1;

/// The exit code of errors.
const TROUBLE: u8 = 2;

/// The size of the output buffer.
const OUTPUT_BYTES: usize = 64 << 10;

/// Runs the program with these arguments, the first of which is its name.
///
/// Returns exit code 0 on success, 1 if there was nothing to print, and 2 on an error or an invalid
/// command line.
///
/// ```
/// use std::process::ExitCode;
///
/// let code = chronologix_view::run(["chronologix-view", "--version"]);
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
pub fn run<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> ExitCode {
    let cli = match Cli::parse(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            return refuse(&error);
        }
    };
    if let Some(shell) = cli.shell() {
        return say(&cli::completions(shell));
    }
    if cli.is("man") {
        return match cli::manual() {
            Ok(text) => say(&text),
            Err(error) => fail(&error.to_string()),
        };
    }
    let is_server = match cli.is_server() {
        Ok(is_server) => is_server,
        Err(problem) => return fail(problem),
    };
    raise_limit();
    match cli.verify_run() {
        Ok(None) => {}
        Ok(Some(run)) => return verify(&run),
        Err(problem) => return fail(&problem),
    }
    let (Opened { root, troubles }, name) = cli.root(Utc::now());
    for trouble in &troubles {
        note(trouble);
    }
    let is_complete = troubles.is_empty();
    let is_plain = cli.is_plain() || !io::stdout().is_terminal() || !tui::can_draw();
    let Some(root) = root.filter(|_| is_plain || is_complete) else {
        return ExitCode::from(TROUBLE);
    };
    let config = cli.config();
    // A missing configuration is none, unless it was asked for.
    if let Some(Err(problem)) = config.as_deref().map(user_files::find) {
        return fail(&problem);
    }
    let variable = |name: &str| env::var_os(name).map(PathBuf::from);
    let mut user_files = UserFiles::of(root.base().to_owned(), variable);
    user_files.config = config.or(user_files.config);
    let settings = user_files.settings();
    choose_formats(&settings, cli.zone());
    if is_server {
        return serve(root, name);
    }
    if is_plain {
        settings.warnings.iter().for_each(|warning| note(warning));
        let code = print(&cli, root, &name);
        return if is_complete {
            code
        } else {
            ExitCode::from(TROUBLE)
        };
    }
    if cli.is("no-session") {
        user_files.state = None;
    }
    tui::watch(root, name, &user_files, settings, cli.theme(), cli.zone())
        .unwrap_or_else(|error| fail(&format!("cannot set up the terminal: {error}")))
}

#[cfg(feature = "mcp")]
fn serve(root: Root, name: String) -> ExitCode {
    wait_for_all();
    match mcp::serve(root, name, Utc::now) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&format!("cannot serve over stdio: {error}")),
    }
}

#[cfg(not(feature = "mcp"))]
fn serve(_: Root, _: String) -> ExitCode {
    fail("--mcp is not part of this build; build it with --features mcp")
}

/// Sets how files of other loggers are read. Their times are those of this machine, if nothing says
/// otherwise.
fn choose_formats(settings: &Settings, chosen: Option<TimeZone>) {
    let local = || zone("local").unwrap_or(TimeZone::UTC);
    Foreign::choose(chosen.unwrap_or_else(local), settings.formats.clone());
}

fn print(cli: &Cli, root: Root, name: &str) -> ExitCode {
    let options = match cli.options() {
        Ok(options) => options,
        Err(error) => return fail(&error.to_string()),
    };
    if !options.follow {
        // Lines that come later may be earlier ones, and counts are of all.
        wait_for_all();
    }
    let mut out = BufWriter::with_capacity(OUTPUT_BYTES, io::stdout().lock());
    match output::print(root, &options, Utc::now, &mut out, &mut io::stderr()) {
        Ok(()) | Err(OutputError::Closed) => ExitCode::SUCCESS,
        Err(OutputError::NoMatch | OutputError::NewErrors) => ExitCode::from(NO_MATCH),
        // The notes on stderr name what could not be read.
        Err(OutputError::Incomplete) => ExitCode::from(TROUBLE),
        Err(failure @ OutputError::Nothing(_)) => fail(&format!("{name}: {failure}")),
        Err(failure) => fail(&failure.to_string()),
    }
}

/// Verifies a tree, and prints what was found.
fn verify(run: &VerifyRun) -> ExitCode {
    let verified = LogTree::open(&run.base).and_then(|tree| tree.verify(&run.options));
    let verification = match verified {
        Ok(verification) => verification,
        Err(error) => return fail(&format!("{error:?}")),
    };
    let printed = say(&output::verification(&verification, run.is_json));
    if printed == ExitCode::SUCCESS && !verification.is_intact() {
        return ExitCode::from(NO_MATCH);
    }
    printed
}

/// Writes to stdout. A closed pipe is not an error.
fn say(text: &[u8]) -> ExitCode {
    match io::stdout().write_all(text) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => fail(&error.to_string()),
        _ => ExitCode::SUCCESS,
    }
}

/// Prints the help, the version, or what is wrong with the command line.
fn refuse(error: &clap::Error) -> ExitCode {
    let text = sanitize::visible_lines(&error.render().to_string());
    // Help and version are not failures, even if they cannot be printed.
    let _ = if error.use_stderr() {
        write!(io::stderr(), "{text}")
    } else {
        write!(io::stdout(), "{text}")
    };
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn fail(text: &str) -> ExitCode {
    note(text);
    ExitCode::from(TROUBLE)
}

/// Writes a message to stderr.
fn note(text: &str) {
    let text = sanitize::visible_lines(text);
    // If stderr is closed, there is no other place to report to.
    let _ = writeln!(io::stderr(), "chronologix-view: {text}");
}
