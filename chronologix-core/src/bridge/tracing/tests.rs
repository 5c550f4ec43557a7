//! Events and spans of `tracing`.

use std::{fmt, io, thread, time::Duration};

use ::tracing::{self as facade, subscriber::with_default};
use tracing_subscriber::{
    layer::SubscriberExt as _,
    registry::{LookupSpan as _, SpanData as _},
};

use super::{Routes, TracingLayer};
use crate::{
    Config, Level, StreamConfig, in_context_sync,
    testing::{TestLogger, assert_logged, assert_not_logged},
};

/// Longer than any machine stands still.
const TIMEOUT: Duration = Duration::from_secs(60);

fn logger() -> TestLogger {
    let json = StreamConfig::new("json").format("json");
    let config = Config::new().stream("app").stream("errors").stream(json);
    TestLogger::start(config).unwrap()
}

/// Runs something with a layer for this thread.
fn with(logger: &TestLogger, routes: Routes, run: impl FnOnce()) {
    let layer = TracingLayer::new(logger.logger(), routes).unwrap();
    with_default(tracing_subscriber::registry().with(layer), run);
}

#[test]
fn an_event_keeps_its_level_its_message_its_fields_and_its_target() {
    let logger = logger();
    with(
        &logger,
        Routes::new("app").level(Level::Error, "errors"),
        || {
            facade::info!("plain");
            facade::warn!(order = 17, paid = true, "order {} taken", 17);
            facade::error!(target: "shop::orders", late = "message", message = "at the end");
            facade::debug!(only = "fields");
        },
    );
    let target = module_path!();
    assert_eq!(
        logger.lines("app"),
        [
            format!("[00:00:00] [INFO] plain target={target}"),
            format!("[00:00:00] [WARN] order 17 taken order=17 paid=true target={target}"),
            format!("[00:00:00] [DEBUG]  only=fields target={target}"),
        ]
    );
    let expected = "[00:00:00] [ERROR] at the end late=message target=shop::orders";
    assert_eq!(logger.lines("errors"), [expected]);
}

#[test]
fn values_keep_their_type_in_json() {
    let logger = logger();
    let error = io::Error::other("the cause");
    let error: &(dyn std::error::Error + 'static) = &error;
    with(&logger, Routes::new("json").without_target(), || {
        facade::trace!(
            unsigned = u64::MAX, signed = -1, wide = i128::MIN, float = 0.5, truth = false, text = "two words",
            debug = ?[1, 2], display = %"shown", error, stream = "mine", "typed\nand on one line"
        );
    });
    let line = &logger.lines("json")[0];
    let record = serde_json::from_str::<serde_json::Value>(line).unwrap();
    assert_eq!(record["message"], "typed\nand on one line");
    assert_eq!(record["level"], "TRACE");
    assert_eq!(record["unsigned"], u64::MAX);
    assert_eq!(record["signed"], -1);
    assert!(line.contains("\"wide\":-170141183460469231731687303715884105728,"));
    assert_eq!(record["float"], 0.5);
    assert_eq!(record["truth"], false);
    assert_eq!(record["text"], "two words");
    assert_eq!(record["debug"], "[1, 2]");
    assert_eq!(record["display"], "shown");
    assert_eq!(record["error"], "the cause");
    assert_eq!(record["stream"], "json");
    assert_eq!(record["stream_"], "mine");
}

#[test]
fn spans_give_their_fields_and_names_and_the_inner_shadows_the_outer() {
    let logger = logger();
    with(&logger, Routes::new("app").without_target(), || {
        let request = facade::info_span!(
            "request",
            id = 7,
            user = facade::field::Empty,
            shared = "outer"
        );
        let _request = request.enter();
        facade::info!("before");
        let query = facade::debug_span!("query", table = "orders", shared = "inner");
        query.in_scope(|| {
            request.record("user", "Ann");
            facade::info!(id = 8, "within");
            facade::info!(parent: None, "outside");
        });
        facade::info!("after");
        request.record("user", 5);
        facade::info!(span = "mine", "again");
    });
    let expected = [
        "[00:00:00] [INFO] before id=7 shared=outer span=request",
        "[00:00:00] [INFO] within id=8 table=orders shared=inner user=Ann span=request:query",
        "[00:00:00] [INFO] outside",
        "[00:00:00] [INFO] after id=7 shared=outer user=Ann span=request",
        "[00:00:00] [INFO] again span=mine id=7 shared=outer user=5",
    ];
    assert_eq!(logger.lines("app"), expected);
}

#[test]
fn a_context_comes_behind_the_spans_and_adds_only_keys_that_are_new() {
    let logger = logger();
    let context = [("id", 1), ("user", 2), ("target", 3), ("batch", 4)];
    in_context_sync(context, || {
        with(&logger, Routes::new("app"), || {
            let request = facade::info_span!("request", id = 7);
            request.in_scope(|| facade::info!(target: "shop", user = "ann", "taken"));
        });
    });
    let expected = "[00:00:00] [INFO] taken user=ann id=7 span=request target=shop batch=4";
    assert_eq!(logger.lines("app"), [expected]);
}

#[test]
fn other_layers_see_what_this_one_does_not_take() {
    let (quiet, all) = (logger(), logger());
    let quiet_layer = TracingLayer::new(quiet.logger(), Routes::new("app").min_level(Level::Error));
    let all_layer = TracingLayer::new(all.logger(), Routes::new("app"));
    let subscriber = tracing_subscriber::registry()
        .with(quiet_layer.unwrap())
        .with(all_layer.unwrap());
    with_default(subscriber, || facade::info!("for the other"));
    assert_logged!(all, app, "for the other");
    assert_not_logged!(quiet, app, "other");
}

#[test]
fn what_nobody_takes_is_not_formatted() {
    struct Never;
    impl fmt::Debug for Never {
        fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("formatted");
        }
    }
    let logger = logger();
    let routes = Routes::new("app").min_level_for("noise", Level::Error);
    let subscriber = TracingLayer::new(logger.logger(), routes)
        .unwrap()
        .into_subscriber();
    facade::dispatcher::with_default(&subscriber, || {
        assert!(!facade::enabled!(target: "noise", facade::Level::WARN));
        facade::warn!(target: "noise", value = ?Never);
        facade::error!(target: "noise", "heard");
        facade::warn_span!(target: "noise", "span", id = 1).in_scope(|| facade::info!("in a span"));
    });
    assert_logged!(logger, app, "heard");
    assert_logged!(logger, app, "in a span id=1 span=span");
}

#[test]
fn functions_with_instrument_tell_their_arguments_results_and_errors() {
    #[facade::instrument(ret, fields(kind = "sum", digits = facade::field::Empty), skip(unseen))]
    fn add(left: u32, right: u32, unseen: &str) -> u32 {
        let sum = left + right + u32::from(!unseen.is_empty());
        facade::Span::current().record("digits", sum.to_string().len());
        facade::debug!("added");
        sum
    }
    #[facade::instrument(name = "charge", target = "payments", level = "warn", err)]
    async fn charge(cents: u64) -> Result<(), io::Error> {
        tokio::task::yield_now().await;
        Err(io::Error::other("limit reached"))
    }
    let logger = logger();
    let routes = Routes::new("app").target("payments", "errors");
    with(&logger, routes, || {
        assert_eq!(add(1, 2, "x"), 4);
        let runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = { runtime }.build().unwrap();
        assert!(runtime.block_on(charge(500)).is_err());
    });
    let place = format!(
        "left=1 right=2 kind=sum digits=1 span=add target={}",
        module_path!()
    );
    let expected = [
        format!("[00:00:00] [DEBUG] added {place}"),
        format!("[00:00:00] [INFO]  return=4 {place}"),
    ];
    assert_eq!(logger.lines("app"), expected);
    let expected =
        r#"[00:00:00] [ERROR]  error="limit reached" cents=500 span=charge target=payments"#;
    assert_eq!(logger.lines("errors"), [expected]);
}

#[test]
fn ids_of_traces_are_fields_of_what_is_within_a_span() {
    let logger = logger();
    let layer = TracingLayer::new(logger.logger(), Routes::new("app").without_target()).unwrap();
    let layer = layer.span_events(super::SpanEvents::CLOSE);
    let layer = layer.trace_ids(|span, subscriber| {
        let registry = subscriber.downcast_ref::<tracing_subscriber::Registry>()?;
        let name = registry.span_data(span)?.metadata().name();
        match name {
            "request" => Some((0xfeed_u128.to_be_bytes(), 1_u64.to_be_bytes())),
            "query" => Some((0xfeed_u128.to_be_bytes(), [0; 8])),
            _ => None,
        }
    });
    with_default(tracing_subscriber::registry().with(layer), || {
        facade::info!("outside");
        facade::info_span!("request").in_scope(|| {
            facade::info!(span_id = "mine", "within");
            let _query = facade::info_span!("query").entered();
            facade::info_span!("other").in_scope(|| facade::info!("within another"));
        });
    });
    let lines = logger
        .lines("app")
        .into_iter()
        .filter(|line| !line.contains(" close "));
    let trace_id = "trace_id=0000000000000000000000000000feed";
    let expected = [
        "[00:00:00] [INFO] outside".to_owned(),
        format!("[00:00:00] [INFO] within span_id=mine span=request {trace_id}"),
        "[00:00:00] [INFO] within another span=request:query:other".to_owned(),
    ];
    assert!(lines.eq(expected));
    let closed = format!("span=request:query {trace_id}");
    assert_logged!(logger, app, closed);
    let closed = format!("span=request {trace_id} span_id=0000000000000001");
    assert_logged!(logger, app, closed);
}

/// Events inside of events reach a subscriber only if it is the one of the program, so
/// [`install`](super::install) has a test for that.
#[test]
fn a_debug_that_logs_leaves_the_line_it_is_in_whole() {
    struct Talks;
    impl fmt::Debug for Talks {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            facade::info!(key = 1, "inner");
            f.write_str("outer")
        }
    }
    let logger = logger();
    with(&logger, Routes::new("app").without_target(), || {
        facade::info_span!("span", id = 7).in_scope(|| {
            facade::info!(key = 2, value = ?Talks, "{Talks:?}");
        });
    });
    let expected = "[00:00:00] [INFO] outer key=2 value=outer id=7 span=span";
    assert_eq!(logger.lines("app"), [expected]);
}

#[test]
fn what_every_thread_logs_arrives_once_and_in_its_order() {
    let logger = logger();
    let layer = TracingLayer::new(
        logger.logger(),
        Routes::new("app")
            .without_target()
            .full_queue_timeout(TIMEOUT),
    )
    .unwrap();
    let subscriber = facade::Dispatch::new(tracing_subscriber::registry().with(layer));
    thread::scope(|scope| {
        for thread in 0..4 {
            let subscriber = &subscriber;
            scope.spawn(move || {
                facade::dispatcher::with_default(subscriber, || {
                    let _span = facade::info_span!("thread", thread).entered();
                    for number in 0..25_000 {
                        facade::info!(number, "counted");
                    }
                });
            });
        }
    });
    let lines = logger.lines("app");
    assert_eq!((lines.len(), logger.logger().stats().dropped), (100_000, 0));
    for thread in 0..4 {
        let end = format!(" thread={thread} span=thread");
        let numbers = lines.iter().filter_map(|line| {
            line.strip_suffix(&end)?
                .strip_prefix("[00:00:00] [INFO] counted number=")
        });
        assert!(numbers.eq((0..25_000).map(|number| number.to_string())));
    }
}

#[test]
fn routes_change_while_a_layer_is_in_use() {
    let logger = logger();
    let routes = |level| Routes::new("app").without_target().min_level(level);
    let layer = TracingLayer::new(logger.logger(), routes(Level::Warn)).unwrap();
    let handle = layer.handle();
    // As it is installed: what it does not take is disabled, and `tracing` remembers that.
    facade::dispatcher::with_default(&layer.into_subscriber(), || {
        let log = |round| facade::info!(round, "at one place");
        log(1);
        handle.set(routes(Level::Info)).unwrap();
        log(2);
        handle.set(routes(Level::Error)).unwrap();
        log(3);
        handle.clone().set(routes(Level::Trace)).unwrap();
        log(4);
        assert!(handle.set(Routes::new("ap")).is_err());
        log(5);
    });
    assert_eq!(
        logger.lines("app"),
        [2, 4, 5].map(|round| format!("[00:00:00] [INFO] at one place round={round}"))
    );
}
