//! How closed folders are compressed: the format, and how hard.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use super::options::Compression;
use crate::ParseError;

#[cfg(test)]
mod tests;

/// The value of the setting `compress`: a format, and its level, if it is not the default.
///
/// ```
/// # mod chronologix {
/// #     pub use chronologix_schema::settings::{CompressionSetting, options::Compression};
/// # }
/// use chronologix::{Compression, CompressionSetting};
///
/// let parsed: CompressionSetting = "zst:19".parse()?;
/// assert_eq!(parsed, Compression::Zst.level(19));
/// assert_eq!(parsed.compression(), Compression::Zst);
/// assert_eq!(CompressionSetting::from(Compression::Gz).level(), 6);
///
/// let error = "gz:19".parse::<CompressionSetting>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"unknown compression level "gz:19"; allowed: gz:1 to gz:9"#,
/// );
/// # Ok::<(), chronologix_schema::ParseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CompressionSetting {
    compression: Compression,
    /// `None`: the default of the format.
    level: Option<u8>,
}

/// The levels of zstd. Above 19 it takes as much memory as its frames allow.
const ZSTD_LEVELS: RangeInclusive<u8> = 1..=22;

/// The levels of deflate. Its level 0 stores and does not compress.
const DEFLATE_LEVELS: RangeInclusive<u8> = 1..=9;

/// What is allowed where the format is not known.
const ALLOWED: &str = "zst, gz, tar.zst, tar.gz, zip, also with a level, such as zst:19";

impl Compression {
    /// Returns this format with a level: 1 to 22 with zstd, 1 to 9 with gzip and zip. A higher
    /// level makes smaller archives in more time.
    ///
    /// A level that the format does not have is a problem of the configuration.
    ///
    /// ```
    /// # use chronologix_schema::settings::options as chronologix;
    /// use chronologix::Compression;
    ///
    /// assert_eq!(Compression::Zst.level(19).to_string(), "zst:19");
    /// ```
    #[must_use]
    pub const fn level(self, level: u8) -> CompressionSetting {
        CompressionSetting {
            compression: self,
            level: Some(level),
        }
    }

    /// Returns the levels that there are, in words.
    const fn levels(self) -> (RangeInclusive<u8>, &'static str) {
        match self {
            Self::Zst => (ZSTD_LEVELS, "zst:1 to zst:22"),
            Self::TarZst => (ZSTD_LEVELS, "tar.zst:1 to tar.zst:22"),
            Self::Gz => (DEFLATE_LEVELS, "gz:1 to gz:9"),
            Self::TarGz => (DEFLATE_LEVELS, "tar.gz:1 to tar.gz:9"),
            Self::Zip => (DEFLATE_LEVELS, "zip:1 to zip:9"),
        }
    }
}

impl CompressionSetting {
    /// Returns the format.
    #[must_use]
    pub const fn compression(self) -> Compression {
        self.compression
    }

    /// Returns the level. The default is 3 with zstd and 6 with gzip and zip.
    #[must_use]
    pub const fn level(self) -> u8 {
        match (self.level, self.compression) {
            (Some(level), _) => level,
            (None, Compression::Zst | Compression::TarZst) => 3,
            (None, _) => 6,
        }
    }

    /// Checks that the format has this level.
    ///
    /// # Errors
    ///
    /// If it has not, with the levels that it has.
    pub fn check(self) -> Result<Self, ParseError> {
        if self.compression.levels().0.contains(&self.level()) {
            Ok(self)
        } else {
            Err(self.compression.unknown_level(&self.to_string()))
        }
    }
}

impl Compression {
    fn unknown_level(self, text: &str) -> ParseError {
        ParseError::new("compression level", text, self.levels().1)
    }
}

impl From<Compression> for CompressionSetting {
    fn from(compression: Compression) -> Self {
        Self {
            compression,
            level: None,
        }
    }
}

impl FromStr for CompressionSetting {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        let (format, level) = match text.split_once(':') {
            Some((format, level)) => (format, Some(level)),
            None => (text, None),
        };
        let unknown = |_| ParseError::new("compression", text, ALLOWED);
        let compression: Compression = format.parse().map_err(unknown)?;
        let Some(level) = level else {
            return Ok(compression.into());
        };
        let parsed = level.parse().map(|level| compression.level(level));
        match parsed {
            // std would take a plus sign and zeros in front as well.
            Ok(parsed) if parsed.to_string() == text => parsed.check(),
            _ => Err(compression.unknown_level(text)),
        }
    }
}

impl fmt::Display for CompressionSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            None => self.compression.fmt(f),
            Some(level) => write!(f, "{}:{level}", self.compression),
        }
    }
}
