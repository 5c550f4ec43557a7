//! The configuration: `chronologix/view.toml` in the configuration folder.
//!
//! ```toml
//! theme = "dark"        # terminal, dark, light or plain
//! mouse = false         # so that the terminal selects text by itself
//!
//! [keys]
//! quit = ["Q", "ctrl-q"]
//! next-error = "x"
//!
//! [[format]]
//! name = "shop"
//! line = "{timestamp} [{thread}] {level} {logger} - {message}"
//! ```

use std::{
    collections::BTreeMap,
    fs,
    io::{self, ErrorKind},
    path::Path,
};

use serde::Deserialize;
use toml::{Spanned, Value};

use crate::{
    formats::FormatEntry,
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
    /// Formats of lines that the viewer does not know.
    pub(crate) formats: Vec<FormatEntry>,
    /// What is wrong with the file. Wrong entries are left out.
    pub(crate) warnings: Vec<String>,
}

/// The keys of the file, with their places in it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct KeyTable {
    keys: BTreeMap<Spanned<String>, Value>,
}

/// The keys of one action.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Keys {
    One(String),
    Many(Vec<String>),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeName::default(),
            has_mouse: true,
            keymap: Keymap::default(),
            formats: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

/// Reads the file. A missing file is an empty configuration. What is wrong is a warning with the
/// file, the line and what is allowed.
pub(super) fn read(path: &Path) -> Settings {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if is_missing(&error) => return Settings::default(),
        Err(error) => {
            return Settings {
                warnings: vec![format!("cannot read {}: {error}", path.display())],
                ..Settings::default()
            };
        }
    };
    let mut settings = parse(&text);
    for warning in &mut settings.warnings {
        *warning = format!("{}: {warning}", path.display());
    }
    settings
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn parse(text: &str) -> Settings {
    let mut settings = Settings::default();
    let mut problems = Vec::new();
    match toml::from_str::<BTreeMap<Spanned<String>, Value>>(text) {
        Ok(entries) => {
            for (name, value) in entries {
                let line = line_of(text, name.span().start);
                let found = take(&mut settings, name.as_ref(), value, text);
                problems.extend(found.into_iter().map(|(own, problem)| {
                    let line = own.unwrap_or(line);
                    (line, problem)
                }));
            }
        }
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            problems.push((line, error.message().to_owned()));
        }
    }
    problems.sort();
    let say = |(line, problem)| format!("line {line}: {problem}");
    settings.warnings = problems.into_iter().map(say).collect();
    settings
}

/// What is wrong with an entry, with a line if it is not that of the entry.
type Problems = Vec<(Option<usize>, String)>;

/// Takes an entry of the file. Returns what is wrong with it.
fn take(settings: &mut Settings, name: &str, value: Value, text: &str) -> Problems {
    let written = value.to_string();
    let wrong = |allowed| {
        let problem = format!("{name}: unknown value {written}; allowed: {allowed}");
        vec![(None, problem)]
    };
    match (name, value) {
        ("theme", value) => match value.try_into() {
            Ok(theme) => settings.theme = theme,
            Err(_) => return wrong("terminal, dark, light or plain"),
        },
        ("mouse", Value::Boolean(has_mouse)) => settings.has_mouse = has_mouse,
        ("mouse", _) => return wrong("true or false"),
        ("keys", _) => return take_keys(&mut settings.keymap, text),
        ("format", Value::Array(formats)) => return take_formats(&mut settings.formats, formats),
        ("format", _) => return wrong("tables, each below [[format]]"),
        _ => {
            let problem = format!("{name}: unknown setting; allowed: theme, mouse, keys, format");
            return vec![(None, problem)];
        }
    }
    Problems::new()
}

/// Takes formats. Returns what is wrong with them.
fn take_formats(known: &mut Vec<FormatEntry>, formats: Vec<Value>) -> Problems {
    let mut problems = Problems::new();
    for format in formats {
        let entry = format
            .try_into()
            .map_err(|error: toml::de::Error| format!("format: {}", error.message()));
        let checked = entry.and_then(|entry: FormatEntry| {
            entry.check()?;
            Ok(entry)
        });
        match checked {
            Ok(entry) => known.push(entry),
            Err(problem) => problems.push((None, problem)),
        }
    }
    problems
}

/// Takes the keys of the file. Returns what is wrong with them.
fn take_keys(keymap: &mut Keymap, text: &str) -> Problems {
    let Ok(table) = toml::from_str::<KeyTable>(text) else {
        return vec![(None, "keys: expected a table".to_owned())];
    };
    let mut problems = Problems::new();
    let mut chosen = BTreeMap::new();
    let mut lines = BTreeMap::new();
    for (name, keys) in table.keys {
        let line = line_of(text, name.span().start);
        let name = name.into_inner();
        match keys.try_into() {
            Ok(Keys::One(key)) => drop(chosen.insert(name.clone(), vec![key])),
            Ok(Keys::Many(keys)) => drop(chosen.insert(name.clone(), keys)),
            Err(_) => {
                let problem = format!("{name}: expected a key, or a list of keys");
                problems.push((Some(line), problem));
            }
        }
        lines.insert(name, line);
    }
    let (bound, bad_keys) = Keymap::with(&chosen);
    *keymap = bound;
    let located = |bad: BadKeys| (lines.get(bad.name()).copied(), bad.to_string());
    problems.extend(bad_keys.into_iter().map(located));
    problems
}

/// Returns the line of a byte.
fn line_of(text: &str, byte: usize) -> usize {
    1 + text[..byte].matches('\n').count()
}
