//! From the caller's thread into its lane.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Weak},
};

use super::{
    future::Record,
    rendering::Template,
    site::{Header, Site, render},
    wire::{Encoder, Wire},
};
use crate::{
    Level, LogError, Stream,
    queue::{
        lane::{Admission, Lane},
        lanes::Lanes,
    },
    stream::Declaration,
};

/// Where a record goes: to whatever logger runs a declaration, or to one certain logger.
#[derive(Clone, Copy)]
pub(crate) enum Destination<'a> {
    Declared(&'static Declaration),
    Certain(&'a Arc<Lanes>),
}

thread_local! {
    /// The lanes this thread has joined. Given back when the thread ends.
    static JOINED: RefCell<Joined> = const { RefCell::new(Joined(Vec::new())) };
    /// Where arguments are encoded before the lane is locked, for the user's code may run meanwhile.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

struct Joined(Vec<JoinedLane>);

struct JoinedLane {
    /// The address of the declaration or of the lanes; both outlive this entry.
    key: usize,
    lane: Arc<Lane>,
    lanes: Weak<Lanes>,
}

/// Whether a record of this level is wanted. Called by generated code.
#[inline]
#[must_use]
pub fn enabled(stream: Stream, level: Option<Level>) -> bool {
    level.is_none_or(|level| stream.declaration().allows(stream.index(), level))
}

/// Stamps and queues a record. Called by generated code.
///
/// The wire stands before the template, for the compiler must know its type to check the other's.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline]
pub fn submit<W, T>(stream: Stream, site: &'static Site, wire: W, _template: T) -> Record
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    submit_to::<W, T>(
        Destination::Declared(stream.declaration()),
        stream.index(),
        site,
        &wire,
    )
}

/// As [`submit`], for any destination.
#[inline]
pub(crate) fn submit_to<W, T>(
    destination: Destination<'_>,
    stream: u16,
    site: &'static Site,
    wire: &W,
) -> Record
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    let header = Header {
        ticks: 0,
        site,
        render: render::<W, T>,
        len: 0,
        stream,
    };
    // Taken out, not borrowed: an argument's own `Display` may log, and then finds an empty one.
    let mut bytes = SCRATCH.try_with(Cell::take).unwrap_or_default();
    wire.put(&mut Encoder::new(&mut bytes));
    let record = queue(destination, header, &bytes);
    // Gone if the thread is ending; then the bytes are freed here.
    let _ = SCRATCH.try_with(|scratch| scratch.set(bytes));
    record
}

fn queue(destination: Destination<'_>, header: Header, bytes: &[u8]) -> Record {
    let key = destination.key();
    let admitted = JOINED.try_with(|joined| {
        let joined = joined.try_borrow().ok()?;
        let entry = joined.0.iter().find(|entry| entry.key == key)?;
        match entry.lane.offer(header, bytes) {
            Admission::Closed => None,
            admission => Some(Record::admitted(&entry.lane, header.stream, admission)),
        }
    });
    match admitted {
        Ok(Some(record)) => record,
        Ok(None) => join_and_queue(destination, header, bytes),
        Err(_) => queue_homeless(destination, header, bytes),
    }
}

/// The first record of this thread, or the first after a stop.
#[cold]
fn join_and_queue(destination: Destination<'_>, header: Header, bytes: &[u8]) -> Record {
    let lanes = match destination.lanes() {
        Ok(lanes) => lanes,
        Err(error) => return Record::refused(error),
    };
    let Some(lane) = lanes.join() else {
        return Record::refused(destination.refuse(LogError::Stopped));
    };
    let admission = lane.offer(header, bytes);
    let record = match admission {
        Admission::Closed => Record::refused(destination.refuse(LogError::Stopped)),
        admission => Record::admitted(&lane, header.stream, admission),
    };
    let entry = JoinedLane {
        key: destination.key(),
        lane,
        lanes: Arc::downgrade(&lanes),
    };
    JOINED.with(|joined| {
        let mut joined = joined.borrow_mut();
        joined.0.retain(|entry| !entry.lane.is_closed());
        joined.0.push(entry);
    });
    record
}

/// A record of a thread that is ending and has given its lane back.
#[cold]
fn queue_homeless(destination: Destination<'_>, header: Header, bytes: &[u8]) -> Record {
    let lanes = match destination.lanes() {
        Ok(lanes) => lanes,
        Err(error) => return Record::refused(error),
    };
    let lane = lanes.homeless();
    match lane.offer(header, bytes) {
        Admission::Closed => Record::refused(destination.refuse(LogError::Stopped)),
        admission => Record::admitted(&lane, header.stream, admission),
    }
}

impl Destination<'_> {
    #[inline]
    fn key(self) -> usize {
        match self {
            Self::Declared(declaration) => std::ptr::from_ref(declaration).addr(),
            Self::Certain(lanes) => Arc::as_ptr(lanes).addr(),
        }
    }

    fn lanes(self) -> Result<Arc<Lanes>, LogError> {
        match self {
            Self::Declared(declaration) => declaration
                .lanes()
                .map_err(|error| declaration.refuse(error)),
            Self::Certain(lanes) => Ok(Arc::clone(lanes)),
        }
    }

    /// Counts a record that nobody takes.
    fn refuse(self, error: LogError) -> LogError {
        match self {
            Self::Declared(declaration) => declaration.refuse(error),
            Self::Certain(lanes) => lanes.refuse(error),
        }
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        for entry in self.0.drain(..) {
            if let Some(lanes) = entry.lanes.upgrade() {
                lanes.leave(entry.lane);
            }
        }
    }
}
