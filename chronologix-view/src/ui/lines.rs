//! The rows of the tab in front. Only those in sight are looked at.
//!
//! ```text
//!  app         [15:00:01] [INFO] started              in the tab of all streams
//!  errors→app  [15:00:02] [ERROR] division by zero    a mirrored copy, folded
//!  ── 2025-05-04__16-00 ─────────────────────────     a new folder
//!  · app.log was cut short; reading it from its …     what happened to a file
//! ```

use std::fmt::Write as _;

use chronologix_core::layout::{
    Folder, JsonLine, parse_json_line, parse_text_line, push_field_value,
};
use ratatui::{buffer::Buffer, layout::Rect};
use serde_json::Value;

use super::{Screen, Theme, clean, pen::Pen};
use crate::{
    line::LogLine,
    model::buffer::{Body, Row},
    streams::StreamSet,
};

#[cfg(test)]
mod tests;

/// The widest column of stream names.
const WIDEST_TAG: usize = 24;

impl Screen<'_> {
    pub(super) fn lines(&self, area: Rect, buffer: &mut Buffer) {
        let pane = self.model.pane();
        let rows = pane.buffer.range();
        if rows.is_empty() {
            return self.nothing(area, buffer);
        }
        let visible = pane.scroll.visible(&rows, u64::from(area.height));
        for (y, number) in (area.top()..area.bottom()).zip(visible) {
            if let Some(row) = pane.buffer.row(number) {
                let area = Rect {
                    y,
                    height: 1,
                    ..area
                };
                self.row(row, pane.left, &mut Pen::new(buffer, area));
            }
        }
    }

    fn row(&self, row: &Row, left: usize, pen: &mut Pen<'_>) {
        match &row.body {
            Body::Line(line, streams) => {
                if self.model.tab == 0 {
                    self.tag(*streams, pen);
                }
                pen.scroll(left);
                self.line(line, pen);
            }
            Body::Rule(folder) => {
                let mut rule = format!("── {folder} ");
                rule.extend(std::iter::repeat_n('─', usize::from(pen.room())));
                pen.write(&rule, self.theme.remark());
            }
            Body::Mark(text) => pen.write(&format!("· {text}"), self.theme.remark()),
        }
    }

    /// The stream of a line and those it was copied to.
    fn tag(&self, found: StreamSet, pen: &mut Pen<'_>) {
        let streams = &self.model.streams;
        let width = streams.longest_tag().min(WIDEST_TAG);
        let tag = streams.tag(found, &self.model.lines);
        let mut tag = clean::visible(&tag).into_owned();
        if tag.chars().count() > width {
            tag = tag
                .chars()
                .take(width.saturating_sub(1))
                .chain(['…'])
                .collect();
        }
        let origin = streams.origin(found, &self.model.lines);
        let style = origin.map_or_else(Default::default, |origin| self.theme.stream(origin));
        pen.write(&format!("{tag:width$}  "), style);
    }

    fn line(&self, line: &LogLine, pen: &mut Pen<'_>) {
        let json = line
            .text
            .starts_with('{')
            .then(|| parse_json_line(&line.text))
            .flatten();
        let (stamp, level, message) = if let Some(json) = json {
            (json_time(&json), json.level, json_message(&json))
        } else {
            let parsed = parse_text_line(&line.text);
            (
                parsed.stamp.map(ToOwned::to_owned),
                parsed.level,
                parsed.message.to_owned(),
            )
        };
        if let Some(stamp) = stamp {
            pen.write(&format!("[{stamp}] "), Theme::FAINT);
        }
        if let Some(level) = level {
            pen.write(&format!("[{level}] "), self.theme.level(level));
        }
        pen.write(&message, self.theme.message(level));
        if line.is_cut {
            pen.write(" … the line goes on", self.theme.remark());
        }
    }

    /// Says why there are no lines.
    fn nothing(&self, area: Rect, buffer: &mut Buffer) {
        let model = self.model;
        let text = match (&model.waiting, model.folder) {
            (Some(waiting), _) => format!("{}: {waiting}", model.base),
            (None, Some(folder)) => first_line_of(folder),
            (None, None) => return,
        };
        let hint = if model.waiting.is_some() {
            "waiting for it; q quits"
        } else {
            "q quits"
        };
        let middle = area.height.saturating_sub(2) / 2;
        for (y, text) in (area.y + middle..area.bottom()).zip([text.as_str(), hint]) {
            let text = clean::visible(text);
            let margin = usize::from(area.width).saturating_sub(text.chars().count()) / 2;
            let mut pen = Pen::new(
                buffer,
                Rect {
                    y,
                    height: 1,
                    ..area
                },
            );
            pen.write(&format!("{:margin$}{text}", ""), self.theme.remark());
        }
    }
}

fn first_line_of(folder: Folder) -> String {
    format!("waiting for the first line of {folder}")
}

/// The time of day of a JSON line, as text lines have it; the date is that of the folder.
fn json_time(line: &JsonLine) -> Option<String> {
    let stamp = line.stamp.as_deref()?;
    let Some((_, time)) = stamp.split_once('T') else {
        return Some(stamp.to_owned());
    };
    let end = time.find(['Z', '+', '-']).unwrap_or(time.len());
    Some(time[..end].to_owned())
}

/// Message and fields of a JSON line, as text lines have them.
fn json_message(line: &JsonLine) -> String {
    let mut text = line.message.clone();
    for (key, value) in &line.fields {
        let _ = write!(text, " {key}=");
        match value {
            Value::String(value) => {
                let mut quoted = Vec::new();
                push_field_value(&mut quoted, value);
                text.push_str(&String::from_utf8_lossy(&quoted));
            }
            other => {
                let _ = write!(text, "{other}");
            }
        }
    }
    text
}
