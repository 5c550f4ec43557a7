//! Values of fields that the user replaces before they are written.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use crate::frontend::secret::HIDDEN;

/// The user's function: key and value, and the text that is written instead, if any.
type Replace = dyn Fn(&str, &str) -> Option<String> + Send + Sync;

/// Looks at each field before it becomes part of a line.
#[derive(Clone)]
pub(crate) struct Redactor(Arc<Replace>);

impl Redactor {
    pub(crate) fn new(
        replace: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(replace))
    }

    /// What is written instead of the value. If the user's function panics, what it would have said is not known, so the value is hidden.
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
