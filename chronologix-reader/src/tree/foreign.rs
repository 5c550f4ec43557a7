//! How files of other loggers are read: the same for the whole program, set at its start.

use std::sync::{LazyLock, OnceLock};

use chronologix_schema::layout::TimeZone;

use crate::formats::{FormatEntry, Formats};

/// How files of other loggers are read.
#[derive(Clone, Debug)]
pub struct Foreign {
    /// The zone of timestamps without an offset.
    pub zone: TimeZone,
}

/// What was chosen, with the formats of the user.
static CHOSEN: OnceLock<(Foreign, Vec<FormatEntry>)> = OnceLock::new();

/// The formats that are known. A tree with a manifest needs none of them, and compiling them takes
/// longer than the rest of the start.
static FORMATS: LazyLock<Formats> = LazyLock::new(|| {
    let entries = CHOSEN.get().map(|(_, entries)| entries.clone());
    // The settings have only formats that are right.
    Formats::with_entries(entries.unwrap_or_default()).unwrap_or_default()
});

impl Foreign {
    /// Sets how files are read from now on. Only the first call counts.
    pub fn choose(zone: TimeZone, entries: Vec<FormatEntry>) {
        let _ = CHOSEN.set((Self { zone }, entries));
    }

    /// Returns what was chosen, or else UTC and the built-in formats.
    pub fn chosen() -> Self {
        let chosen = CHOSEN.get().map(|(chosen, _)| chosen.clone());
        chosen.unwrap_or_default()
    }

    /// Returns the formats.
    pub(crate) fn formats() -> &'static Formats {
        &FORMATS
    }
}

impl Default for Foreign {
    fn default() -> Self {
        Self {
            zone: TimeZone::UTC,
        }
    }
}
