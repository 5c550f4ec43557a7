//! What setters take: a value, or the text of one.

use std::time::Duration;

use chronologix_schema::{
    layout::LineTemplate,
    settings::{ConfigProblem, filter::Filter, options::EchoTarget, quantity::parse_duration},
};

use crate::{
    ByteSize, Compression, CompressionSetting, Durability, Echo, Format, Interval, Level,
    LevelFilter, Location, Multiline, Overflow, ParseError, RetainAfter, Retention,
};

/// A value of a setting, or its text as it stands in a settings file.
///
/// Setters take the type of their setting as well as `&str` and `String`:
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Config, Interval};
///
/// Config::new().interval(Interval::Minute15).validate()?;
/// Config::new().interval("15m").validate()?;
/// # Ok::<(), chronologix::ConfigError>(())
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

/// Returns the value that a setter was given. A text that means nothing is added to the problems.
pub(crate) fn value_of<T>(
    key: &str,
    value: impl IntoSetting<T>,
    problems: &mut Vec<ConfigProblem>,
) -> Option<T> {
    let add = |error: ParseError| {
        problems.push(ConfigProblem::new(key, error.text(), error.to_string()));
    };
    value.into_setting().map_err(add).ok()
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
    ($($name:ident = $parse:expr),+ $(,)?) => {
        $(impl Setting for $name {
            fn parse(text: &str) -> Result<Self, ParseError> {
                $parse(text)
            }
        })+
    };
}

settings! {
    ByteSize = str::parse,
    CompressionSetting = str::parse,
    RetainAfter = str::parse,
    Duration = parse_duration,
    Durability = str::parse,
    Filter = str::parse,
    Echo = |text: &str| text.parse::<EchoTarget>().map(Echo::from),
    Format = str::parse,
    Interval = str::parse,
    Level = str::parse,
    LevelFilter = str::parse,
    LineTemplate = str::parse,
    Location = str::parse,
    Multiline = str::parse,
    Overflow = str::parse,
    Retention = str::parse,
}

/// Values of another type, and what each becomes.
macro_rules! also_taken {
    ($name:ident: $($other:ty),+ => $convert:expr) => {
        $(impl IntoSetting<$name> for $other {
            fn into_setting(self) -> Result<$name, ParseError> {
                $convert(self)
            }
        })+
    };
}

also_taken!(LevelFilter: Level, Option<Level> => |level| Ok(LevelFilter::from(level)));
also_taken!(CompressionSetting: Compression => |it| Ok(CompressionSetting::from(it)));
also_taken!(Retention: Duration, ByteSize => |value| Ok(Retention::from(value)));
also_taken!(Retention: i32, i64, u32, u64, usize => |number: Self| number.to_string().parse());
also_taken!(ByteSize: i32, i64, u32, u64, usize => |number: Self| number.to_string().parse());
