//! What the spans around an event add to its record.

use std::{cell::Cell, fmt};

use tracing_subscriber::registry::{LookupSpan, Scope};

use super::trace_ids::TraceIds;
use crate::{
    FieldValue,
    codec::{encode::BufEncoder, field_codec::FieldRef},
    frontend::dynamic::encode_field,
};

/// The fields of one span, kept with it.
#[derive(Debug, Default)]
pub(super) struct SpanFields(Vec<(&'static str, FieldValue)>);

impl SpanFields {
    /// Sets these fields.
    pub(super) fn update(&mut self, newer: Self) {
        for (key, value) in newer.0 {
            self.set(key, value);
        }
    }

    /// Sets a field, or gives it another value.
    pub(super) fn set(&mut self, key: &'static str, value: FieldValue) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => self.0.push((key, value)),
        }
    }
}

thread_local! {
    /// Holds the names of spans while they are gathered. Reused from event to event.
    static NAMES: Cell<Vec<&'static str>> = const { Cell::new(Vec::new()) };
}

/// Writes the fields of the spans around an event, the innermost first, then their names, and then
/// the ids of the innermost.
pub(super) fn encode_spans<'s, S: LookupSpan<'s>>(
    to: &mut BufEncoder<'_>,
    scope: Scope<'s, S>,
    trace_ids: Option<&TraceIds>,
) {
    // Taken out: not there in a thread that is ending.
    let mut names = NAMES.try_with(Cell::take).unwrap_or_default();
    names.clear();
    let mut innermost = None;
    for span in scope {
        innermost.get_or_insert_with(|| span.id());
        names.push(span.name());
        if let Some(fields) = span.extensions().get::<SpanFields>() {
            for (key, value) in &fields.0 {
                encode_field(to, key, value.as_ref());
            }
        }
    }
    if !names.is_empty() {
        let path = Path(&names);
        encode_field(to, "span", FieldRef::Formatted(format_args!("{path}")));
    }
    let _ = NAMES.try_with(|kept| kept.set(names));
    // The user's function runs while nothing of a span is held.
    if let (Some(ids), Some(innermost)) = (trace_ids, innermost) {
        ids.encode(to, &innermost);
    }
}

/// `outermost:inner:innermost`
struct Path<'s>(&'s [&'static str]);

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().rev().enumerate() {
            let colon = if at == 0 { "" } else { ":" };
            write!(f, "{colon}{name}")?;
        }
        Ok(())
    }
}
