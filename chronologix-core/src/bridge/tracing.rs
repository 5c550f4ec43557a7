//! Events of `tracing`, with the fields and names of the spans around them.
//!
//! ```
//! use chronologix_core::{Config, Level, bridge::{self, Routes}};
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
//! use chronologix_core::bridge::{Routes, tracing::TracingLayer};
//! use chronologix_core::{Config, testing::{TestLogger, assert_logged}};
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
//! For libraries that log by the `log` crate there is [the other bridge](super::log). By way of
//! `tracing-log`, their records would all have the target `log`.

use std::{
    error::Error,
    fmt::{self, Debug},
};

use tracing_core::{
    Dispatch, Event, Field, Metadata, Subscriber, dispatcher,
    field::Visit,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{
    filter::LevelFilter,
    layer::{Context, Layer, SubscriberExt as _},
    registry::LookupSpan,
};

use self::span_fields::{SpanFields, encode_spans};
use super::{Bridge, BridgeError, Routes};
use crate::{
    FieldValue, Level, Logger,
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::{encode_field, encode_message},
};

mod span_fields;
#[cfg(test)]
mod tests;

/// A layer whose events go to the streams of a logger: see the [module](self).
///
/// It filters by its routes and streams, and never for other layers.
#[derive(Debug)]
pub struct TracingLayer(Bridge);

/// Disables what the layer does not take for the whole subscriber, which has no other layer.
#[derive(Debug)]
struct GlobalFilter(Bridge);

impl TracingLayer {
    /// Creates a layer that writes to the streams of this logger.
    ///
    /// # Errors
    ///
    /// [`BridgeError::UnknownStreams`], with all names in `routes` that are no streams of the
    /// logger.
    pub fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Bridge::new(logger, routes).map(Self)
    }
}

/// Makes a [`TracingLayer`] without other layers the subscriber of the program.
///
/// # Errors
///
/// [`BridgeError::UnknownStreams`] as [`TracingLayer::new`], and [`BridgeError::AlreadyInstalled`]
/// if the program already has a subscriber. In both cases nothing changes.
pub fn install(logger: &Logger, routes: Routes) -> Result<(), BridgeError> {
    let subscriber = subscriber(logger, routes)?;
    if dispatcher::set_global_default(subscriber).is_err() {
        return Err(BridgeError::AlreadyInstalled { facade: "tracing" });
    }
    Ok(())
}

/// Returns a subscriber with this layer and no other.
fn subscriber(logger: &Logger, routes: Routes) -> Result<Dispatch, BridgeError> {
    let filter = GlobalFilter(Bridge::new(logger, routes.clone())?);
    let layer = TracingLayer::new(logger, routes)?;
    let subscriber = tracing_subscriber::registry().with(layer).with(filter);
    Ok(Dispatch::new(subscriber))
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut fields = SpanFields::default();
        attributes.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value.into());
        }));
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        // The user's own formatting runs first, and not while anything of the span is held.
        let mut fields = SpanFields::default();
        values.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value.into());
        }));
        let Some(span) = ctx.span(id) else { return };
        let mut extensions = span.extensions_mut();
        match extensions.get_mut::<SpanFields>() {
            Some(known) => known.update(fields),
            None => extensions.insert(fields),
        }
    }

    fn on_event(&self, event: &Event<'_>, ctx: Context<'_, S>) {
        let metadata = event.metadata();
        let level = level(*metadata.level());
        let Some(stream) = self.0.stream(metadata.target(), level) else {
            return;
        };
        self.0.submit(stream, level, |to| {
            put_event(to, event);
            if let Some(scope) = ctx.event_scope(event) {
                encode_spans(to, scope);
            }
            if self.0.table.has_target {
                encode_field(to, "target", FieldRef::Text(metadata.target()));
            }
        });
    }
}

/// Encodes the message, whichever field it is, then the other fields.
fn put_event(to: &mut BufEncoder<'_>, event: &Event<'_>) {
    let mut has_message = false;
    event.record(&mut Visitor(|key, value: FieldRef<'_>| {
        if key == MESSAGE && !has_message {
            has_message = true;
            match value {
                FieldRef::Formatted(message) => encode_message(to, message),
                other => encode_message(to, format_args!("{}", FieldValue::from(other))),
            }
        }
    }));
    if !has_message {
        encode_message(to, format_args!(""));
    }
    event.record(&mut Visitor(|key, value: FieldRef<'_>| {
        if key != MESSAGE {
            encode_field(to, key, value);
        }
    }));
}

/// The field that is the message of an event.
const MESSAGE: &str = "message";

impl<S: Subscriber> Layer<S> for GlobalFilter {
    /// Disables for good what the routes discard. The levels of streams may change.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let (target, level) = (metadata.target(), level(*metadata.level()));
        if metadata.is_span() {
            // Its fields belong to its events, which may have a higher level or another target.
            Interest::always()
        } else if self.0.table.stream(target, level).is_none() {
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
        Some(match self.0.table.min_level {
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
