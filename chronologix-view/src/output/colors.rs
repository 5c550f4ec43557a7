//! Colours levels and matches of printed lines.

use std::{ops::Range, sync::LazyLock};

use chronologix_schema::Level;

use crate::{
    query::{Case, Filter, LineRegex, level_of_word},
    sanitize,
};

#[cfg(test)]
mod tests;

/// The colour of matches, as in grep.
const MATCH: &str = "1;31";

/// How many bytes of a line a level is looked for in.
const HEAD: usize = 256;

/// Words that can be a level.
static WORDS: LazyLock<Option<LineRegex>> = LazyLock::new(|| {
    let words = r"\b(?:trace|trc|verbose|debug|dbg|info|inf|information|notice|warn|wrn|warning|err|error|severe|crit|critical|fatal|alert|emerg|emergency|panic|[TDIWECF])\b";
    LineRegex::new(words, Case::Insensitive).ok()
});

/// Returns a line with visible control characters, its level and the matches of a filter in colour.
pub(super) fn coloured(text: &str, level: Option<Level>, filter: &Filter) -> String {
    let mut spans: Vec<(Range<usize>, &str)> = Vec::new();
    for rule in filter.active().filter(|rule| rule.keeps) {
        spans.extend(rule.regex.spans(text).map(|span| (span, MATCH)));
    }
    let level = level.and_then(|level| Some((span_of(text, level)?, colour_of(level)?)));
    spans.extend(level);
    // Of those that begin at the same place, the longest.
    spans.sort_by_key(|(span, _)| (span.start, usize::MAX - span.end));
    let mut coloured = String::with_capacity(text.len() + 16 * spans.len());
    let mut at = 0;
    for (span, colour) in spans {
        if span.start < at {
            continue;
        }
        coloured.push_str(&sanitize::visible(&text[at..span.start]));
        coloured.push_str("\x1b[");
        coloured.push_str(colour);
        coloured.push('m');
        coloured.push_str(&sanitize::visible(&text[span.clone()]));
        coloured.push_str("\x1b[0m");
        at = span.end;
    }
    coloured.push_str(&sanitize::visible(&text[at..]));
    coloured
}

/// Returns the parameters of the colour sequence of a level, if it has a colour.
fn colour_of(level: Level) -> Option<&'static str> {
    match level {
        Level::Trace | Level::Debug => Some("2"),
        Level::Info => None,
        Level::Warn => Some("33"),
        Level::Error => Some("31"),
        Level::Critical => Some("1;35"),
    }
}

/// Returns where a line says its level: the first word that stands for it.
fn span_of(text: &str, level: Level) -> Option<Range<usize>> {
    let words = WORDS.as_ref()?.spans(text);
    let mut words = words.take_while(|span| span.end <= HEAD);
    words.find(|span| level_of_word(&text[span.clone()]) == Some(level))
}
