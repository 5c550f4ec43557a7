//! Replays the seeds of the fuzz targets, so that what a fuzzer found once stays found without one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may panic, in its helping functions as well"
)]

use std::{fs, path::Path};

#[path = "../fuzz/properties"]
mod properties {
    pub(crate) mod arguments;
    pub(crate) mod feed;
    pub(crate) mod fields;
    pub(crate) mod line_parser;
    pub(crate) mod line_rule;
    pub(crate) mod record_encoding;
    pub(crate) mod spsc_queue;
    pub(crate) mod template;
    pub(crate) mod toml;
}

/// Feeds each seed of a target to its check.
#[expect(
    clippy::print_stdout,
    reason = "seen only if the test fails, and then the last is the one at fault"
)]
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fuzz/seeds")
        .join(target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{target} has seeds");
    for seed in seeds {
        println!("{}", seed.display());
        check(&fs::read(seed).unwrap());
    }
}

#[test]
fn record_encoding() {
    replay("record_encoding", properties::record_encoding::check);
}

#[test]
fn spsc_queue() {
    replay("spsc_queue", properties::spsc_queue::check);
}

#[test]
fn line_parser() {
    replay("line_parser", properties::line_parser::check);
}

#[test]
fn template() {
    replay("template", properties::template::check);
}

#[test]
fn toml() {
    replay("toml", properties::toml::check);
}
