//! Setters for what gets a record besides its files, and their rules.

use super::{Config, ConfigProblem, StreamSettings};
use crate::{Echo, Hook, sinks::SinkSettings};

impl Config {
    /// Shows lines on the terminal as well: an [`Echo`], or one of `stdout`, `stderr`, `split` and `off`. Default: nothing is shown.
    ///
    /// A line is that of the record's own stream, as it stands in the file, once however many mirrors there are: nothing that was logged
    /// reaches the terminal as a control character. On a terminal it has the colour of its level; `NO_COLOR` and `CLICOLOR_FORCE` are
    /// heeded.
    ///
    /// A terminal or pipe that stands still delays nothing: the echo has a thread and a queue of its own, and lines that find it full are left
    /// out there. Once it flows again, a line says how many; [`Stats::echo_dropped`](crate::Stats::echo_dropped) counts them. The end of a
    /// logger waits for the echo, but for a second at most.
    ///
    /// In a program of `cargo test`, lines are printed in such a way that the harness shows them with the test that has started the logger,
    /// if it fails.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use chronologix_core::{Echo, Level};
    ///
    /// Config::new().echo("stderr").validate()?;
    /// Config::new().echo(Echo::stdout().min_level(Level::Info)).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn echo<E>(mut self, echo: E) -> Self
    where
        E: TryInto<Echo>,
        E::Error: Into<ConfigProblem>,
    {
        match echo.try_into() {
            Ok(echo) => self.echo = Some(echo),
            Err(error) => self.problems.push(error.into().at("echo")),
        }
        self
    }

    /// Has a [`Hook`] called with records. Each has a name of its own.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use chronologix_core::{Hook, Level};
    ///
    /// let hook = Hook::new("count", |record| async move {
    ///     // Add to a counter of `record.stream()`.
    /// });
    /// Config::new().hook(hook.min_level(Level::Warn)).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn hook(mut self, hook: Hook) -> Self {
        self.hooks.push(hook);
        self
    }

    /// Looks up the streams of all sinks.
    pub(super) fn resolve_sinks(
        &self,
        streams: &[StreamSettings],
        problems: &mut Vec<ConfigProblem>,
    ) -> SinkSettings {
        let known = streams.iter().map(|stream| stream.name.as_str());
        let known = known.collect::<Vec<_>>();
        let mut settings = SinkSettings::default();
        let echo = self.echo.as_ref().filter(|echo| !echo.is_off());
        match echo.map(|echo| echo.resolve(&known)) {
            None => {}
            Some(Ok(echo)) => settings.echo = Some(echo),
            Some(Err(unknown)) => {
                let unknown = unknown.iter();
                problems.extend(
                    unknown.map(|name| ConfigProblem::unknown_stream("echo.streams", name, &known)),
                );
            }
        }
        for (at, hook) in self.hooks.iter().enumerate() {
            let name = hook.name();
            if self.hooks[..at].iter().any(|other| other.name() == name) {
                let why = format!("there are two hooks of the name {name:?}; each has its own");
                problems.push(ConfigProblem::new("hooks", name, &why));
            }
            if !hook.has_room() {
                let key = format!("hooks.{name}.queue");
                problems.push(ConfigProblem::new(
                    &key,
                    "0",
                    "0 records; allowed: 1 and more",
                ));
            }
            match hook.resolve(&known) {
                Ok(hook) => settings.hooks.push(hook),
                Err(unknown) => {
                    let key = format!("hooks.{name}.streams");
                    let unknown = unknown.iter();
                    problems.extend(
                        unknown.map(|name| ConfigProblem::unknown_stream(&key, name, &known)),
                    );
                }
            }
        }
        settings
    }
}
