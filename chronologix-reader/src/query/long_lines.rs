//! Shortens long lines after they were filtered, and keeps where patterns match in what is cut off.

use super::{filter::Filter, line_regex::LineRegex};
use crate::line::{Beyond, LogLine};

#[cfg(test)]
mod tests;

/// The bytes that are kept before and after a match.
const AROUND: usize = 64;

/// The most bytes of a match that are kept.
const MOST: usize = 4 << 10;

/// Cuts the text of a line at this many bytes.
pub(super) fn shorten(line: &mut LogLine, longest: usize, filter: &Filter) {
    if line.text.len() <= longest {
        return;
    }
    line.beyond = beyond(&line.text, longest, filter).map(Box::new);
    let end = floor(&line.text, longest);
    line.text = line.text[..end].into();
    if let Some(raw) = &mut line.raw {
        *raw = raw[..raw.len().min(longest)].into();
    }
    line.is_cut = true;
}

/// Returns where patterns match after this many bytes.
fn beyond(text: &str, longest: usize, filter: &Filter) -> Option<Beyond> {
    let matches = filter.looked_for().filter_map(|pattern: &LineRegex| {
        let span = pattern.spans(text).find(|span| span.end > longest)?;
        let start = floor(text, span.start.saturating_sub(AROUND));
        let end = span.end.min(span.start + MOST) + AROUND;
        let column = text[..span.start].chars().count() + 1;
        Some((column, &text[start..floor(text, end)]))
    });
    let matches: Vec<(usize, &str)> = matches.collect();
    let (column, _) = matches.first()?;
    let texts: Vec<&str> = matches.iter().map(|(_, text)| *text).collect();
    Some(Beyond {
        column: *column,
        text: texts.join("\n").into(),
    })
}

/// Returns the last start of a character that is not after this offset.
fn floor(text: &str, offset: usize) -> usize {
    let offset = offset.min(text.len());
    (0..=offset)
        .rev()
        .find(|end| text.is_char_boundary(*end))
        .unwrap_or(0)
}
