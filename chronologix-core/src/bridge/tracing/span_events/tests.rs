//! Records of spans themselves.

use std::time::Duration;

use ::tracing::{self as facade, Instrument as _, field::Empty, subscriber::with_default};
use tracing_subscriber::layer::SubscriberExt as _;

use super::{Elapsed, SpanEvents};
use crate::{
    Config, Level,
    bridge::{Routes, tracing::TracingLayer},
    testing::TestLogger,
};

fn logger() -> TestLogger {
    TestLogger::start(Config::new().stream("app").stream("db")).unwrap()
}

fn with(logger: &TestLogger, routes: Routes, events: SpanEvents, run: impl FnOnce()) {
    let layer = TracingLayer::new(logger.logger(), routes).unwrap();
    let layer = layer.span_events(events);
    with_default(tracing_subscriber::registry().with(layer), run);
}

/// The lines of the stream `app`, without their timestamps.
fn lines(logger: &TestLogger) -> Vec<String> {
    let lines = logger.lines("app").into_iter();
    let without_time = |line: String| line.split_once("] ").unwrap().1.to_owned();
    lines.map(without_time).collect()
}

#[test]
fn a_span_says_what_it_is_asked_for() {
    let logger = logger();
    let routes = Routes::new("app").without_target();
    let a_span = || drop(facade::info_span!("span").entered());
    for events in [
        SpanEvents::NONE,
        SpanEvents::NEW,
        SpanEvents::ACTIVE,
        SpanEvents::FULL,
    ] {
        with(&logger, routes.clone(), events, a_span);
    }
    let expected = [
        "[INFO] new span=span",
        "[INFO] enter span=span",
        "[INFO] exit span=span",
        "[INFO] new span=span",
        "[INFO] enter span=span",
        "[INFO] exit span=span",
        "[INFO] close time.busy=0.00ns time.idle=0.00ns span=span",
    ];
    assert_eq!(lines(&logger), expected);
}

#[test]
fn a_closed_span_says_how_long_it_was_entered_and_how_long_not() {
    let logger = logger();
    let routes = Routes::new("app").without_target();
    let pass = |millis| logger.clock().advance(Duration::from_millis(millis));
    with(&logger, routes, SpanEvents::CLOSE, || {
        let request = facade::info_span!("request", id = 7, user = Empty);
        pass(1);
        request.in_scope(|| {
            pass(20);
            // Entered twice at once is entered.
            request.in_scope(|| pass(300));
            facade::warn_span!("query", table = "orders").in_scope(|| pass(4000));
        });
        pass(50_000);
        request.record("user", "ann");
        request.in_scope(|| pass(3));
        pass(5);
    });
    let expected = [
        "[WARN] close time.busy=4.00s time.idle=0.00ns table=orders id=7 span=request:query",
        "[INFO] close time.busy=4.32s time.idle=50.0s id=7 user=ann span=request",
    ];
    assert_eq!(lines(&logger), expected);
}

#[test]
fn a_future_is_idle_between_its_polls() {
    let logger = logger();
    let routes = Routes::new("app").without_target();
    let pass = |millis| logger.clock().advance(Duration::from_millis(millis));
    with(&logger, routes, SpanEvents::CLOSE, || {
        let work = async {
            pass(10);
            tokio::task::yield_now().await;
            pass(10);
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            let other = async {
                pass(700);
            };
            tokio::join!(work.instrument(facade::info_span!("work")), other);
        });
    });
    let expected = ["[INFO] close time.busy=20.0ms time.idle=700ms span=work"];
    assert_eq!(lines(&logger), expected);
}

#[test]
fn records_of_spans_are_routed_by_the_target_and_level_of_the_span() {
    let logger = logger();
    let routes = Routes::new("app")
        .min_level(Level::Info)
        .min_level_for("hyper", Level::Error)
        .target("sqlx", "db");
    with(&logger, routes, SpanEvents::NEW, || {
        let _ = facade::info_span!(target: "sqlx::query", "query");
        let _ = facade::info_span!(target: "hyper", "connection");
        let _ = facade::debug_span!(target: "shop", "detail");
        let _ = facade::info_span!(target: "shop", "order");
    });
    assert_eq!(lines(&logger), ["[INFO] new span=order target=shop"]);
    let expected = "[00:00:00] [INFO] new span=query target=sqlx::query";
    assert_eq!(logger.lines("db"), [expected]);
}

#[test]
fn times_are_shown_as_by_tracing_subscriber() {
    for (nanos, shown) in [
        (0, "0.00ns"),
        (9, "9.00ns"),
        (999, "999ns"),
        (1_000, "1.00µs"),
        (12_340, "12.3µs"),
        (123_456_789, "123ms"),
        (1_500_000_000, "1.50s"),
        (86_400_000_000_000, "86400s"),
    ] {
        assert_eq!(Elapsed(nanos).to_string(), shown);
    }
}

#[test]
fn sets_of_span_events_are_shown_by_their_names() {
    assert_eq!(format!("{:?}", SpanEvents::NONE), "{}");
    let mut events = SpanEvents::NEW;
    events |= SpanEvents::CLOSE;
    assert_eq!(format!("{events:?}"), "{new, close}");
    assert_eq!(
        format!("{:?}", SpanEvents::FULL),
        "{new, enter, exit, close}"
    );
}
