//! A settings file: from its text to settings, or to everything that is wrong with it.

use std::{path::Path, slice, sync::Arc};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    ConfigError, ConfigProblem, LoggerOptions,
    keys::{
        self, ECHO, ECHO_KEYS, Given, KEYS, Key, MIRROR, MIRROR_MAP, MIRROR_MAP_TAKES,
        MIRROR_TAKES, SHIP, SHIP_TAKES, STREAM_KEYS, STREAMS, STREAMS_TAKE,
    },
    merge::{Merge, Merged},
    names::declared_twice,
    problem::Location,
    ship::SHIP_KEYS,
    suggest::did_you_mean,
};

const ECHO_TAKES: &str =
    r#"a string such as "stderr", or a table such as { to = "stderr", min_level = "warn" }"#;

/// Reads a settings file on top of `options`. `check` finds what is wrong with the whole.
///
/// # Errors
///
/// If the text is not TOML.
pub fn read(
    text: &str,
    file: Option<Arc<Path>>,
    options: LoggerOptions,
    check: impl FnOnce(&LoggerOptions) -> Vec<ConfigProblem>,
) -> Result<Merged<Location>, ConfigError> {
    let (table, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        // What the rest means is not known.
        let problems = faults.iter().map(|fault| {
            let why = format!("not valid TOML: {}", fault.message());
            let at = fault.span().unwrap_or_default().start;
            ConfigProblem::new("", "", why).located(Some(location(text, file.clone(), at)))
        });
        return Err(ConfigError::in_order(problems.collect()));
    }
    let mut reader = Reader {
        text,
        file,
        merge: Merge::new(options),
    };
    reader.logger(table.get_ref());
    Ok(reader.merge.finish(check))
}

type Text<'t> = Spanned<DeString<'t>>;
type Any<'t> = Spanned<DeValue<'t>>;

/// Brings a document into settings.
struct Reader<'t> {
    text: &'t str,
    file: Option<Arc<Path>>,
    merge: Merge<Location>,
}

impl<'t> Reader<'t> {
    fn logger(&mut self, table: &DeTable<'t>) {
        // The mirrors of single streams are added to the map, wherever it stands.
        let map = table.get(MIRROR_MAP);
        if let Some(map) = map {
            self.mirror_map(map);
        }
        for (name, value) in in_order(table) {
            let key = name.get_ref().as_ref();
            match keys::find(key, KEYS) {
                _ if key == MIRROR_MAP => {}
                _ if key == STREAMS => self.streams(name, value, map.is_some()),
                Some(key) if key.name == ECHO => self.echo(key, value),
                Some(key) if key.name == SHIP => self.ship(value),
                Some(key) => self.set(key, value),
                None => self.unknown(name, key, KEYS),
            }
        }
    }

    /// Gives a key its value, or those of an array.
    fn set(&mut self, key: &Key<LoggerOptions>, value: &Any<'t>) {
        let values = self.values(key, value);
        self.merge.set(key, values);
    }

    /// Returns the value of a key, or those of an array.
    fn values<'v, T>(&self, key: &Key<T>, value: &'v Any<'t>) -> Vec<(Given<'v>, Location)>
    where
        't: 'v,
    {
        let values = match value.get_ref() {
            DeValue::Array(values) if key.takes_several() => values,
            _ => slice::from_ref(value),
        };
        let values = values.iter();
        values
            .map(|it| (self.given(it), self.location(it)))
            .collect()
    }

    /// Reads where the echo goes, or all of its options.
    fn echo(&mut self, key: &Key<LoggerOptions>, value: &Any<'t>) {
        match value.get_ref() {
            DeValue::Table(options) => {
                for (option, value) in in_order(options) {
                    if let Some(key) = keys::find(option.get_ref(), ECHO_KEYS) {
                        let values = self.values(key, value);
                        self.merge.set_of_echo(key, values);
                    } else {
                        self.unknown(option, format!("{ECHO}.{}", option.get_ref()), ECHO_KEYS);
                    }
                }
            }
            DeValue::String(_) => self.set(key, value),
            _ => self.misfit(ECHO, ECHO_TAKES, value),
        }
    }

    /// Reads the options of `chronologix-ship`.
    fn ship(&mut self, value: &Any<'t>) {
        let DeValue::Table(options) = value.get_ref() else {
            return self.misfit(SHIP, SHIP_TAKES, value);
        };
        for (option, value) in in_order(options) {
            if let Some(key) = keys::find(option.get_ref(), SHIP_KEYS) {
                let values = self.values(key, value);
                self.merge.set_of_ship(key, values);
            } else {
                self.unknown(option, format!("{SHIP}.{}", option.get_ref()), SHIP_KEYS);
            }
        }
    }

    fn streams(&mut self, key: &Text<'t>, value: &Any<'t>, has_map: bool) {
        match value.get_ref() {
            DeValue::Table(table) => {
                self.merge.begin_streams(self.location(key));
                for (name, options) in in_order(table) {
                    self.stream(name, options, has_map);
                }
            }
            DeValue::Array(names) => {
                self.merge.begin_streams(self.location(key));
                let mut seen = Vec::new();
                for (name, location) in self.names(STREAMS, STREAMS_TAKE, names) {
                    if seen.contains(&name) {
                        self.merge.add(declared_twice(&name, &name), location);
                    } else {
                        self.merge.stream(&name, location);
                        seen.push(name);
                    }
                }
            }
            _ => self.misfit(STREAMS, STREAMS_TAKE, value),
        }
    }

    /// Reads one table of options.
    fn stream(&mut self, name: &Text<'t>, options: &Any<'t>, has_map: bool) {
        let location = self.location(name);
        let name = name.get_ref();
        let stream = self.merge.stream(name, location);
        let path = format!("{STREAMS}.{name}");
        let DeValue::Table(options) = options.get_ref() else {
            let takes = r#"a table of options, such as { format = "json" }"#;
            return self.misfit(&path, takes, options);
        };
        for (option, value) in in_order(options) {
            let path = format!("{path}.{}", option.get_ref());
            match keys::find(option.get_ref(), STREAM_KEYS) {
                Some(key) if key.name == MIRROR => {
                    if !has_map {
                        self.merge.clear_mirrors(Some(name));
                    }
                    self.mirrors((name, &self.location(option)), value, &path);
                }
                Some(key) => {
                    let (given, location) = (self.given(value), self.location(value));
                    self.merge.set_of_stream(stream, key, given, location);
                }
                None => self.unknown(option, path, STREAM_KEYS),
            }
        }
    }

    fn mirror_map(&mut self, value: &Any<'t>) {
        let DeValue::Table(map) = value.get_ref() else {
            return self.misfit(MIRROR_MAP, MIRROR_MAP_TAKES, value);
        };
        self.merge.clear_mirrors(None);
        for (from, to) in in_order(map) {
            let path = format!("{MIRROR_MAP}.{}", from.get_ref());
            self.mirrors((from.get_ref(), &self.location(from)), to, &path);
        }
    }

    /// Reads the targets of one stream: a name, or several.
    fn mirrors(&mut self, from: (&str, &Location), value: &Any<'t>, path: &str) {
        let targets = match value.get_ref() {
            DeValue::String(name) => vec![(name.to_string(), self.location(value))],
            DeValue::Array(names) => self.names(path, MIRROR_TAKES, names),
            _ => return self.misfit(path, MIRROR_TAKES, value),
        };
        for (to, location) in targets {
            let from = (from.0, from.1.clone());
            self.merge.mirror(from, (&to, location), path);
        }
    }

    /// Reads the names in an array.
    fn names(&mut self, path: &str, takes: &str, names: &[Any<'t>]) -> Vec<(String, Location)> {
        let mut found = Vec::new();
        for name in names {
            match name.get_ref() {
                DeValue::String(text) => found.push((text.to_string(), self.location(name))),
                _ => self.misfit(path, takes, name),
            }
        }
        found
    }

    /// Notes a key that does not exist.
    fn unknown<T>(&mut self, name: &Text<'t>, path: impl Into<String>, keys: &[Key<T>]) {
        let names = keys.iter().map(|key| key.name);
        let meant = did_you_mean(name.get_ref(), names.clone());
        let names = names.collect::<Vec<_>>().join(", ");
        let why = format!("unknown key; {meant}allowed: {names}");
        let problem = ConfigProblem::new(path, "", why);
        self.merge.add(problem, self.location(name));
    }

    /// Notes a value of the wrong kind.
    fn misfit(&mut self, path: &str, takes: &str, value: &Any<'t>) {
        let given = self.given(value);
        let why = format!("{}; allowed: {takes}", given.kind());
        let problem = ConfigProblem::new(path, given.written(), why);
        self.merge.add(problem, self.location(value));
    }

    fn given<'v>(&self, value: &'v Any<'t>) -> Given<'v>
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

    fn location<T>(&self, spanned: &Spanned<T>) -> Location {
        location(self.text, self.file.clone(), spanned.span().start)
    }
}

/// Returns where a byte of a text stands.
fn location(text: &str, file: Option<Arc<Path>>, byte: usize) -> Location {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    Location::Text {
        file,
        line: before.matches('\n').count() + 1,
        column: before[line..].chars().count() + 1,
    }
}

/// Returns the entries of a table as they stand in the text.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Text<'t>, &'a Any<'t>)> {
    let mut entries = table.iter().collect::<Vec<_>>();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}
