//! What the printing options mean.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use chronologix_schema::layout::{TimeZone, zone};

use super::Cli;
use crate::{
    output::{Context, Options, PatternOptions, PrintedFields, Shape, StatsShape},
    query::{BadRegex, Case, Field, FieldRule, Filter, FilterRule, LineRegex, Ranking, Top},
    theme::Depth,
};

/// How many values are printed if nothing else is asked for.
const ROWS_OF_TOP: usize = 20;

/// The switches that print.
const SWITCHES: [&str; 9] = [
    "plain",
    "follow",
    "with-names",
    "json",
    "stats",
    "patterns",
    "count",
    "quiet",
    "reverse",
];

/// The options with a value that print.
const VALUES: [&str; 17] = [
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
    "top",
    "diff",
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
    pub(crate) fn options(&self) -> Result<Options, BadRegex> {
        let mut filter = Filter::new(self.one("level"), self.rules()?);
        filter.fields = self.all("where").into_iter().map(FieldRule::new).collect();
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
            columns: PrintedFields {
                names: self.all("fields"),
                has_header: !self.is("no-header"),
            },
            by: self.one("by"),
            top: self.top(),
            diff: self.one("diff"),
            patterns: PatternOptions {
                adds_ids: self.is("with-pattern"),
                rarest_first: self.is("rarest"),
            },
            has_colours: self.has_colours(),
        })
    }

    /// Returns the question about a field, if there is one.
    fn top(&self) -> Option<Top> {
        let ranking = match (self.is("max"), self.is("min")) {
            (true, _) => Ranking::Largest,
            (_, true) => Ranking::Smallest,
            _ => Ranking::Frequent,
        };
        let rows = self.one("max-count").unwrap_or(ROWS_OF_TOP);
        let name = self.one::<String>("top")?;
        Some(Top::new(Field::named(&name), ranking, rows))
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
        let counts = match output.as_deref() {
            _ if is_json => StatsShape::Json,
            Some("csv") => StatsShape::Csv,
            _ => StatsShape::Table,
        };
        if self.is("stats") {
            return Shape::Stats(counts);
        }
        let is_of_records = self.is("max") || self.is("min");
        if self.has("top") && !is_of_records {
            return Shape::Top(counts);
        }
        if self.is("patterns") || self.has("diff") {
            return Shape::Patterns(counts);
        }
        match output.as_deref() {
            _ if is_json => Shape::Json,
            Some("logfmt") => Shape::Logfmt,
            Some("csv") => Shape::Csv,
            _ if self.is("with-names") => Shape::NamedLines,
            _ if self.has("fields") => Shape::Columns,
            // Records that do not stand beside each other need their places.
            _ if is_of_records => Shape::NamedLines,
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
    fn rules(&self) -> Result<Vec<FilterRule>, BadRegex> {
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
            let pattern = LineRegex::new(&parts.join("|"), self.case())?;
            rules.push(FilterRule::new(pattern, keeps));
        }
        for text in self.all::<String>("exclude") {
            rules.push(FilterRule::new(self.pattern(&text)?, false));
        }
        Ok(rules)
    }

    fn pattern(&self, text: &str) -> Result<LineRegex, BadRegex> {
        LineRegex::new(&self.written(text), self.case())
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
            LineRegex::escape(text)
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
