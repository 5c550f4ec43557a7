//! Records of the `log` crate.

use std::{fmt, thread, time::Duration};

use ::log::{Log as _, kv::ToValue};

use super::{LogBridge, Routes};
use crate::{
    Config, Level, StreamConfig, in_context_sync,
    testing::{TestLogger, assert_logged},
};

/// Longer than any machine stands still.
const PATIENCE: Duration = Duration::from_secs(60);

fn logger() -> TestLogger {
    let json = StreamConfig::new("json").format("json");
    TestLogger::start(Config::new().stream("app").stream(json)).unwrap()
}

fn bridge(logger: &TestLogger, routes: Routes) -> LogBridge {
    // The macros look at it whatever logger they are given.
    ::log::set_max_level(::log::LevelFilter::Trace);
    LogBridge::new(logger.logger(), routes).unwrap()
}

#[test]
fn a_record_keeps_its_level_its_message_its_key_values_and_its_target() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app"));
    ::log::info!(logger: bridge, "plain");
    ::log::error!(logger: bridge, target: "shop::orders", order = 17, paid = true; "order {} taken", 17);
    let target = module_path!();
    assert_eq!(
        logger.lines("app"),
        [
            format!("[00:00:00] [INFO] plain target={target}"),
            "[00:00:00] [ERROR] order 17 taken order=17 paid=true target=shop::orders".to_owned(),
        ]
    );
}

#[test]
fn values_keep_their_type_in_json() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("json").without_target());
    let list = [1, 2];
    ::log::debug!(
        logger: bridge,
        unsigned = u64::MAX, signed = -1, wide = u128::MAX, float = 0.5, truth = false, letter = 'x',
        text = "two words", debug:? = list, display:% = "shown";
        "typed\nand on one line"
    );
    let line = &logger.lines("json")[0];
    let record = serde_json::from_str::<serde_json::Value>(line).unwrap();
    assert_eq!(record["message"], "typed\nand on one line");
    assert_eq!(record["level"], "DEBUG");
    assert_eq!(record["unsigned"], u64::MAX);
    assert_eq!(record["signed"], -1);
    assert!(line.contains("\"wide\":340282366920938463463374607431768211455,"));
    assert_eq!(record["float"], 0.5);
    assert_eq!(record["truth"], false);
    assert_eq!(record["letter"], "x");
    assert_eq!(record["text"], "two words");
    assert_eq!(record["debug"], "[1, 2]");
    assert_eq!(record["display"], "shown");
    assert_eq!(record.get("target"), None);
}

#[test]
fn keys_are_unique_and_none_stands_for_a_part_of_the_record() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("json"));
    let pairs = [
        ("level", "mine".to_value()),
        ("message", "mine".to_value()),
        ("twice", 1.to_value()),
        ("twice", 2.to_value()),
        ("target", "shadowed".to_value()),
        ("", 3.to_value()),
        ("r#stream", 4.to_value()),
    ];
    let pairs = pairs.as_slice();
    let record = ::log::Record::builder()
        .args(format_args!("odd keys"))
        .level(::log::Level::Warn)
        .target("somewhere")
        .key_values(&pairs)
        .build();
    bridge.log(&record);
    let line = &logger.lines("json")[0];
    let expected = r#""level":"WARN","stream":"json","message":"odd keys","level_":"mine","message_":"mine","twice":1,"target":"shadowed","_":3,"stream_":4}"#;
    assert!(line.ends_with(expected), "{line}");
}

#[test]
fn a_context_adds_the_keys_that_the_record_has_not_itself() {
    let logger = logger();
    let json = bridge(&logger, Routes::new("json").without_target());
    let text = bridge(&logger, Routes::new("app"));
    let context = [("request", 1), ("user", 2), ("target", 3), ("level", 4)];
    in_context_sync(context, || {
        ::log::info!(logger: json, order = 17, user = "ann", level = "mine", level_ = "other"; "taken");
        ::log::info!(logger: text, target: "shop", request = -1; "taken");
    });
    let line = &logger.lines("json")[0];
    let expected =
        r#""message":"taken","order":17,"user":"ann","level_":"mine","request":1,"target":3}"#;
    assert!(line.ends_with(expected), "{line}");
    let expected = "[00:00:00] [INFO] taken request=-1 target=shop user=2 level_=4";
    assert_eq!(logger.lines("app"), [expected]);
}

#[test]
fn however_many_fields_there_are_each_key_is_there_once() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app").without_target());
    let pairs = (0..30_000).map(|number| (format!("k{}", number % 20_000), number));
    let pairs = pairs.collect::<Vec<_>>();
    let pairs = pairs
        .iter()
        .map(|(key, number)| (key.as_str(), number.to_value()));
    let pairs = pairs.collect::<Vec<_>>();
    let pairs = pairs.as_slice();
    let record = ::log::Record::builder()
        .args(format_args!("many"))
        .level(::log::Level::Info)
        .key_values(&pairs)
        .build();
    in_context_sync([("k7", 1), ("last", 2)], || bridge.log(&record));
    let fields = (0..20_000).map(|number| format!(" k{number}={number}"));
    let fields = fields.collect::<String>();
    let expected = format!("[00:00:00] [INFO] many{fields} last=2");
    assert!(logger.lines("app") == [expected], "each key once");
}

#[test]
fn what_is_not_taken_is_not_formatted() {
    struct Never;
    impl fmt::Display for Never {
        fn fmt(&self, _f: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("formatted");
        }
    }
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app").min_level(Level::Warn));
    assert_eq!(
        super::max_level(bridge.0.tables.current()),
        ::log::LevelFilter::Warn
    );
    ::log::info!(logger: bridge, "{Never}");
    let metadata = |level| ::log::Metadata::builder().level(level).build();
    assert!(!bridge.enabled(&metadata(::log::Level::Info)));
    assert!(bridge.enabled(&metadata(::log::Level::Warn)));
    assert!(logger.lines("app").is_empty());
}

#[test]
fn a_display_that_logs_gets_its_own_line_before_the_one_it_is_in() {
    struct Talks<'b>(&'b LogBridge);
    impl fmt::Display for Talks<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            ::log::info!(logger: self.0, "inner");
            f.write_str("outer")
        }
    }
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app").without_target());
    ::log::info!(logger: bridge, value:% = Talks(&bridge); "{}", Talks(&bridge));
    let expected = [
        "[00:00:00] [INFO] inner",
        "[00:00:00] [INFO] inner",
        "[00:00:00] [INFO] outer value=outer",
    ];
    assert_eq!(logger.lines("app"), expected);
}

#[test]
fn what_every_thread_logs_arrives_once_and_in_its_order() {
    let logger = logger();
    let bridge = bridge(
        &logger,
        Routes::new("app")
            .without_target()
            .full_queue_timeout(PATIENCE),
    );
    thread::scope(|scope| {
        for thread in 0..4 {
            let bridge = &bridge;
            scope.spawn(move || {
                for number in 0..25_000 {
                    ::log::info!(logger: bridge, number; "{thread}");
                }
            });
        }
    });
    let lines = logger.lines("app");
    assert_eq!((lines.len(), logger.logger().stats().dropped), (100_000, 0));
    for thread in 0..4 {
        let start = format!("[00:00:00] [INFO] {thread} number=");
        let numbers = lines.iter().filter_map(|line| line.strip_prefix(&start));
        assert!(numbers.eq((0..25_000).map(|number| number.to_string())));
    }
}

#[test]
fn flush_waits_until_all_is_written() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app"));
    ::log::info!(logger: bridge, "flushed");
    bridge.flush();
    assert_eq!(logger.logger().stats().written, 1);
    assert_logged!(logger, app, "flushed");
}

#[test]
fn levels_of_other_facades_are_settings_by_their_text() {
    for level in ::log::LevelFilter::iter() {
        let config = Config::new().stream("app").min_level(level.to_string());
        config.validate().unwrap();
    }
}

#[test]
fn routes_change_while_a_bridge_is_in_use() {
    let logger = logger();
    let bridge = bridge(&logger, Routes::new("app").without_target());
    let routes = bridge.handle();
    ::log::info!(logger: bridge, "before");
    routes
        .set(Routes::new("json").min_level(Level::Warn))
        .unwrap();
    ::log::info!(logger: bridge, "too low");
    ::log::warn!(logger: bridge, "after");
    assert_eq!(logger.lines("app"), ["[00:00:00] [INFO] before"]);
    assert_eq!(logger.lines("json").len(), 1);
    assert!(logger.lines("json")[0].contains(r#""message":"after""#));
}
