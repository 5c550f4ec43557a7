//! The detail view: the record at the cursor in full.
//!
//! ```text
//!   ┌ record ──────────────────────────┐
//!   │ stream  errors→app               │
//!   │ time    15:00:02, 1s later       │
//!   │ folder  2025-05-04__15-00        │
//!   │                                  │
//!   │ division by zero                 │
//!   │                                  │
//!   │ orders  17                       │
//!   └──────────────────────────────────┘
//! ```

use chrono::SubsecRound as _;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, help::popup, lines::in_words, writer_at};
use crate::{
    line::rfc3339,
    model::buffer::{Body, Row},
    sanitize,
};

/// A row of the view: a name and its value, or text.
enum DetailRow {
    Value(String, String, Style),
    Text(String, Style),
}

impl Screen<'_> {
    pub(super) fn detail(&self, top: usize, area: Rect, buffer: &mut Buffer) {
        let said = self.record_in_words();
        let names = said.iter().map(|said| match said {
            DetailRow::Value(name, ..) => name.chars().count(),
            DetailRow::Text(..) => 0,
        });
        let names = names.max().unwrap_or(0).min(24);
        let width = usize::from(area.width).saturating_sub(4).min(120);
        let rows: Vec<(String, String, Style)> = said
            .iter()
            .flat_map(|said| rows_of(said, names, width.saturating_sub(4)))
            .collect();
        let room = usize::from(area.height.saturating_sub(2)).max(1);
        let top = top.min(rows.len().saturating_sub(room));
        let title = match rows.len().checked_sub(room) {
            None | Some(0) => " record ".to_owned(),
            Some(_) => format!(
                " record, rows {}-{} of {} ",
                top + 1,
                (top + room).min(rows.len()),
                rows.len()
            ),
        };
        let inside = popup(area, width, rows.len() + 2, &title, buffer);
        for (y, (name, text, style)) in (inside.top()..inside.bottom()).zip(rows.iter().skip(top)) {
            let mut writer = writer_at(inside, y, buffer);
            writer.write(" ", Style::new());
            writer.write(name, self.theme().key());
            writer.write(text, *style);
        }
    }

    fn record_in_words(&self) -> Vec<DetailRow> {
        let Some(row) = self.model.cursor() else {
            return vec![DetailRow::Text("no record".into(), self.theme().remark())];
        };
        let Body::Line(line, found) = &row.body else {
            return vec![DetailRow::Text(
                "not a log record".into(),
                self.theme().remark(),
            )];
        };
        let value = |name: &str, value: String| DetailRow::Value(name.into(), value, Style::new());
        let (tag, style) = self.tag(found);
        let parts = line.parts();
        let mut said = vec![DetailRow::Value("stream".into(), tag, style)];
        let stamp = parts.stamp.unwrap_or_else(|| "(no timestamp)".into());
        said.push(value("time", format!("{stamp}{}", self.since_before(row))));
        if let Some(own) = line.own {
            let utc = rfc3339(own.round_subsecs(6));
            said.push(value(
                "in UTC",
                utc.replace(['T', 'Z'], " ").trim_end().to_owned(),
            ));
        }
        if let Some(format) = line.format {
            said.push(value("format", format.name().to_owned()));
        }
        said.push(value("folder", row.key.folder.to_string()));
        if let Some(level) = parts.level {
            said.push(DetailRow::Value(
                "level".into(),
                level.to_string(),
                self.theme().level(level),
            ));
        }
        said.push(DetailRow::Text(String::new(), Style::new()));
        let detail = line.detail();
        let style = self.theme().message(row.level);
        said.extend(
            detail
                .message
                .lines()
                .map(|text| DetailRow::Text(text.into(), style)),
        );
        if let Some(json) = &detail.json {
            said.push(DetailRow::Text(String::new(), Style::new()));
            let pretty = serde_json::to_string_pretty(json).unwrap_or_default();
            said.extend(
                pretty
                    .lines()
                    .map(|text| DetailRow::Text(text.into(), Style::new())),
            );
        } else if !detail.fields.is_empty() {
            said.push(DetailRow::Text(String::new(), Style::new()));
            said.extend(
                detail
                    .fields
                    .iter()
                    .map(|(name, text)| value(name, text.clone())),
            );
        }
        if line.is_cut {
            let text = "long line, cut here".to_owned();
            said.push(DetailRow::Text(text, self.theme().remark()));
        }
        said
    }

    /// Returns the time since the row before.
    fn since_before(&self, row: &Row) -> String {
        let pane = self.model.pane();
        let number = pane.buffer.find(row.key);
        let before = number.and_then(|number| pane.buffer.row(pane.seen_before(number)?));
        let Some(before) = before else {
            return String::new();
        };
        let since = row.key.instant - before.key.instant;
        if since.num_seconds() < 1 {
            format!(" +{:.3} ms", since.as_seconds_f64() * 1e3)
        } else {
            format!(" +{}", in_words(since))
        }
    }
}

/// Wraps a row.
fn rows_of(said: &DetailRow, names: usize, width: usize) -> Vec<(String, String, Style)> {
    let (name, text, style, indent) = match said {
        DetailRow::Value(name, text, style) => {
            let name: String = sanitize::visible(name).chars().take(names).collect();
            (format!("{name:names$}  "), text.as_str(), *style, names + 2)
        }
        DetailRow::Text(text, style) => (String::new(), text.as_str(), *style, 0),
    };
    let room = width.saturating_sub(indent).max(8);
    let mut rows = Vec::new();
    for text in if text.is_empty() {
        vec![""]
    } else {
        text.lines().collect()
    } {
        for chunk in sanitize::broken(text, room) {
            let name = if rows.is_empty() {
                name.clone()
            } else {
                " ".repeat(indent)
            };
            rows.push((name, chunk, style));
        }
    }
    rows
}
