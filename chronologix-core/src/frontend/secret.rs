//! Values that no line shows.

use std::fmt;

use crate::{codec::fields::FieldValue, format::redact::HIDDEN};

/// A value that is never logged. A line has `***` in its place, whether it is an argument, a field,
/// or part of another value's `Debug`.
///
/// Only [`expose`](Secret::expose) and [`into_exposed`](Secret::into_exposed) give the value, and a
/// review can search for them.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::Secret;
///
/// #[derive(Debug)]
/// struct Login {
///     user: &'static str,
///     password: Secret<String>,
/// }
///
/// let login = Login { user: "ann", password: Secret::new("hunter2".to_owned()) };
/// assert_eq!(format!("{login:?}"), r#"Login { user: "ann", password: *** }"#);
/// assert_eq!(login.password.to_string(), "***");
/// assert_eq!(login.password.expose(), "hunter2");
/// ```
#[derive(Clone, Copy, Default)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides a value.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value.
    #[must_use]
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// Returns the value, which is no longer hidden then.
    #[must_use]
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(HIDDEN)
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(HIDDEN)
    }
}

impl<T> From<Secret<T>> for FieldValue {
    fn from(_secret: Secret<T>) -> Self {
        HIDDEN.into()
    }
}

impl<T> From<&Secret<T>> for FieldValue {
    fn from(_secret: &Secret<T>) -> Self {
        HIDDEN.into()
    }
}
