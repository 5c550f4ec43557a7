//! Which records each stream of a running logger takes. It may change at any time, also for a
//! limited time.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use chronologix_schema::settings::filter::Filter;

use super::{
    Threshold,
    declaration::{DeclaredStreams, lock_declarations},
    threshold::ModuleFilter,
};
use crate::{AtomicU64, LevelFilter, queue::registry::QueueRegistry};

/// No override ends.
const NEVER: u64 = u64::MAX;

/// The levels of a logger's streams.
///
/// Records are compared with copies: those of `log!` with the declaration's, those of handles with
/// the channel's. This type changes the copies.
#[derive(Debug)]
pub(crate) struct Levels {
    queues: Arc<QueueRegistry>,
    declared: Vec<DeclaredStreams>,
    /// This is locked only while all declarations are, so that a fork waits for one lock only.
    state: Mutex<LevelsState>,
    /// When the next override ends, by the monotonic clock.
    next_end: AtomicU64,
}

#[derive(Debug)]
struct LevelsState {
    /// By index of the stream.
    streams: Vec<StreamLevel>,
    modules: Option<ModuleFilter>,
}

/// What one stream takes.
#[derive(Debug)]
struct StreamLevel {
    name: String,
    set: LevelFilter,
    /// What the filter says instead, until the level is set once more.
    filtered: Option<LevelFilter>,
    /// What counts instead of both, and until when.
    overridden: Option<(LevelFilter, u64)>,
}

impl Levels {
    /// Creates the levels with which a logger starts.
    pub(crate) fn new(
        queues: Arc<QueueRegistry>,
        declared: Vec<DeclaredStreams>,
        streams: impl Iterator<Item = (String, LevelFilter)>,
        filter: &Filter,
    ) -> Self {
        let streams = streams.map(|(name, set)| StreamLevel {
            name,
            set,
            filtered: None,
            overridden: None,
        });
        let levels = Self {
            queues,
            declared,
            state: Mutex::new(LevelsState {
                streams: streams.collect(),
                modules: None,
            }),
            next_end: AtomicU64::new(NEVER),
        };
        levels.set_filter(filter);
        levels
    }

    /// Returns what is in effect.
    pub(crate) fn get(&self, index: u16) -> LevelFilter {
        let policy = self.queues.channel.streams.get(usize::from(index));
        policy.map_or(LevelFilter::All, |policy| {
            Threshold::from_number(policy.threshold.load(Ordering::Acquire)).taken()
        })
    }

    /// Sets what a stream takes.
    pub(crate) fn set(&self, index: u16, level: LevelFilter) {
        self.change_one(index, |stream| {
            stream.set = level;
            stream.filtered = None;
            stream.overridden = None;
        });
    }

    /// Overrides what a stream takes until the monotonic clock shows `until`. The caller must
    /// unpark the writer, so that it wakes up in time.
    pub(crate) fn set_until(&self, index: u16, level: LevelFilter, until: u64) {
        self.change_one(index, |stream| stream.overridden = Some((level, until)));
    }

    /// Sets what is taken of single streams, targets and modules. Overrides stay.
    pub(crate) fn set_filter(&self, filter: &Filter) {
        self.change(|state| {
            for stream in &mut state.streams {
                stream.filtered = filter.of_stream(&stream.name);
            }
            let names = state.streams.iter().map(|stream| stream.name.as_str());
            state.modules = filter.for_modules(names).map(ModuleFilter::register);
        });
    }

    /// Returns when the next override ends, by the monotonic clock.
    pub(crate) fn next_end(&self) -> Option<u64> {
        let end = self.next_end.load(Ordering::Acquire);
        (end != NEVER).then_some(end)
    }

    /// Ends the overrides that are due. The writer calls this in each round.
    pub(crate) fn end_overrides(&self, now: u64) {
        if self.next_end.load(Ordering::Acquire) > now {
            return;
        }
        self.change(|state| {
            for stream in &mut state.streams {
                stream.overridden = stream.overridden.filter(|(_, until)| *until > now);
            }
        });
    }

    fn change_one(&self, index: u16, change: impl FnOnce(&mut StreamLevel)) {
        self.change(|state| {
            if let Some(stream) = state.streams.get_mut(usize::from(index)) {
                change(stream);
            }
        });
    }

    /// Changes levels, and publishes them.
    fn change(&self, change: impl FnOnce(&mut LevelsState)) {
        let guard = lock_declarations();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut state);
        let ends = state.streams.iter().filter_map(|stream| stream.overridden);
        let next = ends.map(|(_, until)| until).min();
        self.next_end
            .store(next.unwrap_or(NEVER), Ordering::Release);
        let streams = state.streams.iter().zip(&self.queues.channel.streams);
        let thresholds = streams.map(|(stream, policy)| {
            let kept = policy.recorder.as_ref().map(|recorder| recorder.level);
            Threshold::new(stream.taken(), state.modules).keeping(kept)
        });
        let thresholds = thresholds.collect::<Vec<_>>();
        for declared in &self.declared {
            declared.set_thresholds(&guard, &self.queues, &thresholds);
        }
        // Last, and released: what `get` returns holds for `log!` as well.
        for (policy, threshold) in self.queues.channel.streams.iter().zip(&thresholds) {
            policy
                .threshold
                .store(threshold.number(), Ordering::Release);
        }
    }
}

impl StreamLevel {
    fn taken(&self) -> LevelFilter {
        let overridden = self.overridden.map(|(level, _)| level);
        overridden.or(self.filtered).unwrap_or(self.set)
    }
}
