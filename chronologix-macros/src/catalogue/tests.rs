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
fn the_kind_of_a_field_is_shown_where_the_source_shows_it() {
    let cases = [
        ("5", "`v: integer`"),
        ("-5_i8", "`v: integer`"),
        ("&(5)", "`v: integer`"),
        ("b'x'", "`v: integer`"),
        ("1.5", "`v: float`"),
        ("1f32", "`v: float`"),
        ("true", "`v: bool`"),
        ("!(a == b)", "`v: bool`"),
        ("a < b && c", "`v: bool`"),
        ("matches!(a, Some(_))", "`v: bool`"),
        ("\"x\"", "`v: text`"),
        ("'x'", "`v: text`"),
        ("format!(\"{x}\")", "`v: text`"),
        ("id as u64", "`v: integer`"),
        ("a.took().as_secs() as f64", "`v: float`"),
        ("c as char", "`v: text`"),
        ("id as Id", "`v`"),
        ("id", "`v`"),
        ("*id", "`v`"),
        ("!id", "`v`"),
        ("a + 1", "`v`"),
        ("x.len()", "`v`"),
        ("b\"x\"", "`v`"),
    ];
    for (value, expected) in cases {
        let shown = found(&format!("fn f() {{ info!(app, v = {value}; \"x\"); }}"));
        assert_eq!(
            shown,
            [format!("| 92f37a9aee | app | INFO | `x` | {expected}")]
        );
    }
}

/// What a review sees: the lines of the table that are gone, and those that are new.
fn changes(before: &str, after: &str) -> (Vec<String>, Vec<String>) {
    let [before, after] = [before, after].map(|calls| found(&format!("fn f() {{ {calls} }}")));
    let only = |these: &[String], others: &[String]| {
        let mut others = others.to_vec();
        let mut only = these.to_vec();
        only.retain(|line| match others.iter().position(|it| it == line) {
            Some(at) => {
                others.remove(at);
                false
            }
            None => true,
        });
        only
    };
    (only(&before, &after), only(&after, &before))
}

#[test]
fn every_change_of_a_statement_changes_the_table() {
    let kept = r#"warn!(app, "stays");"#;
    let cases = [
        ("came", "", r#"info!(app, "x");"#, 0, 1),
        ("went", r#"info!(app, "x");"#, "", 1, 0),
        (
            "is there twice",
            r#"info!(app, "x");"#,
            r#"info!(app, "x"); info!(app, "x");"#,
            0,
            1,
        ),
        (
            "lost a field",
            r#"info!(app, a, b; "x");"#,
            r#"info!(app, a; "x");"#,
            1,
            1,
        ),
        (
            "renamed a field",
            r#"info!(app, a; "x");"#,
            r#"info!(app, c = a; "x");"#,
            1,
            1,
        ),
        (
            "changed the kind of a field",
            r#"info!(app, a = 5; "x");"#,
            r#"info!(app, a = "5"; "x");"#,
            1,
            1,
        ),
        (
            "cast a field",
            r#"info!(app, a = n as u64; "x");"#,
            r#"info!(app, a = n as f64; "x");"#,
            1,
            1,
        ),
        (
            "formats a field",
            r#"info!(app, a; "x");"#,
            r#"info!(app, a:?; "x");"#,
            1,
            1,
        ),
        (
            "changed its level",
            r#"info!(app, "x");"#,
            r#"warn!(app, "x");"#,
            1,
            1,
        ),
        (
            "changed its stream",
            r#"info!(app, "x");"#,
            r#"info!(db, "x");"#,
            1,
            1,
        ),
        (
            "changed its template",
            r#"info!(app, "x {}", a);"#,
            r#"info!(app, "y {}", a);"#,
            1,
            1,
        ),
        (
            "changed a format spec",
            r#"info!(app, "x {}", a);"#,
            r#"info!(app, "x {:?}", a);"#,
            1,
            1,
        ),
        (
            "renamed an argument",
            r#"info!(app, "x {a}");"#,
            r#"info!(app, "x {b}");"#,
            0,
            0,
        ),
    ];
    for (what, before, after, gone, new) in cases {
        let changes = changes(&format!("{kept} {before}"), &format!("{kept} {after}"));
        assert_eq!((changes.0.len(), changes.1.len()), (gone, new), "{what}");
    }
}

#[test]
fn ids_are_those_of_the_tokens() {
    let written = [
        r#"info!(app, order = id; "order <> filled at {price:.2}", id);"#,
        "info!(\n    app,\n    order = id;\n    \"order <> filled at {price:.2}\",\n    id,\n);",
        "info!(app, order = id; \"order <> \\\n         filled at {price:.2}\", id);",
        "/* a comment */ info! { app, order = id; \"order {} filled at {:.2}\", id, price }",
        "info![app(every = \"1s\"), order = id; \"order {id} filled at {price}\",];",
    ];
    for call in written {
        let lines = found(&format!("\n\nmod deep {{ fn f() {{ {call} }} }}"));
        assert_eq!(lines.len(), 1, "{call}");
        assert!(
            lines[0].starts_with("| 9ef9b2a077 | app | INFO |"),
            "{lines:?}"
        );
    }
    let other = found(r#"fn f() { info!(app, "order <> filled at <>.", a, b); }"#);
    assert!(!other[0].contains("9ef9b2a077"));
}

/// Runs rustfmt over a program in several styles, and reads it again.
#[test]
fn rustfmt_changes_no_id() {
    let program = r#"fn main() { let answer = if ready { info!(app, "order <> of <> filled for <> at <>", order, account, name, price).detach(); warn!(audit(id = "door.open", every = "5s"), "the door <> is open since <> s", door, seconds) } else { chronologix::error!(app, "a template that is longer than all of the lines which rustfmt was told to write: {}", why) }; match answer { _ => { info!(app, order = order, price:% = price; "order <> is late by {} s", order, late).detach() } } }"#;
    let expected = found(program);
    assert_eq!(expected.len(), 4);
    for style in [
        "max_width=40",
        "max_width=200",
        "use_small_heuristics=Max,hard_tabs=true",
    ] {
        let mut rustfmt = std::process::Command::new("rustfmt");
        rustfmt
            .args(["--emit", "stdout", "--edition", "2024", "--config", style])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null());
        let Ok(mut running) = rustfmt.spawn() else {
            // A toolchain without rustfmt.
            return;
        };
        let mut input = running.stdin.take().unwrap();
        std::io::Write::write_all(&mut input, program.as_bytes()).unwrap();
        drop(input);
        let output = running.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert_ne!(text, program);
        assert_eq!(found(&text), expected, "{text}");
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
