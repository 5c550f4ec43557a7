//! The entries of the command palette: all actions, and those for each stream.

use crate::{
    action::{Action, commands},
    fuzzy,
    model::Model,
};

#[cfg(test)]
mod tests;

/// An entry of the palette.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Its text.
    pub(crate) text: String,
    /// The keys of the action.
    pub(crate) keys: String,
    /// The action.
    pub(crate) action: Action,
}

/// Returns the entries that match what is typed, best first.
pub(crate) fn choices(model: &Model, typed: &str) -> Vec<Choice> {
    let mut scored: Vec<(i32, Choice)> = all(model)
        .filter_map(|choice| {
            let name = commands().find(|command| command.action == choice.action);
            let name = name.map_or("", |command| command.name);
            let score = fuzzy::score(typed, &choice.text).max(fuzzy::score(typed, name))?;
            Some((score, choice))
        })
        .collect();
    if !typed.trim().is_empty() {
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    }
    scored.into_iter().map(|(_, choice)| choice).collect()
}

fn all(model: &Model) -> impl Iterator<Item = Choice> + '_ {
    // Actions with a number have one entry for each stream.
    let is_numbered = |action: Action| action.numbered(usize::MAX) != action;
    let of_table = commands()
        .filter(move |command| !is_numbered(command.action) && command.action != Action::Palette)
        .map(|command| Choice {
            text: command.help.to_owned(),
            keys: model.keymap.labels(command.action).join(", "),
            action: command.action,
        });
    let of_streams = model.streams.ids().flat_map(|stream| {
        let (tab, name) = (stream.index() + 1, model.streams.name(stream));
        let is_hidden = model.row_match.hidden.contains(&stream);
        let word = if is_hidden { "show" } else { "hide" };
        let choice = |text: String, action| Choice {
            text,
            keys: model
                .keymap
                .label_of_number(action, tab)
                .unwrap_or_default(),
            action,
        };
        [
            choice(format!("go to stream {name}"), Action::Tab(tab)),
            choice(format!("{word} stream {name}"), Action::ToggleStream(tab)),
        ]
    });
    of_table.chain(of_streams)
}
