//! Levels that change while the logger runs.

use std::time::Duration;

use chronologix_schema::settings::filter::Filter;

use super::{Logger, nanos};
use crate::{ConfigError, Error, Level, LevelFilter, LogError, config::value_of};

impl Logger {
    /// From now on the stream takes records of this level and above; with `None`, all, and with
    /// [`LevelFilter::Off`] none. Records without a level are taken unless it is off.
    ///
    /// The stream is named by its name, by its constant, or by a handle. It takes effect at once,
    /// in all threads, for `log!` and for handles. What the macro left out of the program by
    /// [`compile_min_level`](crate::Level#three-thresholds) does not come back. What the
    /// [filter](crate::Config::filter) says of the stream no longer counts. What it says of modules
    /// does.
    ///
    /// ```
    /// # use chronologix_core::{Config, Level};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.set_level("errors", Level::Error)?;
    /// assert_eq!(logger.level("errors")?, Some(Level::Error));
    /// logger.set_level("errors", None)?;
    /// // To look into a problem: five minutes of everything.
    /// logger.set_level_for("errors", Level::Trace, std::time::Duration::from_secs(5 * 60))?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`LogError::UnknownStream`], which lists the names there are; [`LogError::Stopped`].
    pub fn set_level(
        &self,
        stream: impl AsRef<str>,
        level: impl Into<LevelFilter>,
    ) -> Result<(), LogError> {
        let index = self.running_stream(stream.as_ref())?;
        self.shared.levels.set(index, level.into());
        Ok(())
    }

    /// As [`Logger::set_level`], for a time: after `duration` the level that was there before
    /// counts again, by itself.
    ///
    /// Another `set_level_for` meanwhile takes its place, with a time of its own; a `set_level`
    /// ends it. In a forked child a time that began in the parent goes on, and ends once the child
    /// has a writer: that begins with its first record that is taken.
    ///
    /// # Errors
    ///
    /// As [`Logger::set_level`].
    pub fn set_level_for(
        &self,
        stream: impl AsRef<str>,
        level: impl Into<LevelFilter>,
        duration: Duration,
    ) -> Result<(), LogError> {
        let index = self.running_stream(stream.as_ref())?;
        let shared = self.shared.here();
        let channel = &shared.queues.channel;
        let until = channel.clock.read().mono.saturating_add(nanos(duration));
        shared.levels.set_until(index, level.into(), until);
        channel.parker.unpark_now();
        Ok(())
    }

    /// The lowest level the stream takes now; `None` if it takes all.
    ///
    /// A stream that is off has the highest level here: see [`Logger::level_filter`].
    ///
    /// # Errors
    ///
    /// As [`Logger::set_level`].
    pub fn level(&self, stream: impl AsRef<str>) -> Result<Option<Level>, LogError> {
        Ok(match self.level_filter(stream)? {
            LevelFilter::All => None,
            LevelFilter::From(level) => Some(level),
            LevelFilter::Off => Some(Level::Critical),
        })
    }

    /// Which records the stream takes now, of modules of which the filter says nothing.
    ///
    /// ```
    /// # use chronologix_core::{Config, LevelFilter};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.set_level("errors", LevelFilter::Off)?;
    /// assert_eq!(logger.level_filter("errors")?, LevelFilter::Off);
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Logger::set_level`].
    pub fn level_filter(&self, stream: impl AsRef<str>) -> Result<LevelFilter, LogError> {
        let index = self.running_stream(stream.as_ref())?;
        Ok(self.shared.levels.get(index))
    }

    /// Sets the [filter](crate::Config::filter) that counts from now on, in place of the one there
    /// was. Levels that were set for a time stay until they end.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// logger.set_filter("warn,shop::db=debug")?;
    /// // The levels of the configuration count again:
    /// logger.set_filter("")?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if the text is no filter. Then nothing changes.
    /// [`LogError::Stopped`] as an [`Error::Log`].
    pub fn set_filter(&self, filter: &str) -> Result<(), Error> {
        let mut problems = Vec::new();
        let parsed = value_of::<Filter>("filter", filter, &mut problems)
            .ok_or_else(|| Error::Config(ConfigError::new(problems)))?;
        if self.shared.here().has_ended() {
            return Err(Error::Log(LogError::Stopped));
        }
        self.shared.levels.set_filter(&parsed);
        Ok(())
    }

    /// The index of a stream, if the logger runs.
    fn running_stream(&self, name: &str) -> Result<u16, LogError> {
        let index = self.index_of(name)?;
        if self.shared.here().has_ended() {
            return Err(LogError::Stopped);
        }
        Ok(index)
    }
}
