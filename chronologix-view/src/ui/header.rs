//! The header: the tree, the time at the cursor, and how old the newest line is.
//!
//! ```text
//!  my_logs   Sun 4 May 2025 15:00:02 UTC (1h, 2025-05-04__15-00)   42 lines/s   LIVE  3 s ago
//! ```

use std::fmt::Write as _;

use chrono::{DateTime, Datelike as _, TimeDelta, Utc};
use chronologix_schema::layout::TimeZone;
use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{Screen, cell_writer::CellWriter};
use crate::{model::scroll::Scroll, number::grouped, sanitize};

/// From this age of the newest line on, the state stands out.
const OLD: TimeDelta = TimeDelta::minutes(1);

/// From this age of the newest line on, nothing seems to be logged any more.
const IDLE: TimeDelta = TimeDelta::minutes(5);

/// The width from which on everything is written out.
const WIDE: u16 = 100;

impl Screen<'_> {
    pub(super) fn header(&self, area: Rect, buffer: &mut Buffer) {
        let theme = self.theme();
        buffer.set_style(area, theme.bar());
        let (state, style) = self.state(area.width);
        let mut end = CellWriter::new(buffer, area);
        end.move_to_last(sanitize::width(&state));
        end.write(&state, style);
        let mut writer = CellWriter::new(buffer, area);
        writer.leave(u16::try_from(sanitize::width(&state)).unwrap_or(u16::MAX));
        writer.write(&format!(" {} ", self.model.base), theme.badge());
        let mut fits = |text: &str| {
            let fits = sanitize::width(text) <= usize::from(writer.room());
            if fits {
                writer.write(text, theme.bar());
            }
            fits
        };
        let time = self.time_in_words();
        let folder = self.folder_in_words();
        if !fits(&format!("  {time}{folder}")) && !fits(&format!("  {time}")) {
            fits(&folder);
        }
        let rate = self.rate();
        if area.width >= WIDE && rate > 0 {
            let text = format!("{} lines/s ", grouped(rate));
            writer.move_to_last(text.len());
            writer.write(&text, theme.bar());
        }
    }

    /// Returns the date and time at the cursor, or of the newest line while following.
    fn time_in_words(&self) -> String {
        let model = self.model;
        let at_cursor = model.pane().scroll.held().and_then(|_| model.cursor());
        let instant = match at_cursor {
            // A line that goes on has the time of its record.
            Some(row) => row.line().and_then(|line| {
                let of_record = (!line.begins_record).then_some(row.key.instant);
                of_record.or(line.own)
            }),
            None => model.newest,
        };
        instant.map_or_else(String::new, |instant| {
            in_words(instant, model.second, self.zone())
        })
    }

    /// Returns the interval and the folder at the cursor.
    fn folder_in_words(&self) -> String {
        let model = self.model;
        let at_cursor = model.pane().scroll.held().and_then(|_| model.cursor());
        let folder = at_cursor.map(|row| row.key.folder).or(model.folder);
        let Some(folder) = folder.filter(|_| model.has_folders) else {
            return String::new();
        };
        let mut text = " (".to_owned();
        if let Some(manifest) = &model.manifest {
            let _ = write!(text, "{}, ", manifest.interval);
        }
        let _ = write!(text, "{folder})");
        text
    }

    /// Returns the state of the view with the age of the newest line.
    fn state(&self, width: u16) -> (String, Style) {
        let (model, theme) = (self.model, self.theme());
        let age = model.age();
        let (word, style) = match (model.pane().scroll, age) {
            _ if model.waiting.is_some() => return (" WAITING ".to_owned(), theme.held()),
            (Scroll::Held(_), _) => ("PAUSED", theme.held()),
            (Scroll::Following, _) if model.has_ended => ("INPUT ENDED", theme.held()),
            (Scroll::Following, Some(age)) if age >= IDLE => ("IDLE", theme.held()),
            (Scroll::Following, Some(age)) if age >= OLD => ("LIVE", theme.held()),
            (Scroll::Following, _) => ("LIVE", theme.badge()),
        };
        let text = match age {
            Some(age) if width >= WIDE => format!(" {word}  last line {} ago ", rounded(age)),
            Some(age) => format!(" {word}  {} ago ", rounded(age)),
            None => format!(" {word} "),
        };
        (text, style)
    }

    /// Returns the number of lines that came in the last second.
    fn rate(&self) -> u64 {
        let now = self.model.second;
        let rates = self.model.stream_stats.iter().map(|stats| {
            // The current second is not over.
            let [.., last, _] = stats.rate.last_minute(now);
            u64::from(last)
        });
        rates.sum()
    }
}

/// Formats an instant with its date in words. The year is left out if it is the current one.
fn in_words(instant: DateTime<Utc>, now: i64, zone: &TimeZone) -> String {
    let civil = zone.civil(instant);
    let year = DateTime::from_timestamp(now, 0).map(|now| zone.civil(now).year());
    let format = if year == Some(civil.year()) {
        "%a %-d %b %H:%M:%S"
    } else {
        "%a %-d %b %Y %H:%M:%S"
    };
    format!("{} {}", civil.format(format), zone.abbreviation(instant))
}

/// Formats a time span in one unit.
pub(super) fn rounded(age: TimeDelta) -> String {
    match age.num_seconds() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds @ 3_600..86_400 => format!("{} h", seconds / 3_600),
        seconds => format!("{} d", seconds / 86_400),
    }
}
