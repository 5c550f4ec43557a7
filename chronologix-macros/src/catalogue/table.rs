//! The table of statements, in Markdown.

use std::fmt::Write as _;

use super::calls::Found;

/// The lines above the statements.
const HEAD: &str = "\
# Log statements

Written by `assert_catalogue!`. `UPDATE_CATALOGUE=1 cargo test` writes it anew.

| id | stream | level | template | fields | file |
|---|---|---|---|---|---|
";

/// Writes the table. Its order does not depend on the lines of the statements.
pub(super) fn write(mut found: Vec<Found>) -> String {
    found.sort();
    let mut text = HEAD.to_owned();
    for statement in found {
        let Found {
            file,
            stream,
            template,
            level,
            fields,
            id,
        } = statement;
        let fields: Vec<_> = fields.iter().map(|field| code(field)).collect();
        let (template, fields) = (code(&template), fields.join(", "));
        let stream = cell(&stream);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "| {id} | {stream} | {level} | {template} | {fields} | {file} |"
        );
    }
    text
}

/// Returns a text as code that fits in a cell.
fn code(text: &str) -> String {
    if text.is_empty() {
        String::new()
    } else if text.contains('`') {
        format!("`` {} ``", cell(text))
    } else {
        format!("`{}`", cell(text))
    }
}

/// Returns a text that ends neither its cell nor its line.
fn cell(text: &str) -> String {
    text.escape_debug()
        .to_string()
        .replace("\\'", "'")
        .replace("\\\"", "\"")
        .replace('|', "\\|")
}
