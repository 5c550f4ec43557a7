//! Values that are written as words: the error for a text that is none, and enums made of words.

use std::fmt;

/// A text that is not a value of the type it was parsed as. Its `Debug` form is its text.
///
/// ```
/// # use chronologix_schema as chronologix;
/// let error = "loud".parse::<chronologix::Level>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"unknown level "loud"; allowed: trace, debug, info, warn, error, critical"#,
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ParseError {
    what: &'static str,
    text: String,
    allowed: &'static str,
}

impl ParseError {
    /// An error for `text`, which is not a `what`.
    #[doc(hidden)]
    #[must_use]
    pub fn new(what: &'static str, text: &str, allowed: &'static str) -> Self {
        Self {
            what,
            text: text.to_owned(),
            allowed,
        }
    }

    /// Returns the text that could not be parsed.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = self.allowed;
        write!(
            f,
            "unknown {} {:?}; allowed: {allowed}",
            self.what, self.text
        )
    }
}

impl std::error::Error for ParseError {}

/// Implements `Debug` as the text, because that is what a `main` that returns the error prints.
macro_rules! debug_as_text {
    ($error:ty) => {
        impl std::fmt::Debug for $error {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }
    };
}

debug_as_text!(ParseError);

/// Defines an enum whose variants are words, with conversions from and to text. The first variant
/// is the default. The docs get an example with it, from the enum's public module.
macro_rules! words {
    (
        $(#[$doc:meta])* $module:path: $name:ident, $what:literal:
        $(#[$first_doc:meta])* $first:ident = $first_word:literal,
        $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+
    ) => {
        $(#[$doc])*
        ///
        /// ```
        #[doc = concat!("# use ", stringify!($module), " as chronologix;")]
        #[doc = concat!("use chronologix::", stringify!($name), ";")]
        ///
        #[doc = concat!("let parsed = \"", $first_word, "\".parse::<", stringify!($name), ">();")]
        #[doc = concat!("assert_eq!(parsed, Ok(", stringify!($name), "::", stringify!($first), "));")]
        /// ```
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[$first_doc])*
            #[default]
            $first,
            $($(#[$variant_doc])* $variant,)+
        }

        impl $name {
            /// Returns the word as it stands in a configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    Self::$first => $first_word,
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ParseError;

            fn from_str(text: &str) -> Result<Self, $crate::ParseError> {
                match text {
                    $first_word => Ok(Self::$first),
                    $($word => Ok(Self::$variant),)+
                    _ => {
                        let allowed = concat!($first_word $(, ", ", $word)+);
                        Err($crate::ParseError::new($what, text, allowed))
                    }
                }
            }
        }

        $crate::word::display_word!($name);
    };
}

/// Displays a type as its word, with the width that is asked for.
macro_rules! display_word {
    ($name:ty) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

pub(crate) use debug_as_text;
pub(crate) use display_word;
pub(crate) use words;
