//! Bookmarks, the selection, copying, and the detail view.

use std::{path::PathBuf, sync::Arc};

use crate::{
    action::Effect,
    line::{Key, LogLine},
    model::{
        ExportProgress, Model, Selected,
        overlay::{DetailPlace, Overlay},
    },
    number,
    query::{Destination, Direction, RecordRange, Request, RequestKind, Taken},
};

use super::{fetch, navigate};

pub(super) fn bookmark(model: &mut Model) {
    let Some(key) = model
        .cursor()
        .filter(|row| row.line().is_some())
        .map(|row| row.key)
    else {
        return;
    };
    let pane = model.pane();
    let repeats = pane
        .buffer
        .find(key)
        .into_iter()
        .flat_map(|number| pane.repeats(number));
    let keys = repeats.filter_map(|number| Some(pane.buffer.row(number)?.key));
    let marked: Vec<Key> = keys.filter(|key| model.bookmarks.contains(*key)).collect();
    let is_marked = model.bookmarks.contains(key);
    // The row has one mark, whichever of its records have bookmarks.
    if is_marked || marked.is_empty() {
        model.bookmarks.toggle(key);
    }
    for key in marked {
        model.bookmarks.toggle(key);
    }
}

pub(super) fn to_bookmark(model: &mut Model, direction: Direction) {
    let mark = model.cursor().and_then(|row| match direction {
        Direction::Newer => model.bookmarks.next(last_repeat(model, row.key), direction),
        Direction::Older => model.bookmarks.next(row.key, direction),
    });
    match mark {
        Some(key) => fetch::to_key(model, key),
        None => model.notice = Some("no bookmarks".into()),
    }
}

pub(super) fn detail(model: &mut Model) {
    if model.cursor().is_some() {
        navigate::up(model, 0);
        model.overlay = Some(Overlay::Detail {
            place: DetailPlace::FromStart(0),
            field: 0,
        });
    }
}

/// Reads the line at the cursor in full, if the screen has a part of it only.
pub(super) fn ask_whole(model: &mut Model) {
    let cut = model
        .cursor()
        .filter(|row| row.line().is_some_and(|line| line.is_cut));
    if let Some(key) = cut.map(|row| row.key) {
        take(model, Some((key, key)), Destination::Screen);
        model.notice = Some("reading the whole line …".to_owned());
    }
}

/// Applies the answer of [`ask_whole`].
pub(super) fn read_whole(model: &mut Model, taken: Taken) {
    let key = model.cursor().map(|row| row.key);
    let is_wanted = |line: &Arc<LogLine>| Some(line.key) == key;
    model.whole_line = taken.line.filter(is_wanted);
    let is_missing = model.whole_line.is_none();
    let missing = || "the line is not there any more".to_owned();
    model.notice = taken.problem.or_else(|| is_missing.then(missing));
}

pub(super) fn select(model: &mut Model) {
    if model.anchor.take().is_none() {
        navigate::up(model, 0);
        model.anchor = first_line(model);
    }
}

/// Counts the records of the selection: the loaded ones at once, others by a query.
pub(super) fn count(model: &mut Model) {
    let Some(keys) = ends(model) else {
        model.selected = None;
        return model.queries.forget(RequestKind::Count);
    };
    if model.selected.is_some_and(|selected| selected.keys == keys) {
        return;
    }
    model.queries.forget(RequestKind::Count);
    let pane = model.pane();
    let rows = pane.buffer.find(keys.0).zip(pane.buffer.find(keys.1));
    let is_counted = |number: &u64| pane.is_kept(*number) && pane.begins_record(*number);
    let records = rows.map(|(first, last)| {
        let more = (first + 1..=last).filter(is_counted).count();
        // A line that continues a record before the loaded ones counts as one.
        1 + more as u64
    });
    model.selected = Some(Selected {
        keys,
        records: records.unwrap_or(0),
        is_complete: records.is_some(),
    });
    if records.is_none() {
        take(model, Some(keys), Destination::Nowhere);
    }
}

/// Copies the selected records, or the record at the cursor.
pub(super) fn copy(model: &mut Model) {
    let at_cursor = || first_line(model).map(|key| (key, last_repeat(model, key)));
    let Some(keys) = ends(model).or_else(at_cursor) else {
        model.notice = Some("no line to copy".into());
        return;
    };
    export(model, Some(keys), None);
    model.anchor = None;
}

/// Writes the selected records, or all that the filters keep, to a new file.
pub(super) fn write(model: &mut Model, path: PathBuf) {
    export(model, ends(model), Some(path));
}

fn export(model: &mut Model, keys: Option<(Key, Key)>, path: Option<PathBuf>) {
    let to = path
        .clone()
        .map_or(Destination::Clipboard, Destination::File);
    take(model, keys, to);
    model.export = Some(ExportProgress {
        path,
        percent: 0,
        is_stopped: false,
    });
}

/// Requests the records of a range of the active tab.
fn take(model: &mut Model, keys: Option<(Key, Key)>, to: Destination) {
    let view = model
        .row_match
        .view(Model::stream_of(model.tab), &model.streams);
    let range = RecordRange {
        view,
        context: usize::try_from(model.row_match.context).unwrap_or(usize::MAX),
        keys,
    };
    model.queries.ask(Request::Take { range, to });
}

/// Stops the export. Returns whether one was under way.
pub(super) fn stop(model: &mut Model) -> bool {
    let Some(export) = model.export.as_mut().filter(|export| !export.is_stopped) else {
        return false;
    };
    export.is_stopped = true;
    model.queries.stop(RequestKind::Export);
    true
}

/// Applies the progress of an export.
pub(super) fn exported(model: &mut Model, taken: Taken) -> Effect {
    let Some(export) = &mut model.export else {
        return Effect::None;
    };
    export.percent = taken.percent;
    if !taken.is_complete {
        return Effect::None;
    }
    let Some(ExportProgress {
        path, is_stopped, ..
    }) = model.export.take()
    else {
        return Effect::None;
    };
    let number = number::records(taken.records);
    let (said, effect) = match (path, taken.problem, taken.text) {
        (Some(path), Some(problem), _) => {
            let path = path.display();
            (format!("cannot write to {path}: {problem}"), Effect::None)
        }
        (Some(path), None, _) => {
            let word = if is_stopped {
                "stopped; wrote"
            } else {
                "wrote"
            };
            (
                format!("{word} {number} to {}", path.display()),
                Effect::None,
            )
        }
        (None, _, _) if is_stopped => ("copying stopped".to_owned(), Effect::None),
        (None, _, Some(text)) => (format!("copied {number}"), Effect::Copy(text)),
        (None, _, None) => {
            let key = model.keymap.label(crate::action::Action::Write);
            let key = key.unwrap_or_default();
            (
                format!("too much to copy; {key} exports it to a file"),
                Effect::None,
            )
        }
    };
    model.notice = Some(said);
    effect
}

/// Applies the progress of a count.
pub(super) fn counted(model: &mut Model, taken: &Taken) {
    if let Some(selected) = &mut model.selected {
        selected.records = taken.records;
        selected.is_complete = taken.is_complete;
    }
}

/// Returns the first lines of the first and of the last selected record.
fn ends(model: &Model) -> Option<(Key, Key)> {
    let anchor = model.anchor?;
    let cursor = first_line(model)?;
    Some((anchor.min(cursor), last_repeat(model, anchor.max(cursor))))
}

/// Returns the first line of the last record that is counted with this one, or of this one.
fn last_repeat(model: &Model, key: Key) -> Key {
    let pane = model.pane();
    let last = pane.buffer.find(key).map(|number| pane.last_repeat(number));
    let row = last.and_then(|number| pane.buffer.row(number));
    row.map_or(key, |row| row.key)
}

/// Returns the first line of the record at the cursor.
fn first_line(model: &Model) -> Option<Key> {
    let row = model.cursor().filter(|row| row.line().is_some())?;
    let buffer = &model.pane().buffer;
    let first = buffer.record(buffer.find(row.key)?).start;
    buffer.row(first).map(|row| row.key)
}
