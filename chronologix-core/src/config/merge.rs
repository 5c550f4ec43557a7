//! Settings that were read somewhere, on top of those the program gave.

use super::{
    Config, ConfigError, ConfigProblem, StreamConfig,
    keys::{Given, Key, MIRROR_MAP, STREAMS},
    place::{Origins, Place},
    settings::{default_mirrors, default_streams},
};

/// A configuration that is being read, with where each setting was found and what is wrong with it.
#[derive(Debug)]
pub(super) struct Merge {
    config: Config,
    problems: Vec<ConfigProblem>,
    origins: Origins,
    mirrors: Vec<Mirror>,
}

/// A mirror that was read: both names with their places, and the key that says so.
#[derive(Debug)]
struct Mirror {
    names: [(String, Place); 2],
    path: String,
}

impl Merge {
    pub(super) fn into(config: Config) -> Self {
        Self {
            config,
            problems: Vec::new(),
            origins: Origins::default(),
            mirrors: Vec::new(),
        }
    }

    /// Notes what is wrong with what stands there.
    pub(super) fn add(&mut self, problem: ConfigProblem, place: &Place) {
        self.problems.push(problem.in_place(place.clone()));
    }

    /// Forgets what a setter of the logger was given so far, if it takes any number of values.
    pub(super) fn forget(&mut self, key: &Key<Config>) {
        self.config = key.forget(std::mem::take(&mut self.config));
    }

    /// Gives a value to a setter of the logger.
    pub(super) fn set(&mut self, key: &Key<Config>, given: Given<'_>, place: &Place) {
        let mut problems = Vec::new();
        let known = self.config.problems.len();
        let config = std::mem::take(&mut self.config);
        self.config = key.set(config, given, key.name, &mut problems);
        problems.extend(self.config.problems.drain(known..));
        self.took(key.name, problems, place);
    }

    /// The streams are those that follow, unless the program named its own, to which they are added then.
    pub(super) fn begin_streams(&mut self, place: &Place) {
        self.origins.note(STREAMS.to_owned(), STREAMS, place);
        self.config.streams.get_or_insert_default();
    }

    /// The place of a stream in the list of all. One that is not known yet is added.
    pub(super) fn stream(&mut self, name: &str, place: &Place) -> usize {
        self.origins
            .note(format!("{STREAMS}.{name}"), STREAMS, place);
        let streams = self.config.known_streams();
        let known = streams.iter().position(|stream| stream.name == name);
        known.unwrap_or_else(|| {
            streams.push(StreamConfig::new(name));
            streams.len() - 1
        })
    }

    /// Gives a value to a setter of a stream.
    pub(super) fn set_of_stream(
        &mut self,
        stream: usize,
        key: &Key<StreamConfig>,
        given: Given<'_>,
        place: &Place,
    ) {
        let Some(stream) = self.config.known_streams().get_mut(stream) else {
            return;
        };
        let path = format!("{STREAMS}.{}.{}", stream.name, key.name);
        let mut problems = Vec::new();
        let known = stream.problems.len();
        *stream = key.set(stream.clone(), given, &path, &mut problems);
        problems.extend(stream.problems.drain(known..));
        self.took(&path, problems, place);
    }

    /// A setter took a value, unless there are problems.
    fn took(&mut self, path: &str, problems: Vec<ConfigProblem>, place: &Place) {
        if problems.is_empty() {
            self.origins.note(path.to_owned(), path, place);
        }
        for problem in problems {
            self.add(problem, place);
        }
    }

    /// Forgets the mirrors of one stream, or of all.
    pub(super) fn forget_mirrors(&mut self, from: Option<&str>) {
        let mirrors = self.config.known_mirrors();
        mirrors.retain(|(source, _)| from.is_some_and(|from| from != source));
    }

    /// Adds a mirror. Each name has its place; `path` is the key in full.
    pub(super) fn mirror(&mut self, from: (&str, &Place), to: (&str, &Place), path: &str) {
        let names = [from, to].map(|(name, place)| (name.to_owned(), place.clone()));
        self.mirrors.push(Mirror {
            names,
            path: path.to_owned(),
        });
        let mirrors = self.config.known_mirrors();
        mirrors.push((from.0.to_owned(), to.0.to_owned()));
    }

    /// Notes where the names stand that cannot be mirrored, which only now is known.
    fn note_mirrors(&mut self) {
        let known = self.names();
        for Mirror { names, path } in &self.mirrors {
            let is_known = |name: &String| known.contains(name);
            let [(from, _), (to, _)] = names;
            let is_into_itself = from == to && is_known(from);
            for (at, (name, place)) in names.iter().enumerate() {
                if !is_known(name) || is_into_itself && at == 0 {
                    self.origins
                        .note(format!("{MIRROR_MAP}.{name}"), path, place);
                }
            }
        }
    }

    /// The streams known so far, by name.
    pub(super) fn names(&self) -> Vec<String> {
        let streams = self.config.streams.clone().unwrap_or_else(default_streams);
        streams.into_iter().map(|stream| stream.name).collect()
    }

    /// The configuration, or everything that is wrong with it, in the order in which it stands there.
    pub(super) fn finish(mut self) -> Result<Config, ConfigError> {
        self.note_mirrors();
        if let Err(error) = self.config.validate() {
            let located = error
                .into_problems()
                .into_iter()
                .map(|problem| self.origins.locate(problem));
            self.problems.extend(located);
        }
        if self.problems.is_empty() {
            return Ok(self.config);
        }
        self.problems.sort_by_key(ConfigProblem::position);
        self.problems.dedup();
        Err(ConfigError::new(self.problems))
    }
}

impl Config {
    /// The streams, those of the default included, to be changed.
    pub(super) fn known_streams(&mut self) -> &mut Vec<StreamConfig> {
        self.known_mirrors();
        self.streams.get_or_insert_with(default_streams)
    }

    /// The mirrors, that of the default included, to be changed.
    fn known_mirrors(&mut self) -> &mut Vec<(String, String)> {
        let is_default = self.streams.is_none();
        let of_the_default = || {
            if is_default {
                default_mirrors()
            } else {
                Vec::new()
            }
        };
        self.mirrors.get_or_insert_with(of_the_default)
    }
}
