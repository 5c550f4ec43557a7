//! What becomes of files that grow.

use super::{Config, ConfigProblem, amounts::ByteSize};

#[cfg(test)]
mod tests;

/// The smallest limit: some lines must fit.
const SMALLEST_LIMIT: u64 = 4 << 10;

/// What is asked for, checked.
#[derive(Clone, Debug, Default)]
pub(crate) struct UpkeepSettings {
    /// In bytes.
    pub(crate) max_file_size: Option<u64>,
}

impl Config {
    /// How large a file may become, 4 KiB at least: `100MiB`, or a number of bytes. Default: as large as it likes.
    ///
    /// The next line goes to `app.1.log` then, in the same folder, and so on up to `app.9999.log`, which grows. Nothing is renamed, and no line is
    /// split: one that is longer than this has a file to itself. The full file is synced when it is left.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().max_file_size("100MiB").validate()?;
    /// assert!(Config::new().max_file_size(100).validate().is_err());
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn max_file_size<S>(mut self, size: S) -> Self
    where
        S: TryInto<ByteSize>,
        S::Error: Into<ConfigProblem>,
    {
        match size.try_into() {
            Ok(size) => self.upkeep.max_file_size = Some(size.bytes()),
            Err(error) => self.problems.push(error.into().at("max_file_size")),
        }
        self
    }

    pub(super) fn check_upkeep(&self, problems: &mut Vec<ConfigProblem>) -> UpkeepSettings {
        if let Some(size) = self
            .upkeep
            .max_file_size
            .filter(|size| *size < SMALLEST_LIMIT)
        {
            let value = size.to_string();
            let why = format!("{value} bytes; allowed: {SMALLEST_LIMIT} (4KiB) or more");
            problems.push(ConfigProblem::new("max_file_size", &value, &why));
        }
        self.upkeep.clone()
    }
}
