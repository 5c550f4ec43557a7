//! Settings from a TOML file.

use std::{io, ops::Range, path::Path, slice, sync::Arc};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    Config, ConfigError, ConfigProblem,
    keys::{
        Given, KEYS, Key, MIRROR, MIRROR_MAP, MIRROR_MAP_TAKES, MIRROR_TAKES, STREAM_KEYS,
        STREAM_TAKES, STREAMS, STREAMS_TAKE, misfit, unknown,
    },
    merge::Merge,
    place::Place,
};
use crate::fs::os::read_settings;

impl Config {
    /// A configuration from a TOML file. All keys are those of the setters; what the file does not name keeps its default.
    ///
    /// A relative path begins at the working directory, and `~` is not special.
    ///
    /// ```no_run
    /// # use chronologix_core::Config;
    /// let logger = Config::from_toml_path("chronologix.toml")?.start_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read, and for everything that is wrong in it, all at once, each with file, line, column, key, and what is
    /// allowed. Nothing is created on disk.
    pub fn from_toml_path(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::new().with_toml_path(path)
    }

    /// As [`Config::from_toml_path`], from a text.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::from_toml_str(
    ///     r#"
    ///     interval = "1h"
    ///
    ///     [streams.app]
    ///     [streams.errors]
    ///     mirror = "app"
    ///     format = "json"
    ///     "#,
    /// )?;
    ///
    /// let error = Config::from_toml_str("intervall = '1h'").unwrap_err();
    /// let problem = &error.problems()[0];
    /// assert_eq!((problem.key(), problem.position()), ("intervall", Some((1, 1))));
    /// assert!(problem.to_string().contains("did you mean interval?"));
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Config::from_toml_path`].
    pub fn from_toml_str(text: &str) -> Result<Self, ConfigError> {
        Self::new().with_toml_str(text)
    }

    /// Takes the settings of a TOML file on top of those given so far, such as the streams that a program declares.
    ///
    /// A key of the file replaces that setting. A table `[streams.app]` changes those options of the stream `app` that it names, or adds
    /// the stream; `mirror_map` replaces all mirrors, a stream's `mirror` those of this stream, and `retain` all of its rules.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().stream("app").stream("audit");
    /// let text = "[streams.audit]\ndurability = 'synced'\nmirror = 'app'";
    /// let config = config.with_toml_str(text)?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Config::from_toml_path`]; and what was wrong with the settings given so far.
    pub fn with_toml_path(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = read_settings(path).map_err(|error| unreadable(path, &error))?;
        let config = read(self.clone(), &text, Some(path.into()))?;
        Ok(config.read_from(self, path, text))
    }

    /// As [`Config::with_toml_path`], from a text.
    ///
    /// # Errors
    ///
    /// As [`Config::with_toml_path`].
    pub fn with_toml_str(self, text: &str) -> Result<Self, ConfigError> {
        read(self, text, None)
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> ConfigError {
    let value = path.display().to_string();
    let why = match error.kind() {
        io::ErrorKind::InvalidInput => "it is not a regular file".to_owned(),
        io::ErrorKind::InvalidData => "it is not UTF-8, or larger than 1 MiB".to_owned(),
        _ => error.to_string(),
    };
    let why = format!("cannot read these settings: {why}; allowed: a TOML file");
    let problem = ConfigProblem::new("", &value, &why);
    ConfigError::new(vec![problem.in_place(Place::File(path.into()))])
}

/// Takes the settings of a text on top of a configuration.
pub(super) fn read(
    config: Config,
    text: &str,
    file: Option<Arc<Path>>,
) -> Result<Config, ConfigError> {
    let (table, faults) = DeTable::parse_recoverable(text);
    let mut reader = Reader {
        text,
        file,
        merge: Merge::into(config),
    };
    if faults.is_empty() {
        reader.logger(table.get_ref());
        return reader.merge.finish();
    }
    // What the rest of it means cannot be told.
    let problems = faults.iter().map(|fault| {
        let why = format!("not valid TOML: {}", fault.message());
        let place = reader.place(fault.span().unwrap_or_default());
        ConfigProblem::new("", "", &why).in_place(place)
    });
    let mut problems = problems.collect::<Vec<_>>();
    problems.sort_by_key(ConfigProblem::position);
    problems.dedup();
    Err(ConfigError::new(problems))
}

/// Brings a document into a configuration.
struct Reader<'t> {
    text: &'t str,
    file: Option<Arc<Path>>,
    merge: Merge,
}

impl<'t> Reader<'t> {
    fn logger(&mut self, table: &DeTable<'t>) {
        // The mirrors of single streams come on top of it, wherever it stands.
        let map = table.get(MIRROR_MAP);
        if let Some(map) = map {
            self.mirror_map(map);
        }
        for (name, value) in in_order(table) {
            let place = self.place(name.span());
            match name.get_ref().as_ref() {
                MIRROR_MAP => {}
                STREAMS => self.streams(value, &place, map.is_some()),
                other => match KEYS.iter().find(|key| key.name == other) {
                    Some(key) => self.set(key, value),
                    None => self.merge.add(unknown(other, other, KEYS), &place),
                },
            }
        }
    }

    /// Gives a setter what it takes: a value, or those of an array.
    fn set(&mut self, key: &Key<Config>, value: &Spanned<DeValue<'t>>) {
        let values = match value.get_ref() {
            DeValue::Array(values) if key.takes_several() => values,
            _ => slice::from_ref(value),
        };
        self.merge.forget(key);
        for value in values {
            let given = self.given(value);
            self.merge.set(key, given, &self.place(value.span()));
        }
    }

    fn streams(&mut self, value: &Spanned<DeValue<'t>>, place: &Place, has_map: bool) {
        match value.get_ref() {
            DeValue::Table(table) => {
                self.merge.begin_streams(place);
                for (name, options) in in_order(table) {
                    self.stream(name, options, has_map);
                }
            }
            DeValue::Array(names) => {
                self.merge.begin_streams(place);
                let mut seen = Vec::new();
                for (name, place) in self.names(STREAMS, STREAMS_TAKE, names) {
                    if seen.contains(&name) {
                        let problem = ConfigProblem::declared_twice(&name, &name);
                        self.merge.add(problem, &place);
                    } else {
                        self.merge.stream(&name, &place);
                        seen.push(name);
                    }
                }
            }
            _ => self.misfit(STREAMS, STREAMS_TAKE, value),
        }
    }

    /// One table of options.
    fn stream(
        &mut self,
        name: &Spanned<DeString<'t>>,
        options: &Spanned<DeValue<'t>>,
        has_map: bool,
    ) {
        let place = self.place(name.span());
        let name = name.get_ref();
        let stream = self.merge.stream(name, &place);
        let DeValue::Table(options) = options.get_ref() else {
            let path = format!("{STREAMS}.{name}");
            return self.misfit(&path, STREAM_TAKES, options);
        };
        for (option, value) in in_order(options) {
            let place = self.place(option.span());
            let option = option.get_ref().as_ref();
            let path = format!("{STREAMS}.{name}.{option}");
            match STREAM_KEYS.iter().find(|key| key.name == option) {
                Some(_) if option == MIRROR => {
                    if !has_map {
                        self.merge.forget_mirrors(Some(name));
                    }
                    self.mirrors((name, &place), value, &path);
                }
                Some(key) => {
                    let given = self.given(value);
                    let place = self.place(value.span());
                    self.merge.set_of_stream(stream, key, given, &place);
                }
                None => self.merge.add(unknown(option, &path, STREAM_KEYS), &place),
            }
        }
    }

    fn mirror_map(&mut self, value: &Spanned<DeValue<'t>>) {
        let DeValue::Table(map) = value.get_ref() else {
            return self.misfit(MIRROR_MAP, MIRROR_MAP_TAKES, value);
        };
        self.merge.forget_mirrors(None);
        for (from, to) in in_order(map) {
            let place = self.place(from.span());
            let path = format!("{MIRROR_MAP}.{}", from.get_ref());
            self.mirrors((from.get_ref(), &place), to, &path);
        }
    }

    /// The targets of one stream: a name, or several.
    fn mirrors(&mut self, from: (&str, &Place), value: &Spanned<DeValue<'t>>, path: &str) {
        let targets = match value.get_ref() {
            DeValue::String(name) => vec![(name.to_string(), self.place(value.span()))],
            DeValue::Array(names) => self.names(path, MIRROR_TAKES, names),
            _ => return self.misfit(path, MIRROR_TAKES, value),
        };
        for (to, place) in targets {
            self.merge.mirror(from, (&to, &place), path);
        }
    }

    /// The names in an array, each with its place.
    fn names(
        &mut self,
        path: &str,
        allowed: &str,
        names: &[Spanned<DeValue<'t>>],
    ) -> Vec<(String, Place)> {
        let mut found = Vec::new();
        for name in names {
            match name.get_ref() {
                DeValue::String(text) => found.push((text.to_string(), self.place(name.span()))),
                _ => self.misfit(path, allowed, name),
            }
        }
        found
    }

    /// Notes a value of the wrong kind.
    fn misfit(&mut self, path: &str, allowed: &str, value: &Spanned<DeValue<'t>>) {
        let problem = misfit(path, allowed, self.given(value));
        self.merge.add(problem, &self.place(value.span()));
    }

    fn given<'v>(&self, value: &'v Spanned<DeValue<'t>>) -> Given<'v>
    where
        't: 'v,
    {
        let written = self.text.get(value.span()).unwrap_or_default();
        match value.get_ref() {
            DeValue::String(text) => Given::Text(text),
            DeValue::Integer(number) => Given::Number {
                written,
                digits: number.as_str(),
                radix: number.radix(),
            },
            DeValue::Boolean(flag) => Given::Flag(*flag),
            DeValue::Float(_) => Given::Other(written, "a float"),
            DeValue::Datetime(_) => Given::Other(written, "a date"),
            // These may be long.
            DeValue::Array(_) => Given::Other("", "an array"),
            DeValue::Table(_) => Given::Other("", "a table"),
        }
    }

    fn place(&self, span: Range<usize>) -> Place {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        Place::Text {
            file: self.file.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line..].chars().count() + 1,
        }
    }
}

/// The entries of a table as they stand in the text.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<Entry<'a, 't>> {
    let mut entries = table.iter().collect::<Vec<_>>();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}

type Entry<'a, 't> = (&'a Spanned<DeString<'t>>, &'a Spanned<DeValue<'t>>);

#[cfg(test)]
mod tests;
