//! The lowest level each stream of a running logger takes, which may change at any time, and for a time.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use super::declaration::{Declaration, DeclarationsGuard, lock_declarations};
use crate::{Level, queue::registry::QueueRegistry};

/// No level is to go back.
const NEVER: u64 = u64::MAX;

/// The levels of a logger's streams. Records are compared with copies of them: those of `log!` with the declaration's, those of handles with
/// the queues'. This knows when which copy is to change.
#[derive(Debug)]
pub(crate) struct Levels {
    queues: Arc<QueueRegistry>,
    declaration: Option<&'static Declaration>,
    /// By index of the stream. Only locked while all declarations are locked, so that a fork has to wait for one lock only.
    lowest: Mutex<Vec<Lowest>>,
    /// When the next level goes back, by the monotonic clock.
    next_end: AtomicU64,
}

/// The lowest level of one stream; `None` takes all.
#[derive(Debug)]
struct Lowest {
    lasting: Option<Level>,
    /// Until when another one counts.
    until: Option<u64>,
}

impl Levels {
    /// The levels that a logger begins with.
    pub(crate) fn new(
        queues: Arc<QueueRegistry>,
        declaration: Option<&'static Declaration>,
        levels: impl Iterator<Item = Option<Level>>,
    ) -> Self {
        let lowest = |lasting| Lowest {
            lasting,
            until: None,
        };
        Self {
            queues,
            declaration,
            lowest: Mutex::new(levels.map(lowest).collect()),
            next_end: AtomicU64::new(NEVER),
        }
    }

    /// The level that counts now.
    pub(crate) fn get(&self, index: u16) -> Option<Level> {
        let rule = self.queues.channel.streams.get(usize::from(index))?;
        Level::from_number(rule.min_level.load(Ordering::Relaxed))
    }

    /// From now on this level counts, to last.
    pub(crate) fn set(&self, index: u16, level: Option<Level>) {
        self.change(|guard, lowest| {
            if let Some(lowest) = lowest.get_mut(usize::from(index)) {
                *lowest = Lowest {
                    lasting: level,
                    until: None,
                };
                self.publish(guard, index, level);
            }
        });
    }

    /// From now on this level counts, until the monotonic clock shows `until`. The writer must be called, so that it gets up in time.
    pub(crate) fn set_until(&self, index: u16, level: Option<Level>, until: u64) {
        self.change(|guard, lowest| {
            if let Some(lowest) = lowest.get_mut(usize::from(index)) {
                lowest.until = Some(until);
                self.publish(guard, index, level);
            }
        });
    }

    /// When the next level goes back, by the monotonic clock.
    pub(crate) fn next_end(&self) -> Option<u64> {
        let end = self.next_end.load(Ordering::Acquire);
        (end != NEVER).then_some(end)
    }

    /// Lets go back what is to go back by now. Called by the writer, once a round.
    pub(crate) fn go_back(&self, now: u64) {
        if self.next_end.load(Ordering::Acquire) > now {
            return;
        }
        self.change(|guard, lowest| {
            for (index, lowest) in (0..).zip(lowest) {
                if lowest.until.is_some_and(|until| until <= now) {
                    lowest.until = None;
                    self.publish(guard, index, lowest.lasting);
                }
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
