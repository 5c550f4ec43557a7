//! Stream levels that follow a settings file while the logger runs.

use std::{
    path::{Path, PathBuf, absolute},
    sync::{Arc, Mutex, PoisonError},
};

use chronologix_schema::settings::{ConfigError, ConfigProblem, StreamOptions, filter::Filter};

use super::{Config, source::toml::text_of};
use crate::LevelFilter;

/// Which file a configuration came from, and whether its levels are read again.
#[derive(Clone, Debug, Default)]
pub(super) struct ReloadSettings {
    pub(super) source: Option<Arc<SettingsSource>>,
    pub(super) is_watched: bool,
}

/// A settings file, and what it came on top of.
#[derive(Debug)]
pub(super) struct SettingsSource {
    base: Config,
    /// As it was given, for messages.
    named: Arc<Path>,
    /// Where it is, wherever the program goes.
    path: PathBuf,
    text: String,
    levels: LevelSettings,
}

/// The settings of levels.
#[derive(Clone, Debug)]
struct LevelSettings {
    streams: Vec<StreamSetting>,
    filter: Filter,
}

/// A stream, and what it takes.
type StreamSetting = (String, LevelFilter);

/// What is another setting than before.
#[derive(Debug)]
pub(crate) struct LevelChanges {
    pub(crate) streams: Vec<StreamSetting>,
    pub(crate) filter: Option<Filter>,
}

/// A settings file that may be read again while the logger runs.
#[derive(Debug)]
pub(crate) struct Reload {
    source: Arc<SettingsSource>,
    /// Whether to look at it from time to time.
    pub(crate) is_watched: bool,
    /// The levels as the file had them last.
    known: Mutex<LevelSettings>,
}

/// What a look at a file finds: its text, or why there is none.
type FileText = Result<String, ConfigError>;

/// Looks at a file from time to time.
#[derive(Debug)]
pub(crate) struct Watch {
    /// What was acted upon.
    done: FileText,
    /// What stood there at the last look, if it was something else.
    fresh: Option<FileText>,
}

impl Config {
    /// Remembers the file that it was read from, on top of `base`.
    pub(super) fn read_from(mut self, base: Self, path: &Path, text: String) -> Self {
        self.reload.source = Some(Arc::new(SettingsSource {
            base,
            named: path.into(),
            path: absolute(path).unwrap_or_else(|_unknown| path.to_owned()),
            text,
            levels: self.levels(),
        }));
        self
    }

    /// The file whose levels may be read again.
    pub(super) fn check_reload(&self, problems: &mut Vec<ConfigProblem>) -> Option<Arc<Reload>> {
        let ReloadSettings { source, is_watched } = &self.reload;
        if source.is_none() && *is_watched {
            problems.push(no_file());
        }
        let source = Arc::clone(source.as_ref()?);
        Some(Arc::new(Reload {
            is_watched: *is_watched,
            known: Mutex::new(source.levels.clone()),
            source,
        }))
    }

    fn levels(&self) -> LevelSettings {
        let streams = self.options.streams();
        let level = |stream: &StreamOptions| stream.min_level.or(self.options.min_level);
        let levels = streams
            .iter()
            .map(|it| (it.name.clone(), level(it).unwrap_or_default()));
        LevelSettings {
            streams: levels.collect(),
            filter: self.options.filter.clone(),
        }
    }
}

/// The problem with a reload where nothing was loaded.
fn no_file() -> ConfigProblem {
    let why = "there is no settings file to read again; \
               load one with `Config::from_toml_path` or `Config::with_toml_path`";
    ConfigProblem::new("reload_levels", "", why)
}

impl Reload {
    /// Reads the file, and gives what is another one in it than before.
    pub(crate) fn changes(&self) -> Result<LevelChanges, ConfigError> {
        self.changes_in(&self.look()?)
    }

    /// What stands in the file now.
    pub(crate) fn look(&self) -> FileText {
        text_of(&self.source.path, &self.source.named)
    }

    pub(crate) fn changes_in(&self, text: &str) -> Result<LevelChanges, ConfigError> {
        let SettingsSource { base, named, .. } = &*self.source;
        let config = base.clone().with_toml(text, Some(Arc::clone(named)))?;
        let levels = config.levels();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *known, levels.clone());
        let is_changed = |stream: &StreamSetting| !before.streams.contains(stream);
        Ok(LevelChanges {
            streams: levels.streams.into_iter().filter(is_changed).collect(),
            filter: Some(levels.filter).filter(|filter| *filter != before.filter),
        })
    }

    pub(crate) fn watch(&self) -> Watch {
        Watch {
            done: Ok(self.source.text.clone()),
            fresh: None,
        }
    }
}

impl Watch {
    /// What to act upon after another look: what has stood there for two of them, and was not acted
    /// upon yet.
    pub(crate) fn settle(&mut self, seen: FileText) -> Option<&FileText> {
        if seen == self.done {
            self.fresh = None;
            return None;
        }
        if self.fresh.as_ref() != Some(&seen) {
            self.fresh = Some(seen);
            return None;
        }
        self.fresh = None;
        self.done = seen;
        Some(&self.done)
    }
}

/// The problem with a logger that was not started from a file.
pub(crate) fn nothing_to_reload() -> ConfigError {
    ConfigError::new(vec![no_file()])
}

#[cfg(test)]
mod tests;
