//! Which stream a record of another facade belongs to.

use std::time::Duration;

use super::{BridgeError, PATIENCE};
use crate::{Level, Logger, StreamHandle};

/// A table from target and level to stream.
///
/// The rules are looked at in the order in which they were given; the first that fits a record decides, and if none does, the record
/// goes to the stream the table began with. A record goes to one stream; what else is to have it, mirrors say.
///
/// A target is the path of the module that logs, unless the call names another. A rule fits the targets that begin with its prefix, as in
/// `env_logger` and in the filters of `tracing`: `sqlx` fits `sqlx`, `sqlx::query` and `sqlx_core`.
///
/// ```
/// use chronologix_core::{Level, bridge::Routes};
///
/// let routes = Routes::to("app")
///     .min_level(Level::Debug)          // nothing below, from anywhere
///     .quiet("hyper", Level::Warn)      // of hyper, only warnings and worse
///     .level(Level::Error, "errors")    // errors, whoever has them
///     .target("sqlx", "db");            // the rest of sqlx
/// ```
#[derive(Clone, Debug)]
#[must_use = "routes do nothing until a bridge has them"]
pub struct Routes {
    stream: String,
    rules: Vec<Rule<String>>,
    min_level: Level,
    patience: Duration,
    has_target: bool,
}

/// One rule, with its stream.
#[derive(Clone, Debug)]
struct Rule<S> {
    prefix: String,
    /// The levels it fits, both included.
    levels: (Level, Level),
    /// `None`: the record is not taken.
    stream: Option<S>,
}

impl Routes {
    /// Everything goes to this stream, as long as no rule says otherwise.
    pub fn to(stream: impl Into<String>) -> Self {
        Self {
            stream: stream.into(),
            rules: Vec::new(),
            min_level: Level::Trace,
            patience: PATIENCE,
            has_target: true,
        }
    }

    /// Records whose target begins with `prefix` go to `stream`.
    pub fn target(self, prefix: impl Into<String>, stream: impl Into<String>) -> Self {
        self.target_level(prefix, Level::Trace, stream)
    }

    /// Records of this level or a more serious one go to `stream`.
    pub fn level(self, level: Level, stream: impl Into<String>) -> Self {
        self.target_level("", level, stream)
    }

    /// Records whose target begins with `prefix`, and that are of this level or a more serious one, go to `stream`.
    pub fn target_level(
        self,
        prefix: impl Into<String>,
        level: Level,
        stream: impl Into<String>,
    ) -> Self {
        self.rule(prefix.into(), (level, Level::Critical), Some(stream.into()))
    }

    /// Records whose target begins with `prefix` are not taken if they are below `level`.
    pub fn quiet(mut self, prefix: impl Into<String>, level: Level) -> Self {
        let below = Level::ALL.into_iter().rev().find(|lower| *lower < level);
        if let Some(below) = below {
            self = self.rule(prefix.into(), (Level::Trace, below), None);
        }
        self
    }

    /// The lowest level that is taken at all. Default: all levels. Calls below it cost next to nothing, for the facades themselves leave
    /// them out. Beside it the `min_level` of the stream counts.
    pub fn min_level(mut self, level: Level) -> Self {
        self.min_level = level;
        self
    }

    /// How long a call that found its thread's queue full waits while the writer does not get on, before the record is dropped. Default:
    /// 100 ms; zero never waits at all. See the [module](super#what-a-call-waits-for).
    ///
    /// A long patience loses nothing unless the disk stands still for longer, and holds up the threads of a runtime for as long.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
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

/// Routes whose streams are known.
#[derive(Debug)]
pub(super) struct Table {
    stream: StreamHandle,
    rules: Vec<Rule<StreamHandle>>,
    pub(super) min_level: Level,
    pub(super) patience: Duration,
    pub(super) has_target: bool,
}

impl Table {
    /// Looks up the streams of all routes. Names all that there are not.
    pub(super) fn new(logger: &Logger, routes: Routes) -> Result<Self, BridgeError> {
        let named = routes.rules.iter().filter_map(|rule| rule.stream.as_ref());
        let mut unknown = Vec::<String>::new();
        let mut known = Vec::new();
        for name in [&routes.stream].into_iter().chain(named) {
            if let Err(crate::LogError::UnknownStream { name, known: all }) = logger.stream(name) {
                if !unknown.contains(&name) {
                    unknown.push(name);
                }
                known = all;
            }
        }
        let table = Self::resolved(logger, routes);
        table.filter(|_| unknown.is_empty()).ok_or({
            BridgeError::UnknownStreams {
                names: unknown,
                known,
            }
        })
    }

    fn resolved(logger: &Logger, routes: Routes) -> Option<Self> {
        let find = |name: String| logger.stream(&name).ok();
        let resolve = |rule: Rule<String>| {
            Some(Rule {
                prefix: rule.prefix,
                levels: rule.levels,
                stream: match rule.stream {
                    Some(name) => Some(find(name)?),
                    None => None,
                },
            })
        };
        Some(Self {
            stream: find(routes.stream)?,
            rules: routes
                .rules
                .into_iter()
                .map(resolve)
                .collect::<Option<_>>()?,
            min_level: routes.min_level,
            patience: routes.patience,
            has_target: routes.has_target,
        })
    }

    /// The stream of a record; `None` if it is not taken.
    #[inline]
    pub(super) fn stream(&self, target: &str, level: Level) -> Option<&StreamHandle> {
        if level < self.min_level {
            return None;
        }
        let fits = |rule: &&Rule<StreamHandle>| {
            (rule.levels.0..=rule.levels.1).contains(&level) && target.starts_with(&rule.prefix)
        };
        match self.rules.iter().find(fits) {
            Some(rule) => rule.stream.as_ref(),
            None => Some(&self.stream),
        }
    }
}
