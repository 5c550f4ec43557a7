//! The queues of one thread: one of each logger that it logs to.

use std::{
    cell::RefCell,
    sync::{Arc, Weak},
};

use super::reentry;
#[cfg(target_os = "linux")]
use crate::libc_hooks::SignalStack;
use crate::queue::{registry::QueueRegistry, spsc::producer::Producer};

thread_local! {
    /// The queues of this thread. They are given back when the thread ends.
    pub(super) static THREAD_QUEUES: RefCell<ThreadQueues> = const { RefCell::new(ThreadQueues::new()) };
}

/// Found by what the records go to.
pub(super) struct ThreadQueues {
    queues: Vec<ThreadQueue>,
    /// So that a crash of this thread leaves room for what writes its records.
    #[cfg(target_os = "linux")]
    signal_stack: Option<SignalStack>,
}

/// A thread's queue of one logger.
struct ThreadQueue {
    /// The address of the declaration or of the registry. Both outlive this entry.
    key: usize,
    /// The index of the first stream of the declaration in the logger.
    first: u16,
    producer: Producer,
    registry: Weak<QueueRegistry>,
    /// Key and first stream of other declarations that the logger runs.
    others: Vec<(usize, u16)>,
}

/// What came of a thread that wants a queue of a logger.
pub(super) enum Joined<T> {
    /// It has one, and this came of the work with it.
    New(T),
    /// It had one already, by another declaration.
    Shared,
    /// The logger was stopped.
    Closed,
}

/// Gets a queue for this thread, works with it, and keeps it for the records that follow.
pub(super) fn join<T>(
    key: usize,
    registry: &Arc<QueueRegistry>,
    first: u16,
    work: impl FnOnce(&mut Producer) -> T,
) -> Joined<T> {
    if share_queue(key, registry, first) {
        return Joined::Shared;
    }
    let Some(mut producer) = registry.join() else {
        return Joined::Closed;
    };
    let worked = work(&mut producer);
    let entry = ThreadQueue {
        key,
        first,
        producer,
        registry: Arc::downgrade(registry),
        others: Vec::new(),
    };
    // Both were possible just now, on this thread.
    let _ = THREAD_QUEUES.try_with(|thread_queues| {
        if let Ok(mut thread_queues) = thread_queues.try_borrow_mut() {
            thread_queues.add(entry);
        }
    });
    Joined::New(worked)
}

/// Finds the queue that this thread has of a logger already, by another declaration that it runs.
/// Returns whether there is one.
fn share_queue(key: usize, registry: &Arc<QueueRegistry>, first: u16) -> bool {
    let shared = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        let is_of = |known: &&mut ThreadQueue| {
            known.key != key
                && !known.producer.is_closed()
                && std::ptr::eq(known.registry.as_ptr(), Arc::as_ptr(registry))
        };
        let known = thread_queues.queues.iter_mut().find(is_of)?;
        known.others.push((key, first));
        Some(())
    });
    matches!(shared, Ok(Some(())))
}

/// Forgets the queues of the only thread of a child that was just forked. They are the parent's,
/// and so are their records. They are leaked, because threads that the child does not have may hold
/// their locks for ever.
#[cfg(unix)]
pub(crate) fn forget_queues() {
    let _ = THREAD_QUEUES.try_with(|thread_queues| {
        if let Ok(mut thread_queues) = thread_queues.try_borrow_mut() {
            std::mem::take(&mut thread_queues.queues)
                .into_iter()
                .for_each(std::mem::forget);
        }
    });
}

impl ThreadQueues {
    const fn new() -> Self {
        Self {
            queues: Vec::new(),
            #[cfg(target_os = "linux")]
            signal_stack: None,
        }
    }

    fn add(&mut self, entry: ThreadQueue) {
        self.queues.retain(|known| !known.producer.is_closed());
        // Nearly every thread has one.
        self.queues.reserve_exact(1);
        self.queues.push(entry);
        #[cfg(target_os = "linux")]
        if self.signal_stack.is_none() {
            self.signal_stack = SignalStack::enlarge();
        }
    }

    #[inline]
    pub(super) fn producer(&mut self, key: usize) -> Option<(&mut Producer, u16)> {
        // A thread logs to very few loggers, so this is faster than a map.
        self.queues.iter_mut().find_map(|entry| {
            let first = entry.first_of(key)?;
            Some((&mut entry.producer, first))
        })
    }
}

impl ThreadQueue {
    /// Returns the index of the first stream of what has this key, if this is its queue.
    #[inline]
    fn first_of(&self, key: usize) -> Option<u16> {
        if self.key == key {
            return Some(self.first);
        }
        let mut others = self.others.iter();
        others
            .find(|(other, _)| *other == key)
            .map(|(_, first)| *first)
    }
}

impl Drop for ThreadQueues {
    fn drop(&mut self) {
        // A handler of a signal that logs meanwhile must not wait for what this locks.
        let _inside = reentry::enter();
        for entry in self.queues.drain(..) {
            if let Some(registry) = entry.registry.upgrade() {
                registry.leave(entry.producer);
            }
        }
    }
}
