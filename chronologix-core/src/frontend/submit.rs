//! From the caller's thread into its lane.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Weak},
};

use super::{
    callsite::{Site, render},
    context::{self, Context},
    future::LogFuture,
    rate_limit::{LEFT_OUT, Throttle},
};
use crate::{
    Level, LogError, Stream,
    clock::Clock,
    queue::{
        record_header::Tag,
        registry::Lanes,
        spsc::producer::{Admission, Producer},
    },
    stream::Declaration,
};
use crate::{
    codec::{
        encode::{MOST_DIRECT_WORDS, Wire},
        encoding::Encoder,
        fields::Fields,
    },
    format::message::Template,
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
    /// Where arguments are encoded that do not go straight into the lane.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

struct Joined(Vec<JoinedLane>);

struct JoinedLane {
    /// The address of the declaration or of the lanes; both outlive this entry.
    key: usize,
    producer: Producer,
    lanes: Weak<Lanes>,
}

/// Whether a record of this level is wanted. Called by generated code.
#[inline]
#[must_use]
pub fn enabled(stream: Stream, level: Option<Level>) -> bool {
    level.is_none_or(|level| stream.declaration().allows(stream.index(), level))
}

/// Whether a record of this level is part of the program at all. Called by generated code, in a constant.
#[must_use]
pub const fn compiles(stream: Stream, level: Option<Level>) -> bool {
    stream.compiles(level)
}

/// Stamps and queues a record. Called by generated code.
///
/// The wire stands before the template, for the compiler must know its type to check the other's. Not inlined: a `log!` that is
/// filtered out must not pay for what this would do to the function it stands in.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline(never)]
pub fn submit<W, T>(stream: Stream, site: &'static Site, wire: W, _template: T) -> LogFuture
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    submit_to::<W, T>(
        Destination::Declared(stream.declaration()),
        stream.index(),
        site,
        &wire,
        None,
    )
}

/// Whether a throttled site may log now; if so, how many of its records were left out since it last did. Called by generated code.
#[must_use]
pub fn passes(stream: Stream, throttle: &Throttle) -> Option<u64> {
    throttle.pass(|| monotonic(stream.declaration()))
}

/// The monotonic clock that the streams live by.
fn monotonic(declaration: &'static Declaration) -> u64 {
    let destination = Destination::Declared(declaration);
    let known = JOINED.try_with(|joined| {
        let mut joined = joined.try_borrow_mut().ok()?;
        let producer = joined.producer(destination.key())?;
        (!producer.is_closed()).then(|| producer.clock().monotonic())
    });
    known.ok().flatten().unwrap_or_else(|| {
        declaration
            .lanes()
            .map_or_else(|_| Clock::default(), |lanes| lanes.rules.clock.clone())
            .monotonic()
    })
}

/// As [`submit`], after so many records of the same site were left out. Called by generated code.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline(never)]
pub fn submit_after<W, T>(
    stream: Stream,
    site: &'static Site,
    left_out: u64,
    wire: W,
    _template: T,
) -> LogFuture
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    let own = (left_out > 0).then(|| Context::new(Fields::from([(LEFT_OUT, left_out)])));
    let destination = Destination::Declared(stream.declaration());
    submit_to::<W, T>(destination, stream.index(), site, &wire, own.as_ref())
}

/// As [`submit`], for any destination, and with fields of its own besides those of the context.
#[inline]
pub(crate) fn submit_to<W, T>(
    destination: Destination<'_>,
    stream: u16,
    site: &'static Site,
    wire: &W,
    own: Option<&Arc<Context>>,
) -> LogFuture
where
    W: Wire,
    T: for<'w> Template<W::Value<'w>>,
{
    let tag = Tag {
        site: site.number(render::<W, T>),
        stream,
    };
    if W::IS_RAW && own.is_none() && !context::is_set() {
        let words = wire.words();
        if words <= MOST_DIRECT_WORDS {
            let key = destination.key();
            let put = JOINED.try_with(|joined| {
                let mut joined = joined.try_borrow_mut().ok()?;
                let producer = joined.producer(key)?;
                let put = producer.put(tag, words, |slot| wire.put(slot));
                Some(LogFuture::placed(put.ok()?, stream))
            });
            if let Ok(Some(record)) = put {
                return record;
            }
        }
    }
    encode_and_queue(destination, tag, wire, own)
}

/// The way of records with arguments that the caller formats, of those that carry fields besides, and of those that the other way has no room for.
#[inline(never)]
fn encode_and_queue<W: Wire>(
    destination: Destination<'_>,
    tag: Tag,
    wire: &W,
    own: Option<&Arc<Context>>,
) -> LogFuture {
    fill_and_queue(destination, tag, own, |encoder| wire.put(encoder))
}

/// Queues a record whose arguments `fill` encodes.
#[inline]
pub(crate) fn fill_and_queue(
    destination: Destination<'_>,
    tag: Tag,
    own: Option<&Arc<Context>>,
    fill: impl FnOnce(&mut Encoder<'_>),
) -> LogFuture {
    // Taken out, not borrowed: an argument's own `Display` may log, and then finds an empty one.
    let mut bytes = SCRATCH.try_with(Cell::take).unwrap_or_default();
    fill(&mut Encoder::new(&mut bytes));
    if own.is_some() || context::is_set() {
        context::append(&mut bytes, own);
    }
    let record = queue(destination, tag, &bytes);
    // Gone if the thread is ending; then the bytes are freed here.
    let _ = SCRATCH.try_with(|scratch| scratch.set(bytes));
    record
}

fn queue(destination: Destination<'_>, tag: Tag, bytes: &[u8]) -> LogFuture {
    let key = destination.key();
    let admitted = JOINED.try_with(|joined| {
        let mut joined = joined.try_borrow_mut().ok()?;
        let producer = joined.producer(key)?;
        match producer.put_anywhere(tag, bytes) {
            Admission::Closed => None,
            admission => Some(LogFuture::admitted(producer.lane(), tag.stream, admission)),
        }
    });
    match admitted {
        Ok(Some(record)) => record,
        Ok(None) => join_and_queue(destination, tag, bytes),
        Err(_) => queue_homeless(destination, tag, bytes),
    }
}

/// The first record of this thread, or the first after a stop.
#[cold]
fn join_and_queue(destination: Destination<'_>, tag: Tag, bytes: &[u8]) -> LogFuture {
    let lanes = match destination.lanes() {
        Ok(lanes) => lanes,
        Err(error) => return LogFuture::refused(error),
    };
    if lanes.rules.are_inherited() {
        // The parent's logger had ended. Its locks may be held by threads that are not here.
        return LogFuture::refused(LogError::Stopped);
    }
    let Some(mut producer) = lanes.join() else {
        return LogFuture::refused(destination.refuse(LogError::Stopped));
    };
    let record = match producer.put_anywhere(tag, bytes) {
        Admission::Closed => LogFuture::refused(destination.refuse(LogError::Stopped)),
        admission => LogFuture::admitted(producer.lane(), tag.stream, admission),
    };
    let entry = JoinedLane {
        key: destination.key(),
        producer,
        lanes: Arc::downgrade(&lanes),
    };
    JOINED.with(|joined| {
        let mut joined = joined.borrow_mut();
        joined.0.retain(|entry| !entry.producer.is_closed());
        joined.0.push(entry);
    });
    record
}

/// A record of a thread that is ending and has given its lane back.
#[cold]
fn queue_homeless(destination: Destination<'_>, tag: Tag, bytes: &[u8]) -> LogFuture {
    let lanes = match destination.lanes() {
        Ok(lanes) => lanes,
        Err(error) => return LogFuture::refused(error),
    };
    if lanes.rules.are_inherited() {
        return LogFuture::refused(LogError::Stopped);
    }
    let mut producer = lanes.homeless();
    match producer.put_anywhere(tag, bytes) {
        Admission::Closed => LogFuture::refused(destination.refuse(LogError::Stopped)),
        admission => LogFuture::admitted(producer.lane(), tag.stream, admission),
    }
}

/// This process is a child that was just forked: the lanes of its only thread are its parent's, and so are the records in them. They are left
/// as they are, for their locks may be held for ever.
#[cfg(unix)]
pub(crate) fn forget_lanes() {
    let _ = JOINED.try_with(|joined| {
        if let Ok(mut joined) = joined.try_borrow_mut() {
            std::mem::take(&mut joined.0)
                .into_iter()
                .for_each(std::mem::forget);
        }
    });
}

impl Joined {
    #[inline]
    fn producer(&mut self, key: usize) -> Option<&mut Producer> {
        let entry = self.0.iter_mut().find(|entry| entry.key == key)?;
        Some(&mut entry.producer)
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

    /// The lanes in this process.
    fn lanes(self) -> Result<Arc<Lanes>, LogError> {
        match self {
            Self::Declared(declaration) => declaration
                .lanes()
                .map(|lanes| lanes.here())
                .map_err(|error| declaration.refuse(error)),
            Self::Certain(lanes) => Ok(lanes.here()),
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
                lanes.leave(entry.producer);
            }
        }
    }
}
