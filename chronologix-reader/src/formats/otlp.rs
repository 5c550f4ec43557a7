//! Takes the attributes out of the lines that OpenTelemetry's file exporter writes.

use serde_json::{Map, Value};

use super::Values;

/// Replaces the record within a line by its attributes, and those of its resource.
pub(super) fn flatten(values: &mut Values) {
    let place = values
        .fields
        .iter()
        .position(|(name, _)| name == "resourceLogs");
    if let Some(place) = place {
        let (_, whole) = values.fields.remove(place);
        let mut fields = Vec::new();
        let resource = first(&whole);
        let scope = resource.and_then(|it| first(it.get("scopeLogs")?));
        if let Some(record) = scope.and_then(|it| first(it.get("logRecords")?)) {
            push_attributes(record.get("attributes"), &mut fields);
        }
        let resource = resource.and_then(|it| it.get("resource")?.get("attributes"));
        push_attributes(resource, &mut fields);
        values.fields.splice(place..place, fields);
    }
    let is_list = |value: &Value| {
        value
            .as_array()
            .is_some_and(|list| list.iter().all(is_pair))
    };
    let place = values
        .fields
        .iter()
        .position(|(name, value)| name == "attributes" && is_list(value));
    if let Some(place) = place {
        let (_, list) = values.fields.remove(place);
        let mut fields = Vec::new();
        push_attributes(Some(&list), &mut fields);
        values.fields.splice(place..place, fields);
    }
}

/// Returns the first element of a list.
fn first(value: &Value) -> Option<&Map<String, Value>> {
    value.get(0)?.as_object()
}

/// Returns whether this is `{"key":"…","value":{…}}`.
fn is_pair(value: &Value) -> bool {
    value.get("key").is_some_and(Value::is_string) && value.get("value").is_some()
}

/// Appends the attributes of a list.
fn push_attributes(list: Option<&Value>, fields: &mut Vec<(String, Value)>) {
    for pair in list.and_then(Value::as_array).into_iter().flatten() {
        let name = pair.get("key").and_then(Value::as_str);
        let value = pair.get("value").map(plain);
        fields.extend(
            name.zip(value)
                .map(|(name, value)| (name.to_owned(), value)),
        );
    }
}

/// Returns the value within `{"stringValue":"…"}`.
fn plain(value: &Value) -> Value {
    let inner = value.as_object().and_then(|members| members.iter().next());
    match inner {
        // 64 bits do not fit into the numbers of some readers, so they are written as text.
        Some((kind, Value::String(text))) if kind == "intValue" => text
            .parse::<i64>()
            .map_or_else(|_| value.clone(), Value::from),
        Some((_, inner)) => inner.clone(),
        None => value.clone(),
    }
}
