//! From the caller's thread into its queue.

use std::{cell::Cell, sync::Arc};

#[cfg(any(test, feature = "testing"))]
use super::binding::{self, BoundLogger};
use super::{
    callsite::{self, Callsite},
    context::{self, Context},
    future::LogFuture,
    rate_limit::{LEFT_OUT, Throttle},
    reentry,
    thread_queues::{Joined, THREAD_QUEUES, join},
};
use crate::{
    Durability, Level, LogError, Stream,
    clock::Clock,
    codec::{
        encode::{Arguments, BufEncoder, MAX_DIRECT_WORDS},
        fields::Fields,
    },
    queue::{
        record_header::RecordHeader,
        registry::QueueRegistry,
        ring_buffer::RingWriter,
        spsc::producer::{Producer, PushError, PushOutcome},
    },
    stderr,
    stream::{Declaration, Threshold, Verdict},
};

/// What `log!` logs to: a declared stream, or a handle.
#[diagnostic::on_unimplemented(message = "`{Self}` is neither a stream nor a handle")]
pub trait LogTarget: Copy {
    /// Returns where its records go.
    fn destination<'a>(self) -> RecordRoute<'a>
    where
        Self: 'a;

    /// Stamps and queues a record whose arguments take so many words.
    ///
    /// It is not generic, so it is compiled once, here. It is not inlined: a `log!` that is
    /// filtered out must not pay for the registers and the stack that this would cost the function
    /// around it.
    fn submit(self, callsite: &'static Callsite, words: usize, args: &dyn Arguments) -> LogFuture;
}

/// Where a record goes, and what it carries from there.
#[derive(Clone, Copy, Debug)]
pub struct RecordRoute<'a> {
    pub(crate) target: Target<'a>,
    /// The index of the stream in its declaration, or in the logger of its handle.
    pub(crate) stream: u16,
    /// Fields besides those of the context.
    pub(crate) own: Option<&'a Arc<Context>>,
}

/// The logger to which a record goes: that which runs a declaration, or that of a handle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Target<'a> {
    Declared(&'static Declaration),
    Handle(&'a Arc<QueueRegistry>),
}

/// What became of a record that went straight into memory. It fits into a register, so that the
/// usual way to the ring pays nothing for the other.
#[derive(Clone, Copy, Debug)]
enum Taken {
    /// It is in the ring, and its stream promises this.
    Pushed(Durability),
    /// It is kept.
    Kept,
}

thread_local! {
    /// The buffer for arguments that do not go straight into the queue.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl LogTarget for Stream {
    #[inline]
    fn destination<'a>(self) -> RecordRoute<'a> {
        RecordRoute {
            target: Target::Declared(self.declaration()),
            stream: self.index(),
            own: None,
        }
    }

    #[inline(never)]
    fn submit(self, callsite: &'static Callsite, words: usize, args: &dyn Arguments) -> LogFuture {
        submit_to(self, callsite, words, args)
    }
}

/// Returns whether the target takes records of this callsite and level.
#[inline]
#[must_use]
pub fn enabled(to: impl LogTarget, callsite: &'static Callsite, level: Option<Level>) -> bool {
    to.destination().takes(callsite, level)
}

/// Returns whether records of this level are compiled at all. Evaluated in a constant.
#[must_use]
pub const fn compiles(stream: Stream, level: Option<Level>) -> bool {
    stream.compiles(level)
}

/// Stamps and queues a record.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline]
pub fn submit(to: impl LogTarget, callsite: &'static Callsite, args: impl Arguments) -> LogFuture {
    to.submit(callsite, args.words(), &args)
}

/// Stamps and queues a record after so many of the same callsite were left out.
#[expect(
    clippy::needless_pass_by_value,
    reason = "generated code reads better without `&`"
)]
#[inline]
pub fn submit_after(
    to: impl LogTarget,
    callsite: &'static Callsite,
    left_out: u64,
    args: impl Arguments,
) -> LogFuture {
    if left_out == 0 {
        to.submit(callsite, args.words(), &args)
    } else {
        submit_with_left_out(to.destination(), callsite, left_out, &args)
    }
}

#[cold]
fn submit_with_left_out(
    to: RecordRoute<'_>,
    callsite: &'static Callsite,
    left_out: u64,
    args: &dyn Arguments,
) -> LogFuture {
    if to.is_off(callsite) {
        return LogFuture::filtered();
    }
    let own = Context::new(Fields::from([(LEFT_OUT, left_out)])).before(to.own);
    let own = Some(&own);
    callsite.set_leaves_out();
    submit_buffered(RecordRoute { own, ..to }, callsite, args)
}

/// Returns whether a throttled callsite may log now, and then how many of its records were left out
/// since it last did.
#[must_use]
pub fn passes(to: impl LogTarget, throttle: &Throttle) -> Option<u64> {
    let target = to.destination().target;
    #[cfg(any(test, feature = "testing"))]
    if let Some((bound, _)) = target.bound() {
        let own = bound.throttle(throttle);
        return own.map_or(Some(0), |own| {
            own.pass(|| bound.queues.channel.clock.monotonic())
        });
    }
    throttle.pass(|| monotonic(target))
}

/// Reads the monotonic clock of a logger.
fn monotonic(target: Target<'_>) -> u64 {
    let known = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        let (producer, _) = thread_queues.producer(target.key())?;
        (!producer.is_closed()).then(|| producer.clock().monotonic())
    });
    known.ok().flatten().unwrap_or_else(|| {
        let Some(_inside) = reentry::enter() else {
            return Clock::default().monotonic();
        };
        let clock = match target {
            Target::Declared(declaration) => {
                let registry = declaration.registry();
                registry.map_or_else(|_| Clock::default(), |(it, _)| it.channel.clock.clone())
            }
            Target::Handle(registry) => registry.channel.clock.clone(),
        };
        clock.monotonic()
    })
}

/// Submits a record whose arguments take so many words.
///
/// There is one for each kind of target, so that each is one function from here to the ring.
#[inline]
pub(crate) fn submit_to<T: LogTarget>(
    target: T,
    callsite: &'static Callsite,
    words: usize,
    args: &dyn Arguments,
) -> LogFuture {
    let to = target.destination();
    if to.is_off(callsite) {
        return LogFuture::filtered();
    }
    #[cfg(any(test, feature = "testing"))]
    if binding::is_any() {
        return submit_buffered(to, callsite, args);
    }
    let RecordRoute {
        target,
        stream,
        own,
    } = to;
    let number = callsite.number(args);
    // What is not raw takes more words than any.
    if words <= MAX_DIRECT_WORDS && own.is_none() && !context::is_set() && number != 0 {
        let key = target.key();
        let pushed = THREAD_QUEUES.try_with(|thread_queues| {
            let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
            reentry::fence();
            let (producer, first) = thread_queues.producer(key)?;
            let header = RecordHeader {
                callsite: number,
                stream,
            };
            let header = header.after(first);
            let pushed = producer.push(header, words, |writer| args.encode_raw(writer));
            reentry::fence();
            let taken = match pushed {
                Ok(durability) => Taken::Pushed(durability),
                Err(PushError::Undecided) => decide(producer, to, callsite, header, words, args)?,
                Err(_) => return None,
            };
            let pushed = match taken {
                Taken::Pushed(durability) => Some(producer.last_pushed(durability)),
                Taken::Kept => None,
            };
            Some((pushed, header.stream))
        });
        match pushed {
            Ok(Some((Some(pushed), stream))) => return LogFuture::pushed(pushed, stream),
            Ok(Some((None, _))) => return LogFuture::filtered(),
            Ok(None) | Err(_) => {}
        }
    }
    submit_buffered(to, callsite, args)
}

/// Submits a record of a stream that keeps some in memory, as its level asks for. It takes no lock
/// that other threads take. Returns `None` if there is no room, or if it is neither logged nor
/// kept.
#[inline(never)]
fn decide(
    producer: &mut Producer,
    to: RecordRoute<'_>,
    callsite: &'static Callsite,
    header: RecordHeader,
    words: usize,
    args: &dyn Arguments,
) -> Option<Taken> {
    let encode = |writer: &mut RingWriter<'_>| args.encode_raw(writer);
    let taken = match to.verdict(callsite) {
        Verdict::Log => {
            let pushed = producer.push_taken(header, words, encode).ok();
            pushed.map(Taken::Pushed)
        }
        Verdict::Keep => producer.keep(header, words, encode).then_some(Taken::Kept),
        Verdict::Off => None,
    };
    reentry::fence();
    taken
}

/// Submits a record that does not go straight into the ring: the caller formats arguments, it
/// carries fields besides, or the ring had no room.
#[inline(never)]
fn submit_buffered(
    to: RecordRoute<'_>,
    callsite: &'static Callsite,
    args: &dyn Arguments,
) -> LogFuture {
    let verdict = to.verdict(callsite);
    let callsite = callsite.number(args);
    #[cfg(any(test, feature = "testing"))]
    if let Some((bound, first)) = to.target.bound() {
        let target = Target::Handle(&bound.queues);
        let stream = first + to.stream;
        let to = RecordRoute {
            target,
            stream,
            ..to
        };
        return submit_with(to, verdict, |encoder| {
            args.encode(encoder);
            callsite
        });
    }
    submit_with(to, verdict, |encoder| {
        args.encode(encoder);
        callsite
    })
}

/// Submits a record whose arguments `fill` encodes, or keeps it in memory. `fill` returns the
/// number of its callsite, or 0 if the thread cannot wait for one.
#[inline]
pub(crate) fn submit_with(
    to: RecordRoute<'_>,
    verdict: Verdict,
    fill: impl FnOnce(&mut BufEncoder<'_>) -> u32,
) -> LogFuture {
    // The buffer is taken out, not borrowed: an argument's `Display` may log, and finds an empty
    // one.
    let inside = reentry::enter();
    let bytes = inside.map(|_inside| BUFFER.try_with(Cell::take).unwrap_or_default());
    let Some(mut bytes) = bytes else {
        return to.target.refuse_nested();
    };
    let callsite = fill(&mut BufEncoder::new(&mut bytes));
    if callsite == 0 {
        return to.target.refuse_nested();
    }
    let header = RecordHeader {
        callsite,
        stream: to.stream,
    };
    if to.own.is_some() || context::is_set() {
        context::append(&mut bytes, to.own);
    }
    let Some(_inside) = reentry::enter() else {
        return to.target.refuse_nested();
    };
    let record = if verdict == Verdict::Keep {
        keep(to.target, header, &bytes)
    } else {
        push(to.target, header, &bytes)
    };
    // In a thread that is ending there is no place for it any more, and it is freed here.
    let _ = BUFFER.try_with(|buffer| buffer.set(bytes));
    record
}

/// Pushes a record by a thread that is inside.
fn push(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let key = target.key();
    let pushed = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        reentry::fence();
        let known = thread_queues.producer(key);
        let pushed = known.map(|(producer, first)| {
            let header = header.after(first);
            match producer.push_or_defer(header, bytes) {
                PushOutcome::Closed => None,
                outcome => Some(LogFuture::of_outcome(
                    producer.queue(),
                    header.stream,
                    outcome,
                )),
            }
        });
        reentry::fence();
        Some(pushed.flatten())
    });
    match pushed {
        Ok(Some(Some(record))) => record,
        Ok(Some(None)) => join_and_push(target, header, bytes),
        Ok(None) | Err(_) => push_beside(target, header, bytes),
    }
}

/// Pushes the first record of a thread, or the first after a stop.
#[cold]
fn join_and_push(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let (registry, first) = match target.registry(header) {
        Ok(registry) => registry,
        Err(error) => return LogFuture::refused(error),
    };
    let joined = join(target.key(), &registry, first, |producer| {
        target.push_to(producer, header, first, bytes)
    });
    match joined {
        Joined::New(record) => record,
        Joined::Shared => push(target, header, bytes),
        Joined::Closed => LogFuture::refused(target.refuse(LogError::Stopped, header)),
    }
}

/// Keeps a record in memory, by a thread that is inside. If there is no logger, nothing is kept,
/// and nothing is said about it: the stream does not take the record.
#[cold]
fn keep(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    let key = target.key();
    let kept = THREAD_QUEUES.try_with(|thread_queues| {
        let mut thread_queues = thread_queues.try_borrow_mut().ok()?;
        reentry::fence();
        let known = thread_queues.producer(key);
        let is_kept =
            known.is_some_and(|(producer, first)| producer.keep_bytes(header.after(first), bytes));
        reentry::fence();
        Some(is_kept)
    });
    if !matches!(kept, Ok(Some(true))) {
        let Some((registry, first)) = target.running() else {
            return LogFuture::filtered();
        };
        let header = header.after(first);
        match kept {
            Ok(Some(_)) => {
                let work = |producer: &mut Producer| producer.keep_bytes(header, bytes);
                if let Joined::Shared = join(target.key(), &registry, first, work) {
                    return keep(target, header, bytes);
                }
            }
            // As in `push_beside`.
            _ => drop(registry.for_dying_thread().keep_bytes(header, bytes)),
        }
    }
    LogFuture::filtered()
}

/// Pushes a record of a thread that is ending and has given its queue back, or that is pushing
/// another one.
#[cold]
fn push_beside(target: Target<'_>, header: RecordHeader, bytes: &[u8]) -> LogFuture {
    match target.registry(header) {
        Ok((registry, first)) => {
            target.push_to(&mut registry.for_dying_thread(), header, first, bytes)
        }
        Err(error) => LogFuture::refused(error),
    }
}

impl RecordRoute<'_> {
    /// Returns which records are taken where it leads.
    #[inline]
    pub(crate) fn threshold(self) -> Threshold {
        match self.target {
            Target::Declared(declaration) => {
                #[cfg(any(test, feature = "testing"))]
                if let Some((bound, first)) = self.target.bound() {
                    return Threshold::of(&bound.queues.channel, first + self.stream);
                }
                declaration.threshold(self.stream)
            }
            Target::Handle(queues) => Threshold::of(&queues.channel, self.stream),
        }
    }

    /// Returns whether records of this callsite and level are taken.
    #[inline]
    fn takes(self, callsite: &'static Callsite, level: Option<Level>) -> bool {
        let ask = |threshold, level| callsite.passes(threshold, level);
        self.threshold().passes(level, ask)
    }

    /// Returns what becomes of a record of this callsite that was found to pass.
    #[inline]
    fn verdict(self, callsite: &'static Callsite) -> Verdict {
        let threshold = self.threshold();
        match callsite.level {
            Some(level) if threshold.has_filter() => callsite.verdict(threshold, level as u8),
            Some(level) if !threshold.takes(level as u8) => Verdict::Keep,
            _ => Verdict::Log,
        }
    }

    /// Returns whether a record without a level meets a stream that is off. For records with a
    /// level, the expansion of `log!` has asked before.
    #[inline]
    pub(crate) fn is_off(self, callsite: &'static Callsite) -> bool {
        callsite.level.is_none() && !self.takes(callsite, None)
    }
}

impl Target<'_> {
    #[inline]
    pub(super) fn key(self) -> usize {
        match self {
            Self::Declared(declaration) => std::ptr::from_ref(declaration).addr(),
            Self::Handle(registry) => Arc::as_ptr(registry).addr(),
        }
    }

    /// Returns the test logger to which it leads, if any.
    #[cfg(any(test, feature = "testing"))]
    #[inline]
    fn bound(self) -> Option<(Arc<BoundLogger>, u16)> {
        if !binding::is_any() {
            return None;
        }
        match self {
            Self::Declared(declaration) => {
                let bound = binding::of_this_thread(declaration)?;
                let first = bound.first_of(declaration)?;
                Some((bound, first))
            }
            Self::Handle(queues) => Some((binding::of_queues(queues)?, 0)),
        }
    }

    /// Returns the queues of the logger in this process, and the index of the first stream in it.
    fn registry(self, header: RecordHeader) -> Result<(Arc<QueueRegistry>, u16), LogError> {
        let (registry, first) = match self {
            Self::Declared(declaration) => match declaration.registry() {
                Ok((registry, first)) => (registry.in_this_process(), first),
                Err(error) => return Err(self.refuse(error, header)),
            },
            Self::Handle(registry) => (registry.in_this_process(), 0),
        };
        if registry.channel.is_inherited() {
            // The parent's logger had ended before the fork. Threads that are not in this process
            // may hold its locks, so not even the refusal is counted.
            return Err(LogError::Stopped);
        }
        Ok((registry, first))
    }

    /// Returns the queues of the logger in this process, if it runs.
    pub(super) fn running(self) -> Option<(Arc<QueueRegistry>, u16)> {
        let (registry, first) = match self {
            Self::Declared(declaration) => declaration.registry().ok()?,
            Self::Handle(registry) => (Arc::clone(registry), 0),
        };
        let registry = registry.in_this_process();
        (!registry.channel.is_inherited()).then_some((registry, first))
    }

    fn push_to(
        self,
        producer: &mut Producer,
        header: RecordHeader,
        first: u16,
        bytes: &[u8],
    ) -> LogFuture {
        let in_logger = header.after(first);
        match producer.push_or_defer(in_logger, bytes) {
            PushOutcome::Closed => LogFuture::refused(self.refuse(LogError::Stopped, header)),
            outcome => LogFuture::of_outcome(producer.queue(), in_logger.stream, outcome),
        }
    }

    /// Counts a record for which this thread would wait for itself. Nothing else reports it.
    #[cold]
    fn refuse_nested(self) -> LogFuture {
        match self {
            Self::Declared(declaration) => declaration.count_refused(),
            Self::Handle(registry) => drop(registry.count_refused(1)),
        }
        LogFuture::refused(LogError::Nested)
    }

    /// Counts a record that no logger takes. The first is reported on stderr.
    fn refuse(self, error: LogError, header: RecordHeader) -> LogError {
        let is_first = match self {
            Self::Declared(declaration) => {
                #[cfg(any(test, feature = "testing"))]
                binding::note_refused(declaration);
                declaration.count_refused();
                declaration.report_once()
            }
            Self::Handle(registry) => registry.count_refused(1) == 0,
        };
        if is_first {
            let place = callsite::place_of(header.callsite).unwrap_or_default();
            let stream = match self {
                Self::Declared(declaration) => format!(" of {}", declaration.name(header.stream)),
                Self::Handle(_) => String::new(),
            };
            stderr::print(&format!("{error}; the first record was one{stream}{place}"));
        }
        error
    }
}
