//! Lines as the writer makes them, taken apart again.

use chronologix_core::{
    Level, Multiline,
    internals::{BufEncoder, Decoder, LineEncoder, LineHead, LineStyle, MessageWriter},
};
use chronologix_schema::layout::{TimeZone, TimestampFormat, parse_json_line, parse_text_line};
use serde_json::Value;

use super::{instant, stamps, zone};
use crate::properties::{
    arguments::{Argument, Room},
    feed::Feed,
    fields,
    line_rule::{escaped, one_line},
};

/// The keys of a JSON line that no field may have.
const RESERVED: [&str; 4] = ["timestamp", "level", "stream", "message"];

const STREAMS: [&str; 4] = ["app", "errors", "a-b_C9", "x"];

/// A record as it is given to the writer.
struct Given {
    stream: &'static str,
    level: Option<Level>,
    wall: i64,
    message: String,
    fields: Vec<(String, Argument)>,
}

pub(super) fn check(feed: &mut Feed<'_>) {
    let text = feed.text();
    let composed = stamps::Composed::of(feed);
    let text = if feed.below(2) == 0 {
        text
    } else {
        composed.text
    };
    let format = TimestampFormat::parse(&text).unwrap_or_default();
    let zone = zone(feed);
    let given = Given::of(feed);
    let mut lines = LineEncoder::new(format, zone.clone());
    for multiline in [Multiline::Escape, Multiline::Indent] {
        given.reads_back_as_text(&mut lines, multiline);
    }
    given.reads_back_as_json(&mut lines, &zone);
}

impl Given {
    fn of(feed: &mut Feed<'_>) -> Self {
        let mut given = Self {
            stream: feed.choose(&STREAMS),
            level: Level::ALL.get(feed.below(8)).copied(),
            wall: i64::from_le_bytes(feed.array()),
            message: feed.text(),
            fields: Vec::new(),
        };
        while !feed.is_empty() && given.fields.len() < 6 {
            let name = feed.text();
            let value = Argument::of(feed, 256);
            // What the macro refuses.
            let is_taken =
                RESERVED.contains(&&*name) || given.fields.iter().any(|(known, _)| *known == name);
            if !name.is_empty() && !is_taken {
                given.fields.push((name, value));
            }
        }
        given.message.push_str(&feed.rest_as_text());
        given
    }

    fn line(&self, lines: &mut LineEncoder, style: Option<Multiline>) -> String {
        let mut line = b"the line before\n".to_vec();
        let begin = line.len();
        let fill = |out: &mut MessageWriter<'_>| {
            out.literal(&self.message);
            for (name, value) in &self.fields {
                let mut bytes = Vec::new();
                value.encode(&mut BufEncoder::with_room(&mut bytes, usize::MAX));
                value.render_field(name, &mut Decoder::new(&bytes), out);
            }
        };
        let written = style.map_or(LineStyle::Json, LineStyle::Text);
        let head = LineHead::new(self.stream, self.wall, self.level);
        lines.append(&mut line, &written.into(), &head, fill);
        assert!(line.starts_with(b"the line before\n"));
        one_line(&line[begin..], style)
    }

    fn reads_back_as_text(&self, lines: &mut LineEncoder, multiline: Multiline) {
        let line = self.line(lines, Some(multiline));
        let stamp = lines.timestamp(self.wall);
        let message = escaped(&self.message, multiline);
        let head = match self.level {
            Some(level) => format!("[{stamp}] [{level}] "),
            None => format!("[{stamp}] "),
        };
        let rest = line.strip_prefix(&head).expect("stamp and level");
        let written = rest.strip_prefix(&message).expect("the message");
        let expected = self.fields.iter().map(|(name, value)| {
            let text = value.arriving(&mut Room::new(usize::MAX));
            (name.clone(), value.plain(&text))
        });
        assert_eq!(fields::read(written), expected.collect::<Vec<_>>());

        let mut physical = line.split('\n');
        let first = physical.next().unwrap_or_default();
        for continuation in physical {
            let parsed = parse_text_line(continuation);
            assert_eq!(
                (parsed.stamp, parsed.level),
                (None, None),
                "it forges nothing"
            );
            assert_eq!(parsed.message, continuation);
        }
        // Documented: the stamp ends at the first of these, and a message that begins as a level is
        // taken for one.
        if stamp.contains("] ") {
            return;
        }
        let parsed = parse_text_line(first);
        assert_eq!(parsed.stamp, Some(&*stamp));
        let behind_stamp = &first[stamp.len() + 3..];
        let says = |level: &Level| behind_stamp.starts_with(&format!("[{level}] "));
        assert_eq!(parsed.level, Level::ALL.into_iter().find(says));
        if self.level.is_some() {
            assert_eq!(parsed.level, self.level);
        }
        if parsed.level == self.level {
            assert_eq!(parsed.message, rest.split('\n').next().unwrap_or_default());
        }
    }

    fn reads_back_as_json(&self, lines: &mut LineEncoder, zone: &TimeZone) {
        let line = self.line(lines, None);
        let whole: Value = serde_json::from_str(&line).expect("JSON");
        let keys = whole.as_object().expect("an object").len();
        assert_eq!(keys, 4 + self.fields.len());
        let level = self
            .level
            .map_or(Value::Null, |level| level.as_str().into());
        assert_eq!(whole["level"], level);

        let parsed = parse_json_line(&line).expect("an object with a message");
        assert_eq!(parsed.message, self.message);
        assert_eq!(parsed.level, self.level);
        assert_eq!(parsed.stream.as_deref(), Some(self.stream));
        let micros = stamps::micros(instant(self.wall));
        assert_eq!(parsed.timestamp, Some(micros));
        // And the offset is that of the zone.
        let offset = zone.offset(instant(self.wall));
        let local = micros.with_timezone(&offset).naive_local();
        let written = local.format("%Y-%m-%dT%H:%M:%S%.6f").to_string();
        let stamp = parsed.stamp.expect("a stamp");
        assert!(stamp.starts_with(&written), "{stamp} {local}");

        assert_eq!(parsed.fields.len(), self.fields.len());
        for (name, value) in &self.fields {
            let text = value.arriving(&mut Room::new(usize::MAX));
            let seen = &parsed.fields[name];
            match value.as_json(&text) {
                Err(string) => assert_eq!(*seen, *string),
                Ok(bare) => {
                    let bare: Value = serde_json::from_str(&bare).expect("JSON");
                    assert_eq!(*seen, bare);
                }
            }
        }
    }
}
