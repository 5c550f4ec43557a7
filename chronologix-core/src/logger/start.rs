//! Starting a logger.

use std::future::Future;

use crate::{Config, Error, Logger, fs::os::OsFs, queue::block_on::block_on};

impl Config {
    /// Starts the logger: creates the folders and files, and the writer thread.
    ///
    /// Only the writer thread touches the disk, so no executor is blocked.
    ///
    /// # Errors
    ///
    /// [`Error::Config`] if a setting is wrong or the base directory cannot be used. Nothing is left
    /// on disk then. [`Error::AlreadyStarted`] if a logger is running these declared streams.
    ///
    /// # Cancel safety
    ///
    /// If the future is dropped before it is ready, no logger stays behind.
    pub fn start(self) -> impl Future<Output = Result<Logger, Error>> + Send {
        super::start_on(self, Box::new(OsFs))
    }

    /// As [`Config::start`], blocking, for code outside async.
    ///
    /// # Errors
    ///
    /// As [`Config::start`].
    pub fn start_blocking(self) -> Result<Logger, Error> {
        block_on(self.start())
    }
}
