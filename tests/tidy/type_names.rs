//! A type name stands for one type of its crate.

use std::collections::BTreeMap;

use super::{is_test, none, rust_files};

/// Types of one name that are never compiled together: one for each system.
const ONE_PER_SYSTEM: [&str; 1] = ["OsRetentionFs"];

/// Returns the name of the type that a line defines at the top of a file.
fn defined(line: &str) -> Option<&str> {
    let item = match line.strip_prefix("pub") {
        Some(rest) if rest.starts_with('(') => rest.split_once(") ")?.1,
        Some(rest) => rest.trim_start(),
        None => line,
    };
    let (keyword, rest) = item.split_once(' ')?;
    let is_type = ["struct", "enum", "trait", "type", "union"].contains(&keyword);
    let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    is_type.then(|| &rest[..end.unwrap_or(rest.len())])
}

#[test]
fn definitions_are_found() {
    let cases = [
        ("struct Line;", Some("Line")),
        ("pub(crate) enum Line<'a> {", Some("Line")),
        ("pub(in crate::fs) type Line = u8;", Some("Line")),
        ("pub trait Line: Copy {", Some("Line")),
        ("    type Item = Line;", None),
        ("fn line() {", None),
        ("// struct Line;", None),
    ];
    for (line, expected) in cases {
        assert_eq!(defined(line), expected, "{line}");
    }
}

#[test]
fn no_type_name_is_defined_twice_in_a_crate() {
    let mut places: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let files = rust_files();
    let is_code = |name: &str| name.starts_with("chronologix-") && !is_test(name);
    for (name, text) in files.iter().filter(|(name, _)| is_code(name)) {
        let Some((owner, _)) = name.split_once("/src/") else {
            continue;
        };
        for (at, line) in text.lines().enumerate() {
            if let Some(defined) = defined(line) {
                let key = (owner.to_owned(), defined.to_owned());
                let place = format!("{name}:{}", at + 1);
                places.entry(key).or_default().push(place);
            }
        }
    }
    let twice = places.into_iter().filter(|((_, defined), places)| {
        places.len() > 1 && !ONE_PER_SYSTEM.contains(&defined.as_str())
    });
    let twice = twice.map(|((_, defined), places)| format!("{defined}: {}", places.join(", ")));
    none("give these names of their own", &twice.collect::<Vec<_>>());
}
