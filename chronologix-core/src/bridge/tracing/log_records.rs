//! Records of `log` and events of `tracing` that are the same.
//!
//! `tracing-log` makes an event of a record of `log`. All such events share five callsites, whose
//! target is `log`; what the record says of itself stands in four fields. And with its feature
//! `log-always`, `tracing` repeats each event as a record of `log`, at once and on the same thread.

use std::{cell::Cell, fmt::Debug};

use tracing_core::{Event, Field, Metadata, field::Visit};

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
}

/// Remembers what `tracing` may repeat by `log` next.
#[inline]
pub(super) fn expect_repetition(metadata: &'static Metadata<'static>) {
    // Not there in a thread that is ending.
    let _ = LAST.try_with(|last| last.set(Some(metadata)));
}

fn take_last() -> Option<&'static Metadata<'static>> {
    LAST.try_with(Cell::take).ok().flatten()
}

/// Returns whether `tracing` made this record to repeat what a layer has got just now.
#[cfg(feature = "log")]
pub(in crate::bridge) fn is_repetition(record: &::log::Record<'_>) -> bool {
    // The macros of `log` say that the path is static. Those of `tracing` do not.
    record.module_path_static().is_none()
        && take_last().is_some_and(|last| {
            record.file() == last.file()
                && record.line() == last.line()
                && record.module_path() == last.module_path()
        })
}

/// Returns whether a field says where a record of `log` comes from.
pub(super) fn is_own_field(name: &str) -> bool {
    [TARGET, MODULE_PATH, FILE, LINE].contains(&name)
}

/// An event that `tracing-log` made of a record of `log`.
pub(super) struct LogRecord<'a, 'e>(&'a Event<'e>);

impl<'a, 'e> LogRecord<'a, 'e> {
    /// Returns the record that an event was made of, if it was.
    #[inline]
    pub(super) fn of_event(event: &'a Event<'e>) -> Option<Self> {
        let metadata = event.metadata();
        let is_record = metadata.target() == "log"
            && metadata.name() == "log event"
            && metadata.fields().field(TARGET).is_some();
        is_record.then_some(Self(event))
    }

    /// Calls `with` with the target of the record.
    pub(super) fn with_target(&self, with: impl FnOnce(&str)) {
        let mut visitor = TargetVisitor(Some(with));
        self.0.record(&mut visitor);
        if let Some(with) = visitor.0 {
            with(self.0.metadata().target());
        }
    }

    /// Returns whether `tracing` made the record to repeat an event that the layer has got.
    pub(super) fn is_repetition(&self) -> bool {
        take_last().is_some_and(|of| {
            let mut visitor = PlaceVisitor { of, differs: false };
            self.0.record(&mut visitor);
            !visitor.differs
        })
    }
}

/// Hands on the target, which is borrowed for the visit only.
struct TargetVisitor<F>(Option<F>);

impl<F: FnOnce(&str)> Visit for TargetVisitor<F> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == TARGET {
            if let Some(with) = self.0.take() {
                with(value);
            }
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}

/// Compares the place of a record with that of an event or span.
struct PlaceVisitor {
    of: &'static Metadata<'static>,
    differs: bool,
}

impl Visit for PlaceVisitor {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.differs |= match field.name() {
            MODULE_PATH => self.of.module_path() != Some(value),
            FILE => self.of.file() != Some(value),
            _ => false,
        };
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == LINE {
            self.differs |= self.of.line().map(u64::from) != Some(value);
        }
    }

    fn record_debug(&mut self, _field: &Field, _value: &dyn Debug) {}
}
