//! Statements that are found in sources, and those that are no statements.

use super::{calls, sources::Source, table};

fn found(text: &str) -> Vec<String> {
    let source = Source {
        path: "src/main.rs".to_owned(),
        tokens: text.parse().unwrap(),
    };
    let table = table::write(calls::statements(&source, "shop"));
    let lines = table.lines().skip(6);
    lines
        .map(|line| line.replace(" | src/main.rs |", ""))
        .collect()
}

#[test]
fn statements_are_found_wherever_they_stand() {
    let cases: &[(&str, &[&str])] = &[
        (
            r#"fn main() { log!(app, "filled <>", 5).detach(); }"#,
            &["| 37ed6de4ba | app |  | `filled {}` | "],
        ),
        (
            r#"select! { _ = x => chronologix::warn!(audit(id = "order.filled"), user:% = u, n, s:?; "a|b {{}}").await }"#,
            &["| order.filled | audit | WARN | `a\\|b {{}}` | `user:%`, `n`, `s:?`"],
        ),
        (
            r#"use chronologix::{info as note, log}; fn f() { note!(Logs::audit, "x"); }"#,
            &["| 43bc98482e | audit | INFO | `x` | "],
        ),
        (
            r#"fn f() { error!(self.audit, "x"); }"#,
            &["|  | self.audit | ERROR | `x` | "],
        ),
        // Of other crates.
        (r#"use tracing::info; fn f() { info!(user, "x"); }"#, &[]),
        (
            r#"fn f() { tracing::info!(user, "x"); log::info!("x"); }"#,
            &[],
        ),
        (
            r#"fn f() { println!("x"); info!("x"); info!(target: "x", "y"); }"#,
            &[],
        ),
        (
            r#"use log::LevelFilter; fn f() { log!(app, "x"); }"#,
            &["| 92f37a9aee | app |  | `x` | "],
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(found(text), *expected, "{text}");
    }
}

#[test]
fn modules_are_followed_and_tests_left_out() {
    let base = std::env::temp_dir().join(format!("chronologix-catalogue-{}", std::process::id()));
    let files = [
        (
            "src/main.rs",
            "mod a; mod b { mod c; } #[cfg(test)] mod tests; #[path = \"x/y.rs\"] mod d;",
        ),
        (
            "src/a.rs",
            "mod deep; fn f() { log!(app, \"a\"); } #[test] fn g() { log!(app, \"t\"); }",
        ),
        ("src/a/deep/mod.rs", "fn f() { log!(app, \"deep\"); }"),
        ("src/b/c.rs", "fn f() { log!(app, \"c\"); }"),
        ("src/x/y.rs", "fn f() { log!(app, \"y\"); }"),
        ("src/tests.rs", "fn f() { log!(app, \"test\"); }"),
        ("src/bin/other-one.rs", "fn f() { log!(app, \"other\"); }"),
    ];
    for (path, text) in files {
        let path = base.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let roots = super::sources::usual_roots(&base);
    let crates = roots
        .iter()
        .map(|root| super::sources::crate_of(root, "web-shop"));
    assert_eq!(crates.collect::<Vec<_>>(), ["web_shop", "other_one"]);
    let mut templates = Vec::new();
    for root in &roots {
        for source in super::sources::read(&base, root).unwrap() {
            let found = calls::statements(&source, "shop").into_iter();
            templates.extend(found.map(|it| format!("{} {}", it.file, it.template)));
        }
    }
    std::fs::remove_dir_all(&base).unwrap();
    let expected = [
        "src/a.rs a",
        "src/a/deep/mod.rs deep",
        "src/b/c.rs c",
        "src/x/y.rs y",
        "src/bin/other-one.rs other",
    ];
    assert_eq!(templates, expected);
}
