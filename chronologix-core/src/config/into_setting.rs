//! What setters take: a value, or the text of one.

use std::time::Duration;

use chronologix_schema::settings::{options::EchoTarget, quantity::parse_duration};

use crate::{
    ByteSize, Compression, Durability, Echo, Format, Interval, Level, Multiline, Overflow,
    ParseError, Retention,
};

/// A value of a setting, or its text as it stands in a settings file.
///
/// Setters take the type of their setting as well as `&str` and `String`:
///
/// ```
/// use chronologix_core::{Config, Interval};
///
/// Config::new().interval(Interval::Minute15).validate()?;
/// Config::new().interval("15m").validate()?;
/// # Ok::<(), chronologix_core::ConfigError>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a setting of type `{T}`",
    label = "expected `{T}` or its text"
)]
pub trait IntoSetting<T> {
    /// Returns the value.
    ///
    /// # Errors
    ///
    /// If it is a text, and not one of a value.
    #[doc(hidden)]
    fn into_setting(self) -> Result<T, ParseError>;
}

/// The type of a setting.
pub trait Setting: Sized {
    /// Parses a text.
    fn parse(text: &str) -> Result<Self, ParseError>;
}

impl<T: Setting> IntoSetting<T> for T {
    fn into_setting(self) -> Result<T, ParseError> {
        Ok(self)
    }
}

impl<T: Setting> IntoSetting<T> for &str {
    fn into_setting(self) -> Result<T, ParseError> {
        T::parse(self)
    }
}

impl<T: Setting> IntoSetting<T> for String {
    fn into_setting(self) -> Result<T, ParseError> {
        T::parse(&self)
    }
}

macro_rules! settings {
    ($($name:ident),+) => {
        $(impl Setting for $name {
            fn parse(text: &str) -> Result<Self, ParseError> {
                text.parse()
            }
        })+
    };
}

settings!(
    ByteSize,
    Compression,
    Durability,
    Format,
    Interval,
    Level,
    Multiline,
    Overflow,
    Retention
);

impl Setting for Duration {
    fn parse(text: &str) -> Result<Self, ParseError> {
        parse_duration(text)
    }
}

impl Setting for Echo {
    fn parse(text: &str) -> Result<Self, ParseError> {
        text.parse::<EchoTarget>().map(Self::from)
    }
}

impl IntoSetting<Retention> for Duration {
    fn into_setting(self) -> Result<Retention, ParseError> {
        Ok(self.into())
    }
}

impl IntoSetting<Retention> for ByteSize {
    fn into_setting(self) -> Result<Retention, ParseError> {
        Ok(self.into())
    }
}

/// Plain numbers, of any type.
macro_rules! numbers {
    ($name:ident: $($number:ty),+) => {
        $(impl IntoSetting<$name> for $number {
            fn into_setting(self) -> Result<$name, ParseError> {
                self.to_string().parse()
            }
        })+
    };
}

numbers!(ByteSize: i32, i64, u32, u64, usize);
numbers!(Retention: i32, i64, u32, u64, usize);
