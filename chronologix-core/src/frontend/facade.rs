//! Statements of other facades: what is known of a call of `log` or `tracing`, and the number of
//! its callsite.
//!
//! A thread remembers the numbers of its calls, so that the table of all callsites is locked once
//! for each of them.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{BuildHasherDefault, Hash, Hasher},
};

use chronologix_schema::layout::{Statement, StatementField, ValueKind};

use super::dynamic;
use crate::Level;

#[cfg(test)]
mod tests;

/// How many statements of other facades a process knows. Texts and calls are finite in a program's
/// source, but targets of `log` may be made while it runs.
pub(crate) const MOST_STATEMENTS: usize = 10_000;

/// How many numbers a thread remembers. Then it begins anew.
const MOST_REMEMBERED: usize = 20_000;

/// What all records of a call of another facade have in common.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FacadeStatement {
    pub(crate) level: Level,
    /// It stands in the catalogue, because a reader can tell its lines by the template.
    pub(crate) is_listed: bool,
    template: String,
    keys: Vec<String>,
    module: String,
    file: String,
    line: u32,
}

/// Where a record of another facade comes from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origin<'a> {
    pub(crate) target: &'a str,
    pub(crate) module: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
}

/// What tells a call from others, in four words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallKey(pub(crate) [usize; 4]);

impl Hash for CallKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        for word in self.0 {
            state.write_usize(word);
        }
    }
}

/// A call that this thread has made.
#[derive(Debug)]
struct Remembered {
    number: u32,
    /// The target and the module, if the key has no more than their hash.
    place: Option<(Box<str>, Box<str>)>,
}

/// Calls of which a thread remembers the last, by a hash: few threads have more that are hot.
const SLOTS: usize = 128;

/// What tells the call in a slot from others, and its number, or 0.
struct LastCall {
    words: Cell<[usize; 4]>,
    number: Cell<u32>,
}

thread_local! {
    /// The calls that this thread made last. They have no destructor, and so are quickly found.
    static LAST_CALLS: [LastCall; SLOTS] = const {
        [const {
            LastCall {
                words: Cell::new([0; 4]),
                number: Cell::new(0),
            }
        }; SLOTS]
    };
    /// The numbers of the calls that this thread has made.
    static REMEMBERED: RefCell<HashMap<CallKey, Remembered, BuildHasherDefault<WordHasher>>> =
        const { RefCell::new(HashMap::with_hasher(BuildHasherDefault::new())) };
}

impl FacadeStatement {
    /// Creates the statement of a call whose text, or name, is known before.
    pub(crate) fn listed(
        level: Level,
        place: Origin<'_>,
        text: &str,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            level,
            is_listed: true,
            template: text.replace('{', "{{").replace('}', "}}"),
            keys: keys.into_iter().collect(),
            module: place.module.unwrap_or(place.target).to_owned(),
            file: place.file.unwrap_or_default().to_owned(),
            line: place.line.unwrap_or_default(),
        }
    }

    /// Creates the statement of all other calls with this target, level and set of keys.
    pub(crate) fn shared(
        level: Level,
        target: &str,
        keys: impl IntoIterator<Item = String>,
    ) -> Self {
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_unstable();
        keys.dedup();
        Self {
            level,
            is_listed: false,
            template: "{}".to_owned(),
            keys,
            module: target.to_owned(),
            file: String::new(),
            line: 0,
        }
    }

    /// Returns the statement that logs to a stream of this name.
    pub(crate) fn statement(&self, stream: &str) -> Statement {
        let crate_name = self.module.split("::").next().unwrap_or_default();
        let fields = self.keys.iter().map(|key| StatementField {
            key: key.clone(),
            kind: ValueKind::Any,
        });
        let arguments = if self.is_listed {
            Vec::new()
        } else {
            vec![ValueKind::Any]
        };
        Statement {
            id: if self.is_listed {
                Statement::id_of(crate_name, stream, &self.template)
            } else {
                let keys = self.keys.join("\0");
                let shared = format!("{}\0{}\0{keys}", self.template, self.level);
                Statement::id_of(&self.module, stream, &shared)
            },
            stream: stream.to_owned(),
            level: Some(self.level),
            template: self.template.clone(),
            arguments,
            fields: fields.collect(),
            crate_name: crate_name.to_owned(),
            module: self.module.clone(),
            file: self.file.clone(),
            line: self.line,
        }
    }
}

/// Returns the number of the call that the thread made last of those with this hash, if it is the
/// one.
#[inline]
pub(crate) fn last(hash: usize, is_it: impl FnOnce([usize; 4]) -> bool) -> Option<u32> {
    LAST_CALLS.with(|slots| {
        let slot = &slots[index(hash)];
        is_it(slot.words.get()).then(|| slot.number.get())
    })
}

/// Has [`last`] find a call.
pub(crate) fn set_last(hash: usize, words: [usize; 4], number: u32) {
    LAST_CALLS.with(|slots| {
        let slot = &slots[index(hash)];
        slot.words.set(words);
        slot.number.set(number);
    });
}

#[inline]
fn index(hash: usize) -> usize {
    (hash ^ hash >> 7) >> 3 & (SLOTS - 1)
}

/// Returns the number of a call that this thread has made before.
///
/// `place` is its target and its module, if the key does not tell them from all others.
#[inline]
pub(crate) fn known(key: CallKey, place: Option<(&str, &str)>) -> Option<u32> {
    let known = REMEMBERED.try_with(|all| {
        let all = all.try_borrow().ok()?;
        let found = all.get(&key)?;
        let is_it = match (&found.place, place) {
            (Some(known), Some((target, module))) => *known.0 == *target && *known.1 == *module,
            _ => true,
        };
        is_it.then_some(found.number)
    });
    known.ok().flatten()
}

/// Returns the number of a call that this thread makes for the first time: see [`known`]. The
/// thread is inside.
#[cold]
pub(crate) fn remember(
    key: CallKey,
    place: Option<(&str, &str)>,
    statement: FacadeStatement,
) -> u32 {
    let number = dynamic::callsite_of(statement);
    // A thread that is ending, or an allocator that logs, does not remember it.
    let _ = REMEMBERED.try_with(|all| {
        if let Ok(mut all) = all.try_borrow_mut() {
            if all.len() >= MOST_REMEMBERED {
                all.clear();
            }
            all.insert(
                key,
                Remembered {
                    number,
                    place: place.map(|(target, module)| (target.into(), module.into())),
                },
            );
        }
    });
    number
}

/// Hashes a few words, of which none is chosen by others.
#[derive(Default)]
struct WordHasher(u64);

impl Hasher for WordHasher {
    #[inline]
    fn finish(&self) -> u64 {
        // The low bits choose the place.
        self.0 ^ (self.0 >> 32)
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        for word in bytes.chunks(8) {
            let mut padded = [0; 8];
            padded[..word.len()].copy_from_slice(word);
            self.add(u64::from_le_bytes(padded));
        }
    }

    #[inline]
    fn write_usize(&mut self, word: usize) {
        self.add(word as u64);
    }
}

impl WordHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        // The multiplier of FxHash, from Firefox and rustc.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// Returns a hash of texts that are no more than compared with others of this thread.
#[inline]
pub(crate) fn hash_of(texts: [&str; 2]) -> usize {
    let mut hasher = WordHasher::default();
    for text in texts {
        hasher.write(text.as_bytes());
    }
    // It may lose bits on smaller machines: the texts are compared.
    let bytes = hasher.finish().to_le_bytes();
    let mut low = [0; size_of::<usize>()];
    low.copy_from_slice(&bytes[..size_of::<usize>()]);
    usize::from_le_bytes(low)
}
