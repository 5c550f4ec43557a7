//! The command line of `chronologix-ship`.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fmt::Write as _,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use chronologix_schema::settings::{
    ConfigError, ConfigProblem, LoggerOptions, document, ship::ShipOptions,
};
use clap::ArgMatches;

use self::{
    progress_line::{ProgressLine, RecordRate},
    table::command,
};
use crate::{
    clock::Stop,
    error::ShipError,
    metrics::Metrics,
    notice::Notice,
    resend::resend,
    settings::{Settings, Variables},
    shipping::{dry_run, ship},
    status::{status_json, status_table},
};

mod objects;
mod progress_line;
mod table;

#[cfg(test)]
mod tests;

/// Runs the program with these arguments, the first of which is its name.
///
/// Returns exit code 0 on success, 1 if records cannot be sent, and 2 if the command line or the
/// settings are wrong.
///
/// ```
/// use std::process::ExitCode;
///
/// let code = chronologix_ship::run(["chronologix-ship", "--version"]);
/// assert_eq!(code, ExitCode::SUCCESS);
/// ```
pub fn run<T: Into<OsString> + Clone>(arguments: impl IntoIterator<Item = T>) -> ExitCode {
    let found = match command().try_get_matches_from(arguments) {
        Ok(found) => found,
        Err(error) => {
            // Help and version are no errors. A pipe that was closed has no use for one.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    match obey(&found) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = format!("chronologix-ship: {error}");
            let mut cause = std::error::Error::source(&error);
            while let Some(error) = cause {
                // Writing to a string does not fail.
                let _ = write!(text, ": {error}");
                cause = error.source();
            }
            say_aside(&text);
            ExitCode::from(error.exit_code())
        }
    }
}

/// Does what the command line asks for.
fn obey(found: &ArgMatches) -> Result<(), ShipError> {
    let variables: Variables = std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let (name, given) = found.subcommand().unwrap_or(("", found));
    let settings = settings(given, &variables)?;
    match name {
        "status" => {
            let is_json = given.get_flag("json");
            let show = if is_json { status_json } else { status_table };
            let text = show(&settings)?;
            say(&text);
            Ok(())
        }
        "resend" => {
            let path = given.get_one::<PathBuf>("file").cloned();
            let summary = resend(&settings, path)?;
            say(&format!("{summary}\n"));
            Ok(())
        }
        "objects" => objects::upload(&settings, given),
        _ if given.get_flag("dry-run") => {
            say(&dry_run(&settings)?);
            Ok(())
        }
        _ => follow(&settings, given),
    }
}

/// Sends the records of a tree.
fn follow(settings: &Settings, given: &ArgMatches) -> Result<(), ShipError> {
    let stop = Stop::default();
    stop_by_signals(&stop).map_err(|source| ShipError::Io {
        doing: "cannot listen for signals while sending",
        path: settings.tree.clone(),
        source,
    })?;
    let line = Arc::new(ProgressLine::new(
        io::stderr().is_terminal() && !given.get_flag("quiet"),
    ));
    let shown = Arc::clone(&line);
    let report = move |notice: &Notice| shown.above(&format!("chronologix-ship: {notice}"));
    let once = given.get_flag("once");
    let metrics = Arc::new(Metrics::default());
    let (counted, mut rate) = (Arc::clone(&metrics), RecordRate::new());
    let summary = line.during(
        move || rate.line(&counted),
        || ship(settings, once, &stop, Arc::new(report), &metrics),
    )?;
    if once && stop.is_asked() {
        return Err(ShipError::Stopped);
    }
    if once && !given.get_flag("quiet") {
        let mut text = format!("sent {} records", summary.records);
        if summary.set_aside + summary.rejected > 0 {
            // Writing to a string does not fail.
            let _ = write!(
                text,
                ", {} refused, {} dropped by the receiver",
                summary.set_aside, summary.rejected
            );
        }
        say(&format!("{text}\n"));
    }
    Ok(())
}

/// Brings flags, environment and settings file together.
fn settings(given: &ArgMatches, variables: &Variables) -> Result<Settings, ShipError> {
    let flags = table::options(given)?;
    let (file, base) = match given.get_one::<PathBuf>("config") {
        Some(path) => from_file(path)?,
        None => (ShipOptions::default(), None),
    };
    let given = given.get_one::<PathBuf>("dir").cloned();
    let tree = given.or(base).unwrap_or_else(|| PathBuf::from("logs"));
    // `log.file.path` and the name of the service are the same from wherever it is started.
    let tree = std::path::absolute(&tree).unwrap_or(tree);
    Ok(Settings::resolve(
        tree,
        flags,
        variables,
        file,
        &machine(variables),
    )?)
}

/// Reads the table `[ship]` of a settings file, and the folder of its tree.
fn from_file(path: &Path) -> Result<(ShipOptions, Option<PathBuf>), ShipError> {
    let text = std::fs::read_to_string(path)
        .map_err(ShipError::io("cannot read the settings file", path))?;
    let check = |options: &LoggerOptions| {
        let mut problems = Vec::new();
        options.check(None, &mut problems);
        problems
    };
    let file = Some(Arc::from(path));
    let read = document::read(&text, file, LoggerOptions::default(), check)?;
    if let Some(error) = read.error() {
        return Err(error.into());
    }
    let is_given = read.assignments.iter().any(|it| it.key == "base_log_dir");
    let base = is_given.then(|| home_resolved(&read.options.base_log_dir));
    Ok((read.options.ship, base.transpose()?))
}

/// Returns a path whose `~` is the home directory, as the logger understands it.
fn home_resolved(path: &Path) -> Result<PathBuf, ConfigError> {
    let Ok(rest) = path.strip_prefix("~") else {
        return Ok(path.to_owned());
    };
    if let Some(home) = std::env::home_dir().filter(|home| !home.as_os_str().is_empty()) {
        return Ok(home.join(rest));
    }
    let why = "the home directory is not known; name the folder in full";
    let problem = ConfigProblem::new("base_log_dir", path.display().to_string(), why);
    Err(ConfigError::new(vec![problem]))
}

/// Returns the name of the machine.
fn machine(variables: &BTreeMap<String, String>) -> String {
    #[cfg(unix)]
    let name = {
        let names = rustix::system::uname();
        Some(names.nodename().to_string_lossy().into_owned())
    };
    #[cfg(not(unix))]
    let name = variables.get("COMPUTERNAME").cloned();
    let name = name.filter(|name| !name.is_empty());
    let name = name.or_else(|| variables.get("HOSTNAME").cloned());
    name.unwrap_or_else(|| "localhost".to_owned())
}

/// Has SIGTERM and SIGINT ask for the end; the second ends at once.
#[cfg(unix)]
fn stop_by_signals(stop: &Stop) -> io::Result<()> {
    use std::sync::atomic::AtomicBool;

    use signal_hook::{consts::TERM_SIGNALS, flag, iterator::Signals};

    let was_asked = Arc::new(AtomicBool::new(false));
    for signal in TERM_SIGNALS {
        flag::register_conditional_shutdown(*signal, 1, Arc::clone(&was_asked))?;
        flag::register(*signal, Arc::clone(&was_asked))?;
    }
    let mut signals = Signals::new(TERM_SIGNALS)?;
    let stop = stop.clone();
    let listen = move || signals.forever().for_each(|_| stop.ask());
    let thread = std::thread::Builder::new().name("chronologix-ship-signals".to_owned());
    thread.spawn(listen)?;
    Ok(())
}

/// The end of the process is the end of the run: what was not answered is sent again.
#[cfg(not(unix))]
fn stop_by_signals(_stop: &Stop) -> io::Result<()> {
    Ok(())
}

/// Prints to stdout. A closed pipe is no error.
fn say(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a line to stderr. A closed one is no error.
fn say_aside(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
