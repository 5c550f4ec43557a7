//! What awaiting a record gives.

use crate::LogError;

/// The answer to an awaited record. Free to ignore; [`Receipt::ok`] is for those who care.
///
/// ```
/// # use chronologix_core::{Config, Interval};
/// # let dir = tempfile::tempdir().unwrap();
/// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
/// let receipt = logger.stream("all")?.log(format_args!("ready")).wait();
/// receipt.ok()?;
/// # logger.stop_blocking()?;
/// # Ok::<(), chronologix_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Receipt(Result<(), LogError>);

impl Receipt {
    #[inline]
    pub(crate) fn new(outcome: Result<(), LogError>) -> Self {
        Self(outcome)
    }

    /// Whether the durability of the record's stream was met. Also `Ok` for a record that the stream's level filtered out.
    ///
    /// # Errors
    ///
    /// [`LogError::NotStarted`] and [`LogError::Stopped`] if there was no running logger, [`LogError::Dropped`] if
    /// there was no room and the stream drops, [`LogError::Failed`] if the record could not be written or synced.
    pub fn ok(self) -> Result<(), LogError> {
        self.0
    }

    /// Whether [`Receipt::ok`] would give `Ok`.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.0.is_ok()
    }
}
