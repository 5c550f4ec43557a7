//! Imports go down the layers that ARCHITECTURE.md lists, and never up.

use std::{collections::BTreeMap, fs};

use super::{is_test, none, root, rust_files};

/// Modules that stand outside of the layers: doors for generated code and for our own programs, and
/// harnesses of tests.
const OUTSIDE: [&str; 5] = ["lib", "main", "private", "internals", "tests"];

/// The layers of one crate: each top-level module with its height.
type Layers = BTreeMap<String, usize>;

/// Reads the layers of a crate: `` - **Core**: `error, stats` ← `clock` ``.
fn layers(page: &str, name: &str) -> Layers {
    let start = format!("- **{name}**:");
    let (_, rest) = page
        .split_once(&start)
        .unwrap_or_else(|| panic!("no {start}"));
    let item = rest.split("\n- **").next().unwrap();
    let item = item.split("\n\n").next().unwrap();
    let mut layers = Layers::new();
    for (height, layer) in item.split('←').enumerate() {
        for names in layer.split('`').skip(1).step_by(2) {
            let names = names.split(',').map(|name| name.trim().to_owned());
            layers.extend(names.map(|name| (name, height)));
        }
    }
    layers
}

/// The text without comments, and without the imports that only tests have.
fn code(text: &str) -> String {
    let mut lines = text.lines().map(|line| line.split("//").next().unwrap());
    let mut code = String::new();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("#[cfg(test)]") || line.contains("#[cfg(all(test") {
            // To the end of the item, if it is an import or a module in another file.
            for skipped in lines.by_ref() {
                if skipped.ends_with([';', '{', ',']) && !skipped.trim_end().ends_with("::{") {
                    break;
                }
            }
        } else {
            code.push_str(line);
            code.push('\n');
        }
    }
    code
}

/// The top-level modules that code at this depth of its crate names, by `crate::` or by `super::`.
fn imports(code: &str, depth: usize) -> Vec<String> {
    let up = "super::".repeat(depth);
    let mut found = Vec::new();
    for start in ["crate::", &up] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back().unwrap_or(' ');
            if code[..at].ends_with("pub(in ") || before == ':' || before.is_alphanumeric() {
                continue;
            }
            found.extend(heads(&code[at + start.len()..]));
        }
    }
    found.retain(|import: &String| !import.is_empty());
    found
}

/// The first words of a path, or of each path of a group: `a` of `a::b`, and `a` and `c` of
/// `{a::b, c}`.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        let is_part = |letter: &char| letter.is_alphanumeric() || *letter == '_';
        text.trim_start().chars().take_while(is_part).collect()
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![word(path)];
    };
    let mut heads = vec![word(group)];
    let mut depth = 0;
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(word(&group[at + 1..])),
            _ => {}
        }
    }
    heads
}

#[test]
fn imports_go_down_the_layers() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut broken = Vec::new();
    for (crate_name, title) in [
        ("schema", "Schema"),
        ("core", "Core"),
        ("macros", "Macros"),
        ("reader", "Reader"),
        ("ship", "Ship"),
        ("view", "View"),
    ] {
        let layers = layers(&page, title);
        let source = format!("chronologix-{crate_name}/src/");
        for (name, text) in rust_files() {
            let Some(path) = name.strip_prefix(&source).filter(|_| !is_test(&name)) else {
                continue;
            };
            let parts: Vec<_> = path.trim_end_matches(".rs").split('/').collect();
            if OUTSIDE.contains(&parts[0]) {
                continue;
            }
            let Some(height) = layers.get(parts[0]) else {
                broken.push(format!("{name}: {} has no layer", parts[0]));
                continue;
            };
            for import in imports(&code(&text), parts.len()) {
                let is_up = layers.get(&import).is_some_and(|other| other >= height);
                if is_up && import != parts[0] {
                    broken.push(format!("{name} imports {import}"));
                }
            }
        }
    }
    broken.sort();
    broken.dedup();
    none("import from lower layers of ARCHITECTURE.md only", &broken);
}

#[test]
fn imports_are_found_wherever_they_stand() {
    let code = code(
        "//! Not of this: crate::comment\nuse crate::{\n    a::{B, c::D},\n    e,\n    f::*,\n};\n\
         #[cfg(test)]\nuse crate::only_tests::X;\npub(in crate::room) fn g() {}\n\
         fn h() { crate::i::j(); super::k(); super::super::l::m(); }\n",
    );
    let mut found = imports(&code, 2);
    found.sort();
    assert_eq!(found, ["a", "e", "f", "i", "l"]);
    assert_eq!(heads("{self, a::{b, c}, d}"), ["self", "a", "d"]);
    let layers = layers(
        "- **Core**: `a, b` ← `c`\n  ← `d`.\n- **View**: `e`.\n",
        "Core",
    );
    let expected = [("a", 0), ("b", 0), ("c", 1), ("d", 2)];
    assert_eq!(
        layers,
        expected
            .map(|(name, height)| (name.to_owned(), height))
            .into()
    );
}
