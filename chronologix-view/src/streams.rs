//! The streams of a tree: their names, and which stream is mirrored into which.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

#[cfg(test)]
mod tests;

/// A stream, as an index into [`Streams`]. Of lines with the same time, those of lower ids come
/// first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct StreamId(pub(crate) u16);

impl StreamId {
    /// Returns the index of this stream in a list of all streams.
    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A set of streams that one record was found in. It holds ids below 64 only; later streams never
/// count as copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(crate) struct StreamSet(u64);

impl StreamSet {
    /// The number of ids a set can hold.
    const CAPACITY: u16 = 64;

    /// Returns the set of one stream.
    pub(crate) fn of(stream: StreamId) -> Self {
        Self::default().with(stream)
    }

    /// Returns this set with `stream` added.
    #[must_use]
    pub(crate) fn with(self, stream: StreamId) -> Self {
        if stream.0 < Self::CAPACITY {
            Self(self.0 | 1 << stream.0)
        } else {
            self
        }
    }

    /// Returns whether `stream` is in the set.
    pub(crate) fn contains(self, stream: StreamId) -> bool {
        stream.0 < Self::CAPACITY && self.0 & (1 << stream.0) != 0
    }

    /// Iterates over the set, lowest id first.
    pub(crate) fn iter(self) -> impl DoubleEndedIterator<Item = StreamId> {
        (0..Self::CAPACITY)
            .map(StreamId)
            .filter(move |stream| self.contains(*stream))
    }

    /// Returns the size of the set.
    pub(crate) fn len(self) -> usize {
        self.0.count_ones() as usize
    }
}

/// A stream of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stream {
    /// Its name.
    name: String,
    /// The streams its records are copied to.
    mirrors: Vec<StreamId>,
}

/// The names of all streams that any reader of the tree has seen. Shared, so that an id means the
/// same stream to all of them.
#[derive(Clone, Debug, Default)]
pub(crate) struct StreamNames(Arc<Mutex<Vec<String>>>);

impl StreamNames {
    /// Returns the id of the stream called `name`. Adds the stream if it is new.
    pub(crate) fn id(&self, name: &str) -> StreamId {
        // The list is consistent wherever a holder could have panicked.
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = names.iter().position(|known| known == name);
        let index = index.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        StreamId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    fn after(&self, known: usize) -> Vec<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(known..).unwrap_or_default().to_vec()
    }
}

/// All streams seen so far. Ids never change, because streams are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub(crate) struct Streams {
    /// In order of their ids.
    list: Vec<Stream>,
    /// Whether the tree declares its mirrors. If not, any two equal lines of the same time count as
    /// copies.
    mirrors_known: bool,
}

impl Streams {
    /// Returns the number of streams.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Iterates over all ids, in order.
    pub(crate) fn ids(&self) -> impl Iterator<Item = StreamId> + use<> {
        (0..u16::try_from(self.list.len()).unwrap_or(u16::MAX)).map(StreamId)
    }

    /// Returns the name of a stream, or an empty text for an unknown id.
    pub(crate) fn name(&self, stream: StreamId) -> &str {
        self.list
            .get(stream.index())
            .map_or("", |stream| &stream.name)
    }

    /// Returns the id of the stream called `name`, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<StreamId> {
        self.ids().find(|stream| self.name(*stream) == name)
    }

    /// Returns the id of the stream called `name`. Adds the stream if it is new.
    pub(crate) fn id(&mut self, name: &str) -> StreamId {
        let index = self.list.iter().position(|stream| stream.name == name);
        let index = index.unwrap_or_else(|| {
            self.list.push(Stream {
                name: name.to_owned(),
                mirrors: Vec::new(),
            });
            self.list.len() - 1
        });
        StreamId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Adds the streams that other readers have seen.
    pub(crate) fn learn(&mut self, names: &StreamNames) {
        for name in names.after(self.list.len()) {
            self.id(&name);
        }
    }

    /// Declares that records of `source` are copied to `targets`. From now on, only declared copies
    /// count.
    pub(crate) fn set_mirrors(&mut self, source: StreamId, targets: Vec<StreamId>) {
        self.mirrors_known = true;
        if let Some(stream) = self.list.get_mut(source.index()) {
            stream.mirrors = targets;
        }
    }

    /// Returns whether a line of `stream` can have a copy in another stream.
    pub(crate) fn may_have_copies(&self, stream: StreamId) -> bool {
        if stream.0 >= StreamSet::CAPACITY || self.list.len() < 2 {
            return false;
        }
        !self.mirrors_known
            || self.list.iter().enumerate().any(|(index, other)| {
                !other.mirrors.is_empty()
                    && (index == stream.index() || other.mirrors.contains(&stream))
            })
    }

    /// Returns whether equal lines in all of `set` can be one record: one of the streams is
    /// mirrored into all others.
    pub(crate) fn is_one_record(&self, set: StreamSet) -> bool {
        !self.mirrors_known || self.declared_origin(set).is_some()
    }

    /// Returns the stream a record was logged to, of those it was found in. If the tree does not
    /// declare its mirrors, this is the stream with the fewest lines: a mirror holds those of its
    /// source and its own.
    pub(crate) fn origin(&self, set: StreamSet, lines: &[u64]) -> Option<StreamId> {
        let fewest = || {
            let count = |stream: &StreamId| lines.get(stream.index()).copied().unwrap_or(0);
            set.iter().rev().min_by_key(count)
        };
        self.declared_origin(set).or_else(fewest)
    }

    /// Returns the label of a line in the merged view: `app`, or `errors→app` for a folded copy.
    pub(crate) fn tag(&self, set: StreamSet, lines: &[u64]) -> String {
        let Some(origin) = self.origin(set, lines) else {
            return String::new();
        };
        let mut tag = self.name(origin).to_owned();
        for (index, copy) in set.iter().filter(|copy| *copy != origin).enumerate() {
            let mark = if index == 0 { '→' } else { ',' };
            let _ = write!(tag, "{mark}{}", self.name(copy));
        }
        tag
    }

    /// Returns the width of the longest label, in characters.
    pub(crate) fn longest_tag(&self) -> usize {
        let with_copies = |stream: &Stream| {
            let copies = stream
                .mirrors
                .iter()
                .map(|copy| 1 + self.name(*copy).chars().count());
            stream.name.chars().count() + copies.sum::<usize>()
        };
        self.list.iter().map(with_copies).max().unwrap_or(0)
    }

    fn declared_origin(&self, set: StreamSet) -> Option<StreamId> {
        if set.len() == 1 {
            return set.iter().next();
        }
        set.iter().find(|origin| {
            let mirrors = self
                .list
                .get(origin.index())
                .map_or(&[][..], |stream| &stream.mirrors);
            set.iter()
                .all(|copy| copy == *origin || mirrors.contains(&copy))
        })
    }
}
