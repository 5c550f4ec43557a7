//! A stream of one certain logger, asked for by name.

use std::{
    fmt,
    sync::{Arc, atomic::Ordering},
};

use crate::{
    Level,
    codec::encode::Formatted,
    format::{
        message::{Rendering, Template},
        value::{Plain as _, Ready},
    },
    frontend::{
        callsite::Site,
        context::Context,
        future::LogFuture,
        submit::{Destination, submit_to},
    },
    queue::registry::Lanes,
};

/// A stream of a running [`Logger`](crate::Logger), for programs that do without the macros. Cheap to clone.
///
/// ```
/// # use chronologix_core::{Config, Level};
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// let errors = logger.stream("errors")?;
/// errors.log(format_args!("disk {} is full", "sda")).wait();
/// errors.log_at(Level::Critical, format_args!("no disk is left")).wait();
/// # logger.stop_blocking()?;
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone)]
pub struct StreamHandle {
    lanes: Arc<Lanes>,
    name: Arc<str>,
    index: u16,
    /// What its records carry.
    context: Option<Arc<Context>>,
}

/// A message that is one piece of text.
struct WholeMessage;

impl<'w> Template<(Ready<'w>, ())> for WholeMessage {
    fn render((message, ()): (Ready<'w>, ()), out: &mut Rendering<'_>) {
        message.plain(out);
    }
}

/// The site of records that were made without a macro.
const fn site(level: Option<Level>) -> Site {
    Site::new(level, "", 0)
}

static WITHOUT_LEVEL: Site = site(None);
static WITH_LEVEL: [Site; 6] = [
    site(Some(Level::Trace)),
    site(Some(Level::Debug)),
    site(Some(Level::Info)),
    site(Some(Level::Warn)),
    site(Some(Level::Error)),
    site(Some(Level::Critical)),
];

impl StreamHandle {
    pub(crate) fn new(lanes: Arc<Lanes>, name: Arc<str>, index: u16) -> Self {
        Self {
            lanes,
            name,
            index,
            context: None,
        }
    }

    /// The same stream, its records with these fields and no others.
    pub(crate) fn carrying(self, context: Option<Arc<Context>>) -> Self {
        Self { context, ..self }
    }

    /// The stream's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What its records carry.
    pub(crate) fn context(&self) -> Option<&Arc<Context>> {
        self.context.as_ref()
    }

    /// Logs a record without a level.
    pub fn log(&self, message: fmt::Arguments<'_>) -> LogFuture {
        self.submit(&WITHOUT_LEVEL, message)
    }

    /// Logs a record, if the stream takes records of this level.
    pub fn log_at(&self, level: Level, message: fmt::Arguments<'_>) -> LogFuture {
        let lowest = &self.lanes.rules.streams[usize::from(self.index)].min_level;
        if (level as u8) < lowest.load(Ordering::Relaxed) {
            return LogFuture::filtered();
        }
        self.submit(&WITH_LEVEL[level as usize - 1], message)
    }

    /// Whether records of this level are taken.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn takes(&self, level: Level) -> bool {
        let rule = &self.lanes.rules.streams[usize::from(self.index)];
        level as u8 >= rule.min_level.load(Ordering::Relaxed)
    }

    /// Logs a record of any fields, which `fill` encodes. Whether the stream takes its level, the caller has asked.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn log_loose(
        &self,
        level: Level,
        fill: impl FnOnce(&mut crate::codec::encoding::Encoder<'_>),
    ) -> LogFuture {
        let tag = crate::queue::record_header::Tag {
            site: crate::codec::dynamic::site(level),
            stream: self.index,
        };
        crate::frontend::submit::fill_and_queue(
            Destination::Certain(&self.lanes),
            tag,
            self.context.as_ref(),
            fill,
        )
    }

    fn submit(&self, site: &'static Site, message: fmt::Arguments<'_>) -> LogFuture {
        let destination = Destination::Certain(&self.lanes);
        let wire = (Formatted(message), ());
        let own = self.context.as_ref();
        submit_to::<(Formatted<'_>, ()), WholeMessage>(destination, self.index, site, &wire, own)
    }
}

/// Its name.
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
