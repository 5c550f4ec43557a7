//! What a declaration is taken for: a table of mistakes, and expansions as users compile them.

use insta::assert_snapshot;
use quote::quote;

#[cfg(feature = "toml")]
mod config;

use super::expand;
use crate::errors::tests::{messages, pretty};

fn mistakes(attribute: &str) -> Vec<String> {
    messages(expand(
        attribute.parse().unwrap(),
        &quote!(
            fn main() {}
        ),
    ))
}

fn shown(attribute: &str, item: &str) -> String {
    pretty(expand(attribute.parse().unwrap(), &item.parse().unwrap()))
}

#[test]
fn takes_what_is_right() {
    for attribute in [
        "app",
        "app,",
        "app, errors -> app",
        "errors -> app, app",
        "a, b, c -> (a, b,),",
        "a -> b, b -> a",
        r#"audit(durability = "synced")"#,
        r#"audit(format = "json", file = "audit.jsonl",) -> app, app"#,
        r#"a(min_level = "INFO"), b(compile_min_level = "Warn")"#,
        r#"a(min_level = "warn", multiline = "indent", overflow = "drop")"#,
        r#"a(file = "b.log"), b(file = "a.log")"#,
        "audit()",
        "r#type, error -> r#type",
        "declaration, LEVELS, get, _x",
        "a234567890123456789012345678901234567890123456789012345678901234",
    ] {
        assert_eq!(mistakes(attribute), [""; 0], "{attribute}");
    }
}

fn check(wrong: &[(&str, &str)]) {
    for (attribute, message) in wrong {
        assert_eq!(mistakes(attribute), [*message], "{attribute}");
    }
}

#[test]
fn says_what_is_wrong_with_names() {
    check(&[
        (
            "",
            "no stream is named; write `#[chronologix::streams(app, errors -> app)]`",
        ),
        (",", "expected the name of a stream"),
        ("5", "expected the name of a stream"),
        (
            "\"app\"",
            "the name of a stream is an identifier here; remove the quotes",
        ),
        (
            "my-app",
            "a constant has no `-` in its name; use `_`, or `Config::stream`",
        ),
        (
            "app errors",
            "expected `,`, `->` or `(` after the name of a stream",
        ),
        (
            "a::b",
            "expected `,`, `->` or `(` after the name of a stream",
        ),
        ("fn", "`fn` is a keyword; write `r#fn`"),
        ("_", "`_` cannot be the name of a stream"),
        ("crate", "`crate` cannot be the name of a stream"),
        ("a, a", r#""a" is declared twice"#),
        (
            "a, A",
            r#""A" and "a" differ only in case; some file systems keep one file for both"#,
        ),
        (
            "größe",
            r#""größe" is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -"#,
        ),
        (
            "a2345678901234567890123456789012345678901234567890123456789012345",
            r#""a2345678901234567890123456789012345678901234567890123456789012345" is not a stream name; allowed: 1 to 64 of A-Z a-z 0-9 _ -"#,
        ),
        (
            "LPT1",
            r#""LPT1" is a device name on Windows; choose another name"#,
        ),
        (
            "config",
            "`config` is the function that returns the configuration; choose another name",
        ),
        (
            "off",
            "`off` is the function that turns logging off; choose another name",
        ),
    ]);
}

#[test]
fn says_what_is_wrong_with_mirrors() {
    check(&[
        ("a -> ", "expected the name of a stream to mirror into"),
        ("a -> ()", "expected the name of a stream to mirror into"),
        (
            "a -> a",
            r#""a" is mirrored into itself; a mirror needs two streams"#,
        ),
        ("a, b -> (a, a)", "`b` is mirrored into `a` twice"),
        (
            "a, b -> a -> b",
            "several targets stand in parentheses, as in `a -> (b, c)`",
        ),
        ("a, b -> a b", "expected `,` after the target"),
        ("a, b, c -> (a b)", "expected `,` after a target"),
        ("a, b => a", "a mirror is written with `->`"),
        (
            "a, b -> c",
            r#"there is no stream "c"; did you mean a? the streams are a, b"#,
        ),
        (
            "app, b -> zebra",
            r#"there is no stream "zebra"; the streams are app, b"#,
        ),
        (
            "a -> b",
            r#"there is no stream "b"; did you mean a? the streams are a"#,
        ),
        (
            "app, errors -> App",
            r#"there is no stream "App"; did you mean app? the streams are app, errors"#,
        ),
    ]);
}

#[test]
fn says_what_is_wrong_with_options() {
    check(&[
        ("a(b)", "expected a value, as in `b = \"…\"`"),
        (
            "a(5)",
            "expected an option, as in `durability = \"synced\"`",
        ),
        ("a(file =)", "expected a value after `file =`"),
        (
            "a(format = json)",
            r#"json is not a string; allowed: a string such as "json""#,
        ),
        (
            "a(file = 5)",
            r#"5 is not a string; allowed: a string such as "name.log""#,
        ),
        (
            "a(format = \"xml\")",
            r#"unknown format "xml"; allowed: text, json"#,
        ),
        (
            "a(min_level = \"loud\")",
            r#"unknown level "loud"; allowed: trace, debug, info, warn, error, critical, off"#,
        ),
        (r#"a(min-level = "info")"#, "write `min_level`, with `_`"),
        (
            "a(formt = \"json\")",
            "unknown option `formt`; did you mean `format`?",
        ),
        (
            "a(file = \"x\", file = \"y\")",
            "the option `file` is given twice",
        ),
        (
            "a, b -> a(format = \"json\")",
            "options stand before `->`, as in `b(…) -> …`",
        ),
        (
            "a, b(file = \"A.log\")",
            r#""A.log" is already the file of stream "a"; to bring two streams together, mirror one into the other"#,
        ),
        (
            "a(file = \"b.log\"), b",
            r#""b.log" is already the file of stream "a"; to bring two streams together, mirror one into the other"#,
        ),
        (
            "a(file = \"com1.txt\")",
            r#""com1.txt" is a device name on Windows; choose another name"#,
        ),
        (
            "colour = \"x.toml\"",
            "unknown setting `colour`; only streams stand here, as in `streams(app, errors -> app)`",
        ),
    ]);
}

#[test]
fn refuses_files_that_lie_elsewhere() {
    for file in [
        "", ".", "..", "../a", "a/b", "/a", r"a\\b", ".hidden", "a b", "a\\u{0}", "ü.log",
    ] {
        let found = mistakes(&format!("a(file = \"{file}\")"));
        assert_eq!(found.len(), 1, "{file:?}");
        assert!(
            found[0].contains("is not a bare file name"),
            "{file:?}: {found:?}"
        );
    }
}

#[test]
fn says_everything_at_once() {
    let found = mistakes("app, app, nul -> (ap, nul), x(format = \"xml\", colour = 5), fn, y - z");
    assert_eq!(found.len(), 8, "{found:#?}");
}

#[test]
fn beside_a_function() {
    let attribute = r#"app(compile_min_level = "info"), errors -> app, audit(durability = "synced", file = "a.log") -> (app, errors)"#;
    assert_snapshot!(shown(attribute, "#[tokio::main] async fn main() {}"));
}

#[test]
fn beside_a_public_struct() {
    assert_snapshot!(shown(
        "app",
        "/// Streams.\n#[derive(Debug)] pub struct Logs;"
    ));
}

#[test]
fn beside_other_items() {
    for (item, visibility, has_handle) in [
        ("fn main() {}", "pub (crate) mod", false),
        ("pub fn main() {}", "pub (crate) mod", false),
        ("mod logs { pub struct Logs; }", "pub (crate) mod", false),
        ("struct Logs;", "pub (crate) mod", true),
        ("pub(crate) struct Logs;", "pub (crate) mod", true),
        ("pub struct Logs;", "pub mod", true),
        ("pub struct Logs { x: u8 }", "pub mod", false),
        ("pub struct Logs<T>(T);", "pub mod", false),
        ("not an item", "pub (crate) mod", false),
    ] {
        let tokens = expand(quote!(app), &item.parse().unwrap()).to_string();
        assert!(
            tokens.contains(&format!("{visibility} chronologix_streams")),
            "{item}: {tokens}"
        );
        assert_eq!(tokens.contains("impl Logs"), has_handle, "{item}");
    }
}

#[test]
fn beside_a_mistake() {
    assert_snapshot!(shown("app, app, errors -> ap, con", "fn main() {}"));
}
