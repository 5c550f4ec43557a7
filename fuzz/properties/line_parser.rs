//! What is written is read back as it was, and whatever else is read is no more than text.

use chrono::{DateTime, TimeDelta, Utc};
use chronologix_core::Level;
use chronologix_schema::layout::{
    self, Folder, Interval, Manifest, TimeZone, parse_json_line, parse_text_line,
};

use super::feed::Feed;

// Lines as the writer makes them, taken apart again.
mod written;
// Stamps: formats, what is written in them, and what is read of it.
mod stamps;

/// Zones with odd offsets and odd changes of the clock.
const ZONES: [&str; 12] = [
    "UTC",
    "Europe/Prague",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "America/St_Johns",
    "Africa/Monrovia",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "America/Havana",
    "Antarctica/Troll",
    "America/Sao_Paulo",
    "Europe/Dublin",
];

pub(crate) fn check(data: &[u8]) {
    let mut feed = Feed::new(data);
    match feed.below(8) {
        0 => any_line(&feed.rest_as_text()),
        1 => description(&mut feed),
        2 => folders(&mut feed),
        3 => stamps::any(&mut feed),
        4 => stamps::written(&mut feed),
        _ => written::check(&mut feed),
    }
}

/// Any text, taken for a line.
fn any_line(line: &str) {
    let parsed = parse_text_line(line);
    let stamp = parsed.stamp.map(|stamp| format!("[{stamp}] "));
    let level = parsed.level.map(|level| format!("[{level}] "));
    let again = stamp.unwrap_or_default() + &level.unwrap_or_default();
    assert_eq!(
        again + parsed.message,
        line,
        "nothing is lost, nothing made up"
    );
    assert!(parsed.stamp.is_some() || parsed.level.is_none());
    let behind_stamp = line.split_once("] ").map_or("", |(_, behind)| behind);
    let says_level = |level: &Level| behind_stamp.starts_with(&format!("[{level}] "));
    if parsed.stamp.is_some() {
        assert_eq!(parsed.level, Level::ALL.into_iter().find(says_level));
    }

    let whole = serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(line);
    let message = whole
        .as_ref()
        .ok()
        .and_then(|whole| whole.get("message")?.as_str());
    let parsed = parse_json_line(line);
    assert_eq!(
        parsed.as_ref().map(|parsed| parsed.message.as_str()),
        message
    );
    if let (Some(parsed), Ok(mut whole)) = (parsed, whole) {
        // What is understood is taken out of the fields, what is not stays.
        assert_eq!(
            parsed.stream.as_deref(),
            whole.get("stream").and_then(|it| it.as_str())
        );
        assert_eq!(
            parsed.stamp.as_deref(),
            whole.get("timestamp").and_then(|it| it.as_str())
        );
        assert!(parsed.timestamp.is_none() || parsed.stamp.is_some());
        whole.retain(|key, value| match key.as_str() {
            "message" => false,
            "stream" | "timestamp" => !value.is_string(),
            "level" => parsed.level.is_none() && !value.is_null(),
            _ => true,
        });
        assert_eq!(parsed.fields, whole);
    }
}

/// Any bytes, taken for `.chronologix.json`.
fn description(feed: &mut Feed<'_>) {
    let cut = feed.short();
    let first = String::from_utf8_lossy(feed.bytes(cut));
    let second = feed.rest_as_text();
    let [first, second] = [&*first, &second].map(|text| Manifest::from_json(text).ok());
    for known in [&first, &second].into_iter().flatten() {
        let json = known.to_json();
        assert_eq!(Manifest::from_json(&json).as_ref().ok(), Some(known));
        assert_eq!(known.clone().merged_with(None), *known);
        let merged = known.clone().merged_with(Some(known.clone()));
        assert_eq!(merged, *known, "it has its own streams already");
    }
    if let (Some(ours), Some(older)) = (first, second) {
        let merged = ours.clone().merged_with(Some(older.clone()));
        assert!(merged.streams.starts_with(&ours.streams));
        let rest = &merged.streams[ours.streams.len()..];
        for stream in rest {
            assert!(older.streams.contains(stream));
            assert!(ours.streams.iter().all(|known| known.name != stream.name));
        }
        assert_eq!(
            merged.clone().merged_with(Some(older)),
            merged,
            "once is enough"
        );
    }
}

/// Folder names: of any text, and of any instant.
fn folders(feed: &mut Feed<'_>) {
    let instant = instant(i64::from_le_bytes(feed.array()));
    let zone = zone(feed);
    for interval in Interval::ALL {
        let span = interval.span(instant, &zone);
        let folder = span.folder;
        assert_eq!(Folder::parse(&folder.name()), Some(folder));
        assert!(folder.belongs_to(interval));
        assert!(span.start <= instant && instant < span.end, "{span:?}");
        for other in [span.start, before(span.end)] {
            assert_eq!(interval.span(other, &zone), span, "of {other}");
        }
        assert_ne!(interval.span(span.end, &zone).folder, folder);
        assert_ne!(interval.span(before(span.start), &zone).folder, folder);
        assert_eq!(interval.as_str().parse(), Ok(interval));
    }

    let name = feed.rest_as_text();
    if let Some(folder) = Folder::parse(&name) {
        assert_eq!(folder.name(), name, "only what we write ourselves is ours");
        let day = folder.belongs_to(Interval::Hour24);
        assert_eq!(day, !name.contains("__"));
        assert!(day || folder.belongs_to(Interval::Minute5));
    }
}

fn instant(nanos: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanos)
}

fn before(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant - TimeDelta::nanoseconds(1)
}

fn zone(feed: &mut Feed<'_>) -> TimeZone {
    let name = feed.choose(&ZONES);
    layout::zone(name).expect("a zone of the bundled data")
}
