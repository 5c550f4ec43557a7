//! Maps keys to actions: the default keys, as changed by the configuration.

use std::{collections::BTreeMap, fmt};

use crossterm::event::KeyEvent;

pub(crate) use self::chord::Chord;
use self::chord::Match;
use crate::action::{Action, Command, commands};

mod chord;

#[cfg(test)]
mod tests;

/// The keys in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Keymap {
    /// The keys of each command, in the order of the table.
    bindings: Vec<(Action, Vec<Chord>)>,
}

/// An error in the configured keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BadKeys {
    /// The action does not exist.
    NoAction(String),
    /// The key does not exist.
    NoKey {
        /// The action it was configured for.
        name: &'static str,
        /// The text of the key.
        key: String,
    },
    /// Two actions have the same key.
    Twice {
        /// The key.
        key: String,
        /// Both actions.
        names: [&'static str; 2],
    },
}

impl Default for Keymap {
    fn default() -> Self {
        let chords = |command: &Command| {
            let keys = command.keys.iter();
            keys.filter_map(|key| Chord::parse(key)).collect()
        };
        Self {
            bindings: commands()
                .map(|command| (command.action, chords(command)))
                .collect(),
        }
    }
}

impl Keymap {
    /// Returns the default keys with those of the named actions replaced, and what is wrong with
    /// these. A configured key is taken away from the action that has it by default.
    pub(crate) fn with(chosen: &BTreeMap<String, Vec<String>>) -> (Self, Vec<BadKeys>) {
        let mut keymap = Self::default();
        let mut taken: Vec<(Chord, &'static str)> = Vec::new();
        let mut changed = Vec::new();
        let mut problems = Vec::new();
        for (name, keys) in chosen {
            let found = commands()
                .enumerate()
                .find(|(_, command)| command.name == name);
            let Some((index, command)) = found else {
                problems.push(BadKeys::NoAction(name.clone()));
                continue;
            };
            let mut chords = Vec::new();
            for key in keys {
                let Some(chord) = Chord::parse(key) else {
                    let (name, key) = (command.name, key.clone());
                    problems.push(BadKeys::NoKey { name, key });
                    continue;
                };
                if let Some((_, other)) = taken.iter().find(|(taken, _)| *taken == chord) {
                    let (key, names) = (key.clone(), [*other, command.name]);
                    problems.push(BadKeys::Twice { key, names });
                    continue;
                }
                taken.push((chord, command.name));
                chords.push(chord);
            }
            // An action whose keys are all wrong keeps its own.
            if keys.is_empty() || !chords.is_empty() {
                changed.push((index, chords));
            }
        }
        for (_, chords) in &mut keymap.bindings {
            chords.retain(|chord| !taken.iter().any(|(taken, _)| taken == chord));
        }
        for (index, chords) in changed {
            keymap.bindings[index].1 = chords;
        }
        (keymap, problems)
    }

    /// Returns the action of a key.
    pub(crate) fn action(&self, event: KeyEvent) -> Option<Action> {
        let pressed = Chord::pressed(event)?;
        self.bindings.iter().find_map(|(action, chords)| {
            Some(
                match chords.iter().find_map(|chord| chord.matches(pressed))? {
                    Match::Key => *action,
                    Match::Digit(number) => action.numbered(number),
                },
            )
        })
    }

    /// Returns the keys of an action, as the help shows them.
    pub(crate) fn labels(&self, action: Action) -> Vec<String> {
        let binding = self.bindings.iter().find(|(bound, _)| *bound == action);
        binding
            .map(|(_, chords)| chords.iter().map(|chord| chord.label()).collect())
            .unwrap_or_default()
    }

    /// Returns the key of an action with this number, if it has one.
    pub(crate) fn label_of_number(&self, action: Action, number: usize) -> Option<String> {
        let label = self.label(action.numbered(0))?;
        (number < 10).then(|| label.replace(Chord::DIGIT, &number.to_string()))
    }

    /// Returns the first key of an action.
    pub(crate) fn label(&self, action: Action) -> Option<String> {
        self.labels(action).into_iter().next()
    }
}

impl BadKeys {
    /// Returns the name of the action in the configuration.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::NoAction(name) => name,
            Self::NoKey { name, .. } => name,
            Self::Twice { names, .. } => names[1],
        }
    }
}

impl fmt::Display for BadKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAction(name) => {
                let names: Vec<&str> = commands().map(|command| command.name).collect();
                write!(f, "unknown action {name:?}; allowed: {}", names.join(", "))
            }
            Self::NoKey { name, key } => write!(
                f,
                "{name}: unknown key {key:?}; a key is a character, F1 to F24 or a name (up, pgdn, \
                 space, enter, shift-tab …), with ctrl- or alt- before it if those are held"
            ),
            Self::Twice {
                key,
                names: [one, two],
            } => {
                write!(f, "the key {key:?} is bound to both {one} and {two}")
            }
        }
    }
}
