//! Setters for streams and mirrors.

use super::{Config, ConfigProblem, StreamConfig};

impl Config {
    /// Adds a stream: a name, or a [`StreamConfig`].
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// use chronologix_core::StreamConfig;
    ///
    /// let audit = StreamConfig::new("audit").format("json");
    /// Config::new().stream("app").stream(audit).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn stream(mut self, stream: impl Into<StreamConfig>) -> Self {
        self.streams.get_or_insert_default().push(stream.into());
        self
    }

    /// Sets all streams at once.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().streams(["app", "audit"]).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn streams<S: Into<StreamConfig>>(mut self, streams: impl IntoIterator<Item = S>) -> Self {
        self.streams = Some(streams.into_iter().map(Into::into).collect());
        self
    }

    /// Changes the options of one of the streams given so far.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().stream("audit").configure("audit", |audit| audit.durability("synced"));
    /// # config.validate().unwrap();
    /// ```
    pub fn configure(
        mut self,
        stream: &str,
        change: impl FnOnce(StreamConfig) -> StreamConfig,
    ) -> Self {
        let streams = self.known_streams();
        if let Some(at) = streams.iter().position(|known| known.name == stream) {
            streams[at] = change(streams[at].clone());
        } else {
            let known = streams
                .iter()
                .map(|stream| stream.name.as_str())
                .collect::<Vec<_>>();
            let problem = ConfigProblem::unknown_stream("streams", stream, &known);
            self.problems.push(problem);
        }
        self
    }

    /// Copies each record of one stream to the file of another as well. One hop: copies are not copied on.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// Config::new().stream("app").stream("errors").mirror("errors", "app").validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn mirror(mut self, from: impl Into<String>, to: impl Into<String>) -> Self {
        self.mirrors
            .get_or_insert_default()
            .push((from.into(), to.into()));
        self
    }

    /// Sets all mirrors at once, as pairs of source and target.
    ///
    /// ```
    /// # use chronologix_core::Config;
    /// let config = Config::new().streams(["app", "errors", "audit"]);
    /// config.mirror_map([("errors", "app"), ("audit", "app")]).validate()?;
    /// # Ok::<(), chronologix_core::ConfigError>(())
    /// ```
    pub fn mirror_map<F: Into<String>, T: Into<String>>(
        mut self,
        mirrors: impl IntoIterator<Item = (F, T)>,
    ) -> Self {
        let mirrors = mirrors
            .into_iter()
            .map(|(from, to)| (from.into(), to.into()));
        self.mirrors = Some(mirrors.collect());
        self
    }
}
