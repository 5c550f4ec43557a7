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
pub struct StreamId(pub u16);

impl StreamId {
    /// Returns the index of this stream in a list of all streams.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// The most ids of a [`StreamSet`] that need no memory of their own.
const FEW: usize = 6;

/// The streams that one record was found in: its own, and those with a mirrored copy of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamSet(Ids);

/// Ids in order. Nearly all records are in one stream or two.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Ids {
    /// This many of the ids. The others are zero.
    Few(u8, [StreamId; FEW]),
    /// More than [`FEW`].
    Many(Arc<Vec<StreamId>>),
}

impl StreamSet {
    /// Returns the set of one stream.
    pub fn of(stream: StreamId) -> Self {
        let mut ids = [StreamId(0); FEW];
        ids[0] = stream;
        Self(Ids::Few(1, ids))
    }

    /// Returns this set with `stream` added.
    #[must_use]
    pub fn with(&self, stream: StreamId) -> Self {
        let known = self.ids();
        let Err(index) = known.binary_search(&stream) else {
            return self.clone();
        };
        match &self.0 {
            Ids::Few(length, ids) if usize::from(*length) < FEW => {
                let mut ids = *ids;
                ids.copy_within(index..known.len(), index + 1);
                ids[index] = stream;
                Self(Ids::Few(length + 1, ids))
            }
            _ => {
                let (before, after) = known.split_at(index);
                Self(Ids::Many(Arc::new([before, &[stream], after].concat())))
            }
        }
    }

    /// Returns whether `stream` is in the set.
    pub fn contains(&self, stream: StreamId) -> bool {
        self.ids().contains(&stream)
    }

    /// Iterates over the set, lowest id first.
    pub fn iter(&self) -> impl Iterator<Item = StreamId> {
        self.ids().iter().copied()
    }

    /// Returns the ids, in order.
    fn ids(&self) -> &[StreamId] {
        match &self.0 {
            Ids::Few(length, ids) => &ids[..usize::from(*length)],
            Ids::Many(ids) => ids,
        }
    }
}

/// A stream of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stream {
    /// Its name.
    name: String,
    /// The streams its records are copied to.
    mirrors: Vec<StreamId>,
    /// Whether records of another stream are copied to this one, or were before the mirrors were
    /// changed.
    is_mirror: bool,
    /// Whether its records and their copies are lines of different shapes.
    has_unlike_copies: bool,
}

/// The names of all streams that any reader of the tree has seen. Shared, so that an id means the
/// same stream to all of them.
#[derive(Clone, Debug, Default)]
pub struct StreamNames(Arc<Mutex<Vec<String>>>);

impl StreamNames {
    /// Returns the id of the stream called `name`. Adds the stream if it is new.
    pub fn id(&self, name: &str) -> StreamId {
        // The list is consistent wherever a holder could have panicked.
        let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = names.iter().position(|known| known == name);
        let index = index.unwrap_or_else(|| {
            names.push(name.to_owned());
            names.len() - 1
        });
        StreamId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Returns the name of a stream, if it is known.
    pub fn name(&self, stream: StreamId) -> Option<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(stream.index()).cloned()
    }

    fn after(&self, known: usize) -> Vec<String> {
        let names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        names.get(known..).unwrap_or_default().to_vec()
    }
}

/// All streams seen so far. Ids never change, because streams are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Streams {
    /// In order of their ids.
    list: Vec<Stream>,
}

impl Streams {
    /// Returns the number of streams.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Iterates over all ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = StreamId> + use<> {
        (0..u16::try_from(self.list.len()).unwrap_or(u16::MAX)).map(StreamId)
    }

    /// Returns the name of a stream, or an empty text for an unknown id.
    pub fn name(&self, stream: StreamId) -> &str {
        self.list
            .get(stream.index())
            .map_or("", |stream| &stream.name)
    }

    /// Returns the id of the stream called `name`. Adds the stream if it is new.
    pub fn id(&mut self, name: &str) -> StreamId {
        let index = self.list.iter().position(|stream| stream.name == name);
        let index = index.unwrap_or_else(|| {
            self.list.push(Stream {
                name: name.to_owned(),
                mirrors: Vec::new(),
                is_mirror: false,
                has_unlike_copies: false,
            });
            self.list.len() - 1
        });
        StreamId(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// Adds the streams that other readers have seen.
    pub fn learn(&mut self, names: &StreamNames) {
        for name in names.after(self.list.len()) {
            self.id(&name);
        }
    }

    /// Returns the streams that records of a stream are copied to.
    pub fn mirrors(&self, stream: StreamId) -> &[StreamId] {
        let stream = self.list.get(stream.index());
        stream.map_or(&[], |stream| &stream.mirrors)
    }

    /// Declares that records of `source` are copied to `targets`. Equal lines of other streams are
    /// records of their own.
    pub fn set_mirrors(&mut self, source: StreamId, targets: Vec<StreamId>) {
        for target in &targets {
            if let Some(target) = self.list.get_mut(target.index()) {
                target.is_mirror = true;
            }
        }
        if let Some(stream) = self.list.get_mut(source.index()) {
            stream.mirrors = targets;
        }
    }

    /// Declares that records of these streams and their copies are lines of different shapes.
    pub(crate) fn set_unlike(&mut self, streams: &[StreamId]) {
        for stream in streams {
            if let Some(stream) = self.list.get_mut(stream.index()) {
                stream.has_unlike_copies = true;
            }
        }
    }

    /// Returns whether records of a stream and their copies are lines of different shapes.
    pub(crate) fn has_unlike_copies(&self, stream: StreamId) -> bool {
        let stream = self.list.get(stream.index());
        stream.is_some_and(|stream| stream.has_unlike_copies)
    }

    /// Returns how often the records found in each stream count, so that a mirrored record counts
    /// once. `shown` has the streams that are looked at, or `None` for all.
    ///
    /// A record counts in its own stream and in each mirror, so those counts must sum up to 1.
    pub fn weights(&self, shown: Option<&[StreamId]>) -> Vec<i64> {
        let is_shown = |stream: StreamId| shown.is_none_or(|shown| shown.contains(&stream));
        let mut weights = vec![0; self.list.len()];
        // A mirror of a mirror takes one more round. Mirrors in a circle have no solution.
        for _ in 0..self.list.len() {
            let weight = |(stream, source): (StreamId, &Stream)| {
                let mirrors = source.mirrors.iter().filter(|mirror| **mirror != stream);
                let mirrored = mirrors.filter_map(|mirror| weights.get(mirror.index()));
                if is_shown(stream) {
                    1 - mirrored.sum::<i64>()
                } else {
                    0
                }
            };
            let next: Vec<i64> = self.ids().zip(&self.list).map(weight).collect();
            if next == weights {
                break;
            }
            weights = next;
        }
        weights
    }

    /// Returns whether a line of `stream` can have a copy in another stream.
    pub(crate) fn may_have_copies(&self, stream: StreamId) -> bool {
        let stream = self.list.get(stream.index());
        stream.is_some_and(|stream| stream.is_mirror || !stream.mirrors.is_empty())
    }

    /// Returns whether equal lines in all of `set` can be one record: one of the streams is
    /// mirrored into all others.
    pub(crate) fn is_one_record(&self, set: &StreamSet) -> bool {
        self.declared_origin(set).is_some()
    }

    /// Returns the stream a record was logged to, of those it was found in. If the mirrors were
    /// changed meanwhile, this is the first.
    pub fn origin(&self, set: &StreamSet) -> StreamId {
        let origin = self.declared_origin(set);
        origin.or(set.iter().next()).unwrap_or(StreamId(0))
    }

    /// Returns the label of a line in the merged view: `app`, or `errors→app` for a folded copy.
    pub fn tag(&self, set: &StreamSet) -> String {
        let origin = self.origin(set);
        let mut tag = self.name(origin).to_owned();
        for (index, copy) in set.iter().filter(|copy| *copy != origin).enumerate() {
            let mark = if index == 0 { '→' } else { ',' };
            let _ = write!(tag, "{mark}{}", self.name(copy));
        }
        tag
    }

    fn declared_origin(&self, set: &StreamSet) -> Option<StreamId> {
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
