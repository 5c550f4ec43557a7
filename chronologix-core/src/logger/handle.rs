//! A stream of one logger, looked up by its name.

use std::{fmt, sync::Arc};

#[cfg(any(feature = "log", feature = "tracing"))]
use crate::stream::Verdict;
use crate::{
    Fields, Level,
    codec::encode::{Arguments, Formatted},
    frontend::{
        callsite::Callsite,
        context::Context,
        future::LogFuture,
        submit::{LogTarget, RecordRoute, Target, enabled, submit, submit_to},
    },
    queue::registry::QueueRegistry,
};

/// A stream of a running [`Logger`](crate::Logger), for code that has no declaration. Cheap to
/// clone.
///
/// `log!(&handle, …)` and `log!(self.audit, …)` take one in place of a declared stream.
///
/// ```
/// # use chronologix_core::{Config, Level};
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// let errors = logger.stream("errors")?;
/// errors.log(format_args!("disk {} is full", "sda")).wait();
/// errors.log_at(Level::Critical, format_args!("no disk is left")).wait();
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone)]
pub struct StreamHandle {
    pub(crate) queues: Arc<QueueRegistry>,
    pub(crate) name: Arc<str>,
    pub(crate) index: u16,
    /// The fields that its records carry.
    pub(crate) context: Option<Arc<Context>>,
}

/// The callsite of records that were made without a macro.
const fn callsite(level: Option<Level>) -> Callsite {
    Callsite::new(level, "{}")
}

/// By the number of the level; the first is of records without one.
static CALLSITES: [Callsite; 7] = [
    callsite(None),
    callsite(Some(Level::Trace)),
    callsite(Some(Level::Debug)),
    callsite(Some(Level::Info)),
    callsite(Some(Level::Warn)),
    callsite(Some(Level::Error)),
    callsite(Some(Level::Critical)),
];

impl StreamHandle {
    /// Returns the stream's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns a handle of the same stream that adds these fields to every record. See
    /// [`Logger::with`](crate::Logger::with).
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let requests = logger.stream("all")?;
    /// let request = requests.with([("request", 17)]);
    /// request.log(format_args!("begins")).wait(); // begins request=17
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[must_use]
    pub fn with(&self, fields: impl Into<Fields>) -> Self {
        Self {
            context: Some(Context::new(fields.into()).before(self.context.as_ref())),
            ..self.clone()
        }
    }

    /// Logs a record without a level.
    pub fn log(&self, message: fmt::Arguments<'_>) -> LogFuture {
        self.log_from(&CALLSITES[0], message)
    }

    /// Logs a record, if the stream takes records of this level.
    pub fn log_at(&self, level: Level, message: fmt::Arguments<'_>) -> LogFuture {
        self.log_from(&CALLSITES[level as usize], message)
    }

    /// Returns what its records carry of their place in the source.
    #[cfg(any(feature = "log", feature = "tracing"))]
    #[inline]
    pub(crate) fn location(&self) -> crate::Location {
        self.queues.channel.streams[usize::from(self.index)].location
    }

    /// Returns what becomes of records of this level from a target of another facade.
    #[cfg(any(feature = "log", feature = "tracing"))]
    #[inline]
    pub(crate) fn verdict_of(&self, target: &str, level: Level) -> Verdict {
        let mut verdict = Verdict::Log;
        let threshold = self.destination().threshold();
        let passes = threshold.passes(Some(level), |threshold, level| {
            let asks = threshold.has_filter().then(crate::frontend::reentry::enter);
            let inside = asks.flatten();
            let of_module = inside.is_some().then(|| threshold.of_module(target));
            verdict = threshold.verdict(of_module, level);
            verdict != Verdict::Off
        });
        if passes { verdict } else { Verdict::Off }
    }

    /// Logs a record of any fields, which `fill` encodes, or keeps it in memory, as the caller has
    /// found that its stream does. `fill` returns the number of its callsite.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn log_dynamic(
        &self,
        verdict: Verdict,
        fill: impl FnOnce(&mut crate::codec::encode::BufEncoder<'_>) -> u32,
    ) -> LogFuture {
        crate::frontend::submit::submit_with(self.destination(), verdict, fill)
    }

    fn log_from(&self, callsite: &'static Callsite, message: fmt::Arguments<'_>) -> LogFuture {
        if enabled(self, callsite, callsite.level) {
            submit(self, callsite, (Formatted(message), ()))
        } else {
            LogFuture::filtered()
        }
    }
}

impl LogTarget for &StreamHandle {
    #[inline]
    fn destination<'a>(self) -> RecordRoute<'a>
    where
        Self: 'a,
    {
        RecordRoute {
            target: Target::Handle(&self.queues),
            stream: self.index,
            own: self.context.as_ref(),
        }
    }

    #[inline(never)]
    fn submit(self, callsite: &'static Callsite, words: usize, args: &dyn Arguments) -> LogFuture {
        submit_to(self, callsite, words, args)
    }
}

/// Returns its name.
impl AsRef<str> for StreamHandle {
    fn as_ref(&self) -> &str {
        &self.name
    }
}

impl fmt::Debug for StreamHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StreamHandle").field(&self.name).finish()
    }
}
