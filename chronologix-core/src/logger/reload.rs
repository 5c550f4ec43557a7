//! Levels that follow a settings file.

use std::{sync::Arc, thread, time::Duration};

use super::Logger;
use crate::{
    ConfigError, Error, Incident,
    backend::writer::SharedState,
    config::reload::{LevelChanges, nothing_to_reload},
    worker,
};

/// How often the file is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Logger {
    /// Reads the levels of the streams and the filter from the settings file again, and nothing
    /// else. Those are set that are another one in the file than before. Blocking: it reads a file.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let path = dir.path().join("chronologix.toml");
    /// # let logs = dir.path().join("logs");
    /// # std::fs::write(&path, format!("base_log_dir = {logs:?}\n[streams.app]")).unwrap();
    /// let logger = Config::from_toml_path(&path)?.start_blocking()?;
    /// // The file is edited; then, when a signal or an operator says so:
    /// logger.reload_levels()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the logger was not configured by a file, or the file is wrong in any way. Then nothing
    /// changes.
    pub fn reload_levels(&self) -> Result<(), ConfigError> {
        let reload = self.shared.settings.reload.as_ref();
        let changes = reload.ok_or_else(nothing_to_reload)?.changes()?;
        set(self.shared.here(), &changes);
        Ok(())
    }
}

/// Has a thread look at the file as long as the logger lives, if that was asked for.
pub(super) fn watch(shared: &Arc<SharedState>) -> Result<(), Error> {
    let reload = shared.settings.reload.as_ref();
    let Some(reload) = reload.filter(|reload| reload.is_watched) else {
        return Ok(());
    };
    let (reload, logger) = (Arc::clone(reload), Arc::downgrade(shared));
    let work = move || {
        let mut watch = reload.watch();
        loop {
            thread::park_timeout(LOOK_EVERY);
            let seen = reload.look();
            let Some(logger) = logger.upgrade().filter(|logger| !logger.has_ended()) else {
                return;
            };
            if let Some(seen) = watch.settle(seen) {
                let text = seen.as_deref().map_err(Clone::clone);
                match text.and_then(|text| reload.changes_in(text)) {
                    Ok(changes) => set(&logger, &changes),
                    Err(error) => logger.error_reporter.report(Incident::Config(error)),
                }
            }
        }
    };
    let started = worker::spawn("chronologix-levels", Box::new(work)).map(drop);
    started.map_err(|error| Error::Thread(Arc::new(error)))
}

/// Sets the filter and levels of streams. A stream that came into the file after the start is none
/// of the logger's.
fn set(logger: &SharedState, changes: &LevelChanges) {
    if let Some(filter) = &changes.filter {
        logger.levels.set_filter(filter);
    }
    for (name, level) in &changes.streams {
        let mut streams = (0..).zip(logger.settings.logged_streams());
        if let Some((index, _)) = streams.find(|(_, stream)| stream.name == *name) {
            logger.levels.set(index, *level);
        }
    }
}
