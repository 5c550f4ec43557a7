//! Replaces values of fields before they are written, as the user's redactor says.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

/// What stands for a value that must not be seen.
pub(crate) const HIDDEN: &str = "***";

/// The user's function. It gets a key and a value, and returns the text to write instead, if any.
type Replace = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

/// Is asked about each field before it becomes part of a line.
#[derive(Clone)]
pub(crate) struct Redactor(Arc<Replace>);

impl Redactor {
    pub(crate) fn new(
        replace: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(replace))
    }

    /// Returns what to write instead of a value. If the user's function panics, its answer is
    /// unknown, and the value is hidden.
    pub(crate) fn replacement(&self, key: &str, value: &str) -> Option<String> {
        catch_unwind(AssertUnwindSafe(|| (self.0)(key, value)))
            .unwrap_or_else(|_| Some(HIDDEN.to_owned()))
    }
}

impl fmt::Debug for Redactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redactor")
    }
}
