//! The configuration: `chronologix/view.toml` in the configuration folder.
//!
//! ```toml
//! theme = "dark"        # terminal, dark, light or plain
//! mouse = false         # so that the terminal selects text by itself
//!
//! [keys]
//! quit = ["Q", "ctrl-q"]
//! next-error = "x"
//! ```

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use serde::Deserialize;
use toml::Spanned;

use crate::{
    keymap::{BadKeys, Keymap},
    theme::ThemeName,
};

#[cfg(test)]
mod tests;

/// The configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The theme.
    pub(crate) theme: ThemeName,
    /// Whether the viewer takes the mouse at the start.
    pub(crate) has_mouse: bool,
    /// The key bindings.
    pub(crate) keymap: Keymap,
}

/// The file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    theme: ThemeName,
    #[serde(default = "yes")]
    mouse: bool,
    #[serde(default)]
    keys: BTreeMap<Spanned<String>, Keys>,
}

/// The keys of one action.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a key, or a list of keys")]
enum Keys {
    One(String),
    Many(Vec<String>),
}

fn yes() -> bool {
    true
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeName::default(),
            has_mouse: true,
            keymap: Keymap::default(),
        }
    }
}

/// Reads the file. A missing file is an empty configuration.
///
/// # Errors
///
/// Fails if the file cannot be read or is invalid. The message has the file, the line and what is
/// allowed.
pub(super) fn read(path: &Path) -> Result<Settings, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if is_missing(&error) => return Ok(Settings::default()),
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    };
    parse(&text).map_err(|problem| format!("{}: {problem}", path.display()))
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn parse(text: &str) -> Result<Settings, String> {
    let written: Written =
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())?;
    let mut chosen = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for (name, keys) in written.keys {
        let line = 1 + text[..name.span().start].matches('\n').count();
        let name = name.into_inner();
        lines.insert(name.clone(), line);
        let keys = match keys {
            Keys::One(key) => vec![key],
            Keys::Many(keys) => keys,
        };
        chosen.insert(name, keys);
    }
    let keymap = Keymap::with(&chosen).map_err(|bad| {
        let name = match &bad {
            BadKeys::NoAction(name) | BadKeys::NoKey { name, .. } => name.as_str(),
            BadKeys::Twice { names, .. } => names[1],
        };
        let line = lines.get(name).copied().unwrap_or(1);
        format!("line {line}: {bad}")
    })?;
    Ok(Settings {
        theme: written.theme,
        has_mouse: written.mouse,
        keymap,
    })
}
