//! Which stream a record of another facade goes to.

use std::time::Duration;

use super::BridgeError;
use crate::{Level, LogError, Logger, StreamHandle, stream::Verdict};

/// A table from target and level to stream.
///
/// The rules are tried in the order in which they were given. The first that matches a record
/// decides. If none does, the record goes to the default stream. A record goes to one stream;
/// mirrors copy it to others.
///
/// A target is the path of the module that logs, unless the call names another one. A rule matches
/// the targets that begin with its prefix, as in `env_logger` and in the filters of `tracing`:
/// `sqlx` matches `sqlx`, `sqlx::query` and `sqlx_core`.
///
/// ```
/// # use chronologix_core as chronologix;
/// use chronologix::{Level, bridge::Routes};
///
/// let routes = Routes::new("app")
///     .min_level(Level::Debug)                // nothing below, from any target
///     .min_level_for("hyper", Level::Warn)    // of hyper, only warnings and above
///     .level(Level::Error, "errors")          // errors of any target
///     .target("sqlx", "db");                  // the rest of sqlx
/// ```
#[derive(Clone, Debug)]
#[must_use = "routes do nothing until they are given to a bridge"]
pub struct Routes {
    stream: String,
    rules: Vec<Rule<String>>,
    min_level: Level,
    full_queue_timeout: Duration,
    has_target: bool,
}

/// One rule, with its stream.
#[derive(Clone, Debug)]
struct Rule<S> {
    prefix: String,
    /// The lowest and the highest level it matches.
    levels: (Level, Level),
    /// `None`: the record is discarded.
    stream: Option<S>,
}

impl Routes {
    /// Creates routes by which every record goes to this stream.
    pub fn new(default_stream: impl Into<String>) -> Self {
        Self {
            stream: default_stream.into(),
            rules: Vec::new(),
            min_level: Level::Trace,
            full_queue_timeout: Duration::from_millis(100),
            has_target: true,
        }
    }

    /// Sends records whose target begins with `prefix` to `stream`.
    pub fn target(self, prefix: impl Into<String>, stream: impl Into<String>) -> Self {
        self.target_level(prefix, Level::Trace, stream)
    }

    /// Sends records of this level and above to `stream`.
    pub fn level(self, level: Level, stream: impl Into<String>) -> Self {
        self.target_level("", level, stream)
    }

    /// Sends records of this level and above, whose target begins with `prefix`, to `stream`.
    pub fn target_level(
        self,
        prefix: impl Into<String>,
        level: Level,
        stream: impl Into<String>,
    ) -> Self {
        self.rule(prefix.into(), (level, Level::Critical), Some(stream.into()))
    }

    /// Discards records below `level` whose target begins with `prefix`.
    pub fn min_level_for(mut self, prefix: impl Into<String>, level: Level) -> Self {
        let below = Level::ALL.into_iter().rev().find(|lower| *lower < level);
        if let Some(below) = below {
            self = self.rule(prefix.into(), (Level::Trace, below), None);
        }
        self
    }

    /// Sets the lowest level of all records. Default: all levels.
    ///
    /// The facades themselves leave out calls below it, so these cost next to nothing. The
    /// `min_level` of the stream applies as well.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = level;
        self
    }

    /// Sets how long a call that finds its thread's queue full waits while the writer makes no
    /// progress, before the record is dropped. Default: 100 ms. Zero never waits. See the
    /// [module](super#what-a-call-waits-for).
    ///
    /// With a long timeout nothing is lost unless the disk blocks for longer, but the threads of a
    /// runtime are blocked for as long.
    pub fn full_queue_timeout(mut self, timeout: Duration) -> Self {
        self.full_queue_timeout = timeout;
        self
    }

    /// Leaves out the field `target`.
    pub fn without_target(mut self) -> Self {
        self.has_target = false;
        self
    }

    fn rule(mut self, prefix: String, levels: (Level, Level), stream: Option<String>) -> Self {
        self.rules.push(Rule {
            prefix,
            levels,
            stream,
        });
        self
    }
}

/// Routes whose streams are resolved.
#[derive(Debug)]
pub(super) struct Table {
    stream: StreamHandle,
    rules: Vec<Rule<StreamHandle>>,
    pub(super) min_level: Level,
    pub(super) full_queue_timeout: Duration,
    pub(super) has_target: bool,
}

impl Table {
    /// Resolves the streams of all routes, or names all that are unknown.
    pub(super) fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        let (mut names, mut known) = (Vec::new(), Vec::new());
        let mut resolve = |name: String| match logger.stream(&name) {
            Err(LogError::UnknownStream { name, known: all }) => {
                if !names.contains(&name) {
                    names.push(name);
                }
                known = all;
                None
            }
            stream => stream.ok(),
        };
        let stream = resolve(routes.stream);
        let resolve = |rule: Rule<String>| Rule {
            prefix: rule.prefix,
            levels: rule.levels,
            stream: rule.stream.and_then(&mut resolve),
        };
        let rules = routes.rules.into_iter().map(resolve).collect();
        match stream {
            Some(stream) if names.is_empty() => Ok(Self {
                stream,
                rules,
                min_level: routes.min_level,
                full_queue_timeout: routes.full_queue_timeout,
                has_target: routes.has_target,
            }),
            _ => Err(BridgeError::UnknownStreams { names, known }),
        }
    }

    /// Returns the stream of a record, and what becomes of the record there, if anything does.
    #[inline]
    pub(super) fn taking(&self, target: &str, level: Level) -> Option<(&StreamHandle, Verdict)> {
        let stream = self.stream(target, level)?;
        let verdict = stream.verdict_of(target, level);
        (verdict != Verdict::Off).then_some((stream, verdict))
    }

    /// Returns the stream of a record. `None` if it is discarded.
    #[inline]
    pub(super) fn stream(&self, target: &str, level: Level) -> Option<&StreamHandle> {
        if level < self.min_level {
            return None;
        }
        let matches = |rule: &&Rule<StreamHandle>| {
            (rule.levels.0..=rule.levels.1).contains(&level) && target.starts_with(&rule.prefix)
        };
        match self.rules.iter().find(matches) {
            Some(rule) => rule.stream.as_ref(),
            None => Some(&self.stream),
        }
    }
}
