//! Setters for what becomes of fields.

use super::Config;
use crate::format::redact::Redactor;

impl Config {
    /// Looks at each field, with its key and its value as text, before it becomes part of a line; what it gives is written instead, as text.
    /// With `None` the value stays as it is, with its type.
    ///
    /// It sees the fields of records, of contexts and of child loggers, on the writer's thread; whatever is made of a line, its stream's file and
    /// the mirrors, gets what it gave. Messages it does not see: a value that no message may show is a [`Secret`](crate::Secret). All
    /// lines wait for it, so it should be quick, and it must not wait for a record. If it panics, the value is written as `***`.
    ///
    /// ```
    /// # use chronologix_core::{Config, Fields};
    /// # let dir = tempfile::tempdir().unwrap();
    /// let logger = Config::new()
    ///     .base_log_dir(dir.path())
    ///     .redact(|key, value| match key {
    ///         "password" => Some("***".to_owned()),
    ///         "card" => Some(format!("…{}", &value[value.len() - 4..])),
    ///         _ => None,
    ///     })
    ///     .start_blocking()?;
    /// let order = logger.with(Fields::new().with("card", "4000123412341234").with("order", 17));
    /// order.stream("all")?.log(format_args!("paid")).wait(); // paid card=…1234 order=17
    /// logger.stop_blocking()?;
    /// # let lines = std::fs::read_to_string(dir.path().join("current/all.log")).unwrap();
    /// # assert!(lines.ends_with("] paid card=…1234 order=17\n"), "{lines}");
    /// # Ok::<(), chronologix_core::Error>(())
    /// ```
    pub fn redact(
        mut self,
        replace: impl Fn(&str, &str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.redactor = Some(Redactor::new(replace));
        self
    }
}
