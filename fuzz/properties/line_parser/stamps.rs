//! Stamps: any text that is taken for a format or a stamp, and formats put together so that it is
//! known what they say.

use chrono::{DateTime, Utc};
use chronologix_schema::layout::{
    Folder, Interval, TimeZone, TimestampFormat, TimestampParser, TimestampWriter,
};

use super::{instant, zone};
use crate::properties::{feed::Feed, line_rule::is_forbidden};

/// Every directive.
const DIRECTIVES: [&str; 49] = [
    "%H", "%M", "%S", "%f", "%z", "%:z", "%Z", "%Y", "%m", "%d", "%I", "%p", "%s", "%a", "%A",
    "%b", "%B", "%c", "%D", "%e", "%F", "%G", "%j", "%R", "%T", "%u", "%U", "%V", "%w", "%W", "%x",
    "%X", "%y", "%-d", "%-e", "%-H", "%-I", "%-j", "%-m", "%-M", "%-S", "%-y", "%-Y", "%-G", "%-U",
    "%-V", "%-W", "%-s", "%-u",
];

/// Ways to say the time of day.
const TIMES: [&[&str]; 6] = [
    &[],
    &["%H", "%M", "%S"],
    &["%I", "%M", "%S", "%p"],
    &["%-I", "%-M", "%-S", "%p"],
    &["%T"],
    &["%s"],
];

/// What says all the rest, less the date.
const ALL_ELSE: [&[&str]; 4] = [&[], &["%f"], &["%f", "%z"], &["%f", "%:z"]];

/// What may stand behind a directive so that it is known where it ends.
const CLEAR: [&str; 7] = [" ", "|", ", ", "/", " - ", "; é", "%%"];

/// What leaves that open, or ends the stamp.
const UNCLEAR: [&str; 8] = ["", "0", "Z", "+", ":", "] ", "]", "["];

/// The wall clock between 1970 and 2068, for which two digits of a year are enough.
const CENTURY: i64 = 98 * 365 * 86_400 * 1_000_000_000;

/// A format, as a user would have put it together.
pub(super) struct Composed {
    pub(super) text: String,
    directives: Vec<&'static str>,
    /// Whether it is known where each directive ends.
    is_clear: bool,
}

impl Composed {
    pub(super) fn of(feed: &mut Feed<'_>) -> Self {
        let mut composed = Self {
            text: String::new(),
            directives: Vec::new(),
            is_clear: true,
        };
        let mut directives = feed.choose(&TIMES).to_vec();
        directives.extend(feed.choose(&ALL_ELSE));
        directives.extend((0..feed.below(8)).map(|_| feed.choose(&DIRECTIVES)));
        for &directive in &directives {
            composed.text += directive;
            if feed.below(8) == 0 {
                composed.text += feed.choose(&UNCLEAR);
                composed.is_clear = false;
            } else {
                composed.text += feed.choose(&CLEAR);
            }
        }
        composed.directives = directives;
        composed
    }

    fn has(&self, any: &[&str]) -> bool {
        self.directives.iter().any(|known| any.contains(known))
    }

    fn says_hour(&self) -> bool {
        let is_halved = self.has(&["%I", "%-I"]) && self.has(&["%p"]);
        is_halved || self.has(&["%H", "%-H", "%R", "%T", "%X", "%c", "%s", "%-s"])
    }

    /// Whether it says the time of day to the second.
    fn says_time(&self) -> bool {
        let hour = self.says_hour();
        let minute = self.has(&["%M", "%-M", "%R"]);
        let second = self.has(&["%S", "%-S"]);
        hour && minute && second || self.has(&["%T", "%X", "%c"]) || self.has(&["%s", "%-s"])
    }

    /// Whether it leaves nothing open but nanoseconds.
    fn says_all(&self) -> bool {
        let offset = self.has(&["%z", "%:z", "%s", "%-s"]);
        self.says_time() && offset && self.has(&["%f"])
    }
}

/// Any text for a format, any text for a stamp.
pub(super) fn any(feed: &mut Feed<'_>) {
    let text = feed.text();
    let zone = zone(feed);
    let folder = folder(feed);
    let wall = i64::from_le_bytes(feed.array());
    let stamp = feed.rest_as_text();
    for reader in [
        TimestampParser::guess(),
        TimestampParser::guess().in_zone(zone.clone()),
    ] {
        let _ = reader.read(&stamp, folder);
    }
    match TimestampFormat::parse(&text) {
        Ok(format) => {
            assert_eq!(
                (format.as_str(), format.to_string()),
                (&*text, text.clone())
            );
            let reader = TimestampParser::new(&format, zone.clone());
            let _ = reader.read(&stamp, folder);
            let mut written = Vec::new();
            TimestampWriter::new(format, zone).write_nanos(wall, &mut written);
            let written = String::from_utf8(written).expect("text");
            assert!(
                !written.contains(|it| it == '\t' || is_forbidden(it)),
                "{written:?}"
            );
            let _ = reader.read(&written, folder);
        }
        Err(error) => {
            let error = error.to_string();
            assert!(error.contains(&format!("{text:?}")));
        }
    }
}

/// What a known format says is read back.
pub(super) fn written(feed: &mut Feed<'_>) {
    let composed = Composed::of(feed);
    if composed.text.is_empty() {
        return;
    }
    let zone = zone(feed);
    let interval = feed.choose(&Interval::ALL);
    let wall = i64::from_le_bytes(feed.array());
    // Half of the instants lie close to a change of the clock.
    let wall = if feed.below(2) == 0 {
        near_change(&zone, wall)
    } else {
        wall
    };
    reads_back(&composed, &zone, interval, wall.rem_euclid(CENTURY));
}

fn reads_back(composed: &Composed, zone: &TimeZone, interval: Interval, wall: i64) {
    let format = TimestampFormat::parse(&composed.text).expect("each part is known");
    let mut stamper = TimestampWriter::new(format.clone(), zone.clone());
    let mut stamp = |wall| {
        let mut stamp = Vec::new();
        stamper.write_nanos(wall, &mut stamp);
        String::from_utf8(stamp).expect("text")
    };
    let now = instant(wall);
    let folder = interval.span(now, zone).folder;
    let reader = TimestampParser::new(&format, zone.clone());
    let written = stamp(wall);
    let read = reader.read(&written, folder);
    if !composed.is_clear {
        return;
    }
    let context = || format!("{:?} gave {written:?}, read as {read:?}", composed.text);
    let read = read.unwrap_or_else(|| panic!("{}", context()));
    if composed.says_all() {
        assert_eq!(read, micros(now), "{}", context());
    }
    // What is left open is that of the folder, and where the clock never changes that shows
    // nowhere; only a half of a day without its hour says something that no instant is made of.
    let is_whole = *zone == TimeZone::UTC && (composed.says_hour() || !composed.has(&["%p"]));
    if composed.says_time() || is_whole {
        let read = read.timestamp_nanos_opt().expect("of our century");
        assert_eq!(stamp(read), written, "{}", context());
    }
}

pub(super) fn micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(instant.timestamp_micros()).expect("a little earlier")
}

/// An instant within two hours of the change of the clock that follows `wall`.
fn near_change(zone: &TimeZone, wall: i64) -> i64 {
    let from = instant(wall.rem_euclid(CENTURY));
    let change = zone.next_change(from).unwrap_or(from);
    let around = wall.rem_euclid(4 * 3600 * 1_000_000_000) - 2 * 3600 * 1_000_000_000;
    let change = change.timestamp_nanos_opt();
    change.map_or(wall, |change| change.saturating_add(around))
}

/// Any folder.
fn folder(feed: &mut Feed<'_>) -> Folder {
    let edges = [
        "-9999-01-01",
        "9999-12-31__23-55",
        "2024-02-29",
        "2025-03-30__02-00",
    ];
    if let Some(edge) = edges.get(feed.below(8)) {
        return Folder::parse(edge).expect("a name of ours");
    }
    let now = instant(i64::from_le_bytes(feed.array()));
    feed.choose(&Interval::ALL).span(now, &zone(feed)).folder
}
