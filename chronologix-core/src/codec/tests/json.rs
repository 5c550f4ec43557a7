//! Every JSON line is read by a parser that has nothing to do with its writer, as the values that
//! were logged.

use std::fmt;

use chrono::{DateTime, Utc};
use proptest::prelude::*;
use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{LineStyle, encode};
use chronologix_schema::layout::{TimeZone, TimestampFormat};

use crate::{
    FieldValue, Fields, Level,
    codec::{arg::AsRaw as _, encode::Arguments},
    format::{
        line::{LineEncoder, LineHead},
        message::MessageWriter,
    },
    frontend::{callsite::Callsite, context::Context},
};

/// The members of an object in their order, their values as they stand there.
#[derive(Debug)]
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        from.deserialize_map(InOrder)
    }
}

impl Members {
    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).collect()
    }

    /// The value of the member at this place, read as a `T` by the parser.
    #[track_caller]
    fn get<T: for<'de> Deserialize<'de>>(&self, at: usize) -> T {
        let text = self.0[at].1.get();
        serde_json::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }
}

/// One JSON line, taken apart, after what holds for all of them.
#[track_caller]
fn parsed(line: &[u8]) -> Members {
    let line = std::str::from_utf8(line).unwrap();
    let body = line.strip_suffix('\n').unwrap();
    assert!(!body.contains(char::is_control), "{body:?}");
    let members: Members =
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{body}: {error}"));
    assert_eq!(
        members.keys()[..4],
        ["timestamp", "level", "stream", "message"]
    );
    let mut keys = members.keys();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), members.0.len(), "a key is there twice: {body}");
    members
}

/// The line of a record.
fn line(
    callsite: &'static Callsite,
    args: &impl Arguments,
    context: Option<Fields>,
    (stream, wall): (&str, i64),
) -> Vec<u8> {
    let mut bytes = encode(args);
    if let Some(fields) = context {
        crate::frontend::context::append(&mut bytes, Some(&Context::new(fields)));
    }
    let entry = callsite.entry(1, args);
    let mut encoder = LineEncoder::new(TimestampFormat::default(), TimeZone::UTC);
    let mut line = Vec::new();
    let fill = |out: &mut MessageWriter<'_>| entry.write_record(&bytes, out);
    let head = LineHead::new(stream, wall, callsite.level);
    encoder.append(&mut line, &LineStyle::Json.into(), &head, fill);
    line
}

const KEYS: [&str; 7] = ["a", "odd \"key\"\n", "c", "d", "e", "f", "g"];

static WITH_FIELDS: Callsite = Callsite::new(Some(Level::Error), "{}").keys(&KEYS);

static WITHOUT_FIELDS: Callsite = Callsite::new(None, "{}");

fn any_value() -> impl Strategy<Value = FieldValue> {
    prop_oneof![
        any::<bool>().prop_map(FieldValue::Bool),
        any::<i128>().prop_map(FieldValue::Integer),
        any::<i64>().prop_map(FieldValue::from),
        any::<u64>()
            .prop_map(f64::from_bits)
            .prop_map(FieldValue::Float),
        any_text().prop_map(FieldValue::Text),
    ]
}

/// Any text, and some that is not kind to writers of JSON.
fn any_text() -> impl Strategy<Value = String> {
    let hostile =
        "[\"\\\\/\u{0}-\u{1f}\u{7f}-\u{9f}\u{202e}\u{2028}\u{200b}\u{e0041}😀é{}:,]{0,12}";
    prop_oneof![any::<String>(), hostile]
}

#[track_caller]
fn check_float(members: &Members, at: usize, value: f64) {
    if value.is_finite() {
        let read = members.get::<f64>(at);
        assert_eq!(read.to_bits(), value.to_bits(), "{read} for {value}");
    } else {
        assert_eq!(members.get::<String>(at), value.to_string());
    }
}

proptest! {
    #[test]
    fn a_line_holds_what_was_logged_with_its_type(
        message in any_text(), int: i64, unsigned: u64, wide: i128, unsigned_wide: u128, bits: u64, is: bool, letter: char,
        wall in -9_000_000_000_000_000_000_i64..9_000_000_000_000_000_000,
    ) {
        let float = f64::from_bits(bits);
        let args = (
            message.as_raw(),
            (int.as_raw(),
            (unsigned.as_raw(),
            (wide.as_raw(),
            (unsigned_wide.as_raw(),
            (float.as_raw(),
            (is.as_raw(),
            (letter.as_raw(), ())))))))
        );
        let members = parsed(&line(&WITH_FIELDS, &args, None, ("app", wall)));
        prop_assert_eq!(&members.keys()[4..], KEYS);
        let stamp: DateTime<Utc> = members.get::<String>(0).parse().unwrap();
        prop_assert_eq!(stamp.timestamp_micros(), wall.div_euclid(1_000));
        prop_assert_eq!(members.get::<String>(1), "ERROR");
        prop_assert_eq!(members.get::<String>(2), "app");
        prop_assert_eq!(members.get::<String>(3), message);
        prop_assert_eq!(members.get::<i64>(4), int);
        prop_assert_eq!(members.get::<u64>(5), unsigned);
        prop_assert_eq!(members.get::<i128>(6), wide);
        prop_assert_eq!(members.get::<u128>(7), unsigned_wide);
        check_float(&members, 8, float);
        prop_assert_eq!(members.get::<bool>(9), is);
        prop_assert_eq!(members.get::<String>(10), letter.to_string());
    }

    #[test]
    fn a_float_of_32_bits_is_read_as_itself(bits: u32) {
        let value = f32::from_bits(bits);
        let mut text = Vec::new();
        crate::format::float::push_json(&mut text, value);
        if value.is_finite() {
            let read = serde_json::from_slice::<f32>(&text).unwrap();
            prop_assert_eq!(read.to_bits(), bits);
        } else {
            prop_assert_eq!(serde_json::from_slice::<String>(&text).unwrap(), value.to_string());
        }
    }

    #[test]
    fn a_line_holds_the_fields_of_its_context(
        message in any_text(),
        stream in "[A-Za-z0-9_-]{1,64}",
        fields in proptest::collection::vec((any_text(), any_value()), 0..8),
    ) {
        let fields = fields.into_iter().collect::<Fields>();
        let args = (message.as_raw(), ());
        let context = Some(fields.clone());
        let members = parsed(&line(&WITHOUT_FIELDS, &args, context, (&stream, 0)));
        prop_assert_eq!(members.get::<Option<String>>(1), None);
        prop_assert_eq!(members.get::<String>(2), stream);
        prop_assert_eq!(members.get::<String>(3), message);
        prop_assert_eq!(members.0.len(), 4 + fields.iter().count());
        for (at, (key, value)) in (4..).zip(fields.iter()) {
            prop_assert_eq!(&members.0[at].0, key);
            match value {
                FieldValue::Bool(value) => prop_assert_eq!(members.get::<bool>(at), *value),
                FieldValue::Integer(value) => prop_assert_eq!(members.get::<i128>(at), *value),
                FieldValue::Float(value) => check_float(&members, at, *value),
                FieldValue::Text(value) => prop_assert_eq!(&members.get::<String>(at), value),
            }
        }
    }

    #[test]
    fn no_key_of_a_context_takes_the_place_of_one_of_the_record(
        keys in proptest::collection::vec(
            prop_oneof![Just("a".to_owned()), Just("g".to_owned()), Just("level".to_owned()), any_text()],
            0..8,
        ),
    ) {
        let fields = keys.into_iter().map(|key| (key, "context")).collect::<Fields>();
        let (one, text) = (1, "own");
        let number = || one.as_raw();
        let own = || text.as_raw();
        let args = (own(), (own(), (number(), (own(), (number(), (own(), (own(), (own(), ()))))))));
        let members = parsed(&line(&WITH_FIELDS, &args, Some(fields.clone()), ("app", 0)));
        prop_assert_eq!(members.get::<String>(1), "ERROR");
        prop_assert_eq!(&members.keys()[4..11], KEYS);
        prop_assert_eq!(members.get::<String>(4), "own");
        let others = fields.iter().filter(|(key, _)| !KEYS.contains(key));
        prop_assert_eq!(members.0.len(), 11 + others.count());
    }
}
