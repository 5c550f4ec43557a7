//! One thread's bounded queue of encoded records.

use std::task::Waker;

use super::{
    progress::Progress,
    request::Requests,
    rouse,
    sync::{Arc, Mutex, lock},
    wake::{Rest, Wake},
};
use crate::{Durability, Overflow, clock::Clock, record::site::Header};

/// Records as they travel: headers in one vector, the bytes of their arguments in another.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    pub(crate) headers: Vec<Header>,
    pub(crate) bytes: Vec<u8>,
}

impl Buffer {
    fn push(&mut self, mut header: Header, bytes: &[u8]) {
        header.len = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.headers.push(header);
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes in use, as counted against the capacity.
    fn used(&self) -> usize {
        self.bytes.len() + size_of_val(self.headers.as_slice())
    }

    pub(crate) fn clear(&mut self) {
        self.headers.clear();
        self.bytes.clear();
    }
}

/// A lane: filled by one thread (or, for the lane of the homeless, by several), emptied by the writer.
#[derive(Debug)]
pub(crate) struct Lane {
    state: Mutex<State>,
    pub(crate) progress: Progress,
    /// Shared by all lanes of a logger.
    pub(crate) rules: Arc<Rules>,
}

/// What all lanes of one logger have in common.
#[derive(Debug)]
pub(crate) struct Rules {
    /// Bytes a lane may hold, headers included.
    pub(crate) capacity: usize,
    /// By index of the stream.
    pub(crate) streams: Vec<StreamRule>,
    pub(crate) clock: Clock,
    pub(crate) wake: Wake,
    pub(crate) requests: Requests,
}

/// What a caller must know of a stream.
#[derive(Debug)]
pub(crate) struct StreamRule {
    pub(crate) durability: Durability,
    pub(crate) overflow: Overflow,
    /// The lowest level taken by handles, as a number; 0 takes all. Never used to hand data over.
    pub(crate) min_level: std::sync::atomic::AtomicU8,
}

#[derive(Debug)]
struct State {
    filled: Buffer,
    /// Records queued so far; the number of the newest.
    newest: u64,
    /// Records that found no room, oldest first. They are taken with the next sweep, so this holds
    /// no more than there are callers waiting.
    waiting: Vec<Arc<Parked>>,
    /// Records refused since the last sweep, by stream.
    dropped: Vec<Dropped>,
    /// Something was queued since the last sweep that the writer should not let lie.
    urgent: bool,
    /// Nothing more is taken: the logger was stopped.
    closed: bool,
}

/// Records of one stream that were dropped between two sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dropped {
    pub(crate) stream: u16,
    pub(crate) records: u64,
    /// Ticks of the first and of the last.
    pub(crate) between: (u64, u64),
}

/// How full a lane is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Depth {
    pub(crate) records: u64,
    pub(crate) bytes: u64,
    /// Records dropped that the writer has not heard of yet.
    pub(crate) dropped: u64,
}

/// A record that waits for room, shared by the caller's future and the lane.
#[derive(Debug)]
pub(crate) struct Parked {
    header: Header,
    bytes: Box<[u8]>,
    state: Mutex<ParkedState>,
}

#[derive(Debug)]
enum ParkedState {
    Waiting(Option<Waker>),
    /// Queued under this number.
    Queued(u64),
    /// The lane was closed first.
    Refused,
}

/// What became of a record offered to a lane.
#[derive(Debug)]
pub(crate) enum Admission {
    /// Queued under this number.
    Queued(u64),
    /// No room; it will be queued by the writer's next sweep.
    Parked(Arc<Parked>),
    /// No room, and the stream drops when there is none.
    Dropped,
    /// The logger was stopped.
    Closed,
}

impl Lane {
    pub(crate) fn new(rules: Arc<Rules>) -> Self {
        Self {
            state: Mutex::new(State {
                filled: Buffer::default(),
                newest: 0,
                waiting: Vec::new(),
                dropped: Vec::new(),
                urgent: false,
                closed: false,
            }),
            progress: Progress::new(),
            rules,
        }
    }

    /// Offers a record. It is stamped while the lane is locked: see the room's door.
    #[inline]
    pub(crate) fn offer(&self, mut header: Header, bytes: &[u8]) -> Admission {
        let stream = &self.rules.streams[usize::from(header.stream)];
        let mut state = lock(&self.state);
        header.ticks = self.rules.clock.ticks();
        if state.closed {
            return Admission::Closed;
        }
        let used = state.filled.used() + bytes.len() + size_of::<Header>();
        // A record larger than the whole lane is let in alone.
        let room = used <= self.rules.capacity || state.filled.headers.is_empty();
        if !room || !state.waiting.is_empty() {
            let admission = state.overflow(header, bytes, stream.overflow);
            state.urgent = true;
            drop(state);
            self.rules.wake.after_queueing(true);
            return admission;
        }
        state.filled.push(header, bytes);
        state.newest += 1;
        let number = state.newest;
        let urgent = stream.durability != Durability::Queued || used > self.rules.capacity / 2;
        state.urgent |= urgent;
        drop(state);
        self.rules.wake.after_queueing(urgent);
        Admission::Queued(number)
    }

    /// Puts all that was queued behind what `into` holds. Parked records are queued by this. Gives what was dropped.
    pub(crate) fn sweep(&self, into: &mut Buffer) -> Vec<Dropped> {
        let mut wakers = Vec::new();
        let dropped = {
            let mut state = lock(&self.state);
            if into.headers.is_empty() {
                into.clear();
                std::mem::swap(into, &mut state.filled);
            } else {
                into.headers.append(&mut state.filled.headers);
                into.bytes.append(&mut state.filled.bytes);
            }
            for parked in std::mem::take(&mut state.waiting) {
                into.push(parked.header, &parked.bytes);
                state.newest += 1;
                wakers.extend(parked.settle(ParkedState::Queued(state.newest)));
            }
            state.urgent = false;
            std::mem::take(&mut state.dropped)
        };
        wakers.into_iter().for_each(rouse);
        dropped
    }

    /// Whether a sweep would find nothing; before a nap, nothing urgent.
    pub(crate) fn allows(&self, rest: Rest) -> bool {
        let state = lock(&self.state);
        match rest {
            Rest::Nap => !state.urgent,
            Rest::Sleep => {
                state.filled.headers.is_empty()
                    && state.waiting.is_empty()
                    && state.dropped.is_empty()
            }
        }
    }

    /// Takes nothing more from now on. What is queued or parked stays for a last sweep.
    pub(crate) fn close(&self) {
        lock(&self.state).closed = true;
    }

    /// Whether [`Lane::close`] was called.
    pub(crate) fn is_closed(&self) -> bool {
        lock(&self.state).closed
    }

    /// Records queued so far.
    pub(crate) fn newest(&self) -> u64 {
        lock(&self.state).newest
    }

    /// What waits for the writer's next sweep.
    pub(crate) fn depth(&self) -> Depth {
        let state = lock(&self.state);
        Depth {
            records: (state.filled.headers.len() + state.waiting.len()) as u64,
            bytes: state.filled.used() as u64,
            dropped: state.dropped.iter().map(|dropped| dropped.records).sum(),
        }
    }

    /// The caller of a parked record went away. Whether the record was still parked and is
    /// now dropped, and counted.
    pub(crate) fn abandon(&self, parked: &Arc<Parked>) -> bool {
        let mut state = lock(&self.state);
        let Some(at) = state
            .waiting
            .iter()
            .position(|other| Arc::ptr_eq(other, parked))
        else {
            return false;
        };
        state.waiting.remove(at);
        state.note_drop(parked.header);
        true
    }

    /// Gives up on every record that is still parked: the writer is gone.
    pub(crate) fn refuse_parked(&self) {
        let waiting = std::mem::take(&mut lock(&self.state).waiting);
        for parked in waiting {
            if let Some(waker) = parked.settle(ParkedState::Refused) {
                rouse(waker);
            }
        }
    }
}

impl State {
    #[cold]
    fn overflow(&mut self, header: Header, bytes: &[u8], overflow: Overflow) -> Admission {
        match overflow {
            Overflow::Drop => {
                self.note_drop(header);
                Admission::Dropped
            }
            Overflow::Wait => {
                let parked = Arc::new(Parked {
                    header,
                    bytes: bytes.into(),
                    state: Mutex::new(ParkedState::Waiting(None)),
                });
                self.waiting.push(Arc::clone(&parked));
                Admission::Parked(parked)
            }
        }
    }

    fn note_drop(&mut self, header: Header) {
        let known = self
            .dropped
            .iter_mut()
            .find(|dropped| dropped.stream == header.stream);
        if let Some(dropped) = known {
            dropped.records += 1;
            dropped.between.0 = dropped.between.0.min(header.ticks);
            dropped.between.1 = dropped.between.1.max(header.ticks);
        } else {
            let between = (header.ticks, header.ticks);
            self.dropped.push(Dropped {
                stream: header.stream,
                records: 1,
                between,
            });
        }
    }
}

impl Parked {
    /// The number under which the record was queued; `Err` if the logger stopped first; `None` while it waits.
    pub(crate) fn poll(&self, waker: &Waker) -> Option<Result<u64, ()>> {
        let old = match &mut *lock(&self.state) {
            ParkedState::Queued(number) => return Some(Ok(*number)),
            ParkedState::Refused => return Some(Err(())),
            ParkedState::Waiting(known) => known.replace(waker.clone()),
        };
        drop(old);
        None
    }

    fn settle(&self, outcome: ParkedState) -> Option<Waker> {
        match std::mem::replace(&mut *lock(&self.state), outcome) {
            ParkedState::Waiting(waker) => waker,
            ParkedState::Queued(_) | ParkedState::Refused => None,
        }
    }
}
