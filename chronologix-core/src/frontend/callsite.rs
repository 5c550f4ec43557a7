//! What is known of a record before its arguments: its place in the source, and how to read it.
//!
//! A record travels with the number of its callsite in a table. What is static is known to both
//! sides, and a queue that holds nothing but numbers needs no `unsafe`.

#[cfg(any(feature = "log", feature = "tracing"))]
use std::collections::BTreeMap;
use std::{
    fmt,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use chronologix_schema::layout::{Statement, StatementField, ValueKind};

#[cfg(any(feature = "log", feature = "tracing"))]
use super::facade::{FacadeStatement, MOST_STATEMENTS};
use super::{rate_limit::LEFT_OUT, reentry};
use crate::{
    Level,
    codec::{
        decode::Decoder,
        encode::{Arguments, Encoder},
        field_codec,
        kind::Kind,
        template::{FormatArg, Piece, pieces, render},
    },
    format::{line::Source, message::MessageWriter},
    stream::{ModuleLevel, Threshold, Verdict},
};

/// The table of all callsites that made a record so far.
static CALLSITES: Mutex<Callsites> = Mutex::new(Callsites::new());

/// All callsites that made a record so far.
#[derive(Debug)]
pub(crate) struct Callsites {
    /// By number, from 1.
    entries: Vec<&'static CallsiteEntry>,
    /// The numbers of those of other facades.
    #[cfg(any(feature = "log", feature = "tracing"))]
    of_facades: BTreeMap<&'static FacadeStatement, u32>,
}

/// The place of one `log!` in the source. The macro makes it, once, as a static.
#[derive(Debug)]
pub struct Callsite {
    pub(crate) level: Option<Level>,
    file: &'static SourceFile,
    line: u32,
    /// The text of the message, with `{}` for each argument.
    template: &'static str,
    /// What writes the arguments that have a format spec, by the number of the placeholder.
    formats: &'static [(usize, FormatArg)],
    /// The keys of its fields. `None` if each record has its own.
    keys: Option<&'static [&'static str]>,
    /// The id that the source gives the statement. Behind a reference, because few have one.
    id: Option<&'static &'static str>,
    /// Its number in the table, from 1, or 0 before its first record.
    number: AtomicU32,
    /// What the filter that was asked last says of the module: the number of a [`ModuleLevel`].
    module_level: AtomicU32,
    /// Some of its records say how many were left out before them.
    leaves_out: AtomicBool,
}

/// Where calls stand: all those of a module in one file, for which the compiler keeps one.
#[derive(Debug)]
pub struct SourceFile {
    /// The path of the module.
    pub module: &'static str,
    /// The source file, as the compiler names it.
    pub path: &'static str,
}

/// What all records of one callsite have in common.
///
/// That includes the types of the arguments: a `log!` in a generic function sees no more of a
/// generic argument than that it can be formatted.
#[derive(Debug)]
pub(crate) struct CallsiteEntry {
    pub(crate) callsite: &'static Callsite,
    pub(crate) number: u32,
    pub(crate) pieces: Vec<Piece>,
    /// The types of the arguments, then of the fields.
    kinds: Vec<Kind>,
    /// What is known of a call of another facade.
    #[cfg(any(feature = "log", feature = "tracing"))]
    facade: Option<&'static FacadeStatement>,
}

/// The writer's copy of the table.
#[derive(Debug, Default)]
pub(crate) struct CallsiteTable(Vec<&'static CallsiteEntry>);

/// The header of a record on the writer's side, with its callsite looked up.
#[derive(Clone, Copy, Debug)]
pub struct ResolvedHeader {
    /// When the record was made.
    pub(crate) ticks: u64,
    pub(crate) entry: &'static CallsiteEntry,
    /// The index of its stream.
    pub(crate) stream: u16,
}

/// Keeps other threads out of the table while it lives. For forks.
pub(crate) type CallsitesGuard = MutexGuard<'static, Callsites>;

pub(crate) fn lock_callsites() -> CallsitesGuard {
    CALLSITES.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Callsite {
    /// Creates the callsite of a `log!` below `compile_min_level`: it has no text.
    #[must_use]
    pub const fn not_compiled() -> Self {
        Self::new(None, "")
    }

    /// Creates the callsite of a `log!` without fields.
    #[must_use]
    pub const fn new(level: Option<Level>, template: &'static str) -> Self {
        Self {
            level,
            file: &SourceFile {
                module: "",
                path: "",
            },
            line: 0,
            template,
            formats: &[],
            keys: Some(&[]),
            id: None,
            number: AtomicU32::new(0),
            module_level: AtomicU32::new(0),
            leaves_out: AtomicBool::new(false),
        }
    }

    /// Sets where it stands. Lines count from 1.
    #[must_use]
    pub const fn at(mut self, file: &'static SourceFile, line: u32) -> Self {
        self.file = file;
        self.line = line;
        self
    }

    /// Sets the keys of the fields.
    #[must_use]
    pub const fn keys(mut self, keys: &'static [&'static str]) -> Self {
        self.keys = Some(keys);
        self
    }

    /// Sets the id of the statement.
    #[must_use]
    pub const fn id(mut self, id: &'static &'static str) -> Self {
        self.id = Some(id);
        self
    }

    /// Sets how the arguments are written that have a format spec.
    #[must_use]
    pub const fn formats(mut self, formats: &'static [(usize, FormatArg)]) -> Self {
        self.formats = formats;
        self
    }

    /// Creates the callsite of records from other facades, which have a place and keys of their
    /// own.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) const fn of_facade(level: Level) -> Self {
        let mut callsite = Self::new(Some(level), "{}");
        callsite.keys = None;
        callsite
    }

    /// Returns the source file, as the compiler names it, and the line, from 1.
    #[must_use]
    pub const fn source(&self) -> (&'static str, u32) {
        (self.file.path, self.line)
    }

    /// Returns whether a stream with a filter of modules, or with a recorder, does anything with
    /// its records of this level.
    #[inline(never)]
    pub(crate) fn passes(&self, threshold: Threshold, level: u8) -> bool {
        self.verdict(threshold, level) != Verdict::Off
    }

    /// Returns what becomes of its records of this level.
    #[inline(never)]
    pub(crate) fn verdict(&self, threshold: Threshold, level: u8) -> Verdict {
        if !threshold.has_filter() {
            return threshold.verdict(None, level);
        }
        let known = self.module_level.load(Ordering::Relaxed);
        let of_module = ModuleLevel::known(known, threshold).or_else(|| {
            let _inside = reentry::enter()?;
            let found = threshold.of_module(self.file.module);
            self.module_level.store(found.number(), Ordering::Relaxed);
            Some(found)
        });
        threshold.verdict(of_module, level)
    }

    /// Returns the number of the callsite, or 0 if its thread cannot wait for the table: see
    /// [`reentry`]. The arguments of all its records have the same types.
    #[inline]
    pub(crate) fn number(&'static self, args: &dyn Arguments) -> u32 {
        match self.number.load(Ordering::Relaxed) {
            0 => self.register(args),
            number => number,
        }
    }

    /// Takes note that records of the callsite say how many were left out before them.
    pub(crate) fn set_leaves_out(&self) {
        self.leaves_out.store(true, Ordering::Relaxed);
    }

    /// Returns the entry for records with such arguments.
    pub(crate) fn entry(&'static self, number: u32, args: &dyn Arguments) -> CallsiteEntry {
        CallsiteEntry {
            callsite: self,
            number,
            pieces: self.pieces(args),
            kinds: kinds_of(args),
            #[cfg(any(feature = "log", feature = "tracing"))]
            facade: None,
        }
    }

    /// Returns what the line of a record with such arguments is made of.
    pub(crate) fn pieces(&self, args: &dyn Arguments) -> Vec<Piece> {
        let keys = self.keys.unwrap_or_default();
        pieces(self.template, self.formats, keys, &kinds_of(args))
    }

    #[cold]
    fn register(&'static self, args: &dyn Arguments) -> u32 {
        let Some(_inside) = reentry::enter() else {
            return 0;
        };
        let mut table = lock_callsites();
        // Another thread may have registered it since.
        let known = self.number.load(Ordering::Relaxed);
        if known != 0 {
            return known;
        }
        let number = table.add(|number| self.entry(number, args));
        self.number.store(number, Ordering::Relaxed);
        number
    }
}

impl Callsites {
    pub(crate) const fn new() -> Self {
        Self {
            entries: Vec::new(),
            #[cfg(any(feature = "log", feature = "tracing"))]
            of_facades: BTreeMap::new(),
        }
    }

    /// Adds the entry of the next number, and returns that number.
    fn add(&mut self, entry: impl FnOnce(u32) -> CallsiteEntry) -> u32 {
        // No program has 2³² callsites: each is a place in its source.
        let number = u32::try_from(self.entries.len() + 1).unwrap_or(u32::MAX);
        // Kept as long as the callsite is: for ever.
        self.entries.push(Box::leak(Box::new(entry(number))));
        number
    }

    /// Returns the number of a statement of another facade, whose records are those of `callsite`
    /// otherwise. `None` if there are too many statements of this kind.
    #[cfg(any(feature = "log", feature = "tracing"))]
    pub(crate) fn number_of(
        &mut self,
        statement: FacadeStatement,
        callsite: &'static Callsite,
        args: &dyn Arguments,
    ) -> Option<u32> {
        if let Some(known) = self.of_facades.get(&statement) {
            return Some(*known);
        }
        if self.of_facades.len() >= MOST_STATEMENTS {
            return None;
        }
        let statement: &'static FacadeStatement = Box::leak(Box::new(statement));
        let number = self.add(|number| CallsiteEntry {
            facade: Some(statement),
            ..callsite.entry(number, args)
        });
        self.of_facades.insert(statement, number);
        Some(number)
    }
}

/// Returns where the callsite of this number stands, for people: ` at src/main.rs:7 in the crate
/// shop`. Records that are made without a macro have no place. The thread is inside.
pub(crate) fn place_of(number: u32) -> Option<String> {
    let at = (number as usize).checked_sub(1)?;
    let callsite = lock_callsites().entries.get(at)?.callsite;
    let name = callsite.file.module.split("::").next()?;
    let place = || {
        format!(
            " at {}:{} in the crate {name}",
            callsite.file.path, callsite.line
        )
    };
    (!name.is_empty()).then(place)
}

fn kinds_of(args: &dyn Arguments) -> Vec<Kind> {
    let mut kinds = Kinds(Vec::new());
    args.encode(&mut kinds);
    kinds.0
}

/// Notes the types of arguments, and leaves out what they are.
struct Kinds(Vec<Kind>);

impl Encoder for Kinds {
    fn next(&mut self, kind: Kind) {
        self.0.push(kind);
    }

    fn word(&mut self, _word: u64) {}

    fn text(&mut self, _text: &str) {}

    fn formatted(&mut self, _arguments: fmt::Arguments<'_>) {}
}

impl CallsiteTable {
    /// Returns the entry of this number, or `None` if [`Callsite::number`] never returned it.
    #[inline]
    pub(crate) fn get(&mut self, number: u32) -> Option<&'static CallsiteEntry> {
        let at = (number as usize).checked_sub(1)?;
        if at >= self.0.len() {
            self.update();
        }
        self.0.get(at).copied()
    }

    #[cold]
    fn update(&mut self) {
        // An allocator that logs must not wait for the table.
        let _inside = reentry::enter();
        let table = lock_callsites();
        self.0.extend_from_slice(&table.entries[self.0.len()..]);
    }
}

impl CallsiteEntry {
    /// Returns the place in the source that a record comes from. Records of other facades carry
    /// theirs as fields.
    pub(crate) fn source<'a>(&self, bytes: &'a [u8]) -> Source<'a> {
        let callsite = self.callsite;
        if let Some(keys) = callsite.keys {
            return Source {
                module: callsite.file.module,
                file: callsite.file.path,
                line: callsite.line.into(),
                keys,
                ..Source::default()
            };
        }
        let mut from = Decoder::new(bytes);
        // The message.
        from.text();
        let text = |key| field_codec::find_text(&from, key);
        let target = text("target");
        let module = text("module").or(target).unwrap_or_default();
        Source {
            module,
            target_is_module: target.is_none_or(|target| target == module),
            file: text("file").unwrap_or_default(),
            line: field_codec::find_number(&from, "line").unwrap_or_default(),
            has_fields: true,
            ..Source::default()
        }
    }

    /// Returns whether its statement stands in the catalogue. Those without an id do not.
    pub(crate) fn is_listed(&self) -> bool {
        #[cfg(any(feature = "log", feature = "tracing"))]
        if let Some(facade) = self.facade {
            return facade.is_listed;
        }
        self.callsite.id.is_some() || !self.callsite.file.module.is_empty()
    }

    /// Returns the statement that logs to a stream of this name. Calls by a handle are no
    /// statements: theirs has no id, and no place.
    #[cold]
    pub(crate) fn statement(&self, stream: &str) -> Statement {
        #[cfg(any(feature = "log", feature = "tracing"))]
        if let Some(facade) = self.facade {
            return facade.statement(stream);
        }
        let Callsite {
            level,
            file,
            line,
            template,
            formats,
            keys,
            id,
            ..
        } = *self.callsite;
        let crate_name = file.module.split("::").next().unwrap_or_default();
        let keys = keys.unwrap_or_default();
        let in_message = self.kinds.len().saturating_sub(keys.len());
        let (arguments, fields) = self.kinds.split_at(in_message);
        let arguments = arguments.iter().enumerate().map(|(at, kind)| {
            let is_formatted = formats.iter().any(|(number, _)| *number == at);
            // A format spec may make anything of it.
            if is_formatted {
                ValueKind::Any
            } else {
                kind.of_value()
            }
        });
        let fields = keys.iter().zip(fields).map(|(key, kind)| StatementField {
            key: (*key).to_owned(),
            kind: kind.of_value(),
        });
        Statement {
            id: match id {
                Some(id) => (*id).to_owned(),
                None if crate_name.is_empty() => String::new(),
                None => Statement::id_of(crate_name, stream, template),
            },
            stream: stream.to_owned(),
            level,
            template: template.to_owned(),
            arguments: arguments.collect(),
            fields: fields.collect(),
            crate_name: crate_name.to_owned(),
            module: file.module.to_owned(),
            file: file.path.to_owned(),
            line,
        }
    }

    /// Returns how many records of its callsite were left out before one.
    #[inline]
    pub(crate) fn left_out_before(&self, bytes: &[u8]) -> u64 {
        if self.callsite.leaves_out.load(Ordering::Relaxed) {
            self.read_left_out(bytes)
        } else {
            0
        }
    }

    #[cold]
    fn read_left_out(&self, bytes: &[u8]) -> u64 {
        let mut from = Decoder::new(bytes);
        for kind in &self.kinds {
            kind.skip(&mut from);
        }
        field_codec::find_number(&from, LEFT_OUT).unwrap_or_default()
    }

    /// Writes the message and the fields of a record, and the fields that follow its arguments.
    ///
    /// It is not inlined: the loop over the records would have no registers left.
    #[inline(never)]
    pub(crate) fn write_record(&self, bytes: &[u8], out: &mut MessageWriter<'_>) {
        let mut from = Decoder::new(bytes);
        render(&self.pieces, &mut from, out);
        field_codec::write_fields(from, self.callsite.keys, out);
    }
}
