//! Each file is taken or refused by a program that reads it. `chronologix-macros` checks that the
//! compiler takes and refuses the same files in the same words.

use std::{env, fs};

use chrono::DateTime;
use chronologix::{Config, ConfigProblem, StreamConfig};
use chronologix_core::ManualClock;
use chronologix_schema::settings::{
    LoggerOptions, document,
    keys::Value,
    merge::{Assignment, Merged},
    problem::Location,
};

use crate::corpus;

/// A problem as a bad file has it at its end.
fn told(problem: &ConfigProblem) -> String {
    let text = problem.to_string();
    let (line, column) = (problem.line().unwrap(), problem.column().unwrap());
    let place = format!("{line}:{column}: ");
    format!("{place}{}", text.split_once(&place).unwrap().1)
}

#[test]
fn a_program_takes_the_good_files() {
    for sample in corpus::samples("good") {
        let config = Config::from_toml_path(&sample.path);
        assert!(config.is_ok(), "{}: {}", sample.name, config.unwrap_err());
    }
}

#[test]
fn a_program_refuses_the_bad_files_with_everything_that_is_wrong() {
    for sample in corpus::bad() {
        let error = Config::from_toml_path(&sample.path).unwrap_err();
        let problems: Vec<_> = error.problems().iter().map(told).collect();
        if env::var_os("CHRONOLOGIX_BLESS").is_some() {
            sample.bless(&problems);
        } else {
            assert_eq!(problems, sample.told(), "{}", sample.name);
        }
    }
}

/// The macro compiles a file to calls of setters.
#[test]
fn setters_that_are_given_what_a_file_says_mean_what_the_file_means() {
    for sample in corpus::samples("good") {
        let name = &sample.name;
        let options = LoggerOptions::default();
        let merged = document::read(&sample.text, None, options, |_| Vec::new()).unwrap();
        let compiled = as_generated(&merged);
        let read = Config::from_toml_str(&sample.text).unwrap();
        assert_eq!(tree(&compiled), tree(&read), "{name}");
        if !format!("{read:?}").contains("streams: None") {
            let rest =
                |config: Config| format!("{:#?}", config.echo("off").mirror_map([("", ""); 0]));
            assert_eq!(rest(compiled), rest(read), "{name}");
        }
    }
}

/// What the generated code makes of a file.
fn as_generated(merged: &Merged<Location>) -> Config {
    let mut config = Config::new();
    let mut streams = merged
        .options
        .streams()
        .iter()
        .map(|stream| StreamConfig::new(&stream.name))
        .collect::<Vec<_>>();
    for Assignment { stream, key, value } in &merged.assignments {
        if let Some(stream) = stream {
            let stream = &mut streams[*stream];
            let options = stream.clone();
            let (text, flag) = match value {
                Value::Text(text) => (text.as_str(), false),
                Value::Flag(flag) => ("", *flag),
                Value::Number(_) => panic!("no option is a number: {value:?}"),
            };
            *stream = match *key {
                "thread" => options.thread(flag),
                "ids" => options.ids(flag),
                "durability" => options.durability(text),
                "format" => options.format(text),
                "min_level" => options.min_level(text),
                "file" => options.file(text),
                "multiline" => options.multiline(text),
                "overflow" => options.overflow(text),
                "dedup" => options.dedup(text),
                "location" => options.location(text),
                "line" => options.line(text),
                "keep" => options.keep(text),
                "last" => options.last(text),
                "every" => options.every(text),
                other => panic!("there is no such option: {other}"),
            };
            continue;
        }
        config = match (*key, value) {
            ("base_log_dir", Value::Text(text)) => config.base_log_dir(text),
            ("interval", Value::Text(text)) => config.interval(text.as_str()),
            ("timestamp_format", Value::Text(text)) => config.timestamp_format(text),
            ("timezone", Value::Text(text)) => config.timezone(text),
            ("min_level", Value::Text(text)) => config.min_level(text.as_str()),
            ("filter", Value::Text(text)) => config.filter(text),
            ("overflow", Value::Text(text)) => config.overflow(text.as_str()),
            ("queue_capacity", Value::Number(count)) => {
                config.queue_capacity(usize::try_from(*count).unwrap())
            }
            ("file_mode", Value::Number(mode)) => config.file_mode(u32::try_from(*mode).unwrap()),
            ("dir_mode", Value::Number(mode)) => config.dir_mode(u32::try_from(*mode).unwrap()),
            ("exit_timeout", Value::Text(time)) => config.exit_timeout(time.as_str()),
            ("no_files", Value::Flag(true)) => config.no_files(),
            ("no_files", Value::Flag(false)) => config,
            ("retain_after", Value::Text(moment)) => config.retain_after(moment.as_str()),
            ("file_header", Value::Flag(flag)) => config.file_header(*flag),
            ("flush_on_signals", Value::Flag(flag)) => config.flush_on_signals(*flag),
            ("retain", Value::Text(rule)) => config.retain(rule.as_str()),
            ("compress", Value::Text(text)) => config.compress(text.as_str()),
            ("seal", Value::Flag(flag)) => config.seal(*flag),
            ("seal_key", Value::Text(path)) => config.seal_key(path.as_str()),
            ("max_file_size", Value::Text(size)) => config.max_file_size(size.as_str()),
            ("echo", Value::Text(text)) => config.echo(text.as_str()),
            other => panic!("there is no such setter: {other:?}"),
        };
    }
    config
        .streams(streams)
        .mirror_map(merged.options.mirrors().iter().cloned())
}

/// What a logger with this configuration says of its tree: streams, files, mirrors, formats,
/// interval and zone, and the head of its seals, each of which has a time.
fn tree(config: &Config) -> String {
    let dir = tempfile::tempdir().unwrap();
    let logger = config
        .clone()
        .clock(ManualClock::at(DateTime::UNIX_EPOCH))
        .base_log_dir(dir.path())
        .start_blocking()
        .unwrap();
    logger.stop_blocking().unwrap();
    // There is none if there are no files.
    fs::read_to_string(dir.path().join(".chronologix.json")).unwrap_or_default()
}
