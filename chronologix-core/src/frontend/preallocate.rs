//! Gives a thread its queues before its first record, for threads that must not pay for it then.

use std::sync::Arc;

use super::{
    reentry,
    submit::Target,
    thread_queues::{Joined, THREAD_QUEUES, join},
};
use crate::queue::{registry::QueueRegistry, spsc::producer::Producer};

/// Gives this thread a queue of a logger, for records to these declarations and to its handles.
/// Does nothing in a signal handler that has interrupted a `log!`, or once the logger was stopped.
pub(crate) fn preallocate<'a>(
    declared: impl Iterator<Item = Target<'a>>,
    registry: &'a Arc<QueueRegistry>,
) {
    let Some(_inside) = reentry::enter() else {
        return;
    };
    for target in declared.chain([Target::Handle(registry)]) {
        let key = target.key();
        let known = THREAD_QUEUES.try_with(|thread_queues| {
            let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
            let known = thread_queues.producer(key);
            Some(known.is_some_and(|(producer, _)| prepare(producer)))
        });
        // A thread that ends has no place for a queue, and one that is pushing has its queue.
        if !matches!(known, Ok(Some(false))) {
            continue;
        }
        if let Some((registry, first)) = target.running() {
            let joined = join(key, &registry, first, prepare);
            if let Joined::Closed = joined {
                return;
            }
        }
    }
}

/// Returns whether the queue takes records.
fn prepare(producer: &mut Producer) -> bool {
    let is_open = !producer.is_closed();
    if is_open {
        producer.preallocate();
    }
    is_open
}
