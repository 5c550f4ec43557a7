//! A settings file, read when its crate is compiled. Takes and refuses what core does when it reads one, in the same words; knows no syn.

mod amounts;
mod document;
mod keys;
mod rules;
mod streams;
mod timestamp;

use super::{nearest::nearest, period, words};

/// What a settings file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) streams: Vec<Stream>,
    /// What goes to setters of the logger: their names, with what they are given. Some are called several times.
    pub(crate) values: Vec<(&'static str, Value)>,
}

/// A stream of a settings file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stream {
    pub(crate) name: String,
    /// Its options that are texts, by name.
    pub(crate) options: Vec<(&'static str, String)>,
    /// Places of the targets in the list of streams.
    pub(crate) targets: Vec<usize>,
    /// Line and column of its name.
    pub(crate) place: (usize, usize),
}

/// What a setter is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Count(u64),
    Mode(u32),
    Milliseconds(u64),
    Flag(bool),
}

/// Something wrong, and where it stands. Line and column begin with 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) column: usize,
    /// Empty if it is not about a key.
    pub(crate) key: String,
    /// With what would be right.
    pub(crate) why: String,
}

/// Reads a file: what it says, as far as that makes sense, and everything that is wrong with it, in its order.
pub(crate) fn read(text: &str) -> (Settings, Vec<Mistake>) {
    let mut document = document::Document::new(text);
    let settings = document.settings();
    (settings, document.into_mistakes())
}
