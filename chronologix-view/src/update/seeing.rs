//! What is seen: filters, levels, streams, searches, colours.

use std::collections::BTreeSet;

use chronologix_schema::Level;

use super::{moving, reaching};
use crate::{
    history::{Kind, Pattern, Place, Request},
    lens::{Lens, MOST_CONTEXT, Rule},
    model::{Model, sight::Look},
    streams::StreamId,
};

/// The levels that can be the lowest, from none on.
const LEAST: [Option<Level>; 4] = [
    None,
    Some(Level::Info),
    Some(Level::Warn),
    Some(Level::Error),
];

/// Looks at all rows again, after the lens was changed.
pub(super) fn look_anew(model: &mut Model) {
    model.look_anew(Look::Lens);
    reaching::renew(model);
    search_all(model);
    model.count_all();
    moving::settle(model);
}

/// Searches for something else, or for nothing.
pub(super) fn search(model: &mut Model, pattern: Option<Pattern>) {
    if model.sight.search == pattern {
        return;
    }
    model.sight.search = pattern;
    model.look_anew(Look::Search);
    search_all(model);
}

/// Searches the whole tree as well.
pub(super) fn search_all(model: &mut Model) {
    model.finds = None;
    let Some(pattern) = model.sight.search.clone() else {
        return model.outbox.forget(Kind::Search);
    };
    let view = model
        .sight
        .lens
        .view(Model::stream_of(model.tab), &model.streams);
    let near = model.cursor().map_or(Place::End, |row| Place::Row(row.key));
    model.outbox.ask(Request::Search {
        view,
        pattern,
        near,
    });
}

/// Tries a filter, or none.
pub(super) fn draft(model: &mut Model, rule: Option<Rule>) {
    if model.sight.draft != rule {
        model.sight.draft = rule;
        model.look_anew(Look::Draft);
    }
}

/// Puts a filter in force.
pub(super) fn add_rule(model: &mut Model, rule: Rule) {
    let rules = &mut model.sight.lens.rules;
    rules.retain(|other| other.pattern != rule.pattern || other.keeps != rule.keeps);
    rules.push(rule);
    look_anew(model);
}

pub(super) fn set_context(model: &mut Model, by: i64) {
    let context = &mut model.sight.lens.context;
    *context = context.saturating_add_signed(by).min(MOST_CONTEXT);
    let lines = *context;
    look_anew(model);
    model.notice = Some(match lines {
        0 => "no lines around those kept".to_owned(),
        lines => format!("{lines} lines around those kept"),
    });
}

pub(super) fn raise_level(model: &mut Model) {
    let higher = LEAST
        .into_iter()
        .find(|least| *least > model.sight.lens.least);
    model.sight.lens.least = higher.unwrap_or(model.sight.lens.least);
    look_anew(model);
}

pub(super) fn lower_level(model: &mut Model) {
    let lower = LEAST
        .into_iter()
        .rfind(|least| *least < model.sight.lens.least);
    model.sight.lens.least = lower.flatten();
    look_anew(model);
}

/// Lets everything be seen, in no colours but the usual ones.
pub(super) fn reset(model: &mut Model) {
    model.sight.lens = Lens::default();
    model.highlights.clear();
    search(model, None);
    look_anew(model);
    model.notice = Some("everything is seen again".into());
}

/// Leaves the stream of a tab out of the merged view, or shows it again. The tab of all streams
/// stands for all of them.
pub(super) fn toggle_stream(model: &mut Model, tab: usize) {
    let hidden = &mut model.sight.lens.hidden;
    match Model::stream_of(tab) {
        None => hidden.clear(),
        Some(stream) if stream.index() < model.streams.len() => {
            if !hidden.remove(&stream) {
                hidden.insert(stream);
            }
        }
        Some(_) => return,
    }
    look_anew(model);
}

/// Leaves the stream of the row at the cursor out.
pub(super) fn hide_stream(model: &mut Model) {
    if let Some(stream) = stream_at_cursor(model) {
        toggle_stream(model, stream.index() + 1);
        let is_hidden = model.sight.lens.hidden.contains(&stream);
        let word = if is_hidden {
            "is left out of"
        } else {
            "is among"
        };
        let name = model.streams.name(stream);
        model.notice = Some(format!("{name} {word} all streams"));
    }
}

/// Shows the stream of the row at the cursor alone, or all streams again.
pub(super) fn solo(model: &mut Model) {
    let Some(stream) = stream_at_cursor(model) else {
        return;
    };
    let others = model
        .streams
        .ids()
        .filter(|other| *other != stream)
        .collect();
    let hidden = &mut model.sight.lens.hidden;
    *hidden = if *hidden == others {
        BTreeSet::new()
    } else {
        others
    };
    look_anew(model);
}

pub(super) fn next_theme(model: &mut Model) {
    model.theme = model.theme.renamed(model.theme.name().next());
    model.notice = Some(format!("theme: {}", model.theme.name().word()));
}

/// The stream of the tab in front, or of the row at the cursor.
fn stream_at_cursor(model: &Model) -> Option<StreamId> {
    Model::stream_of(model.tab).or_else(|| model.origin_of(model.cursor()?))
}
