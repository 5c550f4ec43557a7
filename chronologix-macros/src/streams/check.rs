//! The rules for streams: those of settings, applied to an attribute, and those of constants.

use chronologix_schema::{
    Level,
    settings::{
        ConfigProblem, EchoOptions, LoggerOptions,
        keys::{self, Given, STREAM_KEYS, Value},
        merge::{Assignment, Merge},
        names::declared_twice,
        suggest::nearest,
    },
};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{LitStr, ext::IdentExt};

use super::input::Entry;
use crate::{errors::Errors, syntax::Setting};

/// Returns what is wrong with a stream that has the name of a function beside the constants.
pub(super) fn taken(name: &str) -> Option<&'static str> {
    match name {
        "config" => {
            Some("`config` is the function that returns the configuration; choose another name")
        }
        "off" => Some("`off` is the function that turns logging off; choose another name"),
        _ => None,
    }
}

/// The option below whose level nothing is compiled. It belongs to the constant, not to the running
/// stream, so a file does not have it.
const FLOOR: &str = "compile_min_level";

/// A stream that makes sense.
#[derive(Debug)]
pub(crate) struct Stream {
    /// As the user wrote it, so that the compiler points there.
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) floor: Option<Level>,
    /// Setters with their arguments.
    pub(crate) options: Vec<(&'static str, Value)>,
    /// Indexes of the streams it is mirrored into.
    pub(crate) targets: Vec<usize>,
}

impl Stream {
    pub(super) const fn new(ident: Ident, name: String) -> Self {
        Self {
            ident,
            name,
            floor: None,
            options: Vec::new(),
            targets: Vec::new(),
        }
    }
}

/// Everything that is declared.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) streams: Vec<Stream>,
    /// Setters of the logger with their arguments.
    pub(crate) settings: Vec<(&'static str, Value)>,
    /// The options of the echo.
    pub(crate) echo: EchoOptions,
    /// The path of the settings file.
    pub(crate) file: Option<String>,
}

/// Applies all rules to an attribute.
///
/// Returns every stream that has a name of its own, with what is right of it: for the code that
/// uses it, a constant with a bad name is better than none.
pub(crate) fn check(entries: &[Entry], errors: &mut Errors) -> Declared {
    let mut reader = Reader {
        merge: Merge::new(LoggerOptions {
            streams: Some(Vec::new()),
            ..LoggerOptions::default()
        }),
        streams: Vec::new(),
        places: 0,
    };
    for entry in entries {
        reader.entry(entry);
    }
    let mut streams = reader.streams;
    let mut targets = Vec::new();
    let mut merged = reader.merge.finish(|options| {
        let mut problems = Vec::new();
        if !streams.is_empty() {
            targets = options.check(None, &mut problems);
        }
        problems
    });
    merged
        .problems
        .sort_by_key(|(_, place)| place.as_ref().map(|place| place.0));
    for (problem, place) in merged.problems {
        errors.at(place.map(|place| place.1), problem.why());
    }
    for (stream, targets) in streams.iter_mut().zip(targets) {
        stream.targets = targets[1..].to_vec();
    }
    for Assignment { stream, key, value } in merged.assignments {
        if let Some(stream) = stream.and_then(|stream| streams.get_mut(stream)) {
            stream.options.push((key, value));
        }
    }
    Declared {
        streams,
        ..Declared::default()
    }
}

/// Brings an attribute into settings.
struct Reader {
    merge: Merge<Place>,
    /// In the order of the merge.
    streams: Vec<Stream>,
    places: usize,
}

/// Tokens of the attribute, counted in their order.
#[derive(Clone)]
struct Place(usize, TokenStream);

impl Reader {
    fn entry(&mut self, entry: &Entry) {
        let name = entry.name.unraw().to_string();
        if let Some(why) = taken(&name) {
            return self.problem(&entry.name, why);
        }
        let place = self.place(&entry.name);
        if self.streams.iter().any(|stream| stream.name == name) {
            self.merge.add(declared_twice(&name, &name), place.clone());
        }
        let index = self.merge.stream(&name, place);
        if index == self.streams.len() {
            let stream = Stream::new(entry.name.clone(), name.clone());
            self.streams.push(stream);
        }
        for (at, setting) in entry.options.iter().enumerate() {
            self.option(index, setting, &entry.options[..at]);
        }
        for (at, target) in entry.targets.iter().enumerate() {
            let to = target.unraw().to_string();
            if entry.targets[..at].iter().any(|it| it.unraw() == to) {
                self.problem(target, &format!("`{name}` is mirrored into `{to}` twice"));
            } else if taken(&to).is_none() {
                let place = self.place(target);
                self.merge
                    .mirror((&name, place.clone()), (&to, place), &name);
            }
        }
    }

    fn option(&mut self, stream: usize, setting: &Setting, earlier: &[Setting]) {
        let Setting { option, value } = setting;
        let name = option.unraw().to_string();
        if earlier.iter().any(|other| other.option.unraw() == name) {
            return self.problem(option, &format!("the option `{name}` is given twice"));
        }
        let is_floor = name == FLOOR;
        let key = keys::find(if is_floor { "min_level" } else { &name }, STREAM_KEYS);
        let Some(key) = key.filter(|key| !key.takes_names()) else {
            return self.problem(option, &unknown_option(&name));
        };
        let text = syn::parse2::<LitStr>(value.clone()).map(|literal| literal.value());
        let written = value.to_string();
        let given = match (&text, written.as_str()) {
            (Ok(text), _) => Given::Text(text),
            (Err(_), "true") => Given::Flag(true),
            (Err(_), "false") => Given::Flag(false),
            (Err(_), _) => Given::Other(&written, "not a string"),
        };
        if let (true, Ok(text)) = (is_floor, &text) {
            match text.parse::<Level>() {
                Ok(level) => self.streams[stream].floor = Some(level),
                Err(why) => self.problem(value, &why.to_string()),
            }
        } else {
            let place = self.place(value);
            self.merge.set_of_stream(stream, key, given, place);
        }
    }

    /// Notes a problem that only an attribute can have.
    fn problem(&mut self, tokens: &impl ToTokens, why: &str) {
        let place = self.place(tokens);
        self.merge.add(ConfigProblem::new("", "", why), place);
    }

    fn place(&mut self, tokens: &impl ToTokens) -> Place {
        self.places += 1;
        Place(self.places, tokens.to_token_stream())
    }
}

fn unknown_option(name: &str) -> String {
    if name == keys::MIRROR {
        return "a mirror is not an option; write `-> app` after the stream".to_owned();
    }
    let options = STREAM_KEYS.iter().filter(|key| !key.takes_names());
    let options: Vec<_> = [FLOOR]
        .into_iter()
        .chain(options.map(|key| key.name))
        .collect();
    match nearest(name, options.iter().copied()) {
        Some(meant) => format!("unknown option `{name}`; did you mean `{meant}`?"),
        None => format!("unknown option `{name}`; allowed: {}", options.join(", ")),
    }
}
