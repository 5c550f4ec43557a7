//! What the spans around an event add to it.

use std::fmt;

use crate::record::{
    encoding::Encoder,
    loose::{Loose, Words, put_field},
};

/// The field that the names of the spans make.
const SPAN: &str = "span";

/// The fields of one span, kept with it.
#[derive(Debug, Default)]
pub(super) struct SpanFields(Vec<(&'static str, Loose<String>)>);

impl SpanFields {
    /// Sets a field, or gives it another value.
    pub(super) fn set(&mut self, key: &'static str, value: Loose<Words<'_>>) {
        self.set_owned(key, value.into_owned());
    }

    /// Sets these fields.
    pub(super) fn update(&mut self, newer: Self) {
        for (key, value) in newer.0 {
            self.set_owned(key, value);
        }
    }

    fn set_owned(&mut self, key: &'static str, value: Loose<String>) {
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some(known) => known.1 = value,
            None => self.0.push((key, value)),
        }
    }
}

/// What an event has so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    keys: Vec<&'static str>,
    /// The spans around it, the innermost first.
    spans: Vec<&'static str>,
}

impl Seen {
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.spans.clear();
    }

    /// Whether there is no field of this key yet. From now on there is.
    pub(super) fn is_new(&mut self, key: &'static str) -> bool {
        let is_new = !self.keys.contains(&key);
        if is_new {
            self.keys.push(key);
        }
        is_new
    }

    /// Adds the fields of the next span outwards.
    pub(super) fn put_span(
        &mut self,
        to: &mut Encoder<'_>,
        name: &'static str,
        fields: Option<&SpanFields>,
    ) {
        self.spans.push(name);
        for (key, value) in fields.into_iter().flat_map(|fields| &fields.0) {
            if self.is_new(key) {
                put_field(to, key, value.borrowed());
            }
        }
    }

    /// Adds the names of the spans.
    pub(super) fn put_path(&mut self, to: &mut Encoder<'_>) {
        if !self.spans.is_empty() && self.is_new(SPAN) {
            let path = Path(&self.spans);
            put_field(to, SPAN, Loose::formatted(format_args!("{path}")));
        }
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
