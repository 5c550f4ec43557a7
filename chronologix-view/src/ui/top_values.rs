//! The table of what is counted in all records: the values of a field here, patterns in
//! `top_patterns`.
//!
//! ```text
//!   ┌ status: 5 values in 18,204 records ───────── enter only  ! without  r rarest  > largest ┐
//!   │ 200    17,310  95.1 %  ▆▆▆▆▆▆▆▆▆  14:00:00  15:02:46                                    │
//!   │ 502        97   0.5 %             14:02:45  14:58:11                                    │
//!   └ and 3 other values ──────────────────────────────────────────────────────────────────────┘
//! ```

use chrono::{DateTime, Utc};
use ratatui::{
    buffer::Buffer,
    layout::{Constraint, Rect},
    style::Style,
    text::Line,
    widgets::{Block, Clear, Widget as _},
};

use super::{Screen, columns::time_of_day, writer_at};
use crate::{
    model::columns::StampStyle,
    number::{self, grouped},
    query::{
        Field, RankedRecord, RankedValues, Ranking, Top, TopAnswer, TopOf, TopRows, ValueCount,
    },
    sanitize,
    theme::Theme,
};

/// The width of the table, if there is room for it.
const WIDTH: u16 = 120;

/// The least width of the column of values, and the largest of that of numbers.
const LEAST_VALUE: usize = 12;
const WIDEST_NUMBER: usize = 24;

/// The width of a share.
const SHARE: usize = 7;

/// The width of the bars, and of the table from which on there are any.
const BAR: usize = 16;
pub(super) const LEAST_FOR_BARS: u16 = 96;

/// The width from which on the keys are explained.
const LEAST_FOR_WORDS: u16 = 100;

/// The width of a time with and without the day.
const DAY_AND_TIME: usize = 14;
const TIME: usize = 8;

impl Screen<'_> {
    pub(super) fn top_values(
        &self,
        question: &Top,
        selected: usize,
        area: Rect,
        buffer: &mut Buffer,
    ) {
        let answer = self.model.top.as_ref();
        let rows = answer.map_or(0, |answer| answer.rows.len());
        let height = u16::try_from(rows.max(1) + 2).unwrap_or(u16::MAX);
        let width = match question.of {
            TopOf::Field(_) => WIDTH,
            TopOf::Patterns | TopOf::Changes(_) => area.width,
        };
        let area = area.centered(
            Constraint::Length(width),
            Constraint::Length(height.max(area.height / 2)),
        );
        let title = match &question.of {
            TopOf::Changes(windows) => self.changes_title(windows, answer),
            _ => title(question, answer),
        };
        let hints = hints(question, area.width);
        let block = Block::bordered().title(sanitize::visible(&title).into_owned());
        let room = usize::from(area.width.saturating_sub(4));
        let block = if sanitize::width(&title) + hints.len() <= room {
            block.title(Line::from(hints).right_aligned())
        } else {
            block.title_bottom(Line::from(hints).right_aligned())
        };
        let block = match answer.and_then(others) {
            Some(others) => block.title_bottom(others),
            None => block,
        };
        Clear.render(area, buffer);
        let inside = block.inner(area);
        block.render(area, buffer);
        let top = (selected + 1).saturating_sub(usize::from(inside.height).max(1));
        match answer.map(|answer| (answer, &answer.rows)) {
            Some((answer, TopRows::Values(values))) if !values.rows.is_empty() => {
                self.values(values, answer.records, top, inside, buffer);
            }
            Some((_, TopRows::Records(records))) if !records.is_empty() => {
                self.records(records, top, inside, buffer);
            }
            Some((answer, TopRows::Patterns(found))) if !found.rows.is_empty() => {
                self.patterns(found, answer.records, top, inside, buffer);
            }
            Some((_, TopRows::Changes(found))) if !found.rows.is_empty() => {
                self.changes(found, top, inside, buffer);
            }
            Some((answer, rows)) if answer.is_complete => {
                let name = question.field().map_or("", Field::name);
                let text = match rows {
                    TopRows::Values(_) => format!(" no record has a field {name}"),
                    TopRows::Records(_) => format!(" no record has a number in a field {name}"),
                    TopRows::Patterns(_) => " no records".to_owned(),
                    TopRows::Changes(_) => " nothing is new, gone, or much more or less".to_owned(),
                };
                writer_at(inside, inside.top(), buffer).write(&text, self.theme().remark());
            }
            _ => {
                let text = " counting …";
                writer_at(inside, inside.top(), buffer).write(text, self.theme().remark());
            }
        }
        if rows > 0 {
            let y = u16::try_from(selected - top).unwrap_or(u16::MAX);
            let row = super::row_of(inside, inside.y.saturating_add(y));
            buffer.set_style(row, self.theme().cursor());
        }
    }

    fn values(&self, values: &RankedValues, all: u64, top: usize, area: Rect, buffer: &mut Buffer) {
        let shown = || values.rows.iter().skip(top).take(usize::from(area.height));
        let count = shown().map(|(_, count)| in_words(count).len()).max();
        let count = count.unwrap_or(0);
        let most = values.rows.iter().map(|(_, count)| count.records).max();
        let day = self.day_of(values.rows.iter().filter_map(|(_, count)| count.last).max());
        let is_of_one_day = values.rows.iter().all(|(_, count)| {
            [count.first, count.last]
                .iter()
                .flatten()
                .all(|time| self.day_of(Some(*time)) == day)
        });
        let has_bars = area.width + 2 >= LEAST_FOR_BARS;
        let time = if is_of_one_day { TIME } else { DAY_AND_TIME };
        let bar_width = if has_bars { BAR + 2 } else { 0 };
        let others = 3 + count + 2 + SHARE + 2 + bar_width + 2 * (time + 2);
        let room = usize::from(area.width).saturating_sub(others);
        let name = shown().map(|(value, _)| sanitize::width(&on_one_row(value)));
        let name = name.max().unwrap_or(0).clamp(1, room.max(LEAST_VALUE));
        for (y, (value, records)) in (area.top()..area.bottom()).zip(shown()) {
            let mut writer = writer_at(area, y, buffer);
            let value = sanitize::broken(&on_one_row(value), name).swap_remove(0);
            let padding = name.saturating_sub(sanitize::width(&value));
            writer.write(&format!(" {value}{:padding$}  ", ""), Style::new());
            writer.write(&format!("{:>count$}  ", in_words(records)), Style::new());
            writer.write(
                &format!("{}  ", percent(records.records, all)),
                Theme::FAINT,
            );
            if has_bars {
                let bar = bar(records.records, most.unwrap_or(1));
                writer.write(&format!("{bar:<BAR$}  "), self.theme().key());
            }
            for time in [records.first, records.last] {
                let text = self.short_time(time, is_of_one_day);
                writer.write(&format!("{text}  "), Theme::FAINT);
            }
        }
    }

    fn records(&self, records: &[RankedRecord], top: usize, area: Rect, buffer: &mut Buffer) {
        let shown = || records.iter().skip(top).take(usize::from(area.height));
        let width = shown().map(|record| sanitize::width(&record.value)).max();
        let width = width.unwrap_or(0).clamp(1, WIDEST_NUMBER);
        let name = |record: &RankedRecord| {
            let line = record.lines.first()?;
            Some(sanitize::width(&self.tag(&line.streams).0))
        };
        let names = shown().filter_map(name).max().unwrap_or(0);
        let own = |record: &RankedRecord| record.lines.first().and_then(|line| line.line.own);
        let day = self.day_of(records.iter().filter_map(own).max());
        let is_of_one_day = records
            .iter()
            .filter_map(own)
            .all(|time| self.day_of(Some(time)) == day);
        for (y, record) in (area.top()..area.bottom()).zip(shown()) {
            let mut writer = writer_at(area, y, buffer);
            let value = sanitize::broken(&on_one_row(&record.value), width).swap_remove(0);
            let padding = width.saturating_sub(sanitize::width(&value));
            writer.write(&format!(" {:padding$}{value}  ", ""), Style::new());
            let time = self.short_time(own(record), is_of_one_day);
            writer.write(&format!("{time}  "), Theme::FAINT);
            if let Some(line) = record.lines.first() {
                if self.model.streams.len() > 1 {
                    let (tag, style) = self.tag(&line.streams);
                    let padding = names.saturating_sub(sanitize::width(&tag));
                    writer.write(&format!("{tag}{:padding$}  ", ""), style);
                }
                let style = self.theme().message(line.line.level());
                writer.write(&line.line.parts().message, style);
            }
        }
    }

    pub(super) fn day_of(&self, time: Option<DateTime<Utc>>) -> Option<chrono::NaiveDate> {
        time.map(|time| self.zone().civil(time).date())
    }

    /// Returns a time with its day, if not all are of the same.
    pub(super) fn short_time(&self, time: Option<DateTime<Utc>>, is_of_one_day: bool) -> String {
        let width = if is_of_one_day { TIME } else { DAY_AND_TIME };
        let Some(time) = time else {
            return format!("{:<width$}", "-");
        };
        let text = time_of_day(time, StampStyle::Seconds, self.zone());
        if is_of_one_day {
            return text;
        }
        format!("{} {text}", self.zone().civil(time).format("%m-%d"))
    }
}

/// Returns what the table is about.
fn title(question: &Top, answer: Option<&TopAnswer>) -> String {
    let name = question.field().map_or("patterns", Field::name);
    let Some(answer) = answer else {
        return format!(" {name} ");
    };
    let so_far = so_far(answer);
    let records = number::records(answer.with_field);
    match (&answer.rows, question.ranking) {
        (TopRows::Values(values), _) => {
            let more = if values.has_more { "more than " } else { "" };
            let values = counted(values.distinct, "value");
            format!(" {name}: {more}{values} in {records}{so_far} ")
        }
        (TopRows::Patterns(found), ranking) => {
            let first = match ranking {
                Ranking::Rare => "rarest",
                _ => "most frequent",
            };
            let patterns = counted(found.distinct, "pattern");
            format!(" {patterns} in {records}{so_far}, {first} first ")
        }
        (_, Ranking::Smallest) => format!(" smallest {name} of {records}{so_far} "),
        (_, _) => format!(" largest {name} of {records}{so_far} "),
    }
}

/// Returns how far the count is.
pub(super) fn so_far(answer: &TopAnswer) -> String {
    match answer.read * 100 / answer.total.max(1) {
        _ if answer.is_complete => String::new(),
        percent => format!(" so far, {percent} %"),
    }
}

/// Returns a number of things.
fn counted(number: u64, word: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{} {word}{plural}", grouped(number))
}

/// Returns the keys of the table.
fn hints(question: &Top, width: u16) -> &'static str {
    let is_wide = width >= LEAST_FOR_WORDS;
    match (&question.of, question.ranking) {
        (TopOf::Patterns, Ranking::Rare) if is_wide => {
            " enter only this  ! without  r most frequent  e file and line  esc close "
        }
        (TopOf::Patterns, _) if is_wide => {
            " enter only this  ! without  r rarest  e file and line  esc close "
        }
        (TopOf::Patterns, Ranking::Rare) => " enter only  ! without  r frequent  e source ",
        (TopOf::Patterns, _) => " enter only  ! without  r rarest  e source ",
        (TopOf::Changes(_), _) if is_wide => {
            " enter only this  ! without  e file and line  + - longer, shorter  \
             b before  y yesterday  w last week  esc close "
        }
        (TopOf::Changes(_), _) => " enter only  ! without  + - window  b y w against  e source ",
        (_, Ranking::Frequent) if is_wide => {
            " enter only this  ! without  r rarest  > largest  esc close "
        }
        (_, Ranking::Rare) if is_wide => {
            " enter only this  ! without  r most frequent  > largest  esc close "
        }
        (_, Ranking::Frequent) => " enter only  ! without  r rarest  > largest ",
        (_, Ranking::Rare) => " enter only  ! without  r frequent  > largest ",
        (_, Ranking::Largest) => " enter go to  > values  < smallest ",
        (_, Ranking::Smallest) => " enter go to  > largest  < values ",
    }
}

/// Returns what has no row.
fn others(answer: &TopAnswer) -> Option<String> {
    let (word, has_more) = match &answer.rows {
        TopRows::Values(values) => ("other value", values.has_more),
        TopRows::Patterns(_) => ("other pattern", false),
        TopRows::Records(_) | TopRows::Changes(_) => return None,
    };
    let (others, records) = answer.others()?;
    let more = if has_more { "more than " } else { "" };
    let (others, records) = (counted(others, word), number::records(records));
    Some(format!(" and {more}{others} in {records} "))
}

/// Returns a number of records.
fn in_words(count: &ValueCount) -> String {
    match count.missed {
        0 => grouped(count.records),
        _ => format!("{}..{}", grouped(count.records), grouped(count.most())),
    }
}

pub(super) fn percent(records: u64, all: u64) -> String {
    let thousandths = u128::from(records) * 1_000 / u128::from(all.max(1));
    format!("{:>3}.{} %", thousandths / 10, thousandths % 10)
}

fn bar(records: u64, most: u64) -> String {
    let cells = u128::from(records) * BAR as u128 / u128::from(most.max(1));
    "▆".repeat(usize::try_from(cells).unwrap_or(BAR))
}

/// Returns a value as it is shown on one row.
pub(super) fn on_one_row(value: &str) -> String {
    sanitize::visible(&value.replace('\n', "⏎")).into_owned()
}
