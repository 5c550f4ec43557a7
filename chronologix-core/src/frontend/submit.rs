//! From the caller's thread into its queue.

use std::{
    cell::{Cell, RefCell},
    sync::{Arc, Weak},
};

use super::{
    callsite::{Callsite, render},
    context::{self, Context},
    future::LogFuture,
    rate_limit::{LEFT_OUT, Throttle},
};
use crate::{
    Level, LogError, Stream,
    clock::Clock,
    queue::{
        record_header::RecordHeader,
        registry::QueueRegistry,
        spsc::producer::{Producer, PushOutcome},
    },
    stream::Declaration,
};
use crate::{
    codec::{
        encode::{Encode, MOST_DIRECT_WORDS},
        encoding::BufEncoder,
        fields::Fields,
    },
    format::message::Template,
};

/// Where a record goes: to whatever logger runs a declaration, or to one certain logger.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    Declared(&'static Declaration),
    Handle(&'a Arc<QueueRegistry>),
}

thread_local! {
    /// The queues this thread has thread_queues. Given back when the thread ends.
    static THREAD_QUEUES: RefCell<ThreadQueues> = const { RefCell::new(ThreadQueues(Vec::new())) };
    /// Where arguments are encoded that do not go straight into the queue.
    static SCRATCH: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

struct ThreadQueues(Vec<ThreadQueue>);

struct ThreadQueue {
    /// The address of the declaration or of the queues; both outlive this entry.
    key: usize,
    producer: Producer,
    queues: Weak<QueueRegistry>,
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
/// The args stands before the template, for the compiler must know its type to check the other's. Not inlined: a `log!` that is
/// filtered out must not pay for what this would do to the function it stands in.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline(never)]
pub fn submit<W, T>(stream: Stream, callsite: &'static Callsite, args: W, _template: T) -> LogFuture
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    submit_to::<W, T>(
        Target::Declared(stream.declaration()),
        stream.index(),
        callsite,
        &args,
        None,
    )
}

/// Whether a throttled callsite may log now; if so, how many of its records were left out since it last did. Called by generated code.
#[must_use]
pub fn passes(stream: Stream, throttle: &Throttle) -> Option<u64> {
    throttle.pass(|| monotonic(stream.declaration()))
}

/// The monotonic clock that the streams live by.
fn monotonic(declaration: &'static Declaration) -> u64 {
    let target = Target::Declared(declaration);
    let known = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        let producer = thread_queues.producer(target.key())?;
        (!producer.is_closed()).then(|| producer.clock().monotonic())
    });
    known.ok().flatten().unwrap_or_else(|| {
        declaration
            .queues()
            .map_or_else(|_| Clock::default(), |queues| queues.channel.clock.clone())
            .monotonic()
    })
}

/// As [`submit`], after so many records of the same callsite were left out. Called by generated code.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline(never)]
pub fn submit_after<W, T>(
    stream: Stream,
    callsite: &'static Callsite,
    left_out: u64,
    args: W,
    _template: T,
) -> LogFuture
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    let own = (left_out > 0).then(|| Context::new(Fields::from([(LEFT_OUT, left_out)])));
    let target = Target::Declared(stream.declaration());
    submit_to::<W, T>(target, stream.index(), callsite, &args, own.as_ref())
}

/// As [`submit`], for any target, and with fields of its own besides those of the context.
#[inline]
pub(crate) fn submit_to<W, T>(
    target: Target<'_>,
    stream: u16,
    callsite: &'static Callsite,
    args: &W,
    own: Option<&Arc<Context>>,
) -> LogFuture
where
    W: Encode,
    T: for<'w> Template<W::Value<'w>>,
{
    let header = RecordHeader {
        callsite: callsite.number(render::<W, T>),
        stream,
    };
    if W::IS_RAW && own.is_none() && !context::is_set() {
        let words = args.words();
        if words <= MOST_DIRECT_WORDS {
            let key = target.key();
            let put = THREAD_QUEUES.try_with(|thread_queues| {
                let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
                let producer = thread_queues.producer(key)?;
                let put = producer.push(header, words, |slot| args.encode(slot));
                Some(LogFuture::placed(put.ok()?, stream))
            });
            if let Ok(Some(record)) = put {
                return record;
            }
        }
    }
    encode_and_queue(target, header, args, own)
}

/// The way of records with arguments that the caller formats, of those that carry fields besides, and of those that the other way has no room for.
#[inline(never)]
fn encode_and_queue<W: Encode>(
    target: Target<'_>,
    header: RecordHeader,
    args: &W,
    own: Option<&Arc<Context>>,
) -> LogFuture {
    fill_and_queue(target, header, own, |encoder| args.encode(encoder))
}

/// Queues a record whose arguments `fill` encodes.
#[inline]
pub(crate) fn fill_and_queue(
    target: Target<'_>,
    header: RecordHeader,
    own: Option<&Arc<Context>>,
    fill: impl FnOnce(&mut BufEncoder<'_>),
) -> LogFuture {
    // Taken out, not borrowed: an argument's own `Display` may log, and then finds an empty one.
    let mut bytes = SCRATCH.try_with(Cell::take).unwrap_or_default();
    fill(&mut BufEncoder::new(&mut bytes));
    if own.is_some() || context::is_set() {
        context::append(&mut bytes, own);
    }
    let record = queue(target, header, &bytes);
    // Gone if the thread is ending; then the bytes are freed here.
    let _ = SCRATCH.try_with(|scratch| scratch.set(bytes));
    record
}

fn queue(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let key = target.key();
    let admitted = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        let producer = thread_queues.producer(key)?;
        match producer.push_or_defer(header, bytes) {
            PushOutcome::Closed => None,
            admission => Some(LogFuture::admitted(
                producer.queue(),
                header.stream,
                admission,
            )),
        }
    });
    match admitted {
        Ok(Some(record)) => record,
        Ok(None) => join_and_queue(target, header, bytes),
        Err(_) => push_from_dying_thread(target, header, bytes),
    }
}

/// The first record of this thread, or the first after a stop.
#[cold]
fn join_and_queue(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let queues = match target.queues() {
        Ok(queues) => queues,
        Err(error) => return LogFuture::refused(error),
    };
    if queues.channel.is_inherited() {
        // The parent's logger had ended. Its locks may be held by threads that are not here.
        return LogFuture::refused(LogError::Stopped);
    }
    let Some(mut producer) = queues.join() else {
        return LogFuture::refused(target.refuse(LogError::Stopped));
    };
    let record = match producer.push_or_defer(header, bytes) {
        PushOutcome::Closed => LogFuture::refused(target.refuse(LogError::Stopped)),
        admission => LogFuture::admitted(producer.queue(), header.stream, admission),
    };
    let entry = ThreadQueue {
        key: target.key(),
        producer,
        queues: Arc::downgrade(&queues),
    };
    THREAD_QUEUES.with(|thread_queues| {
        let mut thread_queues = thread_queues.borrow_mut();
        thread_queues.0.retain(|entry| !entry.producer.is_closed());
        thread_queues.0.push(entry);
    });
    record
}

/// A record of a thread that is ending and has given its queue back.
#[cold]
fn push_from_dying_thread(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let queues = match target.queues() {
        Ok(queues) => queues,
        Err(error) => return LogFuture::refused(error),
    };
    if queues.channel.is_inherited() {
        return LogFuture::refused(LogError::Stopped);
    }
    let mut producer = queues.for_dying_thread();
    match producer.push_or_defer(header, bytes) {
        PushOutcome::Closed => LogFuture::refused(target.refuse(LogError::Stopped)),
        admission => LogFuture::admitted(producer.queue(), header.stream, admission),
    }
}

/// This process is a child that was just forked: the queues of its only thread are its parent's, and so are the records in them. They are left
/// as they are, for their locks may be held for ever.
#[cfg(unix)]
pub(crate) fn forget_queues() {
    let _ = THREAD_QUEUES.try_with(|thread_queues| {
        if let Ok(mut thread_queues) = thread_queues.try_borrow_mut() {
            std::mem::take(&mut thread_queues.0)
                .into_iter()
                .for_each(std::mem::forget);
        }
    });
}

impl ThreadQueues {
    #[inline]
    fn producer(&mut self, key: usize) -> Option<&mut Producer> {
        let entry = self.0.iter_mut().find(|entry| entry.key == key)?;
        Some(&mut entry.producer)
    }
}

impl Target<'_> {
    #[inline]
    fn key(self) -> usize {
        match self {
            Self::Declared(declaration) => std::ptr::from_ref(declaration).addr(),
            Self::Handle(queues) => Arc::as_ptr(queues).addr(),
        }
    }

    /// The queues in this process.
    fn queues(self) -> Result<Arc<QueueRegistry>, LogError> {
        match self {
            Self::Declared(declaration) => declaration
                .queues()
                .map(|queues| queues.in_this_process())
                .map_err(|error| declaration.refuse(error)),
            Self::Handle(queues) => Ok(queues.in_this_process()),
        }
    }

    /// Counts a record that nobody takes.
    fn refuse(self, error: LogError) -> LogError {
        match self {
            Self::Declared(declaration) => declaration.refuse(error),
            Self::Handle(queues) => queues.refuse(error),
        }
    }
}

impl Drop for ThreadQueues {
    fn drop(&mut self) {
        for entry in self.0.drain(..) {
            if let Some(queues) = entry.queues.upgrade() {
                queues.leave(entry.producer);
            }
        }
    }
}
