//! Settings that are read: from a file, and from the environment.

pub(super) mod env;
#[cfg(feature = "toml")]
pub(super) mod toml;

use chronologix_schema::settings::{
    ConfigError, ConfigProblem, LoggerOptions, keys::NO_FILES, merge::Merged, problem::Location,
};

use super::Config;

impl Config {
    /// Returns what is wrong with the configuration if these are its options.
    fn problems_with(&self, options: &LoggerOptions) -> Vec<ConfigProblem> {
        let mut config = self.clone();
        config.options = options.clone();
        let error = config.validate().err();
        let mut problems = error.map_or(Vec::new(), |error| error.problems().to_vec());
        // The program may add a hook later.
        problems.retain(|problem| problem.key() != NO_FILES);
        problems
    }

    /// Returns the configuration with the options that were read, or what is wrong with them.
    fn with_read(mut self, read: Merged<Location>) -> Result<Self, ConfigError> {
        if let Some(error) = read.error() {
            return Err(error);
        }
        self.options = read.options;
        Ok(self)
    }
}
