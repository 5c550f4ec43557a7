//! What is meant where nothing is said.

use std::path::Path;

use super::problems;
use chronologix_schema::layout::Interval;

use crate::{
    Config, Durability, Format, Level, LevelFilter, Multiline, Overflow, StreamConfig,
    config::{Settings, StreamSettings},
};

fn settings(config: &Config) -> Settings {
    config.check().unwrap()
}

/// The streams with the streams whose files they go to.
fn targets(settings: &Settings) -> Vec<(&str, Vec<&str>)> {
    let name = |index: &u16| &*settings.streams[usize::from(*index)].name;
    let stream = |stream: &StreamSettings| stream.targets.iter().map(name).collect();
    let streams = settings.streams.iter();
    streams.map(|it| (&*it.name, stream(it))).collect()
}

#[test]
fn the_default_is_that_of_the_original() {
    for config in [Config::new(), Config::default()] {
        let settings = settings(&config);
        assert_eq!(settings.base, std::path::absolute("logs").unwrap());
        assert_eq!(settings.interval, Interval::Hour24);
        assert_eq!(settings.timestamp_format.as_str(), "%H:%M:%S");
        assert_eq!(settings.zone.name(), "UTC");
        assert_eq!(settings.queue_capacity, 1 << 20);
        assert_eq!((settings.modes.file, settings.modes.dir), (0o600, 0o700));
        let expected = [("all", vec!["all"]), ("errors", vec!["errors", "all"])];
        assert_eq!(targets(&settings), expected);
        for stream in &settings.streams {
            assert_eq!(stream.file, format!("{}.log", stream.name));
            assert_eq!(stream.durability, Durability::Queued);
            assert_eq!(stream.format, Format::Text);
            assert_eq!(stream.multiline, Multiline::Escape);
            assert_eq!(stream.overflow, Overflow::Wait);
            assert_eq!(stream.taken, LevelFilter::All);
        }
    }
}

#[test]
fn a_stream_of_ones_own_replaces_those_of_the_default() {
    let settings = settings(&Config::new().stream("app").stream("errors"));
    let expected = [("app", vec!["app"]), ("errors", vec!["errors"])];
    assert_eq!(targets(&settings), expected, "and their mirror");
}

#[test]
fn a_mirror_of_ones_own_replaces_that_of_the_default() {
    let settings = settings(&Config::new().mirror("all", "errors"));
    let expected = [("all", vec!["all", "errors"]), ("errors", vec!["errors"])];
    assert_eq!(targets(&settings), expected);
}

#[test]
fn mirrors_are_one_hop_and_each_counts_once() {
    let config = Config::new().streams(["a", "b", "c"]);
    let config = config.mirror_map([("a", "b"), ("b", "c"), ("a", "b"), ("c", "a")]);
    let expected = [
        ("a", vec!["a", "b"]),
        ("b", vec!["b", "c"]),
        ("c", vec!["c", "a"]),
    ];
    assert_eq!(targets(&settings(&config)), expected);
}

#[test]
fn an_option_of_a_stream_comes_before_that_of_all() {
    let config = Config::new()
        .overflow("drop")
        .stream("app")
        .stream(StreamConfig::new("audit").overflow(Overflow::Wait));
    let overflows = settings(&config).streams.into_iter();
    let overflows = overflows.map(|stream| stream.overflow).collect::<Vec<_>>();
    assert_eq!(overflows, [Overflow::Drop, Overflow::Wait]);
}

#[test]
fn every_option_arrives() {
    let audit = StreamConfig::new("audit")
        .durability("synced")
        .format("json")
        .min_level("WARN")
        .file("audit.jsonl")
        .multiline("indent")
        .overflow("drop");
    let config = Config::new()
        .base_log_dir("/var/log/x")
        .interval("5m")
        .timestamp_format("rfc3339")
        .timezone("Europe/Prague")
        .queue_capacity(8192)
        .file_mode(0o640)
        .dir_mode(0o750)
        .stream(audit);
    let settings = settings(&config);
    let audit = &settings.streams[0];
    assert_eq!(settings.base, std::path::absolute("/var/log/x").unwrap());
    assert_eq!(settings.interval, Interval::Minute5);
    assert_eq!(settings.timestamp_format.as_str(), "rfc3339");
    assert_eq!(settings.zone.name(), "Europe/Prague");
    assert_eq!(settings.queue_capacity, 8192);
    assert_eq!((settings.modes.file, settings.modes.dir), (0o640, 0o750));
    assert_eq!(audit.durability, Durability::Synced);
    assert_eq!(audit.format, Format::Json);
    assert_eq!(audit.taken, LevelFilter::From(Level::Warn));
    assert_eq!(audit.file, "audit.jsonl");
    assert_eq!(audit.multiline, Multiline::Indent);
    assert_eq!(audit.overflow, Overflow::Drop);
}

#[test]
fn a_tilde_is_the_home_directory() {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    for (path, below) in [("~", ""), ("~/logs/x", "logs/x")] {
        let config = Config::new().base_log_dir(path);
        match &home {
            Some(home) => {
                let expected = std::path::absolute(Path::new(home).join(below)).unwrap();
                assert_eq!(settings(&config).base, expected, "{path}");
            }
            None => assert_eq!(problems(&config)[0].0, "base_log_dir"),
        }
    }
    for path in ["/a/~", "a/~/b", "~user/logs", "./~"] {
        let expected = std::path::absolute(path).unwrap();
        assert_eq!(settings(&Config::new().base_log_dir(path)).base, expected);
    }
}

#[test]
fn a_relative_path_stays_where_it_was_when_the_program_changes_its_directory() {
    let base = settings(&Config::new().base_log_dir("logs/x")).base;
    assert!(base.is_absolute());
    assert_eq!(base, std::env::current_dir().unwrap().join("logs/x"));
}

#[test]
fn changing_a_stream_of_the_default_keeps_its_mirror() {
    let config = Config::new().configure_stream("errors", |errors| errors.format("json"));
    let expected = [("all", vec!["all"]), ("errors", vec!["errors", "all"])];
    assert_eq!(targets(&settings(&config)), expected);
}
