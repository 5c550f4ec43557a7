//! ROOM: the reader's own files, outside of every log tree. Beside `tail`, which only reads, the
//! only place that touches the file system.

use std::path::{Path, PathBuf};

pub(crate) use self::settings::Settings;
use crate::model::session::Session;

mod export;
mod sessions;
mod settings;

/// Where the reader's files are, and where they must not be.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserFiles {
    /// The tree that is watched; nothing is ever written in it.
    pub(crate) base: PathBuf,
    /// What `~` stands for.
    pub(crate) user: Option<PathBuf>,
    /// Where the reader's choices are, if anywhere.
    pub(crate) config: Option<PathBuf>,
    /// Where sessions are kept, if they are.
    pub(crate) state: Option<PathBuf>,
}

impl UserFiles {
    /// The places that the environment names, for a viewer of this tree.
    pub(crate) fn of(base: PathBuf, variable: impl Fn(&str) -> Option<PathBuf>) -> Self {
        let user = variable("HOME").filter(|user| user.is_absolute());
        // As the XDG base directory specification wants it: what is not absolute is not there.
        let place = |name: &str, below_user: &str| {
            let named = variable(name).filter(|path| path.is_absolute());
            named.or_else(|| user.as_ref().map(|user| user.join(below_user)))
        };
        let config = place("XDG_CONFIG_HOME", ".config");
        let state = place("XDG_STATE_HOME", ".local/state");
        Self {
            base,
            config: config.map(|config| config.join("chronologix")),
            state: state.map(|state| state.join("chronologix/sessions")),
            user,
        }
    }

    /// What the reader chose.
    ///
    /// # Errors
    ///
    /// When there is a file of choices that is wrong.
    pub(crate) fn settings(&self) -> Result<Settings, String> {
        let path = self.config.as_ref().map(|config| config.join("view.toml"));
        path.map_or_else(|| Ok(Settings::default()), |path| settings::read(&path))
    }

    /// How the tree was looked at last time.
    pub(crate) fn session(&self) -> Option<Session> {
        sessions::read(self.state.as_ref()?, &self.base)
    }

    /// Keeps how the tree was looked at.
    ///
    /// # Errors
    ///
    /// When it cannot be written; the text says where.
    pub(crate) fn keep(&self, session: Session) -> Result<(), String> {
        let Some(state) = &self.state else {
            return Ok(());
        };
        sessions::write(state, &self.base, session)
            .map_err(|error| format!("cannot keep the session in {}: {error}", state.display()))
    }

    /// Writes text to a new file, and says in words what came of it.
    pub(crate) fn export(&self, path: &Path, text: &str) -> String {
        let shown = path.display();
        match export::write(&self.base, &self.expand(path), text) {
            Ok(()) => {
                let lines = text.lines().count();
                format!(
                    "wrote {lines} {} to {shown}",
                    if lines == 1 { "line" } else { "lines" }
                )
            }
            Err(problem) => format!("cannot write to {shown}: {problem}"),
        }
    }

    /// The path with `~` replaced, as a shell does.
    fn expand(&self, path: &Path) -> PathBuf {
        match (path.strip_prefix("~"), &self.user) {
            (Ok(rest), Some(user)) => user.join(rest),
            _ => path.to_owned(),
        }
    }
}
