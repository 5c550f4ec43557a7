//! Completes the names of fields in a prompt.

use std::collections::HashMap;

use crate::{
    model::{
        Model,
        overlay::{Completion, Prompt, Purpose},
    },
    query::quoted,
    record,
};

#[cfg(test)]
mod tests;

/// The most rows that are looked at for names.
const MOST_ROWS: u64 = 400;

/// The names that any record may have a value for.
const USUAL: [&str; 3] = ["level", "stream", "message"];

/// Returns the names that can be asked for: the fields that have been seen, and the usual ones.
pub(super) fn names_seen(model: &Model) -> Vec<String> {
    let names = fields_seen(model).into_iter();
    names.chain(USUAL.map(ToOwned::to_owned)).collect()
}

/// Returns the names of fields of the loaded records, the most frequent first.
pub(super) fn fields_seen(model: &Model) -> Vec<String> {
    let pane = model.pane();
    let rows = pane.rows();
    let near = pane.scroll.held().map_or(rows.end, |held| held.cursor + 1);
    let first = near.saturating_sub(MOST_ROWS).max(rows.start);
    let mut counts: HashMap<String, usize> = HashMap::new();
    for row in (first..near).filter_map(|number| pane.buffer.row(number)) {
        let values = row
            .line()
            .map(|line| record::values(&line.text, line.format));
        let fields = values.map(|values| values.fields);
        for (name, _) in fields.into_iter().flatten() {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|(name, count), (other, other_count)| {
        other_count.cmp(count).then_with(|| name.cmp(other))
    });
    counts.into_iter().map(|(name, _)| name).collect()
}

/// Returns where the name that is being typed begins, or `None` if no name is expected there.
pub(crate) fn name_start(purpose: Purpose, before: &str) -> Option<usize> {
    match purpose {
        Purpose::Count => return Some(0),
        Purpose::Where => {}
        _ => return None,
    }
    let is_of_name = |letter: char| letter.is_alphanumeric() || "_.-@/:$#".contains(letter);
    let name = before.rfind(|letter| !is_of_name(letter));
    let start = name.map_or(0, |at| {
        at + before[at..].chars().next().map_or(1, char::len_utf8)
    });
    let ahead = before[..start].trim_end();
    // Behind an operator stands a value, and so does what is in quotes.
    let is_value = ahead.ends_with(['=', '>', '<', '~']);
    let is_quoted = before.matches('"').count() % 2 == 1;
    let is_joined = ahead.is_empty()
        || ahead.ends_with(['(', '!', '&', '|'])
        || ["and", "or", "not"].iter().any(|word| {
            let rest = ahead.strip_suffix(word);
            rest.is_some_and(|rest| !rest.ends_with(is_of_name))
        });
    (!is_value && !is_quoted && is_joined).then_some(start)
}

/// Returns the names that complete what stands before the cursor.
pub(crate) fn candidates(prompt: &Prompt) -> Vec<&str> {
    let (before, _) = prompt.input.around_cursor();
    let Some(start) = name_start(prompt.purpose, before) else {
        return Vec::new();
    };
    let typed = before[start..].to_lowercase();
    let names = prompt.names.iter().map(String::as_str);
    names
        .filter(|name| name.to_lowercase().starts_with(&typed))
        .collect()
}

/// Completes the name before the cursor. Pressed again, takes the next name, or the one before.
/// Returns whether anything changed.
pub(super) fn complete(prompt: &mut Prompt, is_back: bool) -> bool {
    let completion = if let Some(completion) = prompt.completion.take() {
        let count = completion.names.len();
        let step = if is_back { count - 1 } else { 1 };
        Completion {
            place: (completion.place + step) % count,
            ..completion
        }
    } else {
        let (before, _) = prompt.input.around_cursor();
        let Some(start) = name_start(prompt.purpose, before) else {
            return false;
        };
        let names = candidates(prompt).into_iter();
        let names: Vec<String> = match prompt.purpose {
            // The whole text is the name.
            Purpose::Count => names.map(ToOwned::to_owned).collect(),
            _ => names.map(quoted).collect(),
        };
        let last = names.len().saturating_sub(1);
        Completion {
            start,
            names,
            place: if is_back { last } else { 0 },
        }
    };
    let Some(name) = completion.names.get(completion.place) else {
        return false;
    };
    prompt.input.replace_before_cursor(completion.start, name);
    prompt.completion = Some(completion);
    true
}
