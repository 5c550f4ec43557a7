//! Settings from a TOML file.

use std::{io, path::Path, sync::Arc};

use chronologix_schema::settings::{ConfigError, ConfigProblem, document, problem::Location};

use crate::{Config, fs::os::read_settings};

impl Config {
    /// Reads a configuration from a TOML file. Keys have the names of the setters. What the file
    /// does not name keeps its default.
    ///
    /// A relative path begins at the working directory, and `~` is not special.
    ///
    /// ```no_run
    /// # use chronologix_core::Config;
    /// let config = Config::from_toml_path("chronologix.toml")?.reload_levels(true);
    /// let logger = config.start_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the file cannot be read, and for everything that is wrong in it, all at once, each with
    /// file, line, column, key, and what is allowed. Nothing is created on disk.
    pub fn from_toml_path(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::new().with_toml_path(path)
    }

    /// As [`Config::from_toml_path`], from a text.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::from_toml_str(
    ///     r#"
    ///     interval = "1h"
    ///     [streams.app]
    ///     [streams.errors]
    ///     mirror = "app"
    ///     format = "json"
    ///     "#,
    /// )?;
    ///
    /// let error = Config::from_toml_str("intervall = '1h'").unwrap_err();
    /// let problem = &error.problems()[0];
    /// assert_eq!(problem.key(), "intervall");
    /// assert_eq!((problem.line(), problem.column()), (Some(1), Some(1)));
    /// assert!(problem.to_string().contains("did you mean interval?"));
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Config::from_toml_path`].
    pub fn from_toml_str(text: &str) -> Result<Self, ConfigError> {
        Self::new().with_toml_str(text)
    }

    /// Reads a TOML file on top of the settings given so far, such as the streams that a program
    /// declares.
    ///
    /// A key of the file replaces that setting. A table `[streams.app]` changes those options of
    /// the stream `app` that it names, or adds the stream. `mirror_map` replaces all mirrors, a
    /// stream's `mirror` those of this stream, and `retain` all of its rules.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let text = "[streams.audit]\ndurability = 'synced'\nmirror = 'app'";
    /// let config = Config::new().streams(["app", "audit"]).with_toml_str(text)?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Config::from_toml_path`], and for what is wrong with the settings given so far.
    pub fn with_toml_path(self, path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        let path = path.as_ref();
        let text = text_of(path, path)?;
        let config = self.clone().with_toml(&text, Some(path.into()))?;
        Ok(config.read_from(self, path, text))
    }

    /// As [`Config::with_toml_path`], from a text.
    ///
    /// # Errors
    ///
    /// As [`Config::with_toml_path`].
    pub fn with_toml_str(self, text: &str) -> Result<Self, ConfigError> {
        self.with_toml(text, None)
    }

    /// Reads a text, which may be that of a file, on top of the settings given so far.
    pub(in crate::config) fn with_toml(
        self,
        text: &str,
        file: Option<Arc<Path>>,
    ) -> Result<Self, ConfigError> {
        let check = |options: &_| self.problems_with(options);
        let read = document::read(text, file, self.options.clone(), check)?;
        self.with_read(read)
    }
}

/// Reads a settings file. `name` is its path for messages.
pub(in crate::config) fn text_of(path: &Path, name: &Path) -> Result<String, ConfigError> {
    read_settings(path).map_err(|error| {
        let why = match error.kind() {
            io::ErrorKind::InvalidInput => "it is not a regular file".to_owned(),
            io::ErrorKind::InvalidData => "it is not UTF-8, or larger than 1 MiB".to_owned(),
            _ => error.to_string(),
        };
        let why = format!("cannot read the settings file: {why}");
        let problem = ConfigProblem::new("", name.display().to_string(), why);
        ConfigError::new(vec![problem.located(Some(Location::File(name.into())))])
    })
}

#[cfg(test)]
mod tests;
