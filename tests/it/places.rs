//! Where a line came from: module, file, thread, and lines of another shape.

use std::thread;

use chronologix::{
    Config, Level, StreamConfig,
    bridge::{Routes, log::LogBridge, tracing::TracingLayer},
    error, info, log,
    testing::TestLogger,
};
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt as _;

const SHAPE: &str = "{timestamp} {level:5} {module}: {message}{fields}";

/// A logger with one stream for each way to say where a line came from.
fn start() -> TestLogger {
    let config = Config::new()
        .stream(StreamConfig::new("modules").location("module").thread(true))
        .stream(StreamConfig::new("files").location("file"))
        .stream(
            StreamConfig::new("json")
                .location("file")
                .thread(true)
                .format("json"),
        )
        .stream(StreamConfig::new("shaped").line(SHAPE))
        .stream(
            StreamConfig::new("placed")
                .line("{timestamp} {stream} {file} ({thread}) {message}{fields}"),
        )
        .stream("plain")
        .mirror("plain", "modules");
    TestLogger::start(config).unwrap()
}

/// Runs in a thread of this name.
fn in_thread<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(name.to_owned());
        thread.spawn_scoped(scope, work).unwrap().join().unwrap()
    })
}

#[test]
fn lines_say_module_file_and_thread_as_their_stream_is_told_to() {
    let logger = start();
    let [modules, files, json, shaped, placed, plain] =
        ["modules", "files", "json", "shaped", "placed", "plain"]
            .map(|name| logger.logger().stream(name).unwrap());
    let line = line!() + 1;
    in_thread("a worker", || {
        info!(&modules, user = 7; "one").detach();
        info!(&files, "one").detach();
        error!(&json, "one").detach();
        error!(&shaped, user = 7; "one: <>", 2).detach();
        log!(&placed, "one").detach();
        log!(&plain, module = "mine"; "one").detach();
    });
    let (module, file) = (module_path!(), file!());
    assert_eq!(
        logger.lines("modules"),
        [
            format!("[00:00:00] [INFO] one user=7 module={module} thread=\"a worker\""),
            // The options are those of the stream whose file it is, and a field of one's own stays.
            "[00:00:00] one module=mine thread=\"a worker\"".to_owned(),
        ]
    );
    let at = line + 2;
    assert_eq!(
        logger.lines("files"),
        [format!("[00:00:00] [INFO] one file={file} line={at}")]
    );
    let at = line + 3;
    let json = &logger.lines("json")[0];
    let end = format!(r#""message":"one","file":"{file}","line":{at},"thread":"a worker"}}"#);
    assert!(json.ends_with(&end), "{json}");
    assert_eq!(
        logger.lines("shaped"),
        [format!("00:00:00 ERROR {module}: one: 2 user=7")]
    );
    let at = line + 5;
    assert_eq!(
        logger.lines("placed"),
        [format!("00:00:00 placed {file}:{at} (\"a worker\") one")]
    );
    assert_eq!(logger.lines("plain"), ["[00:00:00] one module=mine"]);
}

#[test]
fn a_queue_that_another_thread_takes_over_has_the_name_of_that_thread() {
    let logger = start();
    let modules = logger.logger().stream("modules").unwrap();
    for name in ["first", "second", "third"] {
        in_thread(name, || log!(&modules, "<>", name).detach());
    }
    for line in logger.lines("modules") {
        let (_, name) = line.split_once("] ").unwrap();
        let name = name.split(' ').next().unwrap();
        assert!(line.ends_with(&format!("thread={name}")), "{line}");
    }
    // A thread without a name has a number.
    let unnamed = thread::spawn(move || log!(&modules, "unnamed").detach());
    unnamed.join().unwrap();
    let lines = logger.lines("modules");
    assert!(
        lines.last().unwrap().contains("thread=ThreadId("),
        "{lines:?}"
    );
}

#[test]
fn records_of_other_facades_say_where_they_come_from() {
    let logger = start();
    let layer = |routes| TracingLayer::new(logger.logger(), routes).unwrap();
    let routes = || {
        Routes::new("modules")
            .target("to_files", "files")
            .target("to_shaped", "shaped")
    };
    let subscriber = tracing_subscriber::registry().with(layer(routes().without_target()));
    let (module, file) = (module_path!(), file!());
    with_default(subscriber, || {
        tracing::info!("one");
        tracing::info!(target: "to_files", "one");
        tracing::warn!(target: "to_shaped", "one");
    });
    let at = line!() - 3;
    let bridge = LogBridge::new(logger.logger(), routes()).unwrap();
    bridge.set_max_level();
    log::info!(logger: bridge, target: "to_files", "two");
    log::warn!(logger: bridge, target: "to_shaped", "two");
    let thread = thread::current();
    let thread = thread.name().unwrap();
    let lines = logger.lines("modules");
    assert_eq!(
        lines,
        [format!(
            "[00:00:00] [INFO] one module={module} thread={thread}"
        )]
    );
    assert_eq!(
        logger.lines("files"),
        [
            format!("[00:00:00] [INFO] one file={file} line={at}"),
            format!(
                "[00:00:00] [INFO] two file={file} line={} target=to_files",
                at + 6
            ),
        ]
    );
    assert_eq!(
        logger.lines("shaped"),
        [
            format!("00:00:00 WARN  {module}: one"),
            format!("00:00:00 WARN  {module}: two target=to_shaped"),
        ]
    );
}

#[test]
fn what_is_not_known_is_a_dash_and_lines_about_records_have_the_shape_too() {
    let config = Config::new().stream(StreamConfig::new("app").line(SHAPE).dedup("1m"));
    let logger = TestLogger::start(config).unwrap();
    let app = logger.logger().stream("app").unwrap();
    for _ in 0..3 {
        app.log(format_args!("no macro")).detach();
    }
    app.log_at(Level::Info, format_args!("other")).detach();
    assert_eq!(
        logger.lines("app"),
        [
            "00:00:00 -     -: no macro",
            "00:00:00 -     -: chronologix: last message of app repeated 2 times",
            "00:00:00 INFO  -: other",
        ]
    );
}

#[test]
fn a_shape_that_cannot_be_read_again_and_one_of_json_are_errors() {
    let app = || StreamConfig::new("app");
    for (stream, why) in [
        (
            app().line("{timestamp} {message}"),
            "{message}{fields} at the end",
        ),
        (app().line(SHAPE).format("json"), "leave out one of them"),
        (app().location("line"), "off, module, file"),
    ] {
        let error = Config::new()
            .stream(stream)
            .validate()
            .unwrap_err()
            .to_string();
        assert!(error.contains(why), "{error}");
    }
}
