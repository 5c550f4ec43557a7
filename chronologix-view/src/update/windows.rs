//! What is new: the windows of time whose patterns are compared.

use chrono::{DateTime, TimeDelta, Utc};

use super::top_values;
use crate::{
    model::Model,
    query::{Ranking, TopOf, Windows},
};

/// The least length of a window.
const SHORTEST: TimeDelta = TimeDelta::seconds(1);

/// The greatest length that is doubled.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Compares the patterns of what is selected, or else shown, with those of as long a time before.
pub(super) fn begin(model: &mut Model) {
    let Some((first, last)) = shown(model) else {
        model.notice = Some("no records are shown whose time could be compared".to_owned());
        return;
    };
    // The end is no part of a window.
    let until = last.checked_add_signed(TimeDelta::microseconds(1));
    let until = until.unwrap_or(last);
    let length = (until - first).max(SHORTEST);
    compare(model, until, length, length);
}

/// Handles a letter in the table of changes: other windows.
pub(super) fn press(model: &mut Model, windows: Windows, letter: char) {
    let Windows { until, earlier, .. } = windows;
    let length = until - windows.since;
    let is_just_before = earlier == length;
    match letter {
        'b' => compare(model, until, length, length),
        'y' => compare(model, until, length, TimeDelta::days(1)),
        'w' => compare(model, until, length, TimeDelta::days(7)),
        '+' | '-' => {
            let changed = match letter {
                '+' if length < LONGEST => length * 2,
                '-' => (length / 2).max(SHORTEST),
                _ => length,
            };
            let earlier = if is_just_before { changed } else { earlier };
            compare(model, until, changed, earlier);
        }
        _ => {}
    }
}

/// Compares a window that ends at a time with one of the same length, so much earlier.
fn compare(model: &mut Model, until: DateTime<Utc>, length: TimeDelta, earlier: TimeDelta) {
    let since = until.checked_sub_signed(length).unwrap_or(until);
    let windows = Windows {
        since,
        until,
        earlier,
    };
    top_values::ask(model, TopOf::Changes(windows), Ranking::Frequent);
}

/// Returns the first and the last time of what is selected, or else shown.
fn shown(model: &Model) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
    let selected = model.anchor.zip(model.cursor()).map(|(anchor, cursor)| {
        let (one, other) = (anchor.instant, cursor.key.instant);
        (one.min(other), one.max(other))
    });
    selected.or_else(|| {
        let pane = model.pane();
        let placed = model.with_page(|page| page.placed());
        let rows = placed
            .iter()
            .filter_map(|placed| pane.buffer.row(placed.number));
        let times: Vec<DateTime<Utc>> = rows.map(|row| row.key.instant).collect();
        Some((*times.iter().min()?, *times.iter().max()?))
    })
}
