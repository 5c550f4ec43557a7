//! Takes a JSON line apart, with its members in their order.

use std::{borrow::Cow, fmt};

use serde_core::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, value::RawValue};

use super::{FieldValue, RecordParts};

/// The members of an object, as they stand in it.
struct OrderedMembers<'l>(Vec<(Cow<'l, str>, &'l RawValue)>);

impl<'de> Deserialize<'de> for OrderedMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct MembersVisitor;

        impl<'de> Visitor<'de> for MembersVisitor {
            type Value = OrderedMembers<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    members.push((name, value));
                }
                Ok(OrderedMembers(members))
            }
        }

        from.deserialize_map(MembersVisitor)
    }
}

/// The name of a member, borrowed if it has no escapes.
struct Name<'l>(Cow<'l, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        from.deserialize_str(NameVisitor)
    }
}

/// Returns the parts of a JSON line. `None` if it is no object with a message.
///
/// It is read as [`parse_json_line`](chronologix_schema::layout::parse_json_line) does.
pub(super) fn json_parts(line: &str) -> Option<RecordParts> {
    let OrderedMembers(members) = serde_json::from_str(line).ok()?;
    let mut parts = RecordParts::default();
    let mut message = None;
    for (name, value) in members {
        let value = FieldValue::of_json(value.get());
        match (&*name, value) {
            ("message", FieldValue::Str(text)) => message = Some(text),
            ("timestamp" | "stream", FieldValue::Str(_)) | ("level", FieldValue::Null) => {}
            ("level", FieldValue::Str(word))
                if word.parse::<chronologix_schema::Level>().is_ok() =>
            {
                parts.level = word.parse().ok();
            }
            (_, value) => parts.fields.push((name.into_owned(), value)),
        }
    }
    parts.message = message?;
    Some(parts)
}

impl FieldValue {
    /// Returns a value of JSON. Lists and objects stay as they are written.
    fn of_json(text: &str) -> Self {
        match text.as_bytes().first() {
            Some(b'[' | b'{') => Self::Json(text.to_owned()),
            _ => serde_json::from_str::<Value>(text).map_or(Self::Null, Self::from),
        }
    }
}
