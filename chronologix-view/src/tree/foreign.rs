//! How files of other loggers are read: the same for the whole program, set at its start.

use std::{
    fmt,
    sync::{LazyLock, OnceLock},
};

use chronologix_schema::layout::TimeZone;

use crate::formats::Formats;

/// How files of other loggers are read.
#[derive(Clone)]
pub(crate) struct Foreign {
    /// The formats that are known. A tree with a manifest needs none of them, and compiling them
    /// takes longer than the rest of the start.
    formats: &'static LazyLock<Formats, Compile>,
    /// The zone of timestamps without an offset.
    pub(crate) zone: TimeZone,
}

/// Compiles the formats.
type Compile = Box<dyn FnOnce() -> Formats + Send>;

static CHOSEN: OnceLock<Foreign> = OnceLock::new();

static BUILT_IN: LazyLock<LazyLock<Formats, Compile>> =
    LazyLock::new(|| LazyLock::new(Box::new(Formats::default)));

impl Foreign {
    /// Sets how files are read from now on. Only the first call counts.
    pub(crate) fn choose(compile: impl FnOnce() -> Formats + Send + 'static, zone: TimeZone) {
        let compile: Compile = Box::new(compile);
        // A format is named by every line that has it, for as long as the program runs.
        let formats = Box::leak(Box::new(LazyLock::new(compile)));
        let _ = CHOSEN.set(Self { formats, zone });
    }

    /// Returns what was chosen, or else the built-in formats in UTC.
    pub(crate) fn chosen() -> Self {
        CHOSEN.get().cloned().unwrap_or_default()
    }

    /// Returns the formats.
    pub(crate) fn formats(&self) -> &'static Formats {
        self.formats
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

impl fmt::Debug for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut foreign = f.debug_struct("Foreign");
        foreign.field("zone", &self.zone).finish_non_exhaustive()
    }
}
