//! Events of `tracing`, with the fields and names of the spans around them.
//!
//! ```
//! use chronologix_core::{Config, Level, bridge::{self, Routes}};
//!
//! # let dir = tempfile::tempdir().unwrap();
//! let logger = Config::new()
//!     .base_log_dir(dir.path())
//!     .stream("app")
//!     .stream("db")
//!     .start_blocking()?;
//! bridge::tracing::install(&logger, Routes::to("app").min_level(Level::Info).target("sqlx", "db"))?;
//!
//! let request = tracing::info_span!("request", id = 7);
//! request.in_scope(|| tracing::info!(order = 17, "order taken"));
//! // [14:02:19] [INFO] order taken order=17 id=7 span=request target=shop::orders
//! # logger.stop_blocking()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Beside other layers it stands as any layer does:
//!
//! ```
//! use chronologix_core::{Config, bridge::{Routes, tracing::TracingLayer}, testing::{TestLogger, assert_logged}};
//! use tracing_subscriber::layer::SubscriberExt as _;
//!
//! let logger = TestLogger::start(Config::new().stream("app"))?;
//! let layer = TracingLayer::new(&logger, Routes::to("app").without_target())?;
//! let subscriber = tracing_subscriber::registry().with(layer);
//! tracing::subscriber::with_default(subscriber, || tracing::warn!(attempt = 3, "no answer yet"));
//! assert_logged!(logger, app, "[WARN] no answer yet attempt=3");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Records that libraries make by the `log` crate take [the other bridge](super::log); what `tracing-log` makes of them would have
//! `log` for a target.

use std::fmt::{self, Debug};

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

use self::around::{SpanFields, encode_spans};
use super::{Bridge, BridgeError, Routes};
use crate::{
    FieldValue, Level, Logger,
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::{encode_field, encode_message},
};

mod around;
#[cfg(test)]
mod tests;

/// A layer whose events go to the streams of a logger: see the [module](self).
///
/// It takes what its routes and streams take, and keeps no other layer from anything.
#[derive(Debug)]
pub struct TracingLayer(Bridge);

/// Keeps what this layer does not take from being made at all, for there is no other layer.
#[derive(Debug)]
struct Wanted(Bridge);

impl TracingLayer {
    /// A layer that leads to the streams of this logger.
    ///
    /// # Errors
    ///
    /// [`BridgeError::UnknownStreams`], with all the names that routes lead to and the logger does not have.
    pub fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        Bridge::new(logger, routes).map(Self)
    }
}

/// Makes a [`TracingLayer`] the subscriber of the program, with no other layer beside it.
///
/// # Errors
///
/// [`BridgeError::UnknownStreams`] as [`TracingLayer::new`], and [`BridgeError::Taken`] if the program has a subscriber already. Nothing is
/// changed then.
pub fn install(logger: &Logger, routes: Routes) -> Result<(), BridgeError> {
    let subscriber = alone(logger, routes)?;
    if dispatcher::set_global_default(subscriber).is_err() {
        return Err(BridgeError::Taken { facade: "tracing" });
    }
    Ok(())
}

/// A subscriber with this layer and no other.
fn alone(logger: &Logger, routes: Routes) -> Result<Dispatch, BridgeError> {
    let wanted = Wanted(Bridge::new(logger, routes.clone())?);
    let layer = TracingLayer::new(logger, routes)?;
    let subscriber = tracing_subscriber::registry().with(layer).with(wanted);
    Ok(Dispatch::new(subscriber))
}

impl<S> Layer<S> for TracingLayer
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, ctx: Context<'_, S>) {
        let mut fields = SpanFields::default();
        attributes.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value);
        }));
        if let Some(span) = ctx.span(id) {
            span.extensions_mut().replace(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, ctx: Context<'_, S>) {
        // The user's own formatting runs first, and not while anything of the span is held.
        let mut fields = SpanFields::default();
        values.record(&mut Visitor(|key, value: FieldRef<'_>| {
            fields.set(key, value);
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

/// Writes the message, wherever it stands among the fields, then the others.
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

impl<S: Subscriber> Layer<S> for Wanted {
    /// What the routes leave out is never asked for again. The levels of streams may change.
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        let (target, level) = (metadata.target(), level(*metadata.level()));
        if metadata.is_span() {
            // It is context for events that are more serious than itself, and go elsewhere.
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

/// Hands out fields with their types.
struct Visitor<F>(F);

impl<F: FnMut(&'static str, FieldRef<'_>)> Visit for Visitor<F> {
    fn record_f64(&mut self, field: &Field, value: f64) {
        (self.0)(field.name(), FieldRef::Float(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        (self.0)(field.name(), FieldRef::Integer(value.into()));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        (self.0)(field.name(), FieldRef::Integer(value.into()));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        (self.0)(field.name(), FieldRef::Integer(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        (self.0)(field.name(), FieldRef::Unsigned(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        (self.0)(field.name(), FieldRef::Bool(value));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        (self.0)(field.name(), FieldRef::Text(value));
    }

    /// An error with its causes.
    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        (self.0)(
            field.name(),
            FieldRef::Formatted(format_args!("{}", Chain(value))),
        );
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        (self.0)(field.name(), FieldRef::Formatted(format_args!("{value:?}")));
    }
}

/// An error, and what caused it.
struct Chain<'e>(&'e (dyn std::error::Error + 'static));

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
