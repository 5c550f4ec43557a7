//! The user's own files: configuration, sessions and exports. Never inside a log tree.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

pub(crate) use self::settings::Settings;
use crate::model::session::Session;

mod export;
mod sessions;
mod settings;

/// Checks that a file is there.
///
/// # Errors
///
/// Fails if it is not. The message has the path.
pub(crate) fn find(path: &Path) -> Result<(), String> {
    let found = fs::metadata(path).map(drop);
    found.map_err(|error| format!("cannot read {}: {error}", path.display()))
}

/// Reads a file that the command line names.
///
/// # Errors
///
/// Fails if it cannot be read, or is no text.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))
}

/// The paths of the user's files, and the tree that they must not be in.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserFiles {
    /// The log tree.
    pub(crate) base: PathBuf,
    /// The home directory.
    pub(crate) user: Option<PathBuf>,
    /// The path of the configuration.
    pub(crate) config: Option<PathBuf>,
    /// The folder of sessions. `None` if they are not saved.
    pub(crate) state: Option<PathBuf>,
}

impl UserFiles {
    /// Takes the paths from the environment.
    pub(crate) fn of(base: PathBuf, variable: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let user = variable("HOME").filter(|user| user.is_absolute());
        // The XDG base directory specification ignores relative paths.
        let place = |name: &str, below_user: &str| {
            let named = variable(name).filter(|path| path.is_absolute());
            named.or_else(|| user.as_ref().map(|user| user.join(below_user)))
        };
        let config = place("XDG_CONFIG_HOME", ".config");
        let state = place("XDG_STATE_HOME", ".local/state");
        Self {
            base,
            config: config.map(|config| config.join("chronologix/view.toml")),
            state: state.map(|state| state.join("chronologix/sessions")),
            user,
        }
    }

    /// Returns the path of the configuration.
    pub(crate) fn settings_path(&self) -> Option<PathBuf> {
        self.config.clone()
    }

    /// Reads the configuration.
    pub(crate) fn settings(&self) -> Settings {
        let path = self.settings_path();
        path.map_or_else(Settings::default, |path| settings::read(&path))
    }

    /// Reads the session of the tree.
    pub(crate) fn session(&self) -> Option<Session> {
        sessions::read(self.state.as_ref()?, &self.base)
    }

    /// Saves the session of the tree.
    ///
    /// # Errors
    ///
    /// Fails if it cannot be written. The message has the folder.
    pub(crate) fn keep(&self, session: Session) -> Result<(), String> {
        let Some(state) = &self.state else {
            return Ok(());
        };
        sessions::write(state, &self.base, session)
            .map_err(|error| format!("cannot save the session in {}: {error}", state.display()))
    }

    /// Creates a new file outside of the tree.
    ///
    /// # Errors
    ///
    /// Fails if there is such a file, or if it cannot be created. The message is for the user.
    pub(crate) fn create(&self, path: &Path) -> Result<Box<dyn Write + Send>, String> {
        match export::create(&self.base, &self.expand(path)) {
            Ok(file) => Ok(Box::new(file)),
            Err(problem) => Err(problem.to_string()),
        }
    }

    /// Replaces a leading `~`.
    fn expand(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.user) {
            (Ok(rest), Some(user)) => user.join(rest),
            _ => path.to_owned(),
        }
    }
}
