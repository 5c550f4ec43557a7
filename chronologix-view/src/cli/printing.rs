//! What the printing options mean.

use std::{
    env,
    io::{self, IsTerminal as _},
    sync::Arc,
};

use chronologix_schema::layout::{TimeZone, zone};

use super::Cli;
use crate::{
    output::{Columns, Context, Options, Shape, StatsShape},
    query::{BadPattern, Case, Condition, Filter, FilterRule, Pattern},
    theme::Depth,
};

/// The switches that print.
const SWITCHES: [&str; 8] = [
    "plain",
    "follow",
    "with-names",
    "json",
    "stats",
    "count",
    "quiet",
    "reverse",
];

/// The options with a value that print.
const VALUES: [&str; 15] = [
    "lines",
    "max-count",
    "context",
    "after-context",
    "before-context",
    "since",
    "until",
    "level",
    "stream",
    "grep",
    "regexp",
    "exclude",
    "where",
    "output",
    "fields",
];

impl Cli {
    /// Returns whether records are printed even if the output is a terminal.
    pub(crate) fn is_plain(&self) -> bool {
        SWITCHES.into_iter().any(|id| self.is(id)) || VALUES.into_iter().any(|id| self.has(id))
    }

    fn has(&self, id: &str) -> bool {
        self.0.contains_id(id)
    }

    /// Returns what to print.
    ///
    /// # Errors
    ///
    /// Fails if a regular expression is invalid.
    pub(crate) fn options(&self) -> Result<Options, BadPattern> {
        let mut filter = Filter::new(self.one("level"), self.rules()?);
        filter.condition = self.one::<Condition>("where").map(Arc::new);
        let both = self.one("context").unwrap_or(0);
        Ok(Options {
            follow: self.is("follow"),
            shape: self.shape(),
            streams: self.all("stream"),
            filter,
            since: self.one("since"),
            until: self.one("until"),
            last: self.one("lines"),
            first: self.one("max-count"),
            context: Context {
                before: self.one("before-context").unwrap_or(both),
                after: self.one("after-context").unwrap_or(both),
            },
            reverse: self.is("reverse"),
            zone: self.zone(),
            columns: Columns {
                names: self.all("fields"),
                has_header: !self.is("no-header"),
            },
            by: self.one("by"),
            has_colours: self.has_colours(),
        })
    }

    /// Returns the zone of times without an offset, if one is given.
    pub(crate) fn zone(&self) -> Option<TimeZone> {
        if self.is("utc") {
            return Some(TimeZone::UTC);
        }
        if self.is("local") {
            // As the rest of the viewer does, where the zone of the machine is unknown.
            return Some(zone("local").unwrap_or(TimeZone::UTC));
        }
        self.one("tz")
    }

    fn shape(&self) -> Shape {
        let output = self.one::<String>("output");
        let is_json = self.is("json") || output.as_deref() == Some("json");
        if self.is("quiet") {
            return Shape::Quiet;
        }
        if self.is("count") {
            return Shape::Count;
        }
        if self.is("stats") {
            return Shape::Stats(match output.as_deref() {
                _ if is_json => StatsShape::Json,
                Some("csv") => StatsShape::Csv,
                _ => StatsShape::Table,
            });
        }
        match output.as_deref() {
            _ if is_json => Shape::Json,
            Some("logfmt") => Shape::Logfmt,
            Some("csv") => Shape::Csv,
            _ if self.is("with-names") => Shape::NamedLines,
            _ if self.has("fields") => Shape::Columns,
            _ => Shape::Lines,
        }
    }

    /// Returns whether levels and matches are coloured.
    fn has_colours(&self) -> bool {
        match self.one::<String>("color").as_deref() {
            Some("always") => true,
            Some("never") => false,
            _ => {
                let depth = Depth::of(|name| env::var(name).ok());
                io::stdout().is_terminal() && depth != Depth::Mono
            }
        }
    }

    /// Returns the rules of all patterns.
    fn rules(&self) -> Result<Vec<FilterRule>, BadPattern> {
        let keeps = !self.is("invert");
        let mut rules = Vec::new();
        for text in self.all::<String>("grep") {
            rules.push(FilterRule::new(self.pattern(&text)?, keeps));
        }
        let alternatives: Vec<String> = self.all("regexp");
        if !alternatives.is_empty() {
            for text in &alternatives {
                // So that the message is about this one.
                self.pattern(text)?;
            }
            let parts = alternatives.iter().map(|text| self.written(text));
            let parts: Vec<String> = parts.map(|part| format!("(?:{part})")).collect();
            let pattern = Pattern::new(&parts.join("|"), self.case())?;
            rules.push(FilterRule::new(pattern, keeps));
        }
        for text in self.all::<String>("exclude") {
            rules.push(FilterRule::new(self.pattern(&text)?, false));
        }
        Ok(rules)
    }

    fn pattern(&self, text: &str) -> Result<Pattern, BadPattern> {
        Pattern::new(&self.written(text), self.case())
    }

    fn case(&self) -> Case {
        if self.is("ignore-case") {
            Case::Insensitive
        } else {
            Case::Sensitive
        }
    }

    /// Returns the regular expression that a pattern stands for.
    fn written(&self, text: &str) -> String {
        let text = if self.is("fixed-strings") {
            Pattern::escape(text)
        } else {
            text.to_owned()
        };
        if self.is("word-regexp") {
            // Also right for patterns that do not begin or end with a letter.
            return format!(r"\b{{start-half}}(?:{text})\b{{end-half}}");
        }
        text
    }
}
