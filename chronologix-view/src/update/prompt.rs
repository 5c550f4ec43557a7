//! The prompt.

use std::path::PathBuf;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{completion, filters, goto, navigate, search, selection, top_values};
use crate::{
    action::Effect,
    model::{
        Model,
        input::{Input, Typed},
        overlay::{Prompt, Purpose},
        row_match::Draft,
        scroll::Scroll,
    },
    query::{BadCondition, Case, Direction, FilterRule, LineRegex, PATTERN},
};

/// The length of the history of a prompt.
const REMEMBERED: usize = 50;

/// Opens a prompt.
pub(super) fn begin(model: &mut Model, purpose: Purpose) {
    model.notice = None;
    model.seek = None;
    let names = match purpose {
        Purpose::Count => completion::names_seen(model),
        Purpose::Where => {
            let mut names = completion::names_seen(model);
            names.push(PATTERN.to_owned());
            names
        }
        _ => Vec::new(),
    };
    model.prompt = Some(Prompt {
        purpose,
        input: Input::default(),
        problem: None,
        scroll: model.pane().scroll,
        search: model.row_match.search.clone(),
        edited: None,
        recalled: 0,
        names,
        completion: None,
    });
    navigate::settle(model);
}

/// Opens a prompt with an existing filter: those by patterns come first, then those by fields.
pub(super) fn edit(model: &mut Model, place: usize) {
    let filter = &model.row_match.filter;
    let (purpose, text) = if let Some(rule) = filter.rules.get(place) {
        let purpose = if rule.keeps {
            Purpose::Include
        } else {
            Purpose::Exclude
        };
        (purpose, rule.regex.text().to_owned())
    } else if let Some(rule) = filter.fields.get(place - filter.rules.len()) {
        (Purpose::Where, rule.text())
    } else {
        return;
    };
    begin(model, purpose);
    if let Some(prompt) = &mut model.prompt {
        prompt.input = Input::new(&text);
        prompt.edited = Some(place);
    }
}

/// Handles a key.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let Some(prompt) = &mut model.prompt else {
        return Effect::None;
    };
    match (key.code, key.modifiers) {
        (KeyCode::Enter, _) => return commit(model),
        (KeyCode::Esc, _) | (KeyCode::Char('c' | 'g'), KeyModifiers::CONTROL) => revert(model),
        // Backspace in an empty prompt closes it, as usual.
        (KeyCode::Backspace, _) if prompt.input.text().is_empty() => revert(model),
        (KeyCode::Up, _) | (KeyCode::Char('p'), KeyModifiers::CONTROL) => recall(model, true),
        (KeyCode::Down, _) | (KeyCode::Char('n'), KeyModifiers::CONTROL) => recall(model, false),
        (KeyCode::Tab | KeyCode::BackTab, _) if prompt.purpose.asks_for_fields() => {
            if completion::complete(prompt, key.code == KeyCode::BackTab) {
                changed(model);
            }
        }
        _ => {
            prompt.completion = None;
            if prompt.input.press(key) == Typed::Changed {
                changed(model);
            }
        }
    }
    Effect::None
}

/// Inserts pasted text. Lines are joined by blanks.
pub(super) fn paste(model: &mut Model, text: &str) {
    if let Some(prompt) = &mut model.prompt {
        let lines = text.split(['\r', '\n']).filter(|line| !line.is_empty());
        let text = lines.collect::<Vec<_>>().join(" ");
        prompt.input.insert(&text.replace('\t', " "));
        changed(model);
    }
}

/// Previews what is typed.
fn changed(model: &mut Model) {
    let Some(prompt) = &mut model.prompt else {
        return;
    };
    prompt.problem = None;
    let (purpose, text) = (prompt.purpose, prompt.input.text().to_owned());
    let pattern = pattern(purpose, &text);
    match (purpose, pattern) {
        (_, Some(Err(problem))) => prompt.problem = Some(problem),
        (Purpose::Search | Purpose::SearchBack, pattern) => {
            let pattern = pattern.and_then(Result::ok);
            model.pane_mut().scroll = model
                .prompt
                .as_ref()
                .map_or(Scroll::Following, |prompt| prompt.scroll);
            let is_empty = pattern.is_none();
            filters::search(model, pattern);
            if is_empty {
                model.seek = None;
            } else if let Some(direction) = purpose.direction() {
                // While following, the cursor is at the end, so the newest match is wanted.
                let is_at_end = model.pane().scroll == Scroll::Following;
                let direction = if is_at_end {
                    Direction::Older
                } else {
                    direction
                };
                search::preview(model, direction);
            }
        }
        (Purpose::Include | Purpose::Exclude, pattern) => {
            let rule = |pattern| FilterRule::new(pattern, purpose == Purpose::Include);
            let rule = pattern.and_then(Result::ok).map(rule);
            filters::draft(model, rule.map(Draft::Regex));
        }
        (Purpose::Where, _) => {
            let rule = match text.parse() {
                _ if text.trim().is_empty() => None,
                Ok(condition) => Some(filters::of_fields(model, condition)),
                Err(bad) => {
                    prompt.problem = Some(reason(&bad));
                    None
                }
            };
            filters::draft(model, rule.map(Draft::Fields));
        }
        (Purpose::Highlight | Purpose::Count | Purpose::Jump | Purpose::Write, _) => {}
    }
}

/// Returns what is wrong with a condition.
fn reason(bad: &BadCondition) -> String {
    bad.reason().to_owned()
}

/// Returns the pattern of a purpose that has one, or what is wrong with it.
fn pattern(purpose: Purpose, text: &str) -> Option<Result<LineRegex, String>> {
    let is_pattern = !matches!(
        purpose,
        Purpose::Where | Purpose::Count | Purpose::Jump | Purpose::Write
    );
    (is_pattern && !text.is_empty())
        .then(|| LineRegex::new(text, Case::Smart).map_err(|bad| bad.to_string()))
}

/// Carries out what was typed. Stays open if something is wrong with it.
fn commit(model: &mut Model) -> Effect {
    let Some(prompt) = &model.prompt else {
        return Effect::None;
    };
    let (purpose, text) = (prompt.purpose, prompt.input.text().to_owned());
    let edited = prompt.edited;
    if text.is_empty() {
        revert(model);
        return Effect::None;
    }
    let pattern = match pattern(purpose, &text) {
        Some(Err(problem)) => return stay(model, problem),
        Some(Ok(pattern)) => Some(pattern),
        None => None,
    };
    let effect = match (purpose, pattern) {
        (Purpose::Search | Purpose::SearchBack, _) => {
            // A search that is still under way reports its end itself.
            if let Some(seek) = &mut model.seek {
                seek.is_preview = false;
            }
            Effect::None
        }
        (Purpose::Include | Purpose::Exclude, Some(pattern)) => {
            filters::draft(model, None);
            let rule = FilterRule::new(pattern, purpose == Purpose::Include);
            match edited {
                Some(place) => filters::change(model, place, |old| *old = rule, |_| {}),
                None => filters::add_filter(model, rule),
            }
            Effect::None
        }
        (Purpose::Where, _) => {
            let rule = match text.parse() {
                Ok(condition) => filters::of_fields(model, condition),
                Err(bad) => return stay(model, reason(&bad)),
            };
            filters::draft(model, None);
            match edited {
                Some(place) => filters::change(model, place, |_| {}, |old| *old = rule),
                None => filters::add_fields(model, rule),
            }
            Effect::None
        }
        (Purpose::Highlight, Some(pattern)) => {
            let before = model.highlights.len();
            model.highlights.retain(|other| *other != pattern);
            if model.highlights.len() == before {
                model.highlights.push(pattern);
            }
            Effect::None
        }
        (Purpose::Count, _) => {
            top_values::begin(model, text.trim());
            Effect::None
        }
        (Purpose::Write, _) => {
            selection::write(model, PathBuf::from(&text));
            Effect::None
        }
        (Purpose::Jump, _) => match goto::jump(model, &text) {
            Ok(()) => Effect::None,
            Err(problem) => return stay(model, problem),
        },
        (_, _) => Effect::None,
    };
    remember(model, purpose, text);
    model.prompt = None;
    effect
}

fn stay(model: &mut Model, problem: String) -> Effect {
    if let Some(prompt) = &mut model.prompt {
        prompt.problem = Some(problem);
    }
    Effect::None
}

/// Restores the state before the prompt.
fn revert(model: &mut Model) {
    let Some(prompt) = model.prompt.take() else {
        return;
    };
    match prompt.purpose {
        Purpose::Search | Purpose::SearchBack => {
            model.seek = None;
            model.pane_mut().scroll = prompt.scroll;
            filters::search(model, prompt.search);
        }
        Purpose::Include | Purpose::Exclude | Purpose::Where => filters::draft(model, None),
        Purpose::Highlight | Purpose::Count | Purpose::Jump | Purpose::Write => {}
    }
    navigate::settle(model);
}

/// Brings back an earlier or later entry of the history.
fn recall(model: &mut Model, is_earlier: bool) {
    let Some(prompt) = &mut model.prompt else {
        return;
    };
    let Some(typed) = model.typed.get(&prompt.purpose) else {
        return;
    };
    let recalled = if is_earlier {
        (prompt.recalled + 1).min(typed.len())
    } else {
        prompt.recalled.saturating_sub(1)
    };
    if recalled != prompt.recalled {
        prompt.recalled = recalled;
        let text = typed
            .len()
            .checked_sub(recalled)
            .and_then(|index| typed.get(index));
        prompt.input = Input::new(text.map_or("", String::as_str));
        changed(model);
    }
}

fn remember(model: &mut Model, purpose: Purpose, text: String) {
    let typed = model.typed.entry(purpose).or_default();
    typed.retain(|other| *other != text);
    typed.push(text);
    if typed.len() > REMEMBERED {
        typed.remove(0);
    }
}
