//! Records of `log` and events of `tracing` that are the same.
//!
//! `tracing-log` makes an event of a record of `log`. All such events share five callsites, whose
//! target is `log`; what the record says of itself stands in four fields. And with its feature
//! `log-always`, `tracing` repeats each event as a record of `log`, at once and on the same thread.

use std::{cell::Cell, fmt::Debug};

use tracing_core::{Event, Field, Metadata, field::Visit};

use crate::bridge::Origin;

#[cfg(test)]
mod tests;

/// The fields in which `tracing-log` says where a record of `log` comes from.
const TARGET: &str = "log.target";
const MODULE_PATH: &str = "log.module_path";
const FILE: &str = "log.file";
const LINE: &str = "log.line";

thread_local! {
    /// The event or span that this thread made last, unless its repetition has come.
    static LAST: Cell<Option<&'static Metadata<'static>>> = const { Cell::new(None) };
    /// Holds the origin of a record while it is written. Reused from record to record.
    static ORIGIN: Cell<LogOrigin> = const { Cell::new(LogOrigin::new()) };
}

/// Remembers what `tracing` may repeat by `log` next.
#[inline]
pub(super) fn expect_repetition(metadata: &'static Metadata<'static>) {
    // Not there in a thread that is ending.
    let _ = LAST.try_with(|last| last.set(Some(metadata)));
}

/// Returns whether `tracing` repeats by a record of this origin what a layer has got just now.
pub(in crate::bridge) fn is_repetition(origin: Origin<'_>) -> bool {
    let last = LAST.try_with(Cell::take).ok().flatten();
    last.is_some_and(|last| {
        origin.line == last.line()
            && origin.file == last.file()
            && origin.module == last.module_path()
    })
}

/// Returns whether an event was made of a record of `log`.
#[inline]
pub(super) fn is_log_record(metadata: &Metadata<'_>) -> bool {
    metadata.target() == "log"
        && metadata.name() == "log event"
        && metadata.fields().field(TARGET).is_some()
}

/// Returns whether a field says where a record of `log` comes from.
pub(super) fn is_origin(field: &str) -> bool {
    [TARGET, MODULE_PATH, FILE, LINE].contains(&field)
}

/// Calls `with` with the origin of the record of `log` that an event was made of.
pub(super) fn with_origin(event: &Event<'_>, with: impl FnOnce(Origin<'_>)) {
    // Taken out: `with` may log.
    let mut origin = ORIGIN.try_with(Cell::take).unwrap_or_default();
    origin.clear();
    event.record(&mut origin);
    with(origin.as_origin());
    let _ = ORIGIN.try_with(|kept| kept.set(origin));
}

/// The origin of a record of `log`, copied: its fields are borrowed for the visit only.
#[derive(Default)]
struct LogOrigin {
    target: String,
    module: String,
    file: String,
    line: Option<u32>,
}

impl LogOrigin {
    const fn new() -> Self {
        Self {
            target: String::new(),
            module: String::new(),
            file: String::new(),
            line: None,
        }
    }

    fn clear(&mut self) {
        self.target.clear();
        self.module.clear();
        self.file.clear();
        self.line = None;
    }

    fn as_origin(&self) -> Origin<'_> {
        Origin {
            target: &self.target,
            module: Some(self.module.as_str()).filter(|text| !text.is_empty()),
            file: Some(self.file.as_str()).filter(|text| !text.is_empty()),
            line: self.line,
        }
    }
}

impl Visit for LogOrigin {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            TARGET => self.target.push_str(value),
            MODULE_PATH => self.module.push_str(value),
            FILE => self.file.push_str(value),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == LINE {
            self.line = u32::try_from(value).ok();
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}
