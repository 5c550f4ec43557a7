//! The macro, which reads a file when a crate is compiled, and the core, which reads it at run time, agree.

use std::{env, fs, time::Duration};

use chronologix::{Config, ConfigProblem, StreamConfig};

use self::macros::settings::{self, Mistake, Settings, Value};
use crate::corpus;

/// The macros are a crate of their own kind, which nothing else can use: the modules are taken as they stand.
#[path = "../../chronologix-macros/src"]
mod macros {
    pub(crate) mod nearest;
    pub(crate) mod period;
    pub(crate) mod settings;
    pub(crate) mod words;
}

/// A problem as a bad file has it at its end.
fn told(problem: &ConfigProblem) -> String {
    let text = problem.to_string();
    let (line, column) = problem.position().unwrap();
    let place = format!("{line}:{column}: ");
    format!("{place}{}", text.split_once(&place).unwrap().1)
}

fn mistake_told(mistake: &Mistake) -> String {
    let Mistake {
        line,
        column,
        key,
        why,
    } = mistake;
    let colon = if key.is_empty() { "" } else { ": " };
    format!("{line}:{column}: {key}{colon}{why}")
}

#[test]
fn both_take_the_good_files() {
    for sample in corpus::samples("good") {
        let name = &sample.name;
        let (_, mistakes) = settings::read(&sample.text);
        assert_eq!(mistakes, [], "{name}");
        let config = Config::from_toml_path(&sample.path);
        assert!(config.is_ok(), "{name}: {}", config.unwrap_err());
    }
}

#[test]
fn both_say_the_same_of_the_bad_files() {
    for sample in corpus::bad() {
        let name = &sample.name;
        let error = Config::from_toml_path(&sample.path).unwrap_err();
        let at_run_time: Vec<_> = error.problems().iter().map(told).collect();
        if env::var_os("CHRONOLOGIX_BLESS").is_some() {
            sample.bless(&at_run_time);
        } else {
            assert_eq!(at_run_time, sample.told(), "{name}");
        }
        let (_, mistakes) = settings::read(&sample.text);
        let compiled: Vec<_> = mistakes.iter().map(mistake_told).collect();
        // Of zones, core knows better which was meant.
        let same = |text: &String| match text.split_once("; did you mean") {
            Some((zone, _)) if zone.contains("unknown time zone") => zone.to_owned(),
            _ => text.clone(),
        };
        let [compiled, at_run_time] =
            [compiled, at_run_time].map(|all| all.iter().map(same).collect::<Vec<_>>());
        assert_eq!(compiled, at_run_time, "{name}");
    }
}

#[test]
fn both_understand_the_same() {
    for sample in corpus::samples("good") {
        let name = &sample.name;
        let (settings, _) = settings::read(&sample.text);
        let compiled = as_generated(&settings);
        let read = Config::from_toml_str(&sample.text).unwrap();
        assert_eq!(tree(&compiled), tree(&read), "{name}");
        if !format!("{read:?}").contains("streams: None") {
            let rest = |config: Config| format!("{:#?}", config.mirror_map([("", ""); 0]));
            assert_eq!(rest(compiled), rest(read), "{name}");
        }
    }
}

/// What the generated code makes of the settings of a file.
fn as_generated(settings: &Settings) -> Config {
    let mut config = Config::new();
    for (setter, value) in &settings.values {
        config = match (*setter, value) {
            ("base_log_dir", Value::Text(text)) => config.base_log_dir(text),
            ("interval", Value::Text(text)) => config.interval(text.as_str()),
            ("timestamp_format", Value::Text(text)) => config.timestamp_format(text),
            ("timezone", Value::Text(text)) => config.timezone(text),
            ("overflow", Value::Text(text)) => config.overflow(text.as_str()),
            ("queue_capacity", Value::Count(count)) => {
                config.queue_capacity(usize::try_from(*count).unwrap())
            }
            ("file_mode", Value::Mode(mode)) => config.file_mode(*mode),
            ("dir_mode", Value::Mode(mode)) => config.dir_mode(*mode),
            ("exit_timeout", Value::Milliseconds(time)) => {
                config.exit_timeout(Duration::from_millis(*time))
            }
            ("flush_on_signals", Value::Flag(flag)) => config.flush_on_signals(*flag),
            ("retain", Value::Text(rule)) => config.retain(rule.as_str()),
            ("compress", Value::Text(text)) => config.compress(text.as_str()),
            ("max_file_size", Value::Text(size)) => config.max_file_size(size.as_str()),
            ("echo", Value::Text(text)) => config.echo(text.as_str()),
            other => panic!("the macro knows no such setter: {other:?}"),
        };
    }
    for stream in &settings.streams {
        let mut made = StreamConfig::new(&stream.name);
        for (option, text) in &stream.options {
            let text = text.as_str();
            made = match *option {
                "durability" => made.durability(text),
                "format" => made.format(text),
                "min_level" => made.min_level(text),
                "file" => made.file(text),
                "multiline" => made.multiline(text),
                "overflow" => made.overflow(text),
                "dedup" => made.dedup(text),
                other => panic!("the macro knows no such option: {other}"),
            };
        }
        config = config.stream(made);
    }
    let mirrors = settings.streams.iter().flat_map(|stream| {
        let target = |place: &usize| (stream.name.clone(), settings.streams[*place].name.clone());
        stream.targets.iter().map(target)
    });
    config.mirror_map(mirrors)
}

/// What a logger with this configuration says of its tree: streams, files, mirrors, formats, interval and zone.
fn tree(config: &Config) -> String {
    let dir = tempfile::tempdir().unwrap();
    let logger = config
        .clone()
        .base_log_dir(dir.path())
        .start_blocking()
        .unwrap();
    logger.stop_blocking().unwrap();
    fs::read_to_string(dir.path().join(".chronologix.json")).unwrap()
}
