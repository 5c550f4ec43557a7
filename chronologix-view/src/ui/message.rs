//! The message of a line in spans of one style: text, fields, matches.

use std::ops::Range;

use chronologix_schema::Level;
use ratatui::style::Style;

use super::{Screen, log_colours::coloured};
use crate::{line::LogLine, theme::Theme};

/// Text of one style.
pub(super) type Span<'m> = (&'m str, Style);

/// The places of one pattern, in order.
struct Marks {
    spans: Vec<Range<usize>>,
    style: Style,
}

impl Screen<'_> {
    /// Returns the message of a line in spans. Keys of fields are dimmed, matches are marked.
    pub(super) fn message<'m>(
        &self,
        message: &'m str,
        level: Option<Level>,
        line: &LogLine,
    ) -> Vec<Span<'m>> {
        let mut styled = Vec::new();
        let mut style = self.theme().message(level);
        let mut start = 0;
        for key in keys(message) {
            styled.push((start..key.start, style));
            start = key.end;
            // The level colours the message, not its fields.
            style = match level {
                Some(Level::Trace | Level::Debug) => Theme::FAINT,
                _ => Style::new(),
            };
            styled.push((key, Theme::FAINT));
        }
        styled.push((start..message.len(), style));
        let mut marks = self.log_colours(message, line);
        marks.extend(self.marks(message));
        let styled = if marks.is_empty() {
            styled
        } else {
            marked(&styled, &marks)
        };
        let spans = styled.into_iter();
        spans.map(|(span, style)| (&message[span], style)).collect()
    }

    /// Returns the colours of a message that stand in the file, if they are asked for.
    fn log_colours(&self, message: &str, line: &LogLine) -> Vec<Marks> {
        let raw = line.raw.as_deref().filter(|_| self.model.has_log_colours);
        // A message of JSON does not stand in the line as it is shown.
        let Some((raw, start)) = raw.zip(line.text.rfind(message)) else {
            return Vec::new();
        };
        let of_line = coloured(raw, &line.text).into_iter();
        let of_message = of_line.filter_map(|(span, style)| {
            let span = span.start.max(start) - start..span.end.max(start) - start;
            let is_of_message = !span.is_empty() && span.end <= message.len();
            is_of_message.then(|| Marks {
                spans: std::iter::once(span).collect(),
                style: self.theme().of_log(style),
            })
        });
        of_message.collect()
    }

    /// Returns the places of the highlights and of the search.
    fn marks(&self, message: &str) -> Vec<Marks> {
        let (model, theme) = (self.model, self.theme());
        let highlights = model.highlights.iter().enumerate();
        let highlights = highlights.map(|(number, pattern)| (pattern, theme.highlight(number)));
        let search = model.row_match.search.iter();
        let search = search.map(|pattern| (pattern, theme.found()));
        let all = highlights.chain(search);
        all.map(|(pattern, style)| Marks {
            spans: pattern.spans(message).collect(),
            style,
        })
        .filter(|marks| !marks.spans.is_empty())
        .collect()
    }
}

/// Returns the places of `key=` in a message.
fn keys(message: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = message.as_bytes();
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.-".contains(byte);
    memchr::memchr_iter(b'=', bytes).filter_map(move |equals| {
        let length = bytes[..equals]
            .iter()
            .rev()
            .take_while(|byte| is_name(byte))
            .count();
        let start = equals - length;
        let begins = start == 0 || bytes[start - 1] == b' ';
        let has_value = !matches!(bytes.get(equals + 1), None | Some(b' ' | b'='));
        (length > 0 && begins && has_value).then_some(start..equals + 1)
    })
}

/// Splits styled places at the marks.
fn marked(styled: &[(Range<usize>, Style)], marks: &[Marks]) -> Vec<(Range<usize>, Style)> {
    let edges = marks.iter().flat_map(|marks| &marks.spans);
    let mut cuts: Vec<usize> = edges.flat_map(|span| [span.start, span.end]).collect();
    cuts.extend(styled.iter().flat_map(|(span, _)| [span.start, span.end]));
    cuts.sort_unstable();
    cuts.dedup();
    let mut ground = styled.iter().peekable();
    let mut rest: Vec<&[Range<usize>]> = marks.iter().map(|marks| &*marks.spans).collect();
    let mut spans = Vec::new();
    for pair in cuts.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        while ground.next_if(|(span, _)| span.end <= from).is_some() {}
        let Some((_, style)) = ground.peek() else {
            break;
        };
        let mut style = *style;
        for (rest, marks) in rest.iter_mut().zip(marks) {
            while let [first, others @ ..] = rest
                && first.end <= from
            {
                *rest = others;
            }
            if rest.first().is_some_and(|span| span.start <= from) {
                style = style.patch(marks.style);
            }
        }
        spans.push((from..to, style));
    }
    spans
}
