//! Events of `tracing`, with the fields and names of the spans around them.
//!
//! ```
//! # use chronologix_core as chronologix;
//! use chronologix::{Config, Level, bridge::{self, Routes}};
//!
//! # let dir = tempfile::tempdir().unwrap();
//! let config = Config::new().base_log_dir(dir.path()).streams(["app", "db"]);
//! let logger = config.start_blocking()?;
//! let routes = Routes::new("app").min_level(Level::Info).target("sqlx", "db");
//! bridge::tracing::install(&logger, routes)?;
//!
//! let request = tracing::info_span!("request", id = 7);
//! request.in_scope(|| tracing::info!(order = 17, "order taken"));
//! // [14:02:19] [INFO] order taken order=17 id=7 span=request target=shop::orders
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! It can be combined with other layers:
//!
//! ```
//! # use chronologix_core as chronologix;
//! use chronologix::bridge::{Routes, tracing::TracingLayer};
//! use chronologix::{Config, testing::{TestLogger, assert_logged}};
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! let logger = TestLogger::start(Config::new().stream("app"))?;
//! let layer = TracingLayer::new(logger.logger(), Routes::new("app").without_target())?;
//! let subscriber = tracing_subscriber::registry().with(layer);
//! tracing::subscriber::with_default(subscriber, || tracing::warn!(attempt = 3, "no answer yet"));
//! assert_logged!(logger, app, "[WARN] no answer yet attempt=3");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Spans
//!
//! Spans give their names and fields to the events in them. They have records of their own on
//! demand: see [`TracingLayer::span_events`].
//!
//! # Records of `log`
//!
//! Libraries that log by the `log` crate reach the streams in one of two ways:
//!
//! - [`bridge::log::install`](super::log::install), with the feature `log`. Key-values keep their
//!   names and types.
//! - `tracing_log::LogTracer`, which makes events of them. Each is routed by the target that the
//!   record of `log` has. Key-values are lost on this way. The `init` of `tracing-subscriber`
//!   installs it, with the feature `tracing-log`, which is on by default.
//!
//! A program has one logger for `log`, so it is the one or the other, and no record comes twice.
//! That also holds where the feature `log-always` of `tracing` is on, by which `tracing` repeats
//! its events by `log`: the repetition of an event that this layer has got is left out. What
//! `tracing` says there about spans has the targets `tracing::span` and `tracing::span::active`;
//! [`Routes::min_level_for`] leaves it out.
//!
//! # OpenTelemetry
//!
//! [`TracingLayer::trace_ids`] adds the fields `trace_id` and `span_id`.

use std::{
    error::Error,
    fmt::{self, Debug},
    sync::Arc,
};

use tracing_core::{
    Dispatch, Event, Field, Metadata, Subscriber, callsite, dispatcher,
    field::Visit,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    filter::LevelFilter,
    layer::{Context, Layer, SubscriberExt as _},
    registry::{LookupSpan, Scope},
};

pub use self::span_events::SpanEvents;
use self::{
    span_events::SpanTimes,
    span_fields::{SpanFields, encode_spans},
    trace_ids::TraceIds,
};
use super::{Bridge, BridgeError, Origin, Routes, RoutesHandle};
use crate::{
    FieldValue, Level, Logger,
    clock::Clock,
    codec::{
        encode::{BufEncoder, TextPlace},
        field_codec::FieldRef,
    },
    frontend::dynamic::{encode_field, encode_message},
};

mod calls;
pub(super) mod log_records;
mod span_events;
mod span_fields;
#[cfg(test)]
mod tests;
mod trace_ids;

/// A layer whose events go to the streams of a logger: see the [module](self).
///
/// It filters by its routes and streams, and never for other layers.
#[derive(Debug)]
pub struct TracingLayer {
    bridge: Arc<Bridge>,
    span_events: SpanEvents,
    trace_ids: Option<TraceIds>,
}

/// Disables what the layer does not take for the whole subscriber, which has no other layer.
#[derive(Debug)]
struct GlobalFilter(Arc<Bridge>);

impl TracingLayer {
    /// Creates a layer that writes to the streams of this logger.
    ///
    /// # Errors
    ///
    /// [`BridgeError::UnknownStreams`], with all names in `routes` that are no streams of the
    /// logger.
    pub fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Ok(Self {
            bridge: Arc::new(Bridge::new(logger, routes)?),
            span_events: SpanEvents::NONE,
            trace_ids: None,
        })
    }

    /// Writes records of spans themselves: when they begin, are entered, are left, and are closed.
    /// Default: [`SpanEvents::NONE`].
    ///
    /// Such a record has the level, the target and so the stream of its span, and the fields of the
    /// span and of those around it. Its message is `new`, `enter`, `exit` or `close`. A `close`
    /// also says how long the span was entered (`time.busy`) and how long it was not
    /// (`time.idle`).
    ///
    /// ```
    /// # use chronologix_core as chronologix;
    /// use chronologix::bridge::{Routes, tracing::{SpanEvents, TracingLayer}};
    /// use chronologix::{Config, testing::{TestLogger, assert_logged}};
    /// use std::time::Duration;
    /// use tracing_subscriber::layer::SubscriberExt as _;
    ///
    /// let logger = TestLogger::start(Config::new().stream("app"))?;
    /// let layer = TracingLayer::new(logger.logger(), Routes::new("app").without_target())?
    ///     .span_events(SpanEvents::CLOSE);
    /// let subscriber = tracing_subscriber::registry().with(layer);
    /// tracing::subscriber::with_default(subscriber, || {
    ///     tracing::info_span!("request", id = 7)
    ///         .in_scope(|| logger.clock().advance(Duration::from_millis(250)));
    /// });
    /// assert_logged!(logger, app, "[INFO] close time.busy=250ms time.idle=0.00ns id=7 span=request");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn span_events(mut self, events: SpanEvents) -> Self {
        self.span_events = events;
        self
    }

    /// Adds the fields `trace_id` and `span_id`, as OpenTelemetry writes them: 32 and 16
    /// hexadecimal digits. A field of that name which an event or span has itself goes before.
    ///
    /// `ids` is called for each event within a span, with the innermost span and the subscriber. It
    /// returns the bytes of both ids, or `None` for a span without. Bytes that are all zero are no
    /// id. With `tracing-opentelemetry` 0.34, whose layer is to be added after this one:
    ///
    /// ```ignore
    /// use opentelemetry::trace::TraceContextExt as _;
    ///
    /// let layer = TracingLayer::new(&logger, routes)?.trace_ids(|span, subscriber| {
    ///     let context = tracing_opentelemetry::get_otel_context(span, subscriber)?;
    ///     let ids = context.span().span_context().clone();
    ///     Some((ids.trace_id().to_bytes(), ids.span_id().to_bytes()))
    /// });
    /// ```
    ///
    /// ```
    /// # use chronologix_core::bridge::{Routes, tracing::TracingLayer};
    /// # use chronologix_core::{Config, testing::{TestLogger, assert_logged}};
    /// # use tracing_subscriber::layer::SubscriberExt as _;
    /// # let logger = TestLogger::start(Config::new().stream("app"))?;
    /// let layer = TracingLayer::new(logger.logger(), Routes::new("app").without_target())?
    ///     .trace_ids(|_span, _subscriber| Some((0xbeef_u128.to_be_bytes(), 7_u64.to_be_bytes())));
    /// let subscriber = tracing_subscriber::registry().with(layer);
    /// tracing::subscriber::with_default(subscriber, || {
    ///     tracing::info_span!("request").in_scope(|| tracing::info!("taken"));
    /// });
    /// let ids = "trace_id=0000000000000000000000000000beef span_id=0000000000000007";
    /// assert_logged!(logger, app, format!("[INFO] taken span=request {ids}"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn trace_ids<F>(mut self, ids: F) -> Self
    where
        F: Fn(&Id, &Dispatch) -> Option<([u8; 16], [u8; 8])> + Send + Sync + 'static,
    {
        self.trace_ids = Some(TraceIds::new(ids));
        self
    }

    /// Returns what changes the routes while the layer is in use.
    #[must_use]
    pub fn handle(&self) -> RoutesHandle {
        RoutesHandle {
            bridge: Arc::clone(&self.bridge),
            // `tracing` remembers for each call, and for the program, what nothing takes.
            refresh: |_| callsite::rebuild_interest_cache(),
        }
    }

    /// Makes this layer, without others, the subscriber of the program.
    ///
    /// # Errors
    ///
    /// [`BridgeError::AlreadyInstalled`] if the program already has a subscriber.
    pub fn install(self) -> Result<(), BridgeError> {
        if dispatcher::set_global_default(self.into_subscriber()).is_err() {
            return Err(BridgeError::AlreadyInstalled { facade: "tracing" });
        }
        Ok(())
    }

    /// Returns a subscriber with this layer and no other.
    fn into_subscriber(self) -> Dispatch {
        let filter = GlobalFilter(Arc::clone(&self.bridge));
        let subscriber = tracing_subscriber::registry().with(self).with(filter);
        Dispatch::new(subscriber)
    }

    /// Writes a record with the spans around it, if a stream takes it.
    fn write<'s, S>(
        &self,
        origin: Origin<'_>,
        level: tracing_core::Level,
        scope: impl FnOnce() -> Option<Scope<'s, S>>,
        fill: impl FnOnce(&mut BufEncoder<'_>) -> u32,
    ) where
        S: Subscriber + LookupSpan<'s>,
    {
        self.bridge.log(origin, self::level(level), |to| {
            let callsite = fill(to);
            if let Some(scope) = scope() {
                encode_spans(to, scope, self.trace_ids.as_ref());
            }
            callsite
        });
    }

    /// Writes a record of a span itself.
    fn write_span<S>(&self, id: &Id, ctx: &Context<'_, S>, message: &str, times: Option<(u64, u64)>)
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        let Some(metadata) = ctx.metadata(id) else {
            return;
        };
        let (origin, level) = (Origin::from(metadata), *metadata.level());
        let scope = || ctx.span_scope(id);
        self.write(origin, level, scope, |to| {
            encode_message(to, format_args!("{message}"));
            if let Some((busy, idle)) = times {
                span_events::encode_times(to, busy, idle);
            }
            calls::number(metadata, (0, 0), to)
        });
    }

    /// Has the times of a span go on, if its end will say them.
    #[inline]
    fn update_times<S>(&self, id: &Id, ctx: &Context<'_, S>, update: fn(&mut SpanTimes, &Clock))
    where
        S: Subscriber + for<'s> LookupSpan<'s>,
    {
        if !self.measures() {
            return;
        }
        let Some(span) = ctx.span(id) else { return };
        let mut extensions = span.extensions_mut();
        if let Some(times) = extensions.get_mut::<SpanTimes>() {
            update(times, self.bridge.logger.clock());
        }
    }

    /// Returns whether the times of spans are measured.
    fn measures(&self) -> bool {
        self.span_events.contains(SpanEvents::CLOSE)
    }
}

/// Makes a [`TracingLayer`] without other layers the subscriber of the program.
///
/// Records of the `log` crate do not come this way. With the feature `log`,
/// [`bridge::log::install`](super::log::install) is installed beside it, with the same routes.
///
/// A layer with options is installed by [`TracingLayer::install`]. Where there are other layers, it
/// is one of them:
/// `tracing_subscriber::registry().with(TracingLayer::new(&logger, routes)?).with(other).init()`.
///
/// # Errors
///
/// [`BridgeError::UnknownStreams`] as [`TracingLayer::new`], and [`BridgeError::AlreadyInstalled`]
/// if the program already has a subscriber. In both cases nothing changes.
pub fn install(logger: &Logger, routes: Routes) -> Result<(), BridgeError> {
    TracingLayer::new(logger, routes)?.install()
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        if let Some(ids) = &self.trace_ids {
            ids.register(subscriber);
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut fields = SpanFields::default();
        attributes.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value.into());
        }));
        if let Some(span) = ctx.span(id) {
            let mut extensions = span.extensions_mut();
            extensions.replace(fields);
            if self.measures() {
                extensions.replace(SpanTimes::starting_at(self.bridge.logger.clock()));
            }
        }
        if self.span_events.contains(SpanEvents::NEW) {
            self.write_span(id, &ctx, "new", None);
        }
        log_records::expect_repetition(attributes.metadata());
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        // The user's own formatting runs first, and not while anything of the span is held.
        let mut fields = SpanFields::default();
        values.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value.into());
        }));
        let Some(span) = ctx.span(id) else { return };
        log_records::expect_repetition(span.metadata());
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SpanFields>() {
            Some(known) => known.update(fields),
            None => extensions.insert(fields),
        }
    }

    fn on_enter(&self, id: &Id, ctx: Context<'_, S>) {
        self.update_times(id, &ctx, SpanTimes::enter);
        if self.span_events.contains(SpanEvents::ENTER) {
            self.write_span(id, &ctx, "enter", None);
        }
    }

    fn on_exit(&self, id: &Id, ctx: Context<'_, S>) {
        self.update_times(id, &ctx, SpanTimes::exit);
        if self.span_events.contains(SpanEvents::EXIT) {
            self.write_span(id, &ctx, "exit", None);
        }
    }

    fn on_close(&self, id: Id, ctx: Context<'_, S>) {
        if self.span_events.contains(SpanEvents::CLOSE) {
            let times = ctx.span(&id).and_then(|span| {
                let extensions = span.extensions();
                let times = extensions.get::<SpanTimes>()?;
                Some(times.until_close(self.bridge.logger.clock()))
            });
            self.write_span(&id, &ctx, "close", times);
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let metadata = event.metadata();
        let level = *metadata.level();
        let scope = || ctx.event_scope(event);
        if log_records::is_log_record(metadata) {
            log_records::with_origin(event, |origin| {
                if !log_records::is_repetition(origin) {
                    self.write(origin, level, scope, |to| {
                        let text = encode_event(to, event, log_records::is_origin);
                        let text = calls::constant(metadata, text);
                        origin.number_of_record(self::level(level), text, None, to)
                    });
                }
            });
        } else {
            self.write(metadata.into(), level, scope, |to| {
                let text = encode_event(to, event, |_| false);
                calls::number(metadata, text, to)
            });
            log_records::expect_repetition(metadata);
        }
    }
}

impl<'a> From<&'a Metadata<'a>> for Origin<'a> {
    fn from(metadata: &'a Metadata<'a>) -> Self {
        Self {
            target: metadata.target(),
            module: metadata.module_path(),
            file: metadata.file(),
            line: metadata.line(),
        }
    }
}

/// Encodes the message, whichever field it is, then the other fields that are not left out. Returns
/// where the message stands, if it was written in one piece.
fn encode_event(
    to: &mut BufEncoder<'_>,
    event: &Event<'_>,
    is_left_out: impl Fn(&str) -> bool,
) -> TextPlace {
    let mut text = None;
    event.record(&mut Visitor(|key, value: FieldRef<'_>| {
        if key == MESSAGE && text.is_none() {
            text = Some(match value {
                FieldRef::Formatted(message) => encode_message(to, message),
                FieldRef::Text(message) => encode_message(to, format_args!("{message}")),
                other => encode_message(to, format_args!("{}", FieldValue::from(other))),
            });
        }
    }));
    let text = text.unwrap_or_else(|| encode_message(to, format_args!("")));
    event.record(&mut Visitor(|key, value: FieldRef<'_>| {
        if key != MESSAGE && !is_left_out(key) {
            encode_field(to, key, value);
        }
    }));
    text
}

/// The field that is the message of an event.
const MESSAGE: &str = "message";

impl<S: Subscriber> Layer<S> for GlobalFilter {
    /// Disables what the routes discard, until they change. The levels of streams may change.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let (target, level) = (metadata.target(), level(*metadata.level()));
        if metadata.is_span() {
            // Its fields belong to its events, which may have a higher level or another target.
            Interest::always()
        } else if self.0.tables.current().stream(target, level).is_none() {
            Interest::never()
        } else {
            Interest::sometimes()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>, _ctx: Context<'_, S>) -> bool {
        let (target, level) = (metadata.target(), level(*metadata.level()));
        metadata.is_span() || self.0.stream(target, level).is_some()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(match self.0.tables.current().min_level {
            Level::Trace => LevelFilter::TRACE,
            Level::Debug => LevelFilter::DEBUG,
            Level::Info => LevelFilter::INFO,
            Level::Warn => LevelFilter::WARN,
            Level::Error => LevelFilter::ERROR,
            Level::Critical => LevelFilter::OFF,
        })
    }
}

fn level(level: tracing_core::Level) -> Level {
    match level {
        tracing_core::Level::TRACE => Level::Trace,
        tracing_core::Level::DEBUG => Level::Debug,
        tracing_core::Level::INFO => Level::Info,
        tracing_core::Level::WARN => Level::Warn,
        tracing_core::Level::ERROR => Level::Error,
    }
}

/// Visits fields with their types.
struct Visitor<F>(F);

macro_rules! visit {
    ($($method:ident($value:ident: $type:ty) => $field:expr;)*) => {$(
        fn $method(&mut self, field: &Field, $value: $type) {
            (self.0)(field.name(), $field);
        }
    )*};
}

impl<F: FnMut(&'static str, FieldRef<'_>)> Visit for Visitor<F> {
    visit! {
        record_f64(value: f64) => FieldRef::Float(value);
        record_i64(value: i64) => FieldRef::Integer(value.into());
        record_u64(value: u64) => FieldRef::Integer(value.into());
        record_i128(value: i128) => FieldRef::Integer(value);
        record_u128(value: u128) => FieldRef::Unsigned(value);
        record_bool(value: bool) => FieldRef::Bool(value);
        record_str(value: &str) => FieldRef::Text(value);
        record_error(value: &(dyn Error + 'static)) =>
            FieldRef::Formatted(format_args!("{}", Chain(value)));
        record_debug(value: &dyn Debug) => FieldRef::Formatted(format_args!("{value:?}"));
    }
}

/// Displays an error and its causes.
struct Chain<'e>(&'e (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}
