//! How files of other loggers are read: the same for the whole program, set at its start.

use std::sync::{LazyLock, OnceLock};

use chronologix_schema::layout::TimeZone;

use crate::formats::Formats;

/// How files of other loggers are read.
#[derive(Clone, Debug)]
pub(crate) struct Foreign {
    /// The formats that are known.
    pub(crate) formats: &'static Formats,
    /// The zone of timestamps without an offset.
    pub(crate) zone: TimeZone,
}

static CHOSEN: OnceLock<Foreign> = OnceLock::new();

static BUILT_IN: LazyLock<Formats> = LazyLock::new(Formats::default);

impl Foreign {
    /// Sets how files are read from now on. Only the first call counts.
    pub(crate) fn choose(formats: Formats, zone: TimeZone) {
        // A format is named by every line that has it, for as long as the program runs.
        let formats = Box::leak(Box::new(formats));
        let _ = CHOSEN.set(Self { formats, zone });
    }

    /// Returns what was chosen, or else the built-in formats in UTC.
    pub(crate) fn chosen() -> Self {
        CHOSEN.get().cloned().unwrap_or_default()
    }
}

impl Default for Foreign {
    fn default() -> Self {
        Self {
            formats: &BUILT_IN,
            zone: TimeZone::UTC,
        }
    }
}
