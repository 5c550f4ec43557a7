//! Goes to the next match or error.

use chronologix_schema::Level;

use super::{fetch, filters, navigate};
use crate::{
    action::Action,
    line::Key,
    model::{
        Model,
        seek::{Seek, Sought, Want},
        window::Edge,
    },
    query::{Case, Direction, LineRegex, Place, Request, RequestKind, Target},
};

/// What errors are called where lines have no levels.
const ERROR_WORDS: &str = r"\b(error|fatal|panic|exception)\b";

/// Searches from the row at the cursor on.
pub(super) fn begin(model: &mut Model, want: Want, direction: Direction) {
    let rows = model.pane().rows();
    let from = match (model.pane().scroll.held(), direction) {
        (Some(held), Direction::Newer) => Some(held.cursor + 1),
        (Some(held), Direction::Older) => held.cursor.checked_sub(1),
        // While following, all rows are before the cursor.
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
    model.queries.forget(RequestKind::Find);
    model.seek = Some(seek);
    go_on(model);
}

/// Stops the search. Returns whether one was under way.
pub(super) fn stop(model: &mut Model) -> bool {
    model.queries.forget(RequestKind::Find);
    model.seek.take().is_some()
}

/// Goes to the next match of the current search.
pub(super) fn next_match(model: &mut Model, direction: Direction) {
    if model.row_match.search.is_some() {
        begin(model, Want::Match, direction);
    } else {
        let key = model.keymap.label(Action::Search);
        let key = key.map_or(String::new(), |key| format!("; {key} searches"));
        model.notice = Some(format!("no search pattern{key}"));
    }
}

/// Searches from the cursor on while the pattern is being typed.
pub(super) fn preview(model: &mut Model, direction: Direction) {
    let rows = model.pane().rows();
    let last = rows.end.saturating_sub(1);
    model.queries.forget(RequestKind::Find);
    model.seek = Some(Seek {
        want: Want::Match,
        direction,
        from: model.pane().scroll.held().map_or(last, |held| held.cursor),
        has_wrapped: false,
        is_preview: true,
    });
    go_on(model);
}

/// Continues a search. Goes to the row if it is found.
pub(super) fn go_on(model: &mut Model) {
    let Some(mut seek) = model.seek else {
        return;
    };
    match seek.through(model.pane()) {
        Sought::NotYet => return,
        Sought::Row(row) => {
            navigate::to_row(model, row);
            navigate::show_match(model);
            if seek.has_wrapped && !seek.is_preview {
                model.notice = Some(said_of(seek.direction).to_owned());
            }
        }
        Sought::Nothing if is_beyond(model, seek) => return ask_beyond(model, seek),
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
        Sought::Nothing => return find_nothing(model, seek),
    }
    model.seek = None;
}

/// Returns whether rows beyond the loaded ones may match.
fn is_beyond(model: &Model, seek: Seek) -> bool {
    let pane = model.pane();
    // The rest of a line that is cut can only be searched in the file.
    let is_all =
        pane.edge(Direction::Older) == Edge::Ended && !pane.is_detached() && !pane.has_cut_lines();
    let is_open = pane.edge(seek.direction) != Edge::Ended;
    model.queries.is_open && (is_open || (seek.has_wrapped && !is_all))
}

/// Asks the query service.
fn ask_beyond(model: &mut Model, seek: Seek) {
    if model.queries.is_waiting(RequestKind::Find) {
        return;
    }
    let target = match (seek.want, &model.row_match.search) {
        (Want::Error, _) => Target::Level(Level::Error),
        (Want::Match, Some(pattern)) => Target::Match(pattern.clone()),
        (Want::Match, None) => return,
    };
    let from = match (seek.has_wrapped, seek.direction) {
        (false, direction) => model.pane().place(direction),
        (true, Direction::Newer) => Place::Beginning,
        (true, Direction::Older) => Place::End,
    };
    let view = model
        .row_match
        .view(Model::stream_of(model.tab), &model.streams);
    let direction = seek.direction;
    model.queries.ask(Request::Find {
        view,
        target,
        from,
        direction,
    });
}

/// Goes to the row that the query service found, or continues from the other end of the tree.
pub(super) fn found(model: &mut Model, key: Option<Key>) {
    let Some(seek) = model.seek else {
        return;
    };
    match key {
        Some(key) => {
            model.seek = None;
            if seek.has_wrapped && !seek.is_preview {
                model.notice = Some(said_of(seek.direction).to_owned());
            }
            fetch::to_key(model, key);
        }
        None if seek.has_wrapped && seek.is_preview => model.seek = None,
        None if seek.has_wrapped => find_nothing(model, seek),
        None => {
            let has_wrapped = true;
            model.seek = Some(Seek {
                has_wrapped,
                ..seek
            });
            ask_beyond(
                model,
                Seek {
                    has_wrapped,
                    ..seek
                },
            );
        }
    }
}

/// Ends a search that found nothing. In a log without levels, errors are searched by words.
fn find_nothing(model: &mut Model, seek: Seek) {
    model.seek = None;
    let pane = model.pane();
    let mut rows = pane.rows().filter_map(|number| pane.buffer.row(number));
    let has_levels = rows.clone().next().is_none() || rows.any(|row| row.level.is_some());
    let words = LineRegex::new(ERROR_WORDS, Case::Insensitive).ok();
    let is_new = words != model.row_match.search;
    if seek.want == Want::Error && !has_levels && is_new && words.is_some() {
        filters::search(model, words);
        begin(model, Want::Match, seek.direction);
        let notice = "no levels in this log; searching for error words";
        model.notice.get_or_insert_with(|| notice.to_owned());
    } else {
        model.notice = nothing(seek.want);
    }
}

/// Returns the message if there is no such row. The number of matches is on the screen anyway.
fn nothing(want: Want) -> Option<String> {
    (want == Want::Error).then(|| "no errors found".to_owned())
}

fn said_of(direction: Direction) -> &'static str {
    match direction {
        Direction::Newer => "search wrapped to the top",
        Direction::Older => "search wrapped to the bottom",
    }
}
