//! What a filter says of streams and modules.

use super::Filter;
use crate::{Level, LevelFilter};

fn filter(text: &str) -> Filter {
    text.parse().expect("a filter")
}

const OFF: Option<LevelFilter> = Some(LevelFilter::Off);
const ALL: Option<LevelFilter> = Some(LevelFilter::All);

const fn from(level: Level) -> LevelFilter {
    LevelFilter::From(level)
}

#[test]
fn the_longest_name_counts_wherever_it_stands() {
    for text in [
        "hyper=warn,hyper::proto=trace",
        "hyper::proto=trace,hyper=warn",
    ] {
        let filter = filter(text);
        assert_eq!(filter.of_module("hyper::client"), Some(from(Level::Warn)));
        assert_eq!(
            filter.of_module("hyper::proto::h1"),
            Some(from(Level::Trace))
        );
        assert_eq!(filter.of_module("tokio"), None);
    }
}

#[test]
fn a_name_alone_takes_all_and_the_last_of_a_name_counts() {
    assert_eq!(filter("sqlx").of_module("sqlx::query"), ALL);
    assert_eq!(
        filter("sqlx=off, sqlx = INFO").of_module("sqlx"),
        Some(from(Level::Info))
    );
    assert_eq!(
        filter("info,warning").of_stream("app"),
        Some(from(Level::Warn))
    );
}

#[test]
fn a_level_alone_is_that_of_all_streams_which_have_none() {
    let filter = filter("error,audit=trace");
    assert_eq!(filter.of_stream("app"), Some(from(Level::Error)));
    assert_eq!(filter.of_stream("audit"), Some(from(Level::Trace)));
    assert_eq!(filter.of_module("shop"), None);
    assert_eq!(Filter::default().of_stream("app"), None);
}

#[test]
fn a_name_of_a_stream_is_not_one_of_modules() {
    let filter = filter("off,app=debug,apple=info");
    let modules = filter
        .for_modules(["app"].into_iter())
        .expect("one is left");
    assert_eq!(modules.of_module("apple::tree"), Some(from(Level::Info)));
    assert_eq!(modules.of_module("app::db"), None);
    assert_eq!(filter.of_stream("all"), OFF);
    assert_eq!(filter.for_modules(["app", "apple"].into_iter()), None);
}

#[test]
fn blanks_and_empty_parts_do_not_matter() {
    assert_eq!(filter(""), Filter::default());
    assert_eq!(filter(" ,, info , "), filter("info"));
}

#[test]
fn what_is_no_directive_is_named() {
    for (text, named) in [
        ("app=loud", "app=loud"),
        ("info,=warn", "=warn"),
        ("a b", "a b"),
        ("info/needle", "info/needle"),
        ("app=", "app="),
    ] {
        let error = text.parse::<Filter>().unwrap_err();
        assert_eq!(error.text(), named);
        assert!(error.to_string().contains("hyper=warn"), "{error}");
    }
    let error = "app[request]=debug"
        .parse::<Filter>()
        .unwrap_err()
        .to_string();
    assert!(error.contains("of spans"), "{error}");
}
