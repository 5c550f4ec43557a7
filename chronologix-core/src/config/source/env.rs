//! Settings from environment variables.

use std::{
    collections::BTreeMap,
    env,
    ffi::{OsStr, OsString},
};

use chronologix_schema::settings::{
    ConfigError, ConfigProblem, EchoOptions, LoggerOptions, StreamOptions,
    keys::{ECHO, ECHO_KEYS, ECHO_TO, Given, KEYS, Key, STREAM_KEYS, STREAMS},
    merge::Merge,
    problem::Location,
    suggest::nearest,
};

use crate::Config;

/// The beginning of the names of all variables.
const PREFIX: &str = "CHRONOLOGIX_";

/// The beginning of the names of variables for one stream.
const STREAM_PREFIX: &str = "CHRONOLOGIX_STREAMS_";

/// The beginning of the names of variables for the echo.
const ECHO_PREFIX: &str = "CHRONOLOGIX_ECHO_";

impl Config {
    /// Reads settings from the environment on top of those given so far. Nothing is read from the
    /// environment without this.
    ///
    /// The name of a variable is `CHRONOLOGIX_` and a key in capitals, such as
    /// `CHRONOLOGIX_INTERVAL=15m`. For one stream it is `CHRONOLOGIX_STREAMS_`, the name of the
    /// stream and the option, such as `CHRONOLOGIX_STREAMS_AUDIT_DURABILITY=synced`.
    ///
    /// `CHRONOLOGIX_ECHO=stderr` says where the echo goes, and `CHRONOLOGIX_ECHO_MIN_LEVEL`,
    /// `_STREAMS`, `_COLORS` and `_FORMAT` change single options of it.
    ///
    /// Streams must be known by now. A `-` in a name becomes a `_`.
    /// `CHRONOLOGIX_STREAMS_ERRORS_MIRROR=app,all` takes several names,
    /// `CHRONOLOGIX_RETAIN=30d,10GiB` several rules, and both none if they are empty. The streams
    /// themselves and the whole `mirror_map` cannot be set in this way.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().stream("app").with_environment()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// For everything that is wrong with the variables, each problem with the name of its variable,
    /// and with the settings given so far. A variable whose name is nearly a key is an error as
    /// well, and so is one that begins with `CHRONOLOGIX_STREAMS_` or `CHRONOLOGIX_ECHO_` and names
    /// no stream or option. Others that begin with `CHRONOLOGIX_` are ignored.
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
        let mut merge = Merge::new(self.options.clone());
        let names = merge.names();
        let targets = VariableTarget::all(&names);
        for (name, value) in &variables {
            let place = Location::Variable(name.clone());
            let mut meant = targets.iter().filter(|target| target.variable == *name);
            let problem = match (meant.next(), meant.next()) {
                (None, _) => unknown(name, &targets, &names),
                (Some(target), None) => target.set(&mut merge, value, &place),
                (Some(first), Some(second)) => {
                    let (first, second) = (&first.path, &second.path);
                    let why = format!(
                        "it would mean {first} as well as {second}; \
                         set these in the program or in its settings file"
                    );
                    Some(ConfigProblem::new("", "", why))
                }
            };
            if let Some(problem) = problem {
                merge.add(problem, place);
            }
        }
        let read = merge.finish(|options| self.problems_with(options));
        self.with_read(read)
    }
}

/// What a variable sets.
struct VariableTarget<'n> {
    variable: String,
    /// The key in full.
    path: String,
    setting: Assigned<'n>,
}

enum Assigned<'n> {
    Logger(&'static Key<LoggerOptions>),
    Echo(&'static Key<EchoOptions>),
    /// Of the stream of this name and at this place.
    Stream(&'n str, usize, &'static Key<StreamOptions>),
}

impl<'n> VariableTarget<'n> {
    /// Returns one for each key, and for each stream and option.
    fn all(streams: &'n [String]) -> Vec<Self> {
        let of_logger = KEYS.iter().map(|key| Self {
            variable: variable(PREFIX, &[key.name]),
            path: key.name.to_owned(),
            setting: Assigned::Logger(key),
        });
        // Where it goes is the variable of the key `echo` itself.
        let of_echo = ECHO_KEYS.iter().filter(|key| key.name != ECHO_TO);
        let of_echo = of_echo.map(|key| Self {
            variable: variable(PREFIX, &[ECHO, key.name]),
            path: format!("{ECHO}.{}", key.name),
            setting: Assigned::Echo(key),
        });
        let of_streams = streams.iter().enumerate().flat_map(|(at, stream)| {
            STREAM_KEYS.iter().map(move |key| Self {
                variable: variable(STREAM_PREFIX, &[stream, key.name]),
                path: format!("{STREAMS}.{stream}.{}", key.name),
                setting: Assigned::Stream(stream, at, key),
            })
        });
        of_logger.chain(of_echo).chain(of_streams).collect()
    }

    /// Returns whether a variable can hold its value. Lists of streams and of mirrors are no text.
    fn can_be_set(&self) -> bool {
        !matches!(self.setting, Assigned::Logger(key) if key.takes_names() || key.takes_table())
    }

    /// Gives the variable's value to its key. What no key can take is a problem.
    fn set(
        &self,
        merge: &mut Merge<Location>,
        value: &OsStr,
        place: &Location,
    ) -> Option<ConfigProblem> {
        let Some(text) = value.to_str() else {
            let value = value.to_string_lossy();
            let why = format!("{value:?} is not UTF-8");
            return Some(ConfigProblem::new(&self.path, value, why));
        };
        let given = Given::Untyped(text);
        match self.setting {
            Assigned::Logger(_) if !self.can_be_set() => {
                let why = "it cannot be set by a variable; \
                           set it in the program or in its settings file, or the options of \
                           single streams by CHRONOLOGIX_STREAMS_<STREAM>_<OPTION>";
                return Some(ConfigProblem::new(&self.path, text, why));
            }
            Assigned::Logger(key) => merge.set(key, values(key, text, place)),
            Assigned::Echo(key) => merge.set_of_echo(key, values(key, text, place)),
            Assigned::Stream(stream, _, key) if key.takes_names() => {
                merge.clear_mirrors(Some(stream));
                for target in several(text) {
                    let [from, to] = [stream, target].map(|name| (name, place.clone()));
                    merge.mirror(from, to, &self.path);
                }
            }
            Assigned::Stream(_, at, key) => merge.set_of_stream(at, key, given, place.clone()),
        }
        None
    }
}

/// Returns the value of a key, or its values if it takes several.
fn values<'v, T>(key: &Key<T>, text: &'v str, place: &Location) -> Vec<(Given<'v>, Location)> {
    let texts = if key.takes_several() {
        several(text).collect()
    } else {
        vec![text]
    };
    let texts = texts.into_iter();
    texts
        .map(|text| (Given::Untyped(text), place.clone()))
        .collect()
}

/// Returns the values of a variable that may have any number of them.
fn several(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|one| !one.is_empty())
}

/// Returns the name of a variable.
fn variable(prefix: &str, words: &[&str]) -> String {
    let words = words.join("_").replace('-', "_").to_ascii_uppercase();
    format!("{prefix}{words}")
}

/// Returns what is wrong with a variable that sets nothing, unless it is not ours.
fn unknown(
    name: &str,
    targets: &[VariableTarget<'_>],
    streams: &[String],
) -> Option<ConfigProblem> {
    // All names have the prefix, so it would make every difference look smaller.
    let bare = |name: &'_ str| name.get(PREFIX.len()..).unwrap_or_default().to_owned();
    let settable = targets.iter().filter(|target| target.can_be_set());
    let names = settable.map(|target| bare(&target.variable));
    let names = names.collect::<Vec<_>>();
    let why = match nearest(&bare(name), names.iter().map(String::as_str)) {
        Some(meant) => format!("no setting has this name; did you mean {PREFIX}{meant}?"),
        None if name.starts_with(STREAM_PREFIX) => {
            let options = STREAM_KEYS.iter().map(|key| key.name);
            format!(
                "no setting has this name; the streams are {}, and their options {}",
                streams.join(", "),
                options.collect::<Vec<_>>().join(", ")
            )
        }
        None if name.starts_with(ECHO_PREFIX) => {
            let of_echo = targets.iter().map(|target| target.variable.as_str());
            let of_echo = of_echo
                .filter(|name| ECHO_PREFIX.starts_with(name) || name.starts_with(ECHO_PREFIX));
            let of_echo = of_echo.collect::<Vec<_>>().join(", ");
            format!("no setting has this name; those of the echo are {of_echo}")
        }
        None => return None,
    };
    Some(ConfigProblem::new("", "", why))
}

#[cfg(test)]
mod tests;
