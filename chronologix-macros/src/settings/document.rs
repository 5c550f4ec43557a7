//! The keys and values of a settings file, and where they stand.

use std::{ops::Range, slice};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{
    Mistake, Settings,
    keys::{
        COMPRESS, KEYS, Key, MIRROR, MIRROR_MAP, MIRROR_MAP_TAKES, MIRROR_TAKES, STREAM_KEYS,
        STREAM_TAKES, STREAMS, STREAMS_TAKE, kind, unknown,
    },
    streams::{Found, Mirror, Name, twice},
};

/// A file that is being read.
pub(super) struct Document<'t> {
    text: &'t str,
    /// Each with the byte it stands at.
    mistakes: Vec<(usize, String, String)>,
}

type Text<'t> = Spanned<DeString<'t>>;
type Any<'t> = Spanned<DeValue<'t>>;

impl<'t> Document<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self {
            text,
            mistakes: Vec::new(),
        }
    }

    /// What it says, as far as that makes sense.
    pub(super) fn settings(&mut self) -> Settings {
        let (table, faults) = DeTable::parse_recoverable(self.text);
        for fault in &faults {
            let why = format!("not valid TOML: {}", fault.message());
            self.add(fault.span().unwrap_or_default(), String::new(), why);
        }
        if !faults.is_empty() {
            // What the rest of it means cannot be told.
            return Settings::default();
        }
        self.logger(table.get_ref())
    }

    /// Everything that is wrong with it, in its order.
    pub(super) fn into_mistakes(mut self) -> Vec<Mistake> {
        self.mistakes.sort_by_key(|(at, ..)| *at);
        self.mistakes.dedup();
        let mistakes = std::mem::take(&mut self.mistakes);
        let locate = |(at, key, why)| {
            let (line, column) = self.place(at);
            Mistake {
                line,
                column,
                key,
                why,
            }
        };
        mistakes.into_iter().map(locate).collect()
    }

    /// Line and column of a byte.
    pub(super) fn place(&self, at: usize) -> (usize, usize) {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line..].chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    pub(super) fn add(&mut self, span: Range<usize>, key: String, why: String) {
        self.mistakes.push((span.start, key, why));
    }

    fn logger(&mut self, table: &DeTable<'t>) -> Settings {
        let mut values = Vec::new();
        let mut found = Found::default();
        if let Some(map) = table.get(MIRROR_MAP) {
            self.mirror_map(map, &mut found);
        }
        for (name, value) in in_order(table) {
            match name.get_ref().as_ref() {
                MIRROR_MAP => {}
                STREAMS => self.streams(name, value, &mut found),
                other => match KEYS.iter().find(|key| key.name == other) {
                    Some(key) => values.extend(self.values(key, value)),
                    None => self.add(name.span(), other.to_owned(), unknown(other, KEYS)),
                },
            }
        }
        found.are_packed = values.iter().any(|(name, _)| *name == COMPRESS);
        Settings {
            streams: found.check(self),
            values,
        }
    }

    /// What a setter is given: a value, or those of an array, a call each.
    fn values(&mut self, key: &Key, value: &Any<'t>) -> Vec<(&'static str, super::Value)> {
        let values = match value.get_ref() {
            DeValue::Array(values) if key.takes_several() => values,
            _ => slice::from_ref(value),
        };
        let taken = values
            .iter()
            .filter_map(|value| Some((key.name, self.value(key, value, key.name)?)));
        taken.collect()
    }

    fn value(&mut self, key: &Key, value: &Any<'t>, path: &str) -> Option<super::Value> {
        let taken = key.value(value.get_ref(), self.written(value));
        taken
            .map_err(|why| self.add(value.span(), path.to_owned(), why))
            .ok()
    }

    fn streams(&mut self, key: &Text<'t>, value: &Any<'t>, found: &mut Found) {
        match value.get_ref() {
            DeValue::Table(table) => {
                found.begin(key.span());
                for (name, options) in in_order(table) {
                    self.stream(name, options, found);
                }
            }
            DeValue::Array(names) => {
                found.begin(key.span());
                for name in self.names(STREAMS, STREAMS_TAKE, names) {
                    if found.has(&name) {
                        let why = twice(&name.text, &name.text);
                        self.add(name.span, STREAMS.to_owned(), why);
                    } else {
                        found.add(name);
                    }
                }
            }
            _ => self.misfit(STREAMS, STREAMS_TAKE, value),
        }
    }

    /// One table of options.
    fn stream(&mut self, name: &Text<'t>, options: &Any<'t>, found: &mut Found) {
        let name = Name::of(name.get_ref(), name.span());
        found.add(name.clone());
        let stream = format!("{STREAMS}.{}", name.text);
        let DeValue::Table(options) = options.get_ref() else {
            return self.misfit(&stream, STREAM_TAKES, options);
        };
        for (option, value) in in_order(options) {
            let path = format!("{stream}.{}", option.get_ref());
            let known = STREAM_KEYS.iter().find(|key| key.name == option.get_ref());
            match known {
                Some(key) if key.name == MIRROR => {
                    let from = Name::of(&name.text, option.span());
                    self.mirrors(&from, value, &path, found);
                }
                Some(key) => {
                    if let Some(super::Value::Text(text)) = self.value(key, value, &path) {
                        found.option(key.name, text, value.span());
                    }
                }
                None => self.add(option.span(), path, unknown(option.get_ref(), STREAM_KEYS)),
            }
        }
    }

    fn mirror_map(&mut self, value: &Any<'t>, found: &mut Found) {
        let DeValue::Table(map) = value.get_ref() else {
            return self.misfit(MIRROR_MAP, MIRROR_MAP_TAKES, value);
        };
        found.has_mirrors = true;
        for (from, to) in in_order(map) {
            let path = format!("{MIRROR_MAP}.{}", from.get_ref());
            let from = Name::of(from.get_ref(), from.span());
            self.mirrors(&from, to, &path, found);
        }
    }

    /// The targets of one stream: a name, or several.
    fn mirrors(&mut self, from: &Name, value: &Any<'t>, path: &str, found: &mut Found) {
        let targets = match value.get_ref() {
            DeValue::String(name) => vec![Name::of(name, value.span())],
            DeValue::Array(names) => self.names(path, MIRROR_TAKES, names),
            _ => return self.misfit(path, MIRROR_TAKES, value),
        };
        found.has_mirrors = true;
        found.mirrors.extend(targets.into_iter().map(|to| Mirror {
            from: from.clone(),
            to,
            path: path.to_owned(),
        }));
    }

    /// The names in an array.
    fn names(&mut self, path: &str, allowed: &str, names: &[Any<'t>]) -> Vec<Name> {
        let mut found = Vec::new();
        for name in names {
            match name.get_ref() {
                DeValue::String(text) => found.push(Name::of(text, name.span())),
                _ => self.misfit(path, allowed, name),
            }
        }
        found
    }

    /// Notes a value of the wrong kind.
    fn misfit(&mut self, path: &str, allowed: &str, value: &Any<'t>) {
        let kind = kind(value.get_ref(), self.written(value));
        let why = format!("{kind}; allowed: {allowed}");
        self.add(value.span(), path.to_owned(), why);
    }

    fn written(&self, value: &Any<'t>) -> &'t str {
        self.text.get(value.span()).unwrap_or_default()
    }
}

/// The entries of a table as they stand in the text.
fn in_order<'a, 't>(table: &'a DeTable<'t>) -> Vec<(&'a Text<'t>, &'a Any<'t>)> {
    let mut entries = table.iter().collect::<Vec<_>>();
    entries.sort_by_key(|(name, _)| name.span().start);
    entries
}
