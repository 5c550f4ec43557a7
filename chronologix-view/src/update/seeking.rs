//! Going to the next match or error, as soon as it is found.

use super::moving;
use crate::{
    history::Direction,
    model::{
        Model,
        seek::{Seek, Sought, Want},
    },
};

/// Looks for a row after, or before, the one at the cursor.
pub(super) fn begin(model: &mut Model, want: Want, direction: Direction) {
    let rows = model.pane().rows();
    let from = match (model.pane().scroll.held(), direction) {
        (Some(held), Direction::Newer) => Some(held.cursor + 1),
        (Some(held), Direction::Older) => held.cursor.checked_sub(1),
        // Everything is before the end that is followed.
        (None, Direction::Newer) => Some(rows.end),
        (None, Direction::Older) => rows.end.checked_sub(1),
    };
    let seek = Seek {
        want,
        direction,
        from: from.unwrap_or(0),
        has_wrapped: from.is_none(),
        is_preview: false,
    };
    model.notice = None;
    model.seek = Some(seek);
    go_on(model);
}

/// Looks for the next match of what was searched for last.
pub(super) fn next_match(model: &mut Model, direction: Direction) {
    if model.sight.search.is_some() {
        begin(model, Want::Match, direction);
    } else {
        let key = model.keymap.label(crate::action::Action::Search);
        let key = key.map_or(String::new(), |key| format!("; {key} searches"));
        model.notice = Some(format!("nothing is searched for{key}"));
    }
}

/// Looks for the first match from the cursor on, while it is being typed.
pub(super) fn preview(model: &mut Model, direction: Direction) {
    let rows = model.pane().rows();
    let last = rows.end.saturating_sub(1);
    model.seek = Some(Seek {
        want: Want::Match,
        direction,
        from: model.pane().scroll.held().map_or(last, |held| held.cursor),
        has_wrapped: false,
        is_preview: true,
    });
    go_on(model);
}

/// Goes to what is looked for, if it is found by now.
pub(super) fn go_on(model: &mut Model) {
    let Some(mut seek) = model.seek else {
        return;
    };
    match seek.through(model.pane()) {
        Sought::NotYet => return,
        Sought::Row(row) => {
            moving::to_row(model, row);
            if seek.has_wrapped && !seek.is_preview {
                model.notice = Some(said_of(seek.direction).to_owned());
            }
        }
        Sought::Nothing if !seek.has_wrapped => {
            let rows = model.pane().rows();
            seek.from = match seek.direction {
                Direction::Newer => rows.start,
                Direction::Older => rows.end.saturating_sub(1),
            };
            seek.has_wrapped = true;
            model.seek = Some(seek);
            return go_on(model);
        }
        Sought::Nothing if seek.is_preview => {}
        Sought::Nothing => {
            model.notice = Some(match (&model.sight.search, seek.want) {
                (Some(pattern), Want::Match) => format!("not found: {}", pattern.text()),
                _ => "no errors among the lines to be seen".to_owned(),
            });
        }
    }
    model.seek = None;
}

fn said_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Newer => "went on from the oldest line",
        Direction::Older => "went on from the newest line",
    }
}
