//! The lowest level that each stream of a running logger takes. It may change at any time, also for
//! a limited time.

use std::sync::{Arc, Mutex, PoisonError, atomic::Ordering};

use super::declaration::{Declaration, DeclarationsGuard, lock_declarations};
use crate::{
    AtomicU64, Level,
    queue::{channel::StreamPolicy, registry::QueueRegistry},
};

/// No override ends.
const NEVER: u64 = u64::MAX;

/// The levels of a logger's streams.
///
/// Records are compared with copies: those of `log!` with the declaration's, those of handles with
/// the channel's. This type changes the copies.
#[derive(Debug)]
pub(crate) struct Levels {
    queues: Arc<QueueRegistry>,
    declaration: Option<&'static Declaration>,
    /// By index of the stream. This is locked only while all declarations are, so that a fork waits
    /// for one lock only.
    lowest: Mutex<Vec<Lowest>>,
    /// When the next override ends, by the monotonic clock.
    next_end: AtomicU64,
}

/// The lowest level of one stream; `None` takes all.
#[derive(Debug)]
struct Lowest {
    level: Option<Level>,
    /// When an override of it ends.
    until: Option<u64>,
}

impl Levels {
    /// Creates the levels with which a logger starts.
    pub(crate) fn new(
        queues: Arc<QueueRegistry>,
        declaration: Option<&'static Declaration>,
    ) -> Self {
        let lowest = |policy: &StreamPolicy| Lowest {
            level: Level::from_number(policy.min_level.load(Ordering::Relaxed)),
            until: None,
        };
        Self {
            lowest: Mutex::new(queues.channel.streams.iter().map(lowest).collect()),
            queues,
            declaration,
            next_end: AtomicU64::new(NEVER),
        }
    }

    /// Returns the level in effect.
    pub(crate) fn get(&self, index: u16) -> Option<Level> {
        let rule = self.queues.channel.streams.get(usize::from(index))?;
        Level::from_number(rule.min_level.load(Ordering::Relaxed))
    }

    /// Sets the level.
    pub(crate) fn set(&self, index: u16, level: Option<Level>) {
        self.change_one(index, level, |lowest| {
            *lowest = Lowest { level, until: None }
        });
    }

    /// Overrides the level until the monotonic clock shows `until`. The caller must unpark the
    /// writer, so that it wakes up in time.
    pub(crate) fn set_until(&self, index: u16, level: Option<Level>, until: u64) {
        self.change_one(index, level, |lowest| lowest.until = Some(until));
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
        self.change(|guard, lowest| {
            for (index, lowest) in (0..).zip(lowest) {
                if lowest.until.is_some_and(|until| until <= now) {
                    lowest.until = None;
                    self.publish(guard, index, lowest.level);
                }
            }
        });
    }

    fn change_one(&self, index: u16, level: Option<Level>, change: impl FnOnce(&mut Lowest)) {
        self.change(|guard, lowest| {
            if let Some(lowest) = lowest.get_mut(usize::from(index)) {
                change(lowest);
                self.publish(guard, index, level);
            }
        });
    }

    fn change(&self, change: impl FnOnce(&DeclarationsGuard, &mut [Lowest])) {
        let guard = lock_declarations();
        let mut lowest = self.lowest.lock().unwrap_or_else(PoisonError::into_inner);
        change(&guard, &mut lowest);
        let next = lowest.iter().filter_map(|lowest| lowest.until).min();
        self.next_end
            .store(next.unwrap_or(NEVER), Ordering::Release);
    }

    fn publish(&self, guard: &DeclarationsGuard, index: u16, level: Option<Level>) {
        if let Some(rule) = self.queues.channel.streams.get(usize::from(index)) {
            rule.min_level
                .store(Level::number(level), Ordering::Relaxed);
        }
        if let Some(declaration) = self.declaration {
            declaration.set_level(guard, &self.queues, index, level);
        }
    }
}
