//! The calls of `log!` and of the level macros in a source file.

use std::collections::HashMap;

use chronologix_schema::layout::Statement;
use proc_macro2::{TokenStream, TokenTree};

use super::{kind, sources::Source};
use crate::log::{CallSummary, FieldSummary, summary};

/// The macros, each with the level that its records have.
const MACROS: [(&str, Option<&str>); 7] = [
    ("log", None),
    ("trace", Some("Trace")),
    ("debug", Some("Debug")),
    ("info", Some("Info")),
    ("warn", Some("Warn")),
    ("error", Some("Error")),
    ("critical", Some("Critical")),
];

/// A statement of a crate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) file: String,
    pub(super) stream: String,
    /// The template, with the format specs.
    pub(super) template: String,
    pub(super) level: String,
    /// Each with its kind, if the source shows that.
    pub(super) fields: Vec<String>,
    /// Empty if it depends on a handle.
    pub(super) id: String,
}

/// Returns the statements in a file, in their order.
pub(super) fn statements(source: &Source, crate_name: &str) -> Vec<Found> {
    let mut names: HashMap<String, Option<&'static str>> = MACROS
        .iter()
        .map(|(name, level)| ((*name).to_owned(), *level))
        .collect();
    read_imports(source.tokens.clone(), &mut names);
    let mut found = Vec::new();
    find(source.tokens.clone(), &names, &mut |level, call| {
        let id = call.id.clone().or_else(|| {
            let stream = call.stream.as_deref()?;
            Some(Statement::id_of(crate_name, stream, &call.template))
        });
        found.push(Found {
            file: source.path.clone(),
            stream: call.stream.unwrap_or(call.target),
            template: call.shown,
            level: level.map_or_else(String::new, str::to_uppercase),
            fields: call.fields.iter().map(shown).collect(),
            id: id.unwrap_or_default(),
        });
    });
    found
}

/// Returns the key of a field, and the kind of its value if the source shows that.
fn shown(field: &FieldSummary) -> String {
    let kind = field.value.as_ref().and_then(kind::of_value);
    let kind = kind.map(|kind| format!(": {}", kind.as_str()));
    format!("{}{}", field.key, kind.unwrap_or_default())
}

/// Takes note of macros that have other names here, and of names that other crates have given to
/// macros of theirs.
fn read_imports(tokens: TokenStream, names: &mut HashMap<String, Option<&'static str>>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        if let TokenTree::Group(group) = token {
            read_imports(group.stream(), names);
        }
        if !matches!(token, TokenTree::Ident(word) if word == "use") {
            continue;
        }
        let is_end =
            |token: &&TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ';');
        let mut words = Vec::new();
        words_of(
            tokens[at + 1..]
                .iter()
                .take_while(|it| !is_end(it))
                .cloned(),
            &mut words,
        );
        let is_ours = words.first().is_some_and(|first| first == "chronologix");
        for (at, word) in words.iter().enumerate() {
            let Some((_, level)) = MACROS.iter().find(|(name, _)| name == word) else {
                continue;
            };
            let other_name = (words.get(at + 1).map(String::as_str) == Some("as"))
                .then(|| words.get(at + 2))
                .flatten();
            match (is_ours, other_name) {
                (true, Some(name)) => drop(names.insert(name.clone(), *level)),
                // The crate `log` itself is named by its path.
                (false, None) if at > 0 => drop(names.remove(word)),
                _ => {}
            }
        }
    }
}

fn words_of(tokens: impl Iterator<Item = TokenTree>, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(word) => words.push(word.to_string()),
            TokenTree::Group(group) => words_of(group.stream().into_iter(), words),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Calls `each` for every call, also inside of other macros.
fn find(
    tokens: TokenStream,
    names: &HashMap<String, Option<&'static str>>,
    each: &mut impl FnMut(Option<&'static str>, CallSummary),
) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else {
            continue;
        };
        let call = macro_before(&tokens[..at]).and_then(|(name, owner)| {
            let level = match owner {
                None => *names.get(&name)?,
                Some(owner) if owner == "chronologix" => {
                    MACROS.iter().find(|(known, _)| *known == name)?.1
                }
                Some(_) => return None,
            };
            Some((level, summary(group.stream(), level)?))
        });
        match call {
            Some((level, call)) => each(level, call),
            None => find(group.stream(), names, each),
        }
    }
}

/// Returns the name of the macro whose arguments come next, and the crate or module in front of it.
fn macro_before(tokens: &[TokenTree]) -> Option<(String, Option<String>)> {
    let [before @ .., TokenTree::Ident(name), TokenTree::Punct(bang)] = tokens else {
        return None;
    };
    if bang.as_char() != '!' {
        return None;
    }
    let owner = match before {
        [
            ..,
            TokenTree::Ident(owner),
            TokenTree::Punct(first),
            TokenTree::Punct(second),
        ] if first.as_char() == ':' && second.as_char() == ':' => Some(owner.to_string()),
        _ => None,
    };
    Some((name.to_string(), owner))
}
