//! Settings from environment variables.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
};

use super::{
    Config, ConfigError, ConfigProblem, StreamConfig,
    keys::{Given, KEYS, Key, STREAM_KEYS, STREAMS},
    merge::Merge,
    place::Place,
};
use chronologix_schema::settings::suggest::nearest;

/// What the names of all variables begin with.
const PREFIX: &str = "CHRONOLOGIX_";

/// What the names of those begin with that are meant for one stream.
const OF_STREAM: &str = "CHRONOLOGIX_STREAMS_";

impl Config {
    /// Takes settings from the environment on top of those given so far: a variable `CHRONOLOGIX_` and a key in capitals, such as
    /// `CHRONOLOGIX_INTERVAL=15m`; for one stream `CHRONOLOGIX_STREAMS_`, its name and the option, such as
    /// `CHRONOLOGIX_STREAMS_AUDIT_DURABILITY=synced`. Nothing is read from the environment without this.
    ///
    /// Streams must be known by now; a `-` in a name becomes a `_`. `CHRONOLOGIX_STREAMS_ERRORS_MIRROR=app,all` takes several names,
    /// `CHRONOLOGIX_RETAIN=30d,10GiB` several rules, and both none if they are empty. The streams themselves and the whole `mirror_map` cannot be set in this way.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().stream("app").with_environment()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For everything that is wrong with the variables, each problem with the name of its variable, and with the settings given so far. A
    /// variable that is a slip away from a key is an error as well, and so is one that begins with `CHRONOLOGIX_STREAMS_` and names no stream or
    /// option; others that begin with `CHRONOLOGIX_` are left to whom they belong.
    pub fn with_environment(self) -> Result<Self, ConfigError> {
        self.with_variables(env::vars_os())
    }

    /// As [`Config::with_environment`], from any variables.
    fn with_variables(
        self,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let ours = variables.into_iter().filter_map(|(name, value)| {
            let name = name.into_string().ok()?;
            name.starts_with(PREFIX).then_some((name, value))
        });
        // In an order that is the same each time.
        let variables = ours.collect::<BTreeMap<_, _>>();
        let mut merge = Merge::into(self);
        let names = merge.names();
        let targets = Target::all(&names);
        for (name, value) in &variables {
            let place = Place::Variable(name.clone());
            let mut meant = targets.iter().filter(|target| target.variable == *name);
            let problem = match (meant.next(), meant.next()) {
                (None, _) => unknown(name, &targets, &names),
                (Some(target), None) => target.set(&mut merge, value, &place),
                (Some(first), Some(second)) => Some(ambiguous(first, second)),
            };
            if let Some(problem) = problem {
                merge.add(problem, &place);
            }
        }
        merge.finish()
    }
}

/// What a variable sets.
struct Target<'n> {
    variable: String,
    /// The key in full.
    path: String,
    setting: Setting<'n>,
}

enum Setting<'n> {
    OfLogger(&'static Key<Config>),
    /// Of the stream of this name and at this place.
    OfStream(&'n str, usize, &'static Key<StreamConfig>),
}

impl<'n> Target<'n> {
    /// One for each key, and for each stream and option.
    fn all(streams: &'n [String]) -> Vec<Self> {
        let of_logger = KEYS.iter().map(|key| Self {
            variable: variable(PREFIX, &[key.name]),
            path: key.name.to_owned(),
            setting: Setting::OfLogger(key),
        });
        let of_streams = streams.iter().enumerate().flat_map(|(at, stream)| {
            STREAM_KEYS.iter().map(move |key| Self {
                variable: variable(OF_STREAM, &[stream, key.name]),
                path: format!("{STREAMS}.{stream}.{}", key.name),
                setting: Setting::OfStream(stream, at, key),
            })
        });
        of_logger.chain(of_streams).collect()
    }

    /// Lists of streams, and of all mirrors, are no text that a variable could hold.
    fn can_be_set(&self) -> bool {
        !matches!(self.setting, Setting::OfLogger(key) if key.takes_names())
    }

    /// Gives a value to whatever it is for. What cannot be given to anything is a problem.
    fn set(&self, merge: &mut Merge, value: &OsStr, place: &Place) -> Option<ConfigProblem> {
        let Some(text) = value.to_str() else {
            let value = value.to_string_lossy();
            let why = format!("{value:?} is not UTF-8");
            return Some(ConfigProblem::new(&self.path, &value, &why));
        };
        let given = Given::Untyped(text);
        match self.setting {
            Setting::OfLogger(_) if !self.can_be_set() => {
                let why = "it cannot be set by a variable; set it in the program or in its settings file, \
                           or the options of single streams by CHRONOLOGIX_STREAMS_<STREAM>_<OPTION>";
                return Some(ConfigProblem::new(&self.path, text, why));
            }
            Setting::OfLogger(key) if key.takes_several() => {
                merge.forget(key);
                for value in several(text) {
                    merge.set(key, Given::Untyped(value), place);
                }
            }
            Setting::OfLogger(key) => merge.set(key, given, place),
            Setting::OfStream(stream, _, key) if key.takes_names() => {
                merge.forget_mirrors(Some(stream));
                for target in several(text) {
                    merge.mirror((stream, place), (target, place), &self.path);
                }
            }
            Setting::OfStream(_, at, key) => merge.set_of_stream(at, key, given, place),
        }
        None
    }
}

/// The values of a variable that may have any number of them.
fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// The name of a variable.
fn variable(prefix: &str, words: &[&str]) -> String {
    let words = words.join("_").replace('-', "_").to_ascii_uppercase();
    format!("{prefix}{words}")
}

/// What is wrong with a variable that sets nothing, unless it is somebody else's.
fn unknown(name: &str, targets: &[Target<'_>], streams: &[String]) -> Option<ConfigProblem> {
    // They all have it, so it would make every slip look smaller.
    let bare = |name: &'_ str| name.get(PREFIX.len()..).unwrap_or_default().to_owned();
    let settable = targets.iter().filter(|target| target.can_be_set());
    let names = settable.map(|target| bare(&target.variable));
    let names = names.collect::<Vec<_>>();
    let why = match nearest(&bare(name), names.iter().map(String::as_str)) {
        Some(meant) => format!("no setting has this name; did you mean {PREFIX}{meant}?"),
        None if name.starts_with(OF_STREAM) => {
            let options = STREAM_KEYS.iter().map(|key| key.name);
            format!(
                "no setting has this name; the streams are {}, and their options {}",
                streams.join(", "),
                options.collect::<Vec<_>>().join(", ")
            )
        }
        None => return None,
    };
    Some(ConfigProblem::new("", "", &why))
}

fn ambiguous(first: &Target<'_>, second: &Target<'_>) -> ConfigProblem {
    let why = format!(
        "it would mean {} as well as {}; set these in the program or in its settings file",
        first.path, second.path
    );
    ConfigProblem::new("", "", &why)
}

#[cfg(test)]
mod tests;
