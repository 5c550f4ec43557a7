//! The settings of seals.

use std::path::PathBuf;

#[cfg(feature = "seal")]
use chronologix_schema::layout::parse_private_key;
use chronologix_schema::settings::{ConfigProblem, LoggerOptions};

use super::{Config, settings::SealSettings};
#[cfg(feature = "seal")]
use super::{settings::SealKey, validate::absolute};
#[cfg(feature = "seal")]
use crate::fs::os::read_settings;

impl Config {
    /// Seals each folder a minute after it was closed, and those in use at the end of the logger.
    /// Default: no seals. Needs the feature `seal`.
    ///
    /// The file `.sums` in a sealed folder has the size and the BLAKE3 hash of each log, and of
    /// each 64 KiB of it. `.chronologix.seals` in the base directory has a line for each seal, with
    /// the hash of the line before. `chronologix-view --verify` then names each folder, file and
    /// range of lines that was changed, and so does `verify` of `chronologix-reader`.
    ///
    /// Late records, and those of a later start in the same interval, are sealed in addition. A
    /// folder is not compressed before it is sealed, and stays verifiable afterwards. That
    /// retention removes a folder is an entry of its own. All loggers that share a tree should have
    /// the same setting. The thread that [`Config::retain`] describes does this.
    ///
    /// Without [`Config::seal_key`], a user who may write to the tree can make all seals anew.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().seal(true);
    /// # #[cfg(feature = "seal")]
    /// config.validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn seal(mut self, seal: bool) -> Self {
        self.options.seal = seal;
        self
    }

    /// Signs each seal with the Ed25519 key in this file: PEM, as
    /// `openssl genpkey -algorithm ed25519` writes it. Default: seals are not signed.
    ///
    /// The file is read when the configuration is checked, at the start. `~` is the home directory.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let error = Config::new().seal_key("/etc/my_service/seal.pem").validate().unwrap_err();
    /// assert!(error.to_string().contains("add `seal = true`"));
    /// ```
    pub fn seal_key(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.seal_key = Some(path.into());
        self
    }
}

/// Reads the key, if there is one.
#[cfg(feature = "seal")]
pub(super) fn check(
    options: &LoggerOptions,
    problems: &mut Vec<ConfigProblem>,
) -> Option<SealSettings> {
    if !options.seal {
        return None;
    }
    let key = options.seal_key.as_ref().and_then(|path| {
        let path = absolute("seal_key", path, problems);
        let read = read_settings(&path).map_err(|error| format!("cannot be read: {error}"));
        let key = read.and_then(|text| parse_private_key(&text));
        let add = |why| problems.push(ConfigProblem::new("seal_key", path.to_string_lossy(), why));
        key.map_err(add).ok().map(SealKey)
    });
    Some(SealSettings { key })
}

/// Refuses seals.
#[cfg(not(feature = "seal"))]
pub(super) fn check(
    options: &LoggerOptions,
    problems: &mut Vec<ConfigProblem>,
) -> Option<SealSettings> {
    if options.seal {
        let why = "sealing is not built in; enable it in Cargo.toml: \
                   chronologix = { version = \"…\", features = [\"seal\"] }";
        problems.push(ConfigProblem::new("seal", "true", why));
    }
    None
}
