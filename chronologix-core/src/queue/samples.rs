//! Lanes, records and wakers for the tests of this room and of the writer's intake.

use std::{
    sync::atomic::AtomicUsize,
    task::{Wake as StdWake, Waker},
};

use super::{
    lane::{Lane, Rules, StreamRule},
    request::Requests,
    sync::{Arc, Condvar, Mutex, Ordering, lock},
    wake::Wake,
};
use crate::{
    Durability, Overflow,
    clock::Clock,
    record::{
        rendering::{Rendering, Template},
        site::{Header, Site, render},
    },
};

/// The stream that waits, `queued`.
pub(crate) const WAITS: u16 = 0;
/// The stream that drops, `queued`.
pub(crate) const DROPS: u16 = 1;
/// The stream that waits, `written`.
pub(crate) const WRITTEN: u16 = 2;

/// Room for any number of records.
pub(crate) const ROOMY: usize = 1 << 20;
/// Room for one record, since the first is always let in.
pub(crate) const FULL_WITH_ONE: usize = 1;

struct Nothing;

impl Template<()> for Nothing {
    fn render((): (), _out: &mut Rendering<'_>) {}
}

static SITE: Site = Site::new(None, "", 0);

/// A record of a stream.
pub(crate) fn header(stream: u16) -> Header {
    Header {
        ticks: 0,
        site: &SITE,
        render: render::<(), Nothing>,
        len: 0,
        stream,
    }
}

/// The rules of a logger with the three streams above.
pub(crate) fn rules(capacity: usize, clock: Clock) -> Arc<Rules> {
    let rule = |durability, overflow| StreamRule {
        durability,
        overflow,
        min_level: 0.into(),
    };
    Arc::new(Rules {
        capacity,
        streams: vec![
            rule(Durability::Queued, Overflow::Wait),
            rule(Durability::Queued, Overflow::Drop),
            rule(Durability::Written, Overflow::Wait),
        ],
        clock,
        wake: Wake::new(),
        requests: Requests::new(),
    })
}

/// A lane of its own.
pub(crate) fn lane(capacity: usize) -> Arc<Lane> {
    Arc::new(Lane::new(rules(capacity, Clock::default())))
}

/// A waker that is waited for, and that counts.
#[derive(Debug)]
pub(crate) struct Bell {
    rung: Mutex<bool>,
    heard: Condvar,
    times: AtomicUsize,
}

impl Bell {
    pub(crate) fn new() -> (Arc<Self>, Waker) {
        let bell = Arc::new(Self {
            rung: Mutex::new(false),
            heard: Condvar::new(),
            times: AtomicUsize::new(0),
        });
        (Arc::clone(&bell), Waker::from(bell))
    }

    /// Waits until it is rung once more.
    #[cfg(loom)]
    pub(crate) fn wait(&self) {
        let mut rung = lock(&self.rung);
        while !*rung {
            rung = self
                .heard
                .wait(rung)
                .unwrap_or_else(std::sync::PoisonError::into_inner);
        }
        *rung = false;
    }

    /// How often it was rung.
    pub(crate) fn times(&self) -> usize {
        self.times.load(Ordering::SeqCst)
    }
}

impl StdWake for Bell {
    fn wake(self: Arc<Self>) {
        self.times.fetch_add(1, Ordering::SeqCst);
        *lock(&self.rung) = true;
        self.heard.notify_one();
    }
}
