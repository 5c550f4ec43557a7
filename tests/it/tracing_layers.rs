//! Our layer beside those of others: `tracing-error` and `tracing-opentelemetry`.

use chronologix::{
    Config, StreamConfig,
    bridge::{
        Routes,
        tracing::{SpanEvents, TracingLayer},
    },
    testing::{TestLogger, assert_logged},
};
use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt as _, TraceFlags, noop::NoopTracer},
};
use tracing::subscriber::with_default;
use tracing_error::{ErrorLayer, SpanTrace, SpanTraceStatus};
use tracing_opentelemetry::{OpenTelemetryLayer, OpenTelemetrySpanExt as _};
use tracing_subscriber::layer::SubscriberExt as _;

fn logger() -> TestLogger {
    let json = StreamConfig::new("json").format("json");
    TestLogger::start(Config::new().stream("app").stream(json)).unwrap()
}

fn layer(logger: &TestLogger, stream: &str) -> TracingLayer {
    TracingLayer::new(logger.logger(), Routes::new(stream).without_target()).unwrap()
}

#[test]
fn a_span_trace_is_captured_and_logged() {
    #[tracing::instrument]
    fn charge(cents: u64) -> SpanTrace {
        tracing::info!("charging");
        SpanTrace::capture()
    }
    let logger = logger();
    let subscriber = tracing_subscriber::registry()
        .with(ErrorLayer::default())
        .with(layer(&logger, "app"));
    with_default(subscriber, || {
        let trace = tracing::info_span!("request", id = 7).in_scope(|| charge(500));
        assert_eq!(trace.status(), SpanTraceStatus::CAPTURED);
        let mut spans = Vec::new();
        trace.with_spans(|metadata, fields| {
            spans.push(format!("{} {fields}", metadata.name()));
            true
        });
        assert_eq!(spans, ["charge cents=500", "request id=7"]);
        tracing::error!(spans = ?spans.len(), "limit reached");
    });
    assert_logged!(
        logger,
        app,
        "[INFO] charging cents=500 id=7 span=request:charge"
    );
    assert_logged!(logger, app, "[ERROR] limit reached spans=2");
}

#[test]
fn opentelemetry_gives_its_ids_to_events_and_to_closed_spans() {
    let remote = SpanContext::new(
        0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736_u128.into(),
        0x00f0_67aa_0ba9_02b7_u64.into(),
        TraceFlags::SAMPLED,
        true,
        opentelemetry::trace::TraceState::NONE,
    );
    let ids = ["4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"];
    let logger = logger();
    let ours = layer(&logger, "json")
        .span_events(SpanEvents::CLOSE)
        .trace_ids(|span, subscriber| {
            let context = tracing_opentelemetry::get_otel_context(span, subscriber)?;
            let ids = context.span().span_context().clone();
            Some((ids.trace_id().to_bytes(), ids.span_id().to_bytes()))
        });
    let subscriber = tracing_subscriber::registry()
        .with(ours)
        .with(OpenTelemetryLayer::new(NoopTracer::new()));
    with_default(subscriber, || {
        tracing::info_span!("local").in_scope(|| tracing::info!("in no trace"));
        let request = tracing::info_span!("request");
        let parent = Context::new().with_remote_span_context(remote);
        request.set_parent(parent).unwrap();
        request.in_scope(|| tracing::info!("in a trace"));
    });
    let records = logger.lines("json").into_iter().map(|line| {
        let record = serde_json::from_str::<serde_json::Value>(&line).unwrap();
        let text = |key| {
            record
                .get(key)
                .map(|value| value.as_str().unwrap().to_owned())
        };
        (
            text("message").unwrap(),
            [text("trace_id"), text("span_id")],
        )
    });
    let ids = ids.map(|id| Some(id.to_owned()));
    let expected = [
        ("in no trace", [None, None]),
        ("close", [None, None]),
        ("in a trace", ids.clone()),
        ("close", ids),
    ];
    assert!(records.eq(expected.map(|(message, ids)| (message.to_owned(), ids))));
}
