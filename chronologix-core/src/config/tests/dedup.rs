//! Streams that collapse equal records.

use std::time::Duration;

use super::problems;
use crate::{Config, Durability, StreamConfig};

fn app() -> StreamConfig {
    StreamConfig::new("app")
}

#[test]
fn a_queued_stream_may_collapse_its_records() {
    for stream in [
        app().dedup("10s"),
        app().dedup(Duration::from_millis(1)),
        app().dedup("2h").durability(Durability::Queued),
    ] {
        let settings = Config::new().stream(stream.clone()).check().unwrap();
        let period = stream.options.dedup.unwrap();
        assert_eq!(settings.streams[0].dedup, Some(period));
    }
    let settings = Config::new().check().unwrap();
    assert!(settings.streams.iter().all(|stream| stream.dedup.is_none()));
}

#[test]
fn mistakes() {
    let refused = |durability: &str| {
        format!(
            "`dedup` needs durability queued, and the stream has {durability}: a record that is only counted is not on disk"
        )
    };
    for (stream, value, why) in [
        (
            app().dedup("10 s"),
            "10 s",
            "unknown duration \"10 s\"; allowed: a number with one of the units ms, s, m, h, such as 5s".to_owned(),
        ),
        (
            app().dedup(Duration::ZERO),
            "0s",
            "0s would collapse nothing; allowed: a duration above 0, such as 10s".to_owned(),
        ),
        (
            app().dedup("0s"),
            "0s",
            "0s would collapse nothing; allowed: a duration above 0, such as 10s".to_owned(),
        ),
        (
            app().dedup("10s").durability("synced"),
            "10s",
            refused("synced"),
        ),
        (
            app().dedup("90s").durability("written"),
            "90s",
            refused("written"),
        ),
    ] {
        let expected = ("streams.app.dedup".to_owned(), value.to_owned(), why);
        assert_eq!(problems(&Config::new().stream(stream)), [expected]);
    }
}
