//! The detail view: the record at the cursor in full, below the lines.
//!
//! ```text
//!   ┌ record 5 ──────────────────────────── j/k next  tab field  f only this value ┐
//!   │ 2025-05-04 15:00:02.000000 UTC +1s · stream errors→app · ERROR               │
//!   │ division by zero                                                             │
//!   │▸orders  17                                                                   │
//!   └──────────────────────────────────────────────────────────────────────────────┘
//! ```

use std::fmt::Write as _;

use super::{Screen, columns::time_of_day, lines::in_words, writer_at};
use crate::{
    line::LogLine,
    model::{
        buffer::{Body, Row},
        columns::StampStyle,
        overlay::DetailPlace,
    },
    number::grouped,
    sanitize,
    streams::StreamSet,
    theme::Theme,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::Line,
    widgets::{Block, Clear, Widget as _},
};

/// A row of the view.
enum DetailRow {
    /// A field: its number, name and value.
    Field(usize, String, String),
    /// Text.
    Text(String, Style),
}

/// A row of the screen: the field it belongs to, a name, text.
type ScreenRow = (Option<usize>, String, String, Style);

impl Screen<'_> {
    pub(super) fn detail(&self, place: DetailPlace, field: usize, area: Rect, buffer: &mut Buffer) {
        let said = self.record_in_words();
        let names = said.iter().map(|said| match said {
            DetailRow::Field(_, name, _) => sanitize::width(name),
            DetailRow::Text(..) => 0,
        });
        let names = names.max().unwrap_or(0).min(WIDEST_NAME);
        let width = usize::from(area.width).saturating_sub(4);
        let rows: Vec<ScreenRow> = said
            .iter()
            .flat_map(|said| rows_of(said, names, width))
            .collect();
        let room = usize::from(area.height.saturating_sub(2)).max(1);
        let mut top = place.first_row(rows.len(), room);
        let selected = rows.iter().position(|(own, ..)| *own == Some(field));
        if let Some(selected) = selected.filter(|selected| field > 0 && *selected >= top + room) {
            top = selected + 1 - room;
        }
        let has_fields = selected.is_some();
        let block = Block::bordered()
            .title(self.detail_title())
            .title(Line::from(hints(has_fields, area.width)).right_aligned());
        Clear.render(area, buffer);
        let inside = block.inner(area);
        block.render(area, buffer);
        if top + room < rows.len() {
            let edge = Rect {
                y: inside.bottom(),
                height: 1,
                ..inside
            };
            writer_at(edge, edge.y, buffer)
                .write(" ↓ more below (pgdn, $ end) ", self.theme().key());
        }
        for (y, (own, name, text, style)) in
            (inside.top()..inside.bottom()).zip(rows.iter().skip(top))
        {
            let is_selected = own.is_some() && *own == Some(field);
            let mut writer = writer_at(inside, y, buffer);
            writer.write(if is_selected { "▸" } else { " " }, self.theme().key());
            writer.write(name, Theme::FAINT);
            writer.write(text, *style);
        }
    }

    /// Returns the title: which of the loaded records it is.
    fn detail_title(&self) -> String {
        let pane = self.model.pane();
        match pane.scroll.held() {
            Some(held) => {
                let start = pane.rows().start;
                format!(
                    " record {} ",
                    grouped((held.cursor + 1).saturating_sub(start))
                )
            }
            None => " record ".to_owned(),
        }
    }

    fn record_in_words(&self) -> Vec<DetailRow> {
        let remark = |text: &str| vec![DetailRow::Text(text.into(), self.theme().remark())];
        let Some(row) = self.model.cursor() else {
            return remark("no record");
        };
        let Body::Line(line, found) = &row.body else {
            return remark("not a log record");
        };
        let mut said = vec![DetailRow::Text(
            self.head_in_words(row, line, found),
            Theme::FAINT,
        )];
        let line = self.model.in_full(row).unwrap_or(line);
        let detail = line.detail();
        let style = self.theme().message(row.level);
        let message = detail.message.lines();
        said.extend(message.map(|text| DetailRow::Text(text.into(), style)));
        let nested = |name: &str| {
            let value = detail.json.as_ref()?.get(name)?;
            let is_nested = value.is_object() || value.is_array();
            is_nested.then(|| serde_json::to_string_pretty(value).unwrap_or_default())
        };
        let fields = detail.fields.iter().enumerate();
        said.extend(fields.map(|(number, (name, text))| {
            let text = nested(name).unwrap_or_else(|| text.clone());
            DetailRow::Field(number, name.clone(), text)
        }));
        if line.is_cut {
            said.extend(remark("long line, cut here: L reads all of it"));
        }
        said
    }

    /// Returns time, stream, level and folder of a record.
    fn head_in_words(&self, row: &Row, line: &LogLine, found: &StreamSet) -> String {
        let mut head = match line.own {
            Some(own) => {
                let time = time_of_day(own, StampStyle::Micros, self.zone());
                let day = self.zone().civil(own).date();
                format!("{day} {time} {}", self.zone().abbreviation(own))
            }
            None => "(no timestamp)".to_owned(),
        };
        head.push_str(&self.since_before(row));
        let _ = write!(head, " · stream {}", self.tag(found).0);
        if let Some(level) = line.level() {
            let _ = write!(head, " · {level}");
        }
        if let Some(format) = line.format {
            let _ = write!(head, " · {}", format.name());
        }
        if self.model.has_folders {
            let _ = write!(head, " · {}", row.key.folder);
        }
        head
    }

    /// Returns the time since the row before.
    fn since_before(&self, row: &Row) -> String {
        let pane = self.model.pane();
        let number = pane.buffer.find(row.key);
        let before = number.and_then(|number| pane.buffer.row(pane.kept_before(number)?));
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

/// The maximum width of the names of fields.
const WIDEST_NAME: usize = 24;

/// The width from which on the keys are explained.
const WIDE: u16 = 90;

/// Returns the keys of the view.
fn hints(has_fields: bool, width: u16) -> &'static str {
    match has_fields {
        true if width >= WIDE => {
            " j/k next  tab field  f only this value  ! without it  c count  y copy "
        }
        true => " tab field  f only  ! without  c count ",
        false => " j/k next  y copy  esc close ",
    }
}

/// Wraps a row.
fn rows_of(said: &DetailRow, names: usize, width: usize) -> Vec<ScreenRow> {
    let (field, name, text, style, indent) = match said {
        DetailRow::Field(number, name, text) => {
            let name = sanitize::broken(name, names.max(1)).swap_remove(0);
            let own = sanitize::width(&name);
            let name = format!("{name}{:1$}  ", "", names.saturating_sub(own));
            (Some(*number), name, text.as_str(), Style::new(), names + 2)
        }
        DetailRow::Text(text, style) => (None, String::new(), text.as_str(), *style, 0),
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
            rows.push((field, name, chunk, style));
        }
    }
    rows
}
