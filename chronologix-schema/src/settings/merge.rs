//! Settings that were read somewhere, on top of those given before, and where each of them stands.

use super::{
    ConfigError, ConfigProblem, EchoOptions, LoggerOptions, StreamOptions,
    keys::{ECHO, ECHO_TO, Given, Key, MIRROR_MAP, SHIP, STREAMS, Value},
    problem::Location,
    ship::ShipOptions,
};

/// Settings that are being read. `P` is a place in what is read.
#[derive(Debug)]
pub struct Merge<P> {
    read: Merged<P>,
    origins: Vec<Origin<P>>,
    mirrors: Vec<Mirror<P>>,
}

/// What was read.
#[derive(Debug)]
pub struct Merged<P> {
    /// The settings, on top of those given before.
    pub options: LoggerOptions,
    /// The values that were taken, in their order.
    pub assignments: Vec<Assignment>,
    /// Everything that is wrong, and where.
    pub problems: Vec<(ConfigProblem, Option<P>)>,
}

/// A value that a key has taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The index of the stream. `None`: the key is one of the logger.
    pub stream: Option<usize>,
    /// Its name.
    pub key: &'static str,
    /// The value, checked.
    pub value: Value,
}

/// Where a setting was read.
#[derive(Debug)]
struct Origin<P> {
    /// The key of a problem that would lie here, or that key and the value with a `.` between.
    subject: String,
    /// The key as it was written.
    key: String,
    place: P,
    /// A problem was found here already.
    is_taken: bool,
}

/// A mirror that was read: both names with their places, and the key in full.
#[derive(Debug)]
struct Mirror<P> {
    names: [(String, P); 2],
    path: String,
}

impl<P: Clone> Merge<P> {
    /// Begins to read on top of `options`.
    #[must_use]
    pub fn new(options: LoggerOptions) -> Self {
        Self {
            read: Merged {
                options,
                assignments: Vec::new(),
                problems: Vec::new(),
            },
            origins: Vec::new(),
            mirrors: Vec::new(),
        }
    }

    /// Notes a problem with what stands at `place`.
    pub fn add(&mut self, problem: ConfigProblem, place: P) {
        self.read.problems.push((problem, Some(place)));
    }

    /// Gives a key of the logger its value, or its values if it takes several.
    pub fn set<'g>(
        &mut self,
        key: &Key<LoggerOptions>,
        values: impl IntoIterator<Item = (Given<'g>, P)>,
    ) {
        key.clear(&mut self.read.options);
        for (given, place) in values {
            let taken = key.set(&mut self.read.options, given);
            self.took((None, key.name), key.name.to_owned(), given, taken, place);
        }
    }

    /// Gives a key of the echo its value, or its values if it takes several. They are no
    /// assignments: the options hold all that was read.
    pub fn set_of_echo<'g>(
        &mut self,
        key: &Key<EchoOptions>,
        values: impl IntoIterator<Item = (Given<'g>, P)>,
    ) {
        let path = format!("{ECHO}.{}", key.name);
        key.clear(&mut self.read.options.echo);
        for (given, place) in values {
            match key.set(&mut self.read.options.echo, given) {
                Ok(_) => {
                    // One of several values may be wrong beside the others.
                    self.note(format!("{path}.{}", given.written()), &path, place.clone());
                    self.note(path.clone(), &path, place.clone());
                    self.note(ECHO.to_owned(), ECHO, place);
                }
                Err(why) => {
                    if key.name == ECHO_TO {
                        // So that it is not missing as well.
                        self.read.options.echo.to.get_or_insert_default();
                    }
                    self.add(ConfigProblem::new(&path, given.written(), why), place);
                }
            }
        }
    }

    /// Gives a key of the table of `chronologix-ship` its value, or its values if it takes several.
    /// They are no assignments: a logger has no use for them.
    pub fn set_of_ship<'g>(
        &mut self,
        key: &Key<ShipOptions>,
        values: impl IntoIterator<Item = (Given<'g>, P)>,
    ) {
        let path = format!("{SHIP}.{}", key.name);
        key.clear(&mut self.read.options.ship);
        for (given, place) in values {
            match key.set(&mut self.read.options.ship, given) {
                Ok(_) => {
                    // One of several values may be wrong beside the others.
                    self.note(format!("{path}.{}", given.written()), &path, place.clone());
                    self.note(path.clone(), &path, place);
                }
                // The value of a header may be a secret.
                Err(why) => self.add(ConfigProblem::new(&path, "", why), place),
            }
        }
    }

    /// Makes the streams those that follow, unless the program named its own. Then they are added.
    pub fn begin_streams(&mut self, place: P) {
        self.note(STREAMS.to_owned(), STREAMS, place);
        self.read.options.streams.get_or_insert_default();
    }

    /// Returns the index of a stream. A stream that is not known yet is added.
    pub fn stream(&mut self, name: &str, place: P) -> usize {
        self.note(format!("{STREAMS}.{name}"), STREAMS, place);
        let streams = self.read.options.streams_mut();
        let known = streams.iter().position(|stream| stream.name == name);
        known.unwrap_or_else(|| {
            streams.push(StreamOptions::new(name));
            streams.len() - 1
        })
    }

    /// Gives an option of a stream its value.
    pub fn set_of_stream(
        &mut self,
        index: usize,
        key: &Key<StreamOptions>,
        given: Given<'_>,
        place: P,
    ) {
        if let Some(stream) = self.read.options.streams_mut().get_mut(index) {
            let path = stream.key(key.name);
            let taken = key.set(stream, given);
            self.took((Some(index), key.name), path, given, taken, place);
        }
    }

    fn took(
        &mut self,
        (stream, key): (Option<usize>, &'static str),
        path: String,
        given: Given<'_>,
        taken: Result<Value, String>,
        place: P,
    ) {
        match taken {
            Ok(value) => {
                self.read
                    .assignments
                    .push(Assignment { stream, key, value });
                self.note(path.clone(), &path, place);
            }
            Err(why) => self.add(ConfigProblem::new(path, given.written(), why), place),
        }
    }

    /// Forgets the mirrors of one stream, or of all.
    pub fn clear_mirrors(&mut self, from: Option<&str>) {
        let mirrors = self.read.options.mirrors_mut();
        mirrors.retain(|(source, _)| from.is_some_and(|from| from != source));
    }

    /// Adds a mirror. `path` is the key in full.
    pub fn mirror(&mut self, from: (&str, P), to: (&str, P), path: &str) {
        let mirrors = self.read.options.mirrors_mut();
        mirrors.push((from.0.to_owned(), to.0.to_owned()));
        self.mirrors.push(Mirror {
            names: [from, to].map(|(name, place)| (name.to_owned(), place)),
            path: path.to_owned(),
        });
    }

    /// Returns the names of the streams known so far.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let streams = self.read.options.streams();
        streams.iter().map(|stream| stream.name.clone()).collect()
    }

    /// Returns what was read. `check` finds what is wrong with the whole.
    pub fn finish(mut self, check: impl FnOnce(&LoggerOptions) -> Vec<ConfigProblem>) -> Merged<P> {
        self.note_mirrors();
        for problem in check(&self.read.options) {
            let located = self.locate(problem);
            self.read.problems.push(located);
        }
        self.read
    }

    /// Notes where the names stand that cannot be mirrored, which is known only at the end.
    fn note_mirrors(&mut self) {
        let known = self.names();
        for Mirror { names, path } in std::mem::take(&mut self.mirrors) {
            let is_known = |name: &String| known.contains(name);
            let [(from, _), (to, _)] = &names;
            let is_into_itself = from == to && is_known(from);
            for (at, (name, place)) in names.into_iter().enumerate() {
                if !is_known(&name) || is_into_itself && at == 0 {
                    self.note(format!("{MIRROR_MAP}.{name}"), &path, place);
                }
            }
        }
    }

    fn note(&mut self, subject: String, key: &str, place: P) {
        self.origins.push(Origin {
            subject,
            key: key.to_owned(),
            place,
            is_taken: false,
        });
    }

    /// Finds where the setting was read that a problem is with, if it was read here.
    fn locate(&mut self, problem: ConfigProblem) -> (ConfigProblem, Option<P>) {
        let key = problem.key().to_owned();
        let with_value = format!("{key}.{}", problem.value());
        let found = self.take(&with_value).or_else(|| self.take(&key));
        if let Some((key, place)) = found {
            return (problem.at(&key), Some(place));
        }
        // A stream without the option `file` still has a file.
        let table = key.rsplit_once('.').and_then(|(table, _)| self.take(table));
        (problem, table.map(|(_, place)| place))
    }

    /// Returns key and place of a subject. Two mirrors may have the same wrong name: each is taken
    /// once, in the order of the problems.
    fn take(&mut self, subject: &str) -> Option<(String, P)> {
        let meant = self.origins.iter_mut();
        let meant = meant.filter(|origin| origin.subject == subject);
        // The first that is free, else the first.
        let origin = meant.min_by_key(|origin| origin.is_taken)?;
        origin.is_taken = true;
        Some((origin.key.clone(), origin.place.clone()))
    }
}

impl Merged<Location> {
    /// Returns everything that is wrong, in the order in which it was read.
    #[must_use]
    pub fn error(&self) -> Option<ConfigError> {
        let problems = self.problems.iter().cloned();
        let problems = problems.map(|(problem, place)| problem.located(place));
        let problems = problems.collect::<Vec<_>>();
        (!problems.is_empty()).then(|| ConfigError::in_order(problems))
    }
}
