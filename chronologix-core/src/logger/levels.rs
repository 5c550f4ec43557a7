//! Levels that change while the logger runs.

use std::time::Duration;

use super::{Logger, nanos};
use crate::{Level, LogError};

impl Logger {
    /// From now on the stream takes records of this level and above; with `None`, all. Records
    /// without a level are taken in any case.
    ///
    /// The stream is named by its name, by its constant, or by a handle. It takes effect at once,
    /// in all threads, for `log!` and for handles. What the macro left out of the program by
    /// [`compile_min_level`](Level#three-thresholds) does not come back.
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
        level: impl Into<Option<Level>>,
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
        level: impl Into<Option<Level>>,
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
    /// # Errors
    ///
    /// As [`Logger::set_level`].
    pub fn level(&self, stream: impl AsRef<str>) -> Result<Option<Level>, LogError> {
        let index = self.running_stream(stream.as_ref())?;
        Ok(self.shared.levels.get(index))
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
