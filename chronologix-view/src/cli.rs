//! The command line.

use std::{any::Any, ffi::OsString, io, path::PathBuf};

use chrono::{DateTime, Utc};
use clap::{ArgMatches, error::ErrorKind};
use clap_complete::Shell;

use self::table::{command, refused};
pub(crate) use self::verifying::VerifyRun;
use crate::{
    theme::ThemeName,
    tree::{Opened, Root, has_input, looks_like_tree, shown_path, tree_of},
};

mod printing;
mod table;
mod verifying;

#[cfg(test)]
mod tests;

/// The parsed command line.
#[derive(Clone, Debug)]
pub(crate) struct Cli(ArgMatches);

impl Cli {
    /// Parses the arguments, the first of which is the name of the program.
    ///
    /// # Errors
    ///
    /// Fails if they are invalid, or ask for the help or the version.
    pub(crate) fn parse<T: Into<OsString> + Clone>(
        arguments: impl IntoIterator<Item = T>,
    ) -> Result<Self, clap::Error> {
        let found = command().try_get_matches_from(arguments);
        let cli = found.map(Self).map_err(refused)?;
        let ranks_records = cli.is("max") || cli.is("min");
        let is_of_records = cli.is("with-names") || cli.0.contains_id("fields");
        if cli.0.contains_id("top") && is_of_records && !ranks_records {
            let problem = "--top prints values, not records; --fields and --with-names need --max";
            return Err(command().error(ErrorKind::ArgumentConflict, problem));
        }
        Ok(cli)
    }

    /// Returns whether a switch is on.
    pub(crate) fn is(&self, switch: &str) -> bool {
        self.0.get_flag(switch)
    }

    /// Returns the shell whose completion script is to be printed.
    pub(crate) fn shell(&self) -> Option<Shell> {
        self.one("completions")
    }

    /// Returns the theme, if one is given.
    pub(crate) fn theme(&self) -> Option<ThemeName> {
        self.one("theme")
    }

    /// Returns the configuration file, if one is given.
    pub(crate) fn config(&self) -> Option<PathBuf> {
        self.one("config")
    }

    fn one<T: Any + Clone + Send + Sync>(&self, id: &str) -> Option<T> {
        self.0.get_one(id).cloned()
    }

    fn all<T: Any + Clone + Send + Sync>(&self, id: &str) -> Vec<T> {
        let given = self.0.get_many(id).into_iter().flatten();
        given.cloned().collect()
    }

    /// Returns whether questions are answered over stdin and stdout.
    ///
    /// # Errors
    ///
    /// Fails if the log is to come from stdin as well.
    pub(crate) fn is_server(&self) -> Result<bool, &'static str> {
        let given: Vec<PathBuf> = self.all("paths");
        if self.is("mcp") && given.iter().any(|path| path.as_os_str() == "-") {
            return Err("--mcp reads questions from stdin: give the log as a file or a folder");
        }
        Ok(self.is("mcp"))
    }

    /// Returns what to read, and its name in messages.
    pub(crate) fn root(&self, now: DateTime<Utc>) -> (Opened, String) {
        // An empty variable counts as not set.
        let given = self.all::<PathBuf>("paths").into_iter();
        let given = given.filter(|path| !path.as_os_str().is_empty());
        let mut given: Vec<PathBuf> = given.collect();
        if given.is_empty() {
            given.push(match std::env::current_dir() {
                _ if has_input() => PathBuf::from("-"),
                Ok(here) if looks_like_tree(&here) => here,
                _ => PathBuf::from("logs"),
            });
        }
        let first = given.first().map(|path| tree_of(path));
        let mut name = shown_path(&first.unwrap_or_default());
        if given.len() > 1 {
            name = format!("{} +{}", shown_path(&given[0]), given.len() - 1);
        } else if name == "-" {
            "stdin".clone_into(&mut name);
        }
        (Root::open(&given, self.is("follow"), now), name)
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
