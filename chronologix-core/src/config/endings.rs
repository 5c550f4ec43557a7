//! Setters for how a logger ends, and for whom it tells when the disk refuses.

use std::time::Duration;

use super::Config;
use crate::{Error, error_reporter::Handler};

impl Config {
    /// How long the end of a logger goes on trying to write what is queued when the disk refuses: [`Logger::stop`](crate::Logger::stop),
    /// the last handle dropped, the end of the process. What could not be written is told on stderr. Default: 5 s.
    ///
    /// As long as the disk takes the lines, [`Logger::stop`](crate::Logger::stop) takes as long as it takes. The end of the process and the drop of
    /// the last handle take no longer than this in any case.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use std::time::Duration;
    ///
    /// let config = Config::new().exit_timeout(Duration::from_secs(2));
    /// ```
    pub fn exit_timeout(mut self, timeout: Duration) -> Self {
        self.exit_timeout = timeout;
        self
    }

    /// Whether signals that end the process let the writer drain first, for [`exit_timeout`](Config::exit_timeout) at most: SIGTERM, SIGINT,
    /// SIGHUP and SIGQUIT, and those of a crash: SIGABRT, SIGSEGV, SIGBUS, SIGILL and SIGFPE. Then the process ends as it would have without
    /// this, by the same signal. Default: `false`.
    ///
    /// It is for programs that do not handle these signals themselves; those that do, stop the logger in their own way. The handlers that
    /// are there when the logger starts are called after the draining, and the logger goes on, for they may let the process live. Where there are
    /// none, what is logged from then on is refused with [`LogError::Stopped`](crate::LogError::Stopped). A signal that is ignored stays ignored.
    /// Unix only.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().flush_on_signals(true);
    /// ```
    pub fn flush_on_signals(mut self, flush: bool) -> Self {
        self.flush_on_signals = flush;
        self
    }

    /// Is called when the disk refuses, instead of a line on stderr: with each kind of failure once, until it has gone well again.
    ///
    /// It runs on a thread of its own, so that it may take its time, and log; the logger goes on meanwhile, with what it can do. A panic in it
    /// is caught. A stop gives it a second for what it is told last, also if it is the handler itself that stops the logger. How often the disk refused is counted by [`Stats::disk_errors`](crate::Stats::disk_errors).
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().on_error(|error| {
    ///     // Page somebody: "cannot write to logs/2025-05-04/app.log".
    ///     let _text = error.to_string();
    /// });
    /// ```
    pub fn on_error(mut self, handler: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.on_error = Some(Handler::new(handler));
        self
    }
}
