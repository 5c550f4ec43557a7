//! Loggers and handles whose records carry fields.

use super::Logger;
use crate::{Fields, StreamHandle, frontend::context::Context};

impl Logger {
    /// The same logger, but whatever is logged by [handles](Logger::stream) asked of this one carries the fields: in a text line behind the
    /// message, in JSON as members. A child's own child has the fields of both.
    ///
    /// `log!` names a stream and no logger: for its records there is [`in_context`](crate::in_context).
    ///
    /// ```
    /// # use chronologix_core::{Config, Fields};
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let request = logger.with(Fields::new().with("request", 17).with("user", "ann"));
    /// request.stream("all")?.log(format_args!("begins")).wait(); // begins request=17 user=ann
    /// # logger.stop_blocking()?;
    /// # let lines = std::fs::read_to_string(dir.path().join("current/all.log")).unwrap();
    /// # assert!(lines.ends_with("] begins request=17 user=ann\n"), "{lines}");
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn with(&self, fields: impl Into<Fields>) -> Self {
        let context = Context::new(fields.into()).before(self.context.as_ref());
        Self {
            context: Some(context),
            ..self.clone()
        }
    }
}

impl StreamHandle {
    /// The same stream, but whatever is logged by this handle carries the fields. See [`Logger::with`].
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// # let dir = tempfile::tempdir().unwrap();
    /// # let logger = Config::new().base_log_dir(dir.path()).start_blocking()?;
    /// let requests = logger.stream("all")?;
    /// let request = requests.with([("request", 17)]);
    /// request.log(format_args!("begins")).wait(); // begins request=17
    /// # logger.stop_blocking()?;
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    #[must_use]
    pub fn with(&self, fields: impl Into<Fields>) -> Self {
        let context = Context::new(fields.into()).before(self.context());
        self.clone().carrying(Some(context))
    }
}
