//! Records of `log` that come by way of `tracing-log`, and what `tracing` repeats by `log`.

use ::log::Log as _;
use ::tracing::{self as facade, subscriber::with_default};
use tracing_log::LogTracer;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::{
    Config, Level, StreamConfig,
    bridge::{Routes, log::LogBridge, tracing::TracingLayer},
    testing::TestLogger,
};

fn logger() -> TestLogger {
    // The macros look at it whatever logger they are given.
    ::log::set_max_level(::log::LevelFilter::Trace);
    let config = Config::new().stream("app").stream("db").stream("errors");
    TestLogger::start(config).unwrap()
}

/// Runs something whose records of `log` the tracer turns into events for a layer.
fn with_tracer(logger: &TestLogger, routes: Routes, run: impl FnOnce(&LogTracer)) {
    let layer = TracingLayer::new(logger.logger(), routes).unwrap();
    let subscriber = tracing_subscriber::registry().with(layer);
    with_default(subscriber, || run(&LogTracer::new()));
}

#[test]
fn a_record_of_log_is_routed_and_written_by_its_own_target() {
    let logger = logger();
    let routes = Routes::new("app")
        .min_level_for("hyper", Level::Warn)
        .target("sqlx", "db")
        .target("log", "errors");
    with_tracer(&logger, routes, |tracer| {
        let _request = facade::info_span!("request", id = 7).entered();
        ::log::info!(logger: tracer, target: "shop::orders", "order {} taken", 17);
        ::log::warn!(logger: tracer, target: "sqlx::query", "slow");
        ::log::info!(logger: tracer, target: "hyper::proto", "discarded");
        ::log::error!(logger: tracer, "by its module");
    });
    assert_eq!(
        logger.lines("app"),
        [
            "[00:00:00] [INFO] order 17 taken id=7 span=request target=shop::orders".to_owned(),
            format!(
                "[00:00:00] [ERROR] by its module id=7 span=request target={}",
                module_path!()
            ),
        ]
    );
    let expected = "[00:00:00] [WARN] slow id=7 span=request target=sqlx::query";
    assert_eq!(logger.lines("db"), [expected]);
    assert!(logger.lines("errors").is_empty());
}

#[test]
fn a_stream_with_a_location_says_where_the_record_of_log_was_made() {
    ::log::set_max_level(::log::LevelFilter::Trace);
    let file = StreamConfig::new("file").location("file");
    let module = StreamConfig::new("module").location("module");
    let lines = StreamConfig::new("lines").line("{timestamp} {level} {module}: {message}{fields}");
    let config = Config::new().stream(file).stream(module).stream(lines);
    let logger = TestLogger::start(config).unwrap();
    let routes = Routes::new("file").target("module", "module");
    let routes = routes.target("lines", "lines");
    let bridge = LogBridge::new(logger.logger(), routes.clone()).unwrap();
    let mut line = 0;
    with_tracer(&logger, routes, |tracer| {
        let loggers: [&dyn ::log::Log; 2] = [&bridge, tracer];
        for logger in loggers {
            line = line!() + 1;
            ::log::info!(logger: logger, target: "shop", "by its file");
            ::log::info!(logger: logger, target: "module", "by its module");
            ::log::info!(logger: logger, target: "lines", "in front");
        }
        facade::info!(target: "module", "an event");
    });
    let (path, module) = (file!(), module_path!());
    let expected = format!("[00:00:00] [INFO] by its file file={path} line={line} target=shop");
    assert_eq!(logger.lines("file"), [expected.clone(), expected]);
    let said = |what| format!("[00:00:00] [INFO] {what} module={module} target=module");
    let expected = [
        said("by its module"),
        said("by its module"),
        said("an event"),
    ];
    assert_eq!(logger.lines("module"), expected);
    let expected = format!("00:00:00 INFO {module}: in front target=lines");
    assert_eq!(logger.lines("lines"), [expected.clone(), expected]);
}

#[test]
fn without_a_place_a_record_still_has_its_target() {
    let logger = logger();
    with_tracer(&logger, Routes::new("app"), |tracer| {
        let mut record = ::log::Record::builder();
        let record = record.level(::log::Level::Info).target("from afar");
        tracer.log(&record.args(format_args!("no file, no line")).build());
    });
    let expected = r#"[00:00:00] [INFO] no file, no line target="from afar""#;
    assert_eq!(logger.lines("app"), [expected]);
}

#[test]
fn an_event_of_tracing_itself_may_have_the_same_words() {
    let logger = logger();
    with_tracer(&logger, Routes::new("app"), |_| {
        facade::info!(target: "log", { log.target = "shop", log.line = 3 }, "mine");
        facade::info!(name: "log event", target: "log", "mine");
    });
    let expected = [
        "[00:00:00] [INFO] mine log.target=shop log.line=3 target=log",
        "[00:00:00] [INFO] mine target=log",
    ];
    assert_eq!(logger.lines("app"), expected);
}

/// Gives a logger what `tracing` would give it with the feature `log-always`.
macro_rules! repeat {
    ($logger:expr, $line:expr, $($message:tt)*) => {
        $logger.log(
            &::log::Record::builder()
                .level(::log::Level::Info)
                .target(module_path!())
                .module_path(Some(module_path!()))
                .file(Some(file!()))
                .line(Some($line))
                .args(format_args!($($message)*))
                .build(),
        )
    };
}

#[test]
fn what_tracing_repeats_by_log_is_left_out_once() {
    let logger = logger();
    let bridge = LogBridge::new(logger.logger(), Routes::new("app").without_target()).unwrap();
    let routes = Routes::new("app").without_target();
    with_tracer(&logger, routes, |tracer| {
        let loggers: [&dyn ::log::Log; 2] = [&bridge, tracer];
        for logger in loggers {
            let line = line!() + 1;
            facade::info!("an event");
            repeat!(logger, line, "an event");
            repeat!(logger, line, "not the repetition of anything");
            let (span, line) = (facade::info_span!("span"), line!());
            repeat!(logger, line, "++ span;");
            drop(span);
            facade::info!("an event");
            repeat!(logger, line, "of another line");
        }
    });
    let once = [
        "[00:00:00] [INFO] an event",
        "[00:00:00] [INFO] not the repetition of anything",
        "[00:00:00] [INFO] an event",
        "[00:00:00] [INFO] of another line",
    ];
    assert_eq!(logger.lines("app"), [once, once].concat());
}

#[test]
fn a_call_of_log_itself_is_no_repetition_even_in_the_same_line() {
    let logger = logger();
    let bridge = LogBridge::new(logger.logger(), Routes::new("app").without_target()).unwrap();
    with_tracer(&logger, Routes::new("app").without_target(), |_| {
        #[rustfmt::skip]
        let _both = (facade::info!("by tracing"), ::log::info!(logger: bridge, "by log"));
    });
    let expected = ["[00:00:00] [INFO] by tracing", "[00:00:00] [INFO] by log"];
    assert_eq!(logger.lines("app"), expected);
}
