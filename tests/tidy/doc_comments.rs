//! What doc comments say where `chronologix` shows them, which re-exports the items.

use std::fs;

use crate::{none, root, rust_files};

/// A doc comment and what it describes.
struct Documented {
    /// The file and the line of the item.
    place: String,
    /// The name of a struct, an enum, a function; else empty.
    name: String,
    docs: Vec<String>,
}

/// The doc comments of the crates behind `chronologix`.
fn documented() -> Vec<Documented> {
    let mut found = Vec::new();
    for (file, text) in rust_files() {
        if !file.starts_with("chronologix-core/src") && !file.starts_with("chronologix-schema/src")
        {
            continue;
        }
        let mut docs: Vec<String> = Vec::new();
        for (at, line) in text.lines().map(str::trim).enumerate() {
            let doc = ["///", "//!"]
                .iter()
                .find_map(|sign| line.strip_prefix(sign));
            if let Some(doc) = doc {
                docs.push(doc.trim_start().to_owned());
            } else if !docs.is_empty() && !line.starts_with("#[") {
                found.push(Documented {
                    place: format!("{file}:{}", at + 1),
                    name: name(line),
                    docs: std::mem::take(&mut docs),
                });
            }
        }
    }
    assert!(found.len() > 500, "only {} doc comments", found.len());
    found
}

/// The name in `pub struct Name(…)` and the like.
fn name(line: &str) -> String {
    let words = ["pub struct ", "pub enum ", "pub fn ", "pub const fn "];
    let rest = words.iter().find_map(|words| line.strip_prefix(words));
    let is_part = |c: &char| c.is_alphanumeric() || *c == '_';
    rest.unwrap_or_default()
        .chars()
        .take_while(is_part)
        .collect()
}

/// The lines of the examples that a reader sees.
fn shown(docs: &[String]) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    docs.iter().map(String::as_str).filter(move |line| {
        if line.starts_with("```") {
            is_code = !is_code;
        }
        is_code && !line.starts_with("# ")
    })
}

#[test]
fn examples_name_the_crate_that_users_add() {
    let reexported = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let is_reexported = |name: &str| {
        let mut names = reexported.split(|c: char| !c.is_alphanumeric() && c != '_');
        !name.is_empty() && names.any(|word| word == name)
    };
    let names_a_part = |of: &Documented| {
        let is_shown = of.place.starts_with("chronologix-core") || is_reexported(&of.name);
        let part =
            |line: &str| line.contains("chronologix_core") || line.contains("chronologix_schema");
        is_shown && shown(&of.docs).any(part)
    };
    let broken = documented().into_iter().filter(names_a_part);
    none(
        "write `use chronologix::…` behind `# use chronologix_core as chronologix;`",
        &broken.map(|of| of.place).collect::<Vec<_>>(),
    );
}

#[test]
fn the_docs_of_an_error_say_how_its_debug_form_reads() {
    let implements = |line: &str| {
        let head = line.strip_prefix("impl ")?.split_once(" {")?.0;
        let (of, error) = head.split_once(" for ")?;
        of.ends_with("Error").then(|| error.to_owned())
    };
    let errors: Vec<String> = rust_files()
        .iter()
        .filter(|(file, _)| file.contains("/src/") && !file.contains("/tests"))
        .flat_map(|(_, text)| text.lines().filter_map(implements).collect::<Vec<_>>())
        .collect();
    assert!(errors.len() >= 9, "only {errors:?}");
    let is_silent = |of: &Documented| {
        errors.contains(&of.name) && !of.docs.join(" ").contains("`Debug` form is")
    };
    let silent = documented().into_iter().filter(is_silent);
    none(
        "its `Debug` form is its text, and its docs say so",
        &silent.map(|of| of.place).collect::<Vec<_>>(),
    );
}
