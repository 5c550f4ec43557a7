//! The values of a record as they are printed.

use chrono::{DateTime, SecondsFormat, Utc};
use chronologix_schema::layout::{Folder, TimeZone};
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use serde_json::{Map, Value};

use crate::{line::LogLine, merge::Record, patterns::Pattern, record, streams::Streams};

#[cfg(test)]
mod tests;

/// The most fields that are compared with each other. More are found faster by a map.
const FEW: usize = 16;

/// A record with its values.
#[derive(Debug)]
pub(super) struct Object<'a> {
    /// The time of the record, if it has a timestamp.
    timestamp: Option<String>,
    /// The interval folder it lies in, if it is printed.
    folder: Option<Folder>,
    stream: &'a str,
    /// The streams it was copied to.
    mirrors: Vec<&'a str>,
    level: Option<&'static str>,
    /// The message, with the lines that continue it.
    message: String,
    fields: Fields,
    is_cut: bool,
    /// The id of its pattern, if it is printed.
    pattern: Option<&'a str>,
}

/// The fields of a record in their order, each name once.
#[derive(Debug)]
struct Fields(Vec<(String, Value)>);

impl Fields {
    /// Returns these fields. Of several with the same name, the last one counts.
    fn new(fields: Vec<(String, Value)>) -> Self {
        let names = fields.iter().map(|(name, _)| name);
        let is_new = |(index, name)| !names.clone().take(index).any(|other| other == name);
        if fields.len() <= FEW && names.clone().enumerate().all(is_new) {
            return Self(fields);
        }
        let distinct: Map<String, Value> = fields.into_iter().collect();
        Self(distinct.into_iter().collect())
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value)
    }
}

impl Serialize for Fields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A folder as its name.
struct FolderName(Folder);

impl Serialize for FolderName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'a> Object<'a> {
    /// Returns the values of the record that consists of these lines.
    pub(super) fn new(
        first: &Record,
        more: &[Record],
        streams: &'a Streams,
        zone: &TimeZone,
    ) -> Self {
        let line = &first.line;
        let origin = streams.origin(&first.streams);
        let copies = first.streams.iter().filter(|stream| *stream != origin);
        let mut values = record::values(&line.text, line.format);
        for Record { line, .. } in more {
            record::continue_values(&mut values, &line.text, line.format);
        }
        let lines = std::iter::once(first).chain(more);
        let level = LogLine::level_of_record(lines.map(|record| &*record.line));
        Self {
            timestamp: line.own.map(|instant| printed_time(instant, zone)),
            folder: Some(line.key.folder),
            stream: streams.name(origin),
            mirrors: copies.map(|stream| streams.name(stream)).collect(),
            level: level.map(chronologix_schema::Level::as_str),
            message: values.message,
            fields: Fields::new(values.fields),
            is_cut: line.is_cut || more.iter().any(|record| record.line.is_cut),
            pattern: None,
        }
    }

    /// Returns the record with the id of its pattern.
    pub(super) fn with_pattern(self, pattern: Option<&'a Pattern>) -> Self {
        Self {
            pattern: pattern.map(|pattern| &*pattern.id),
            ..self
        }
    }

    /// Returns the record with its folder, or without one.
    pub(super) fn with_folder(self, has_folder: bool) -> Self {
        Self {
            folder: self.folder.filter(|_| has_folder),
            ..self
        }
    }

    /// Returns a value by its name. Dots lead into nested objects.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let text = |text: &str| Some(Value::from(text));
        match name {
            "timestamp" | "time" => self.timestamp.as_deref().and_then(text),
            "folder" => self.folder.map(|folder| folder.name().into()),
            "stream" => text(self.stream),
            "mirrors" if self.mirrors.is_empty() => None,
            "mirrors" => Some(self.mirrors.join(",").into()),
            "level" => self.level.and_then(text),
            "message" | "msg" => text(&self.message),
            "pattern" if self.pattern.is_some() => self.pattern.and_then(text),
            "fields" => Some(Value::Object(self.fields.0.iter().cloned().collect())),
            name => {
                let own = |name: &str| self.fields.get(name);
                let nested = || record::field_by_name(&own, name.strip_prefix("fields.")?);
                record::field_by_name(&own, name).or_else(nested).cloned()
            }
        }
    }

    /// Returns all names and values, nested ones by their path.
    pub(super) fn all(&self) -> Vec<(String, Value)> {
        let own = ["timestamp", "level", "stream", "mirrors", "message"];
        let own = own.into_iter().chain(self.pattern.map(|_| "pattern"));
        let mut all: Vec<(String, Value)> = own
            .filter_map(|name| Some((name.to_owned(), self.value(name)?)))
            .collect();
        for (name, value) in &self.fields.0 {
            flatten(name.clone(), value, &mut all);
        }
        all
    }

    /// Returns the values with these names.
    pub(super) fn only<'n>(&self, names: &'n [String]) -> Vec<(&'n str, Option<Value>)> {
        let chosen = names.iter().map(|name| (&**name, self.value(name)));
        chosen.collect()
    }
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        if let Some(timestamp) = &self.timestamp {
            object.serialize_entry("timestamp", timestamp)?;
        }
        if let Some(folder) = self.folder {
            object.serialize_entry("folder", &FolderName(folder))?;
        }
        object.serialize_entry("stream", self.stream)?;
        if !self.mirrors.is_empty() {
            object.serialize_entry("mirrors", &self.mirrors)?;
        }
        if let Some(level) = self.level {
            object.serialize_entry("level", level)?;
        }
        object.serialize_entry("message", &self.message)?;
        if !self.fields.0.is_empty() {
            object.serialize_entry("fields", &self.fields)?;
        }
        if let Some(pattern) = self.pattern {
            object.serialize_entry("pattern", pattern)?;
        }
        if self.is_cut {
            object.serialize_entry("is_cut", &true)?;
        }
        object.end()
    }
}

fn flatten(path: String, value: &Value, all: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, value) in members {
                flatten(format!("{path}.{name}"), value, all);
            }
        }
        value => all.push((path, value.clone())),
    }
}

/// Formats an instant as RFC 3339 in a zone, always with six digits, so that the texts of one zone
/// sort as their times do.
pub(super) fn printed_time(instant: DateTime<Utc>, zone: &TimeZone) -> String {
    if *zone == TimeZone::UTC {
        return instant.to_rfc3339_opts(SecondsFormat::Micros, true);
    }
    let local = instant.with_timezone(&zone.offset(instant));
    local.to_rfc3339_opts(SecondsFormat::Micros, false)
}
